"""The main job, end to end: a transaction at the counter becomes a ballot, the ballot a receipt, ten ballots a month's figures."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import APIRequestContext, Page, expect

from surveys.choices import Role
from surveys.models import BoxedBallot, Counter, Slip
from tests import make
from tests.journeys.devices import pair

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": False}
TABLET = {"viewport": {"width": 800, "height": 1280}}
HIDDEN = re.compile(r'name="_form" value="([^"]+)"')


@pytest.fixture
def counter(mid_month) -> Counter:
    """An office with one counter, one procedure, and a teller, a leader and an administrator."""
    make.questionnaire()
    counter = make.counter("Q1")
    make.procedure("1")
    make.teller(at=counter, username="gdv")
    make.user(Role.LEADERSHIP, of=counter.box_office, username="lanhdao")
    make.user(Role.ADMIN, of=counter.box_office, username="quantri", is_staff=True)
    return counter


def test_a_transaction_becomes_a_figure_of_the_month(counter, new_context, logged_in, no_barriers):
    tablet = new_context(**TABLET).new_page()
    pair(tablet, logged_in("quantri"), no_barriers)

    desk = logged_in("gdv")
    serial = finish_one_transaction(desk, no_barriers)
    short_code = take_along(tablet, no_barriers)
    assert short_code.replace("-", "") not in desk.content()

    phone = new_context(**PHONE).new_page()
    receipt = answer_on_the_phone(phone, short_code, no_barriers)
    expect(tablet.get_by_text("Mời ông/bà quét mã")).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("row", name=serial)).to_contain_text("phát ra")  # and not a word of its return

    for satisfied in [True] * 7 + [False] * 2:
        cast_by_post(phone.request, counter, satisfied=satisfied)
    assert BoxedBallot.objects.count() == Slip.objects.count() == 10

    month = logged_in("lanhdao")
    month.get_by_role("link", name="Tháng", exact=True).click()
    expect(month).to_have_url(re.compile(rf"/reports/{counter.box_office.code}/"))
    main = month.get_by_role("main")
    expect(main).to_contain_text("phát ra 10, thu về 10")
    expect(main).to_contain_text("chưa công bố câu trả lời nào")
    expect(main).not_to_contain_text("8 phiếu hài lòng")
    no_barriers(month)
    ask_for(phone, receipt, "Phiếu đang ở trong hòm", no_barriers)

    call_command("run_due", "--at", "2026-11-11T19:00")

    month.reload()
    expect(main).not_to_contain_text("chưa công bố câu trả lời nào")
    expect(main).to_contain_text("trong 10 phiếu")
    no_barriers(month)
    ask_for(phone, receipt, "Phiếu đã được đếm", no_barriers)
    assert not BoxedBallot.objects.exists()


def finish_one_transaction(desk: Page, no_barriers) -> str:
    """Two keys: the procedure's, and Enter when it is done. The slip's serial as the teller sees it."""
    expect(desk.get_by_role("heading", name="Giao dịch mới")).to_be_visible()
    no_barriers(desk)
    desk.keyboard.press("1")
    expect(desk.get_by_role("button", name="Đã giải quyết")).to_be_visible()
    no_barriers(desk)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("lên máy tính bảng")
    no_barriers(desk)
    return Slip.objects.get().serial


def take_along(tablet: Page, no_barriers) -> str:
    """The ballot comes by itself; the customer would rather answer at home."""
    expect(tablet.get_by_role("button", name="Gửi phiếu")).to_be_visible()
    no_barriers(tablet)
    tablet.get_by_role("button", name="Mang mã QR về").click()
    expect(tablet.get_by_role("heading", name="Mời ông/bà quét mã")).to_be_visible()
    no_barriers(tablet)
    return tablet.locator("[data-short-code]").inner_text()


def answer_on_the_phone(phone: Page, short_code: str, no_barriers) -> str:
    """Without script: type the code, forget an answer, mend it, send. The receipt."""
    phone.goto("/p")
    no_barriers(phone, script=False)
    phone.get_by_label("Mã trên phiếu").fill(short_code)
    phone.get_by_role("button", name="Mở phiếu").click()
    send = phone.get_by_role("button", name="Gửi phiếu")
    expect(send).to_be_in_viewport(ratio=1)  # above the fold, whole
    no_barriers(phone, script=False)
    choose(phone, 1, "Hài lòng")
    send.click()
    expect(phone.get_by_role("alert")).to_contain_text("tiêu chí 2")
    expect(group(phone, 1).get_by_role("radio", name="Hài lòng", exact=True)).to_be_checked()
    no_barriers(phone, script=False)
    choose(phone, 2, "Hài lòng")
    send.click()
    expect(phone.get_by_role("heading", name="Đã nhận phiếu")).to_be_visible()
    no_barriers(phone, script=False)
    return phone.locator("[data-receipt]").inner_text()


def group(phone: Page, number: int):
    return phone.get_by_role("group", name=re.compile(rf"^{number}\."))


def choose(phone: Page, number: int, answer: str) -> None:
    group(phone, number).get_by_role("radio", name=answer, exact=True).check()


def cast_by_post(request: APIRequestContext, counter: Counter, *, satisfied: bool) -> None:
    """One more customer of the same counter and procedure, as a browser would speak."""
    handed = make.issued(at=counter, kind=Slip.objects.first().procedure)
    level = str(int(satisfied))
    opened = request.get(f"/p/{handed.code}")
    form = {"_form": HIDDEN.search(opened.text())[1], "attitude": level, "time": level}
    assert "data-receipt" in request.post(f"/p/{handed.code}", form=form).text()


def ask_for(phone: Page, receipt: str, said: str, no_barriers) -> None:
    phone.goto("/receipt")
    phone.get_by_role("textbox").fill(receipt.lower())
    phone.get_by_role("button", name="Kiểm tra").click()
    expect(phone.get_by_role("heading", name=said)).to_be_visible()
    no_barriers(phone, script=False)
