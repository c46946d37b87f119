"""Axe on every page there is, read off the resolver, so that a page that comes later is looked at by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page

from tests.addresses import every_route
from tests.house import first_pages

# Once is enough: a page is the same whatever engine holds its rows, and its queries are asked on both elsewhere.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only, pytest.mark.slow]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
FORMS = "main form[method=post]"
TYPED = (
    "textarea, input:not([type]), input:is([type=text], [type=number], [type=date], [type=tel], [type=email])"
)
SENDS = ":is(button, input[type=submit]):not([type=button], :disabled):visible"
# What must be chosen before a browser sends the form.
CHOOSE = """form => [...form.elements].forEach(field => {
  const group = form.querySelectorAll(`[name="${field.name}"]`);
  if (field.type === "radio" && ![...group].some(each => each.checked)) field.checked = true;
  if (field.type === "checkbox" && field.required) field.checked = true;
  if (field.tagName === "SELECT" && field.required && !field.value) field.selectedIndex = 1;
})"""
WORDS = "Đã rõ, đồng ý"
# On a narrow phone no page scrolls sideways; on the front page no table does either: its last column is what nobody may overlook.
NARROW = {"width": 320, "height": 640}
TOO_WIDE = "[...document.querySelectorAll(%r)].filter(box => box.scrollWidth > box.clientWidth).map(box => box.scrollWidth)"


@pytest.mark.parametrize("part", ["house", "administration"])
def test_axe_finds_nothing_on_any_page_and_every_form_is_typed_into_and_sent(
    part, house, new_context, live_server, no_barriers, js_errors
):
    routes = [route for route in every_route() if route.startswith("admin/") == (part == "administration")]
    found, missed = first_pages(house, routes)
    assert not missed, "pages that this house has no row for: build one"
    wrong, asking = [], []
    for role, client in house.clients().items():
        page = browser_of(client, new_context, live_server, PHONE if role == "nobody" else DESK)
        for path in [*found[role], *(house.more[role] if part == "house" else [])]:
            page.goto(path)
            try:
                no_barriers(page, script=role != "nobody")
            except AssertionError as barrier:
                wrong.append(str(barrier))
            if part == "house" and (wide := too_wide(page, "html, .table-wrap" if path == "/" else "html")):
                wrong.append(f"{path}: wider than a phone: {wide}")
            if part == "house" and page.locator(FORMS).locator(TYPED).count():
                asking.append((page, path))
    assert not wrong, "\n\n".join(wrong)
    sent = {each for page, path in asking for each in send_all(page, path)}
    js_errors.clear()  # refusals of what was typed
    assert part != "house" or len(sent) > 30, sorted(sent)


def too_wide(page: Page, boxes: str) -> list[int]:
    usual = page.viewport_size
    page.set_viewport_size(NARROW)
    found = page.evaluate(TOO_WIDE % boxes)
    page.set_viewport_size(usual)
    return found


def send_all(page: Page, path: str) -> Iterator[str]:
    """Type Vietnamese into every form of a page that takes words, send each, and return which."""
    for n in count():
        page.goto(path)
        form = page.locator(FORMS).nth(n)
        if not form.count():
            return
        for fold in form.locator("details:not([open]) > summary").all():
            fold.click()
        typed = [field for field in form.locator(TYPED).all() if field.is_visible() and field.is_enabled()]
        for field in typed:
            type_into(field, f"{path}: {field.get_attribute('name')}")
        form.evaluate(CHOOSE)
        if not typed or not form.evaluate("form => form.noValidate || form.checkValidity()"):
            continue
        with page.expect_navigation() as arriving:
            form.locator(SENDS).first.click()
        assert arriving.value.status in {200, 409, 422}, f"{path}: {arriving.value.status}"
        yield f"{path}: {n}"


def type_into(field: Locator, name: str) -> None:
    """Typed as by a hand, so that the field's limit holds: one that takes less must say so as a browser reads it."""
    kind, limit = field.get_attribute("type"), field.get_attribute("maxlength")
    if kind == "date":
        field.fill("2099-12-28")
        return
    words = "12" if kind == "number" or field.get_attribute("inputmode") == "numeric" else WORDS
    field.fill(words)
    assert field.input_value() == words[: int(limit) if limit else None], name


def browser_of(client: Client, new_context, live_server, size: dict[str, int]) -> Page:
    context = new_context(viewport=size)
    if cookie := client.cookies.get(settings.SESSION_COOKIE_NAME):
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return context.new_page()
