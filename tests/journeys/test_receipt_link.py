"""The receipt's own link: the form comes filled, nothing of the receipt is in an address that a server sees."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]


def test_the_receipts_link_opens_a_filled_form_and_the_receipt_stays_where_it_was(
    mid_month, new_context, live_server, tmp_path
):
    handed = make.issued(now=mid_month)
    way = tmp_path / "way.har"
    context = new_context(viewport={"width": 360, "height": 640}, record_har_path=way)
    page = context.new_page()
    page.goto(f"/p/{handed.code}")
    for name in ("attitude", "time"):
        page.locator(f'input[name="{name}"]').first.check(force=True)
    page.get_by_role("button", name="Gửi phiếu").click()
    receipt = page.locator("[data-receipt]").inner_text()

    with context.expect_page() as opened:
        page.get_by_role("link", name="kiểm tra phiếu").click()
    check = opened.value
    expect(check.get_by_label("Mã biên nhận", exact=True)).to_have_value(receipt)
    expect(check).to_have_url(f"{live_server.url}/receipt")
    check.get_by_role("button", name="Kiểm tra").click()
    expect(check.locator("[data-state]")).to_have_attribute("data-state", "in_the_box")
    check.close()
    expect(page.locator("[data-receipt]")).to_have_text(receipt)

    context.close()
    asked = [
        entry["request"]["url"] for entry in json.loads(way.read_text(encoding="utf-8"))["log"]["entries"]
    ]
    assert f"{live_server.url}/receipt" in {url.partition("#")[0] for url in asked}
    for url in asked:  # a fragment stays in the browser; what is before it lies in logs
        assert receipt.replace("-", "") not in url.partition("#")[0].replace("-", "")


def test_a_fragment_that_is_no_receipt_fills_nothing(new_context, live_server):
    page = new_context().new_page()
    page.goto("/receipt#chu-ky-khong-phai-ma-bien-nhan")
    expect(page.get_by_label("Mã biên nhận", exact=True)).to_have_value("")
