"""The counter's tablet in a real browser: the ballot comes by itself, and nothing of one customer is left for the next."""

import re

import pytest
from django.utils import timezone

from surveys.accounts import tablets
from surveys.choices import SlipChannel
from surveys.models import BoxedBallot, Tablet
from tests import make

# Once is enough: what a page does in the browser does not depend on the engine; ballots go the whole way on both elsewhere.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]

LANDSCAPE, PORTRAIT = {"width": 1280, "height": 800}, {"width": 800, "height": 1280}


@pytest.fixture
def counter():
    return make.counter()


@pytest.fixture(params=[LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def tablet(request, new_context, counter):
    """A page of a device that has just been paired."""
    page = new_context(viewport=request.param).new_page()
    pair(page, counter)
    return page


def pair(page, counter):
    page.goto("/k/")
    page.get_by_role("button", name="Ghép máy này").click()
    code = page.locator("[data-pairing]").inner_text()
    tablets.pair(code=code, counter=counter, name="Máy", now=timezone.now())
    page.wait_for_selector("main[data-screen=welcome]")


def finish_a_transaction(counter):
    return make.issued(at=counter, channel=SlipChannel.TABLET, now=timezone.now()).slip


def answer(page, good=0, bad=3):
    page.wait_for_selector("main[data-screen=ballot]")
    tiles = page.locator(".tile")
    tiles.nth(good).click()
    tiles.nth(bad).click()
    page.get_by_role("button", name="Gửi phiếu").click()


def test_ballots_follow_each_other_and_nothing_of_the_first_is_left(tablet, counter):
    finish_a_transaction(counter)
    answer(tablet)
    receipt = tablet.locator("[data-receipt]").inner_text()
    tablet.get_by_text("Xong").click()
    tablet.wait_for_selector("main[data-screen=welcome]")

    finish_a_transaction(counter)
    tablet.wait_for_selector("main[data-screen=ballot]")
    assert tablet.locator("input:checked").count() == 0
    assert receipt not in tablet.content()
    for look in ("Chữ to", "Tương phản"):
        tablet.get_by_role("button", name=look).click()
    assert tablet.evaluate("document.documentElement.className") == "large contrast"
    tablet.get_by_text("Góp ý thêm").click()
    tablet.get_by_label("Ý kiến khác").fill("Chờ hơi lâu")
    full = tablet.viewport_size
    tablet.set_viewport_size({"width": full["width"], "height": full["height"] - 297})  # the keyboard is up
    send, room = tablet.get_by_role("button", name="Gửi phiếu").bounding_box(), full["height"] - 297
    assert send["y"] >= 0
    assert send["y"] + send["height"] <= room
    tablet.set_viewport_size(full)
    assert tablet.url.endswith("/k/")
    tablet.reload()  # a ballot left behind is gone as well
    tablet.wait_for_selector("main[data-screen=welcome]")
    tablet.goto("about:blank")
    tablet.go_back()
    tablet.wait_for_selector("main[data-screen=welcome]")
    assert receipt not in tablet.content()
    assert tablet.evaluate("document.documentElement.className") == ""
    assert tablet.evaluate("localStorage.length + sessionStorage.length") == 0
    assert BoxedBallot.objects.count() == 1


def test_an_untouched_ballot_is_covered_then_discarded_and_never_sent(tablet, counter):
    finish_a_transaction(counter)
    tablet.wait_for_selector("main[data-screen=ballot]")
    tablet.locator(".tile").nth(0).click()
    tablet.clock.install()
    tablet.clock.fast_forward(20_000)
    tablet.wait_for_selector("#cover:not([hidden])")
    assert int(tablet.locator("#cover [data-left]").inner_text()) in (9, 10)
    tablet.get_by_role("button", name="Tiếp tục trả lời").click()
    tablet.wait_for_selector("#cover", state="hidden")
    assert tablet.locator("input:checked").count() == 1
    tablet.clock.fast_forward(30_000)
    tablet.wait_for_selector("main[data-screen=welcome]")
    assert not BoxedBallot.objects.exists()


def test_a_lost_connection_is_said_and_the_same_form_is_taken_once_when_it_is_back(
    tablet, counter, js_errors
):
    finish_a_transaction(counter)
    tablet.wait_for_selector("main[data-screen=ballot]")
    tablet.context.set_offline(True)
    answer(tablet)
    tablet.wait_for_selector("[data-unsent]:not([hidden])")
    tablet.context.set_offline(False)
    js_errors.clear()
    tablet.get_by_role("button", name="Gửi phiếu").click()
    tablet.wait_for_selector("[data-receipt]")
    assert BoxedBallot.objects.count() == 1


def test_a_ballot_is_taken_along_and_answered_on_a_phone(tablet, counter, new_context):
    finish_a_transaction(counter)
    tablet.wait_for_selector("main[data-screen=ballot]")
    tablet.get_by_role("button", name="Mang mã QR về").click()
    code = tablet.locator("[data-short-code]").inner_text()
    phone = new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False).new_page()
    phone.goto("/p")
    phone.get_by_role("textbox").fill(code.lower())
    phone.keyboard.press("Enter")
    phone.locator(".tile").nth(0).click()
    phone.locator(".tile").nth(2).click()
    phone.get_by_role("button", name="Gửi phiếu").click()
    phone.wait_for_selector("[data-receipt]")
    assert BoxedBallot.objects.count() == 1


@pytest.mark.parametrize("script", [None, "a?.?.b"], ids=["none", "unreadable"])
def test_without_a_script_it_can_read_the_device_shows_the_ballot_by_itself(
    new_context, counter, script, js_errors
):
    page = new_context(viewport=LANDSCAPE, java_script_enabled=script is not None).new_page()
    broken = re.compile(r"/js/tablet\.[^-]*js$")
    page.route(broken, lambda route: route.fulfill(body=script or "", content_type="text/javascript"))
    page.goto("/k/")
    page.get_by_role("button", name="Ghép máy này").click()
    code = page.locator("[data-pairing]").inner_text()
    tablets.pair(code=code, counter=counter, name="Máy", now=timezone.now())
    finish_a_transaction(counter)
    answer(page)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", page.locator("[data-receipt]").inner_text())
    js_errors.clear()  # that of the script nobody could read


def test_a_revoked_device_goes_back_to_the_start_by_itself(tablet, js_errors):
    tablets.revoke(tablet=Tablet.objects.get(), now=timezone.now())
    tablet.wait_for_selector("main[data-screen=unpaired]")
    js_errors.clear()  # the refusal of its last question
