"""The customer's whole way, recorded: no cookie, nobody else asked, the code in no log and no Referer.

Source: docs/spec/research/trust.md §5.3, attack T32.
"""

from __future__ import annotations

import io
import json
import logging

import pytest
from playwright.sync_api import expect

from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log():
    """What the product's own handler writes, as it writes it."""
    console = logging._handlers["console"]
    usual = console.setStream(io.StringIO())
    yield console.stream
    console.setStream(usual)


def test_the_customers_way_leaves_no_trace_and_needs_no_script(
    mid_month, new_context, live_server, tmp_path, log
):
    handed, other = make.issued(now=make.NOW), make.issued(now=make.NOW)
    har = tmp_path / "way.har"
    device = new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=False, record_har_path=har
    )
    phone = device.new_page()

    phone.goto(f"/p/{handed.code}")
    for question in phone.get_by_role("group").all()[:2]:
        question.get_by_role("radio").first.check()
    phone.get_by_role("button", name="Gửi phiếu").click()
    receipt = phone.locator("[data-receipt]").inner_text()
    phone.goto("/receipt")
    phone.get_by_role("textbox").fill(receipt)
    phone.keyboard.press("Enter")
    expect(phone.locator("[data-state]")).to_have_attribute("data-state", "in_the_box")
    phone.goto(f"/p/{handed.code}")  # used by now: a warning in the log
    for way in ("/privacy", "/results/", "/"):
        phone.goto(way)
    phone.goto("/p")
    phone.get_by_role("textbox").fill(other.code[:12])
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name="English").click()

    assert device.cookies() == []
    device.close()
    entries = json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]
    assert len(entries) > 10
    for entry in entries:
        asked, answered = entry["request"], entry["response"]
        sent = {header["name"].lower(): header["value"] for header in asked["headers"]}
        assert asked["url"].startswith((live_server.url, "data:")), asked["url"]
        assert "cookie" not in sent, asked["url"]
        assert "set-cookie" not in {header["name"].lower() for header in answered["headers"]}, asked["url"]
        for code in (handed.code, other.code[:12], receipt):
            assert code.lower() not in sent.get("referer", "").lower(), asked["url"]

    logged = log.getvalue()
    assert "/p/…" in logged, "the used code's own line"
    for code in (handed.code[:12], other.code[:12], receipt, receipt.replace("-", "")):
        assert code not in logged
