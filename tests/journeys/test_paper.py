"""Paper from the teller's key to a sealed month: handed out, keyed by two who do not see each other, closed, signed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from surveys.choices import Role
from surveys.models import BoxedBallot, Counter, Slip
from tests import make
from tests.journeys.paper_hands import close_and_sign, hand_out, scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counter() -> Counter:
    make.questionnaire()
    made = make.counter("Q1")
    make.procedure("1")
    make.teller(at=made, username="gdv")
    make.user(Role.COUNTING, of=made.box_office, username="kiem1", last_name="Trần", first_name="Một")
    make.user(Role.COUNTING, of=made.box_office, username="kiem2", last_name="Lê", first_name="Hai")
    make.user(Role.LEADERSHIP, of=made.box_office, username="lanhdao")
    return made


def test_paper_is_handed_out_keyed_by_two_closed_and_signed(counter, two_months_ago, logged_in, no_barriers):
    then, clock = two_months_ago
    desk = logged_in("gdv")
    serials = [hand_out(desk) for _ in range(2)]
    no_barriers(desk)
    make.ballots(9, at=counter, kind=Slip.objects.first().procedure, now=then)
    clock.undo()

    first, second = logged_in("kiem1"), logged_in("kiem2")
    expect(first.get_by_role("heading", name="Việc của tôi hôm nay")).to_be_visible()
    first.get_by_role("link", name="Phiếu giấy", exact=True).click()
    first.get_by_role("button", name="Mở xấp Quầy Q1").click()
    pile = re.search(r"/counting/paper/\d+/", first.url)[0]
    key(first, serials, no_barriers)
    expect(first.get_by_role("heading", name="Ông/bà đã nhập xong, chờ người thứ hai")).to_be_visible()
    no_barriers(first)
    second.goto(pile)
    assert second.locator("[name='n-1-1']").input_value() == ""
    key(second, serials, no_barriers)
    for page in (first, second):
        page.goto(pile)
        expect(page.get_by_text("Hai bản khớp")).to_be_visible()
        no_barriers(page)
        page.get_by_role("button", name="Xác nhận").click()
    expect(second.get_by_text("Cả hai người đã xác nhận. Xấp phiếu đã vào hòm phiếu.")).to_be_visible()
    assert BoxedBallot.objects.count() == 11

    close_and_sign(first, second, counter, then, no_barriers)

    month = logged_in("lanhdao")
    month.get_by_role("link", name="Tháng", exact=True).click()
    month.goto(f"/reports/{counter.box_office.code}/?from={then:%Y-%m}&to={then:%Y-%m}")
    expect(month.get_by_role("main")).to_contain_text("phát ra 11, thu về 11")
    for fold in ("Thủ tục và thời gian", "Theo hình thức phát phiếu"):
        month.get_by_role("heading", name=fold).click()
    row = month.get_by_role("row", name="Phiếu giấy")
    assert [cell.strip() for cell in row.get_by_role("cell").all_inner_texts()] == ["2", "2", "2/2"]
    no_barriers(month)


def test_a_scanned_stub_gives_its_number_to_the_slip_by_keyboard_alone(
    counter, mid_month, monkeypatch, logged_in, no_barriers
):
    first, second = make.pad(2, of=counter.box_office, now=mid_month)
    desk = logged_in("gdv")
    hand_out(desk)
    expect(desk.get_by_label("Số trên cuống in sẵn")).to_be_focused()
    no_barriers(desk)
    scan(desk, first.code)
    expect(desk.get_by_role("status")).to_contain_text(f"Đã gắn cuống {first.serial}.")
    expect(desk.get_by_label("Số trên cuống in sẵn")).to_have_count(0)
    monkeypatch.setattr(
        timezone, "now", lambda: mid_month + timedelta(minutes=1)
    )  # else neither slip is the latest
    hand_out(desk)
    scan(desk, first.serial)
    expect(desk.get_by_role("alert")).to_contain_text("Cuống này đã dùng cho một phiếu khác.")
    no_barriers(desk)
    scan(desk, second.serial)
    expect(desk.get_by_role("status")).to_contain_text(f"Đã gắn cuống {second.serial}.")
    assert {slip.serial for slip in Slip.objects.all()} == {first.serial, second.serial}


def key(page: Page, serials: list[str], no_barriers) -> None:
    """Both stubs and both sheets, satisfied, by keyboard."""
    expect(page.get_by_role("heading", name="1. Cuống phiếu")).to_be_visible()
    page.get_by_label("Quét hoặc gõ từng cuống").fill("\n".join(serials))
    page.locator("[name='n-1-1']").fill("2")
    page.locator("[name=total]").fill("2")
    expect(page.locator("#sheet-sum")).to_contain_text("2")
    no_barriers(page)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
