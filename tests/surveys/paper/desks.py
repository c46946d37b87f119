"""The desk at which paper is keyed, as a test presses and reads it."""

from __future__ import annotations

import html
import re

from django.test import Client
from django.urls import reverse

from surveys.choices import Role, SlipChannel
from surveys.models import PaperPile
from tests import make


class Desk:
    """One office, a counter with paper handed out today, browsers of its people."""

    def __init__(self, slips: int = 3) -> None:
        make.questionnaire()
        self.counter, self.kind = make.counter(), make.procedure()
        self.office = self.counter.box_office
        self.slips = [self.issue() for _ in range(slips)]
        self.one = self.log_in(make.user(Role.COUNTING, of=self.office, last_name="Trần", first_name="Một"))
        self.two = self.log_in(make.user(Role.COUNTING, of=self.office, last_name="Lê", first_name="Hai"))

    def log_in(self, user) -> Client:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(user)
        browser.user = user
        return browser

    def issue(self, channel=SlipChannel.PAPER, **fields):
        return make.issued(at=self.counter, kind=self.kind, channel=channel, now=make.now(), **fields)

    @property
    def pile(self) -> PaperPile:
        return PaperPile.objects.latest("pk")

    def at(self, name: str) -> str:
        return reverse(f"surveys:{name}", args=[self.pile.pk])

    def open(self, browser=None):
        facts = {"office": self.office.code, "counter": self.counter.code}
        facts["period"] = self.slips[0].slip.period
        return press(browser or self.one, "/counting/paper/", reverse("surveys:paper_open"), **facts)

    def key(self, browser, *, stubs=None, step="done", total=None, **counts):
        stubs = [handed.code[:12] for handed in self.slips] if stubs is None else stubs
        fields = {name.replace("_", "-"): n for name, n in counts.items()}
        if total is None:
            total = sum(n for name, n in fields.items() if name.startswith("n-"))
        fields |= {"stubs": "\r\n".join(stubs), "total": total, "step": step}
        return press(browser, self.at("paper_key"), self.at("paper_key"), **fields)

    def both_key(self, **what):
        for browser in (self.one, self.two):
            assert self.key(browser, **what).status_code == 303

    def seen_by(self, browser) -> str:
        """The digest of the comparison that the page shows; '' where it shows none."""
        page = browser.get(self.at("paper_pile"))
        seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())
        return seen[1] if seen else ""

    def confirm(self, browser, **typed):
        where = self.at("paper_pile"), self.at("paper_confirm")
        return press(browser, *where, seen=self.seen_by(browser), **typed)


def press(browser, page_address, address, **fields):
    return browser.post(address, fields | {"csrfmiddlewaretoken": token_of(browser.get(page_address))})


def token_of(page) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]


def words(response) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(text.split())
