"""A printed slip from the teller's key to the month's figures, and what the keys do when the paper is out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from surveys.choices import Role
from surveys.models import BoxedBallot, Counter, Slip
from tests import make
from tests.printers import IDLE, needs_a_scanner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine, needs_a_scanner]

PHONE = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": False}


@pytest.fixture
def counter(mid_month) -> Counter:
    make.questionnaire()
    made = make.counter("Q1", offers_slip=True, printer="Quay1")
    make.procedure("1")
    make.teller(at=made, username="gdv")
    make.user(Role.LEADERSHIP, of=made.box_office, username="lanhdao")
    return made


def press(page: Page, key: str) -> None:
    page.wait_for_selector("body.with-keys")  # the page's script listens from here on
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_printed_slip_is_scanned_answered_and_counted(counter, queue, new_context, logged_in, no_barriers):
    desk = logged_in("gdv")
    expect(desk.get_by_role("heading", name="Giao dịch mới")).to_be_visible()
    expect(desk.get_by_role("button", name="Phiếu in QR", pressed=True)).to_be_visible()
    press(desk, "1")
    press(desk, "Enter")
    slip = Slip.objects.get()
    expect(desk.get_by_text(f"Đã in phiếu {slip.serial}. Mời khách nhận phiếu ở máy in.")).to_be_visible()
    code = queue.scanned().rsplit("/", 1)[1]
    assert code[:12] not in desk.content().replace("-", "")
    no_barriers(desk)

    phone = new_context(**PHONE).new_page()
    phone.goto(f"/P/{code}")
    phone.locator(".tile").nth(0).click()
    phone.locator(".tile").nth(2).click()
    phone.get_by_role("button", name="Gửi phiếu").click()
    expect(phone.locator("[data-receipt]")).to_be_visible()
    assert BoxedBallot.objects.count() == 1

    month = logged_in("lanhdao")
    month.get_by_role("link", name="Tháng", exact=True).click()
    expect(month).to_have_url(re.compile(rf"/reports/{counter.box_office.code}/"))
    expect(month.get_by_role("main")).to_contain_text("phát ra 1, thu về 1")
    for fold in ("Thủ tục và thời gian", "Theo hình thức phát phiếu"):
        month.get_by_role("heading", name=fold).click()
    expect(month.get_by_role("row", name=re.compile("Phiếu in mã QR"))).to_be_visible()


def test_without_paper_the_slip_goes_out_another_way_by_one_press(counter, queue, logged_in, no_barriers):
    desk = logged_in("gdv")
    expect(desk.get_by_role("heading", name="Giao dịch mới")).to_be_visible()
    press(desk, "1")
    queue.says(IDLE.format(alerts="media-empty-error"))
    press(desk, "Enter")
    slip = Slip.objects.get()
    expect(desk.get_by_text(f"Phiếu {slip.serial} chưa in được: Máy in hết giấy.")).to_be_visible()
    no_barriers(desk)
    other = desk.locator("form", has_text=f"Phát lại phiếu {slip.serial} bằng cách khác")
    with desk.expect_navigation():
        other.get_by_role("button", name="Phiếu giấy").click()
    expect(desk.get_by_text(f"Đã chuyển phiếu {slip.serial} sang phiếu giấy.")).to_be_visible()
    assert not queue.has_printed
