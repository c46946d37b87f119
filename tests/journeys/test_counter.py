"""The teller's page by keyboard, in a real browser."""

import re
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from surveys.accounts import tablets
from surveys.choices import Outcome
from surveys.models import Organisation, Procedure, Slip, SlipEvent, Transaction
from tests import make

# Once is enough: what a page does in the browser does not depend on the engine; ballots go the whole way on both elsewhere.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]


@pytest.fixture
def counter():
    make.questionnaire()
    make.procedure("1"), make.procedure("2")
    return make.counter()


@pytest.fixture
def desk(new_context, live_server, counter):
    """The console of a teller who has logged in."""
    session = Client()
    session.force_login(make.teller(at=counter))
    pairing = tablets.ask_for_pairing(now=timezone.now())
    device = tablets.pair(code=pairing.tablet.pairing_code, counter=counter, name="Máy", now=timezone.now())
    tablets.note_seen(pk=device.pk, now=timezone.now())
    context = new_context(viewport={"width": 1366, "height": 768})
    cookie = session.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/counter/")
    return page


def press(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)


def test_one_key_starts_and_enter_ends_and_issues(desk):
    press(desk, "2")
    press(desk, "Enter")
    slip = Slip.objects.get()
    assert (slip.procedure.code, slip.transaction.outcome) == ("2", Outcome.RESOLVED)
    assert slip.serial in desk.get_by_role("status").inner_text()


def test_arrows_choose_and_letters_give_the_other_outcomes(desk):
    for key in "12":
        press(desk, key)
    desk.keyboard.press("ArrowDown")
    press(desk, "b")
    desk.keyboard.press("t")  # on nobody: the slip of another customer has just gone out
    expect(desk.locator("#choose")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    press(desk, "t")
    outcomes = dict(Transaction.objects.values_list("procedure__code", "outcome"))
    assert outcomes == {"1": Outcome.SUPPLEMENT, "2": Outcome.REFUSED}


# Words that can be read as the page stands: not what lies folded, scrolled away or under something else.
WORDS_IN_SIGHT = """() => {
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), place = document.createRange();
  let words = 0;
  while (all.nextNode()) {
    place.selectNodeContents(all.currentNode);
    const own = place.getBoundingClientRect();
    const hit = document.elementFromPoint(own.left + own.width / 2, own.top + own.height / 2);
    if (hit?.contains(all.currentNode)) words += all.currentNode.data.split(/\\s+/).filter(Boolean).length;
  }
  return words;
}"""


def test_a_desks_screen_holds_the_page_whatever_runs_with_the_key_line_in_sight(desk, counter):
    kind = Procedure.objects.get(code="1")
    for number in range(12):
        make.running(at=counter, kind=kind, reference=f"R-{number}")
        make.issued(at=counter, kind=kind, now=timezone.now())
    press(desk, "1")
    assert 100 < desk.evaluate(WORDS_IN_SIGHT) <= 450
    press(desk, "Enter")
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.documentElement.scrollHeight") == 768
    for seen in (
        ".key-line",
        "#ways",
        "#today tbody tr:last-child",
        "[data-undo]",
        ".running.selected .outcomes",
    ):
        box = desk.locator(seen).bounding_box()
        assert 0 < box["y"] + box["height"] <= 768, seen
    assert desk.locator(".key-line").bounding_box()["height"] < 40
    assert desk.locator("#today tbody tr").count() == 10


def test_on_a_tablet_held_upright_the_rooms_stand_below_the_name_and_who_is_there(desk):
    desk.set_viewport_size({"width": 820, "height": 1180})
    desk.goto("/counter/slips/")
    name, person, rooms = (
        desk.locator(f".masthead {each}").bounding_box() for each in (".brand", ".person", "nav")
    )
    assert person["y"] < name["y"] + name["height"] <= rooms["y"]


def test_r_starts_the_last_kind_again(desk):
    press(desk, "2")
    press(desk, "r")
    assert set(Transaction.objects.values_list("procedure__code", flat=True)) == {"2"}
    assert Transaction.objects.count() == 2


def test_a_name_typed_without_diacritics_is_chosen_by_enter_and_digits_typed_in_it_start_nothing(
    desk, counter
):
    school = Organisation.objects.create(
        office=counter.box_office, code="KH1", name="Trường THCS số 1 Đà Bắc"
    )
    desk.keyboard.press("k")
    desk.keyboard.type("so 1 da bac")
    desk.wait_for_selector("#suggestions [role=option]")
    desk.keyboard.press("Enter")
    assert desk.input_value("#organisation") == school.name
    assert not Transaction.objects.exists()
    press(desk, "1")
    assert Transaction.objects.get().organisation == school


def test_a_customer_of_an_unknown_name_is_marked_where_the_name_stands_and_the_hand_is_there(desk):
    press(desk, "1")
    press(desk, "s")
    name = desk.get_by_label("Khách hàng")
    edge = "field => getComputedStyle(field).borderTopColor"
    usual = name.evaluate(edge)
    name.fill("Không có tổ chức này")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Lưu, giữ thủ tục").click()
    expect(name).to_be_focused()
    desk.get_by_role("heading", level=1).click()
    words = desk.get_by_text("Chưa có tổ chức nào tên như vậy").evaluate(
        "words => getComputedStyle(words).color"
    )
    assert name.evaluate(edge) == words != usual


def test_h_leads_to_the_slip_and_a_reason_hands_it_out_again(desk):
    press(desk, "1")
    press(desk, "Enter")
    desk.keyboard.press("h")
    press(desk, "Enter")
    desk.locator("#reissue input[type=radio]").first.check()
    with desk.expect_navigation():
        desk.locator("#reissue button[value=paper]").click()
    assert "sang phiếu giấy" in desk.get_by_role("status").inner_text()
    assert SlipEvent.objects.count() == 1


def test_the_last_slip_is_cancelled_by_five_keys_and_the_reason_by_its_digit(desk):
    press(desk, "1")
    press(desk, "Enter")
    desk.keyboard.press("h")
    press(desk, "Enter")
    desk.keyboard.press("x")
    desk.keyboard.press("2")
    press(desk, "Enter")
    asked = SlipEvent.objects.get()
    assert (asked.kind, asked.reason) == ("cancelled", "Ghi trùng giao dịch")
    assert "Đã ghi yêu cầu hủy" in desk.get_by_role("status").inner_text()


def test_a_button_that_hands_out_again_names_the_act(desk):
    press(desk, "1")
    press(desk, "Enter")
    again = desk.get_by_role("button", name="Phát lại bằng phiếu giấy")
    desk.keyboard.press("h")
    press(desk, "Enter")
    expect(again).to_be_visible()


def test_clocks_go_on_from_the_servers_time_whatever_the_machine_says(desk):
    desk.clock.install(time=datetime(2001, 1, 1))
    press(desk, "1")
    row = desk.locator(".running")
    expect(row.locator(".minutes")).to_have_text(re.compile(r"^0:\d\d phút$"))
    expect(row.locator(".due")).to_have_text("· còn sớm")
    desk.clock.fast_forward("25:00")
    expect(row.locator(".minutes")).to_have_text(re.compile(r"^25:\d\d phút$"))
    expect(row.locator(".due")).to_have_text(re.compile(r"^sắp đến hạn: còn [45] phút$"))
    desk.clock.fast_forward("40:00")
    expect(row.locator(".minutes")).to_have_text(re.compile(r"^1:05:\d\d giờ$"))
    expect(row.locator(".due")).to_have_text("trễ 35 phút")


def test_z_takes_back_a_start_and_then_an_end(desk):
    press(desk, "1")
    press(desk, "z")
    assert not Transaction.objects.exists()
    press(desk, "2")
    press(desk, "Enter")
    press(desk, "z")
    assert Transaction.objects.get().finished_at is None
    assert "trở lại hàng đang xử lý" in desk.get_by_role("status").inner_text()
    press(desk, "Enter")
    assert Slip.objects.count() == 1


def test_after_a_minute_the_page_takes_its_offer_back(desk):
    desk.clock.install()
    press(desk, "1")
    expect(desk.locator("[data-undo]")).to_be_visible()
    desk.clock.fast_forward("01:01")
    expect(desk.locator("[data-undo]")).to_be_hidden()


def test_s_and_a_digit_change_the_procedure_of_what_runs(desk):
    press(desk, "1")
    started = Transaction.objects.get().started_at
    press(desk, "s")
    press(desk, "2")
    changed = Transaction.objects.get()
    assert (changed.procedure.code, changed.started_at) == ("2", started)


def test_the_sheet_of_keys_opens_and_keys_can_be_switched_off(desk):
    desk.keyboard.press("?")
    switch = desk.get_by_label("Dùng phím tắt trên máy này")
    switch.uncheck()
    desk.keyboard.press("1")
    desk.reload()
    desk.keyboard.press("1")
    assert not Transaction.objects.exists()


def test_a_double_click_starts_once(desk):
    with desk.expect_navigation():
        desk.locator(".procedure").first.dblclick()
    desk.wait_for_load_state("networkidle")
    assert Transaction.objects.count() == 1
