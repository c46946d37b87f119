"""What the journeys share: one clock for browser and server, staff who log in by hand, and an eye for barriers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from tests import make

PASSWORD = "mat-khau-thu"
# What decides a contrast: colour and size of each visible text, and what lies under it. Axe takes most of its time to find
# that out, and a style sheet has few of them.
CONTRASTS = """() => {
  const grounds = new Map([[null, ""]]);
  const ground = node => {
    if (!grounds.has(node)) {
      const own = getComputedStyle(node);
      const paint = [own.backgroundColor, own.backgroundImage, own.opacity].join(" ");
      grounds.set(node, ground(node.parentElement) + (paint === "rgba(0, 0, 0, 0) none 1" ? "" : `| ${paint}`));
    }
    return grounds.get(node);
  };
  const speaks = node => node.matches("input, select, textarea")
    || [...node.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim());
  const contrast = node => {
    const own = getComputedStyle(node);
    // Axe judges neither of these.
    const isSpared = node.textContent.trim().length === 1
      || !!node.closest(":disabled, [aria-disabled=true], [aria-hidden=true]");
    const shape = [own.color, own.fontSize, own.fontWeight, own.textShadow, own.position, own.clip, own.clipPath, isSpared];
    return shape.join(" ") + ground(node);
  };
  const isSeen = node => node.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const all = [...document.body.querySelectorAll("*")];
  return [...new Set(all.filter(node => speaks(node) && isSeen(node)).map(contrast))];
}"""
_proved: set[str] = set()


@pytest.fixture
def two_months_ago(monkeypatch):
    """The middle of a month whose time is over by now, for the server; undone, it is today again."""
    last_month = make.now().replace(day=1) - timedelta(days=1)
    then = (last_month.replace(day=1) - timedelta(days=1)).replace(day=11, hour=9, minute=30)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: then)
        yield then, clock


@pytest.fixture
def no_barriers(new_context, js_errors) -> Callable[..., None]:
    """Fails with axe's own report of the page as it stands. ``script=False``: of a browser where axe cannot run itself."""
    axe = Axe()

    def check(page: Page, *, script: bool = True) -> None:
        seen, complaints = page if script else copy_of(page), list(js_errors)
        seen.wait_for_load_state()  # a click may end before the next page has its body
        contrasts = set(seen.evaluate(CONTRASTS))
        rules = {
            "color-contrast": {"enabled": not contrasts <= _proved}
        }  # each is looked at where it first appears
        found = axe.run(seen, options={"resultTypes": ["violations"], "preload": False, "rules": rules})
        js_errors[:] = complaints  # axe tries inline styles, which our policy rightly refuses
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        _proved.update(contrasts)
        if not script:
            seen.context.close()

    def copy_of(page: Page) -> Page:
        """The same document at the same address in a browser with script; no page of the customer's brings any."""
        copy = new_context(viewport=page.viewport_size).new_page()
        html = page.content()
        copy.route(page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        copy.goto(page.url)
        return copy

    return check


@pytest.fixture
def logged_in(new_context) -> Callable[..., Page]:
    """A browser of one member of staff, past the login page."""

    def log_in(username: str, **options) -> Page:
        page = new_context(viewport={"width": 1280, "height": 800}, **options).new_page()
        page.goto("/login")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        return page

    return log_in
