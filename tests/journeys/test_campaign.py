"""Head office sets a campaign up and opens it; a customer answers on a phone without script; two sign, everybody reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reports.schedule import mixer
from surveys.choices import Role
from surveys.models import BoxedBallot, Campaign
from surveys.reference.loading import load_campaign_questionnaires
from tests import campaigns, make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
PHONE = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}


def test_from_the_draft_to_an_answer_on_a_phone(logged_in, new_context, no_barriers):
    load_campaign_questionnaires()
    make.office("HB", short_name="KBNN Hòa Bình"), make.office("SL", short_name="KBNN Sơn La")
    head = logged_in(make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False)).username)
    head.wait_for_url("**/reports/**")
    head.goto("/campaigns/new")
    no_barriers(head)
    today = timezone.localdate()
    for name, value in {
        "name": "Khảo sát 2026",
        "slug": "khao-sat-2026",
        "legal_basis": "Quyết định số 1/QĐ-KBNN",
        "opens_on": str(today),
        "closes_on": str(today + timedelta(days=30)),
    }.items():
        head.locator(f"[name={name}]").fill(value)
    head.get_by_role("button", name="Bỏ chọn").click()
    head.get_by_label("Tìm đơn vị").fill("son la")
    head.get_by_role("button", name="Chọn các đơn vị đang hiện").click()
    head.get_by_label("Tìm đơn vị").fill("")
    head.get_by_label("Số khách hàng của KBNN Hòa Bình").fill("3809")  # a number ticks its unit
    expect(head.get_by_text("2/2")).to_be_visible()
    head.locator("[name=questionnaire]").select_option(label="Năm yếu tố theo SIPAS, bản 1")
    head.get_by_role("button", name="Lưu bản soạn").click()
    no_barriers(head)
    head.get_by_role("link", name="Xem rồi mở và khoá").click()
    no_barriers(head)
    head.get_by_role("checkbox").check()
    head.get_by_role("button", name="Mở và khoá").click()
    expect(head.get_by_text("Trong khi mở không ai xem được điểm.")).to_be_visible()
    no_barriers(head)
    head.get_by_role("link", name="KBNN Hòa Bình").click()
    no_barriers(head)

    phone = new_context(**PHONE).new_page()
    phone.goto("/c/khao-sat-2026/")
    no_barriers(phone, script=False)
    phone.get_by_role("link", name="KBNN Hòa Bình").click()
    no_barriers(phone, script=False)
    phone.get_by_role("button", name="Tiếp theo").click()
    expect(phone.get_by_role("alert")).to_contain_text("Còn câu chưa trả lời")
    no_barriers(phone, script=False)
    for section in (("place", "online"), ("public", "papers"), ("attitude", "skill"), ("on_time", "correct")):
        for criterion in section:
            phone.locator(f"input[name={criterion}]").nth(4).check(force=True)
        phone.get_by_role("button", name="Tiếp theo").click()
    expect(phone.locator("input[name=answered]").first).to_be_hidden()
    phone.locator("input[name=spoke_up]").nth(1).check(force=True)
    expect(phone.locator("input[name=answered]").first).to_be_visible()
    phone.locator("input[name=answered]").nth(0).check(force=True)
    assert not BoxedBallot.objects.exists()
    phone.get_by_role("button", name="Gửi phiếu").click()
    expect(phone.locator("[data-receipt]")).to_be_visible()
    no_barriers(phone, script=False)
    assert make.waiting()[0].contents.answers["answered"] == 1
    assert phone.context.cookies() == []


def test_two_of_head_office_sign_and_everybody_reads(logged_in, new_context, no_barriers, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    over = campaigns.campaign(make.office("HB"), make.office("SL"), now=timezone.now() - timedelta(days=25))
    for unit, easy in zip(
        over.units.select_related("campaign", "office").order_by("office__code"), (4, 2), strict=True
    ):
        for _answer in range(35):
            campaigns.answer(unit, easy=easy)
    place = make.office("KBNN", seals=False)
    first, second = (
        logged_in(make.user(Role.HEAD_OFFICE, of=place, username=f"head{n}").username) for n in (1, 2)
    )
    for page in (first, second):
        page.wait_for_url("**/reports/**")
    first.goto(f"/campaigns/{over.slug}/")
    first.get_by_role("link", name="Xem rồi đóng và đếm").click()
    first.get_by_role("checkbox").check()
    first.get_by_role("button", name="Đóng và đếm").click()
    expect(first.get_by_role("heading", name="Máy trộn đang đếm")).to_be_visible()
    mixer.do_jobs(clock=timezone.now)
    first.goto(f"/campaigns/{over.slug}/")
    no_barriers(first)
    first.get_by_role("link", name="Xem rồi ký").click()
    no_barriers(first)
    first.get_by_role("checkbox").check()
    first.get_by_role("button", name="Ký thứ nhất").click()
    second.goto(f"/campaigns/{over.slug}/")
    expect(second.get_by_role("heading", name="Người thứ hai ký")).to_be_visible()
    second.get_by_role("link", name="Xem rồi ký").click()
    second.get_by_role("checkbox").check()
    second.get_by_role("button", name="Ký và niêm phong").click()
    second.get_by_role("button", name="Công bố").click()
    assert Campaign.objects.get().standings.get().is_published

    public = new_context(**PHONE).new_page()
    public.goto(f"/results/c/{over.slug}/?unit=HB")
    expect(public.get_by_role("heading", name="Hạng 1", exact=True)).to_be_visible()
    no_barriers(public, script=False)
    public.get_by_role("link", name="Trang của đơn vị").click()
    no_barriers(public, script=False)
