"""The teller's page as a test presses and reads it."""

from __future__ import annotations

import html
import re


def token(page) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]


def press(browser, address, *, on="/counter/", page=None, **fields):
    """Fill and send a form of the page, as a browser without script does."""
    page = page or browser.get(on)
    return browser.post(address, {"csrfmiddlewaretoken": token(page)} | fields)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def said(response) -> str:
    """What the page says back, read in its strip."""
    return re.search(r'role="status">(.*?)</div>', text_of(response), re.S)[1]


def without_clock(response) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", response.content.decode())
    return re.sub(r"(<(\w+)[^>]*data-clock[^>]*>).*?</\2>", r"\1", text, flags=re.S)
