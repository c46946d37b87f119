"""Tablets of a journey."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def pair(tablet: Page, admin: Page, no_barriers) -> None:
    """The device shows a code, the administrator types it, the device waits for ballots."""
    tablet.goto("/k/")
    no_barriers(tablet)
    tablet.get_by_role("button", name="Ghép máy này").click()
    code = tablet.locator("[data-pairing]").inner_text()
    no_barriers(tablet)
    admin.get_by_role("link", name="Thiết lập", exact=True).click()
    no_barriers(admin)
    admin.get_by_role("link", name="Máy tính bảng", exact=True).click()
    no_barriers(admin)
    admin.get_by_label("Mã máy đang hiện").fill(f" {code[:3].lower()} {code[3:].lower()}")
    admin.get_by_role("combobox", name="Quầy").select_option(label="Quầy Q1")
    admin.get_by_role("button", name="Ghép máy").click()
    expect(admin.get_by_text("Đã ghép máy với Quầy Q1.")).to_be_visible()
    expect(tablet.get_by_role("heading", name="Kính chào quý khách")).to_be_visible()
    no_barriers(tablet)
