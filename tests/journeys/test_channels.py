"""The tablet held either way, and the link of an online dossier: each from the counter's side to the month's figures."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from surveys.choices import Role
from surveys.models import ApiKey, BoxedBallot, Counter
from tests import make
from tests.journeys.devices import pair

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]

LANDSCAPE, PORTRAIT = {"width": 1280, "height": 800}, {"width": 800, "height": 1280}
PHONE = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": False}
KEY = "khoa-cua-may"


@pytest.fixture
def counter(mid_month) -> Counter:
    """With nine ballots in the box already, so that the tenth lets the night's mix open them."""
    make.questionnaire()
    made = make.counter("Q1")
    kind = make.procedure("1")
    make.teller(at=made, username="gdv")
    make.user(Role.LEADERSHIP, of=made.box_office, username="lanhdao")
    make.user(Role.ADMIN, of=made.box_office, username="quantri", is_staff=True)
    make.ballots(9, at=made, kind=kind, now=make.at(10))
    return made


@pytest.mark.parametrize("held", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_a_ballot_on_the_tablet_becomes_a_figure_of_the_month(
    counter, held, new_context, logged_in, no_barriers
):
    tablet = new_context(viewport=held).new_page()
    pair(tablet, logged_in("quantri"), no_barriers)
    desk = logged_in("gdv")
    start_and_finish(desk)
    expect(tablet.get_by_role("button", name="Gửi phiếu")).to_be_visible()
    no_barriers(tablet)
    answer(tablet)
    expect(tablet.locator("[data-receipt]")).to_be_visible()
    no_barriers(tablet)
    shown_in_the_month(logged_in, "Máy tính bảng", no_barriers)


def test_the_link_of_an_online_dossier_becomes_a_figure_of_the_month(
    counter, new_context, logged_in, no_barriers
):
    ApiKey.objects.create(
        office=counter.box_office, name="DVC", digest=ApiKey.digest_of(KEY), created_at=make.NOW
    )
    phone = new_context(**PHONE).new_page()
    told = {
        "reference": "DVC-1",
        "counter": "Q1",
        "procedure": "1",
        "channel": "online",
        "outcome": "resolved",
        "started_at": make.at(11, 8).isoformat(),
        "finished_at": make.at(11, 9).isoformat(),
    }
    logged = phone.request.post("/api/v1/transactions", data=told, headers={"Authorization": f"Bearer {KEY}"})
    assert logged.status == 201
    phone.goto(re.sub(r"^https?://[^/]+", "", logged.json()["ballot_url"]))
    no_barriers(phone, script=False)
    answer(phone)
    expect(phone.locator("[data-receipt]")).to_be_visible()
    shown_in_the_month(logged_in, "Đường liên kết", no_barriers)


def start_and_finish(desk: Page) -> None:
    """Two keys, as ever."""
    expect(desk.get_by_role("heading", name="Giao dịch mới")).to_be_visible()
    for key in ("1", "Enter"):
        desk.wait_for_selector("body.with-keys")  # the page's script listens from here on
        with desk.expect_navigation():
            desk.keyboard.press(key)
    expect(desk.get_by_role("status")).to_contain_text("lên máy tính bảng")


def answer(page: Page) -> None:
    """Satisfied with the first criterion, not with the second."""
    page.locator(".tile").nth(0).click()
    page.locator(".tile").nth(3).click()
    page.get_by_role("button", name="Gửi phiếu").click()


def shown_in_the_month(logged_in, channel: str, no_barriers) -> None:
    """Participation at once, beside the nine slips; what was answered after the night's mix, with all ten together."""
    month = logged_in("lanhdao")
    month.get_by_role("link", name="Tháng", exact=True).click()
    for fold in ("Thủ tục và thời gian", "Theo hình thức phát phiếu"):
        month.get_by_role("heading", name=fold).click()
    row = month.get_by_role("row", name=channel)
    assert [cell.strip() for cell in row.get_by_role("cell").all_inner_texts()][:2] == ["1", "1"]
    main = month.get_by_role("main")
    expect(main).to_contain_text("phát ra 10, thu về 10")
    expect(main).to_contain_text("chưa công bố câu trả lời nào")
    call_command("run_due", "--at", "2026-11-11T19:00")
    assert not BoxedBallot.objects.exists()
    month.reload()
    expect(main).to_contain_text("trong 10 phiếu")
    no_barriers(month)
