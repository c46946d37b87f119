"""What teller and counting team do with paper in more than one journey."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from playwright.sync_api import Page, expect

from reports.schedule import mixer
from surveys.models import Counter, Slip


def hand_out(desk: Page) -> str:
    """Paper chosen by hand once, then two keys a customer. The serial, which the teller copies onto the stub."""
    paper = desk.get_by_role("button", name="Phiếu giấy").first
    if paper.get_attribute("aria-pressed") != "true":
        paper.click()
        expect(desk.get_by_role("button", name="Phiếu giấy", pressed=True)).to_be_visible()
    before = set(Slip.objects.values_list("serial", flat=True))
    for press in ("1", "Enter"):
        desk.wait_for_selector("body.with-keys")  # the page's script listens from here on
        with desk.expect_navigation():
            desk.keyboard.press(press)
    (serial,) = set(Slip.objects.values_list("serial", flat=True)) - before
    expect(desk.get_by_role("status")).to_contain_text(serial)
    return serial


def scan(desk: Page, text: str) -> None:
    """As a scanner types: into what has the focus, Enter at the end. Nobody scans before the page is there."""
    expect(desk.get_by_label("Số trên cuống in sẵn")).to_be_focused()
    desk.keyboard.type(text)
    with desk.expect_navigation():
        desk.keyboard.press("Enter")


def close_and_sign(first: Page, second: Page, counter: Counter, then: datetime, no_barriers) -> None:
    """The month of that instant closed by the first person, mixed, and signed by both."""
    room = f"/counting/{counter.box_office.code}/{then:%Y-%m}/"
    first.goto(room)
    no_barriers(first)
    first.get_by_role("link", name="Xem rồi khoá kỳ").click()
    no_barriers(first)
    first.get_by_role("checkbox").check()
    first.evaluate("addEventListener('submit', (event) => event.preventDefault(), { once: true })")
    first.get_by_role("button", name="Khoá kỳ").click()
    expect(first.get_by_text("Đang khoá kỳ: cho hết hạn phiếu chưa trả lời")).to_be_visible()
    first.reload()
    first.get_by_role("checkbox").check()
    first.get_by_role("button", name="Khoá kỳ").click()
    expect(first.get_by_text("Máy trộn đang mở hòm phiếu lần cuối.")).to_be_visible()
    mixer.do_jobs(clock=timezone.now)
    for page, button in ((first, "Ký thứ nhất"), (second, "Niêm phong")):
        page.goto(room)
        page.get_by_role("link", name="Ký và niêm phong").click()
        no_barriers(page)
        page.get_by_label("Tôi đã so các số trên với biên bản giấy").check()
        page.get_by_role("button", name=button).click()
    expect(second.get_by_text("Đã niêm phong", exact=True)).to_be_visible()
