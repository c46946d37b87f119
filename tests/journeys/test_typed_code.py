"""A visitor without Vietnamese types the code from the slip, as one misreads it, and answers in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from surveys.choices import SlipChannel
from surveys.slips import issuing
from tests import make

# Once is enough: what a page does in the browser does not depend on the engine; ballots go the whole way on both elsewhere.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]

MISREAD = str.maketrans("01", "oI")


def code_with_both() -> str:
    """The typed part of a code in which both 0 and 1 occur."""
    handed = make.issued(now=make.NOW)
    while not {"0", "1"} <= set(handed.code[:12]):
        handed = issuing.reissue_slip(
            slip=handed.slip, channel=SlipChannel.SLIP, reason="", actor=None, now=make.NOW
        )
    return handed.code[:12]


def test_a_misread_code_opens_the_ballot_and_all_of_it_is_english(mid_month, new_context, no_barriers):
    code = code_with_both()
    phone = new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False).new_page()
    phone.goto("/")
    no_barriers(phone, script=False)
    phone.get_by_role("link", name="English").click()
    no_barriers(phone, script=False)
    field = phone.get_by_role("textbox")

    field.fill("WRONG-C0DE-1234")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("cannot be used")
    no_barriers(phone, script=False)

    typed = code.translate(MISREAD).lower()
    field.fill(f" {typed[:4]} {typed[4:8]}–{typed[8:]}")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="How was it?")).to_be_visible()
    for question in phone.get_by_role("group").all()[:2]:
        question.get_by_role("radio", name="Level 0").check()
    phone.get_by_text("Add a comment").click()
    phone.get_by_label("Long wait").check()
    phone.get_by_role("textbox").fill("Two hours; call 0912 345 678")
    no_barriers(phone, script=False)
    phone.get_by_role("button", name="Send ballot").click()
    expect(phone.locator("[data-receipt]")).to_be_visible()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    no_barriers(phone, script=False)

    (boxed,) = make.waiting()
    assert boxed.contents.answers == {"attitude": 0, "time": 0}
    assert boxed.contents.reasons == ("waiting",)
    assert "0912" not in boxed.contents.comment
