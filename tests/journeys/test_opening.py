"""An office opened from an empty database: the pages alone lead from the first login to the first real ballot."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from surveys.models import BoxedBallot, Slip, Spent

# Once is enough: what a page does in the browser does not depend on the engine.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]

ADMIN, LEADER = "mot-mat-khau-dai-1", "mot-mat-khau-dai-2"
OWN = "mot-mat-khau-cua-rieng-8"
TABLET = {"width": 820, "height": 1180}
STEP_SECONDS = 30  # RFC 6238
ANSWERS = {
    "code": "HB",
    "name": "Kho bạc Nhà nước Hòa Bình",
    "short_name": "KBNN Hòa Bình",
    "department": "Phòng Kế toán Nhà nước",
    "counters": "1",
    "admin": "quantri",
    "leader": "lanhdao",
}


@pytest.fixture
def opened(monkeypatch, settings):
    settings.SECOND_FACTOR = True
    monkeypatch.setenv("SETUP_PASSWORD", ADMIN)
    monkeypatch.setenv("SETUP_LEADER_PASSWORD", LEADER)
    call_command("set_up", **ANSWERS)


def test_the_pages_alone_lead_from_an_empty_database_to_the_first_real_ballot(
    opened, new_context, no_barriers
):
    admin = log_in(new_context().new_page(), "quantri", ADMIN)
    turn_on_the_second_factor(admin, no_barriers)
    admin.get_by_role("link", name="Mở bảng việc").click()
    expect(step(admin, "Giao dịch viên")).to_contain_text("Chưa có giao dịch viên: Quầy 1", ignore_case=True)
    no_barriers(admin)

    password = add_person(admin, "Bùi Thị Lan", "bui.lan", teller=True, no_barriers=no_barriers)
    expect(step(admin, "Giao dịch viên")).to_contain_text("chưa đăng nhập: Bùi Thị Lan", ignore_case=True)
    tablet = new_context(viewport=TABLET).new_page()
    pair_by_the_checklist(tablet, admin)

    desk = log_in(new_context().new_page(), "bui.lan", password)
    choose_a_password(desk, password, no_barriers)
    expect(desk.get_by_role("heading", name="Giao dịch mới")).to_be_visible()
    desk.keyboard.press("1")
    expect(desk.get_by_role("button", name="Đã giải quyết")).to_be_visible()
    desk.keyboard.press("Enter")
    answer(tablet)
    assert (Slip.objects.count(), BoxedBallot.objects.count(), Spent.objects.count()) == (1, 1, 1)

    admin.get_by_role("link", name="Bảng việc").click()
    expect(step(admin, "Phiếu đầu tiên")).to_contain_text("xong")
    no_barriers(admin)


def log_in(page: Page, username: str, password: str) -> Page:
    page.goto("/login")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    return page


def choose_a_password(page: Page, given: str, no_barriers) -> None:
    """Who comes with a letter's password sees no other page before."""
    expect(page.get_by_text("Mật khẩu đang dùng do người khác đặt.")).to_be_visible()
    no_barriers(page)
    old, new, again = page.locator("input[type=password]").all()
    old.fill(given)
    new.fill(OWN)
    again.fill(OWN)
    with page.expect_navigation():  # until it is loaded, keys of the counter included
        page.get_by_role("button", name="Đổi mật khẩu").click()


def turn_on_the_second_factor(page: Page, no_barriers) -> None:
    """The page after the first login shows the key of the app; a wrong code is said, a right one leads on."""
    expect(page.get_by_role("heading", name="Bật xác thực hai lớp")).to_be_visible()
    page.get_by_text("Không quét được").click()
    secret = re.search(r"[A-Z2-7]{32}", page.get_by_role("main").inner_text())[0]
    no_barriers(page)
    for code in ("000000", format_hotp_value(hotp_value(secret, int(time.time()) // STEP_SECONDS))):
        page.get_by_label("Mã xác thực").fill(code)
        page.get_by_role("button", name="Bật").click()
    no_barriers(page)
    page.get_by_role("link", name="Đã cất, tiếp tục").click()


def step(page: Page, title: str):
    """A line of the checklist."""
    return (
        page.get_by_role("region", name="Bảng việc")
        .get_by_role("listitem")
        .filter(has=page.get_by_text(title, exact=True))
    )


def add_person(admin: Page, name: str, username: str, *, teller: bool, no_barriers) -> str:
    """By the checklist's link; a forgotten counter is said and nothing typed is lost. The letter's password."""
    step(admin, "Giao dịch viên").get_by_role("link").click()
    admin.get_by_role("link", name="Thêm người").click()
    admin.get_by_label("Họ và tên").fill(name)
    admin.get_by_label("Tên đăng nhập").fill(username)
    admin.get_by_label("Giao dịch viên", exact=True).check()
    admin.get_by_role("button", name="Thêm và in giấy mời").click()
    expect(admin.get_by_label("Họ và tên")).to_have_value(name)
    no_barriers(admin)
    admin.get_by_role("combobox", name="Quầy").select_option(label="Quầy 1")
    press_twice_before_the_answer(admin, admin.get_by_role("button", name="Thêm và in giấy mời"))
    password = admin.locator(".code").first.inner_text()
    no_barriers(admin)
    admin.get_by_role("link", name="Thiết lập", exact=True).click()
    return password


def press_twice_before_the_answer(page: Page, button: Locator) -> None:
    """The server is held until the second press is through: the form goes once."""
    sent = []
    page.route("**/people/new", lambda route: sent.append(route))
    with page.expect_console_message(lambda said: said.text == "twice"):
        button.evaluate(
            "press => { press.click(); setTimeout(() => { press.click(); console.log('twice'); }, 60); }"
        )
    assert [each.request.method for each in sent] == ["POST"]
    sent[0].continue_()
    expect(page.locator(".code").first).to_be_visible()
    page.unroute("**/people/new")


def pair_by_the_checklist(tablet: Page, admin: Page) -> None:
    tablet.goto("/k/")
    tablet.get_by_role("button", name="Ghép máy này").click()
    code = tablet.locator("[data-pairing]").inner_text()
    step(admin, "Máy tính bảng").get_by_role("link").click()
    admin.get_by_label("Mã máy đang hiện").fill(code)
    admin.get_by_role("combobox", name="Quầy").select_option(label="Quầy 1")
    admin.get_by_role("button", name="Ghép máy").click()
    expect(tablet.get_by_role("heading", name="Kính chào quý khách")).to_be_visible()


def answer(tablet: Page) -> None:
    tablet.wait_for_selector("main[data-screen=ballot]")
    tablet.locator(".tile").nth(0).click()
    tablet.locator(".tile").nth(3).click()
    tablet.get_by_role("button", name="Gửi phiếu").click()
    tablet.wait_for_selector("[data-receipt]")
