"""Which pages are opened, by whom, and how one is: through the WSGI application, as gunicorn calls it."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from bench.pages.place import HOST, PORT


@dataclass(frozen=True)
class Page:
    """One address; ``role`` is the pilot's login that opens it, '' for everybody; ``most``: the required multiple of the
    floor, None where there is none."""

    name: str
    role: str
    address: str
    most: float | None = None
    form: dict[str, str] = field(default_factory=dict)
    status: int = 200


def pages() -> Iterator[Page]:
    """Every kind of page and file, at the last sealed month of the pilot's office."""

    sealed = sealed_months()
    first, last = sealed[0], sealed[-1]
    yield from _public(last)
    yield from _staff(first, last)


def _public(last: str) -> Iterator[Page]:
    period, campaign = f"/results/HB/{last}/", "/results/c/khao-sat-2023/"
    yield Page("front page", "", "/", 3)
    yield Page("front page, English", "", "/?lang=en", 3)
    yield Page("results", "", "/results/", 3)
    yield Page("public office", "", "/results/HB/", 3)
    yield Page("public month", "", period, 3)
    yield Page("recount", "", f"{period}recount")
    yield Page("campaigns", "", "/results/c/", 3)
    yield Page("standings", "", campaign, 3)
    yield Page("standings of a unit", "", f"{campaign}HB/", 3)
    yield Page("receipt, empty", "", "/receipt", 3)
    yield Page("receipt, counted", "", "/receipt", 3, {"receipt": counted_receipt()})
    yield Page("privacy", "", "/privacy")
    yield Page("typed code", "", "/p")
    yield Page("login", "", "/login")
    for name in ("figures.json", "figures.csv", "seal.txt", "ballots.csv", "evidence.zip"):
        yield Page(name, "", period + name)
    yield Page("standings.csv", "", f"{campaign}standings.csv")
    yield Page("tablet's poll", "tablet", "/k/next", 1, status=204)


def _staff(first: str, last: str) -> Iterator[Page]:
    month, room = f"/reports/HB/?from={last}&to={last}", f"/counting/HB/{last}/"
    yield Page("counter", "teller", "/counter/", 12)
    yield Page("counter's slips", "teller", "/counter/slips/")
    yield Page("counting", "count", "/counting/")
    yield Page("counting room", "count", room, 20)
    yield Page("paper", "count", "/counting/paper/")
    yield Page("leadership's today", "lead", "/today/")
    yield Page("leadership's month", "lead", month, 15)
    yield Page("leadership's running month", "lead", "/reports/HB/")
    yield Page("leadership's year", "lead", f"/reports/HB/?from={first}&to={last}", 20)
    yield Page("cases", "lead", "/cases/")
    yield Page("head office's home", "head", "/reports/", 25)
    yield Page("head office's today", "head", "/today/")
    yield Page("head office's campaigns", "head", "/campaigns/")
    yield Page("signals", "inspector", "/reports/signals/")
    yield Page("trail", "inspector", "/reports/trail/")
    yield Page("setup", "admin", "/setup/")
    yield Page("people", "admin", "/setup/people/")


def sealed_months() -> list[str]:
    """The months that the pilot's office sealed, in order of time."""
    from reports.models import Seal

    own = Seal.objects.filter(office__code="HB", period__regex="^[0-9]").order_by("period")
    return list(own.values_list("period", flat=True).distinct())


def counted_receipt() -> str:
    """A genuine receipt of the last sealed month. Only hashes are kept, so in this copy one of them becomes another's."""
    from django.db import connection

    from surveys.crypto import codes, keys
    from surveys.database import triggers
    from surveys.models import Receipt

    receipt = codes.receipt(keys.receipt_key(), secrets.token_bytes(16))
    row = Receipt.objects.filter(office__code="HB", period=sealed_months()[-1]).earliest("hash")
    triggers.remove()
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Receipt._meta.db_table)
        fresh = codes.receipt_hash(receipt)
        cursor.execute(f"UPDATE {table} SET hash = %s WHERE hash = %s", [fresh, row.hash])  # noqa: S608
    triggers.install()
    return receipt


def cookies_of(roles: Iterable[str]) -> dict[str, str]:
    """The Cookie header of each role: a session of the staff, or the tablet's secret."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from surveys.ballot.tablet_views import COOKIE
    from surveys.models import Office, User
    from surveys.setup import trying
    from surveys.setup.pilot import today

    found = {"": ""}
    office = Office.objects.get(code="HB")
    today.play(office, now=timezone.now())
    trying.pair_tablet(office, now=timezone.now())
    for role in set(roles) - {"", "tablet"}:
        client = Client(SERVER_NAME=HOST, SERVER_PORT=PORT)
        user = User.objects.get(username=role)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        found[role] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return found | {"tablet": f"{COOKIE}={trying.tablet_secret()}"}


class Reader:
    """Opens pages in this process; the processor time counts from the request to the last byte."""

    def __init__(self, application: Any, cookie: str = "") -> None:
        self.application, self.cookies = application, SimpleCookie(cookie)

    def open(self, page: Page) -> tuple[float, int]:
        """Milliseconds of this process's processor, and bytes. Ends the run when the page is not the one that was meant."""
        environ, said = self._environ(page), []
        began = time.process_time()
        answer = self.application(environ, lambda status, headers, *_: said.append((status, headers)))
        body = b"".join(answer)
        answer.close()
        took = (time.process_time() - began) * 1000
        status, headers = said[0]
        if int(status[:3]) != page.status:
            raise SystemExit(f"bench.pages: {page.name}: {page.address} answered {status}")
        self._keep(headers)
        return took, len(body)

    def _environ(self, page: Page) -> dict[str, Any]:
        path, _mark, query = page.address.partition("?")
        body = urlencode(page.form).encode()
        return {
            "REQUEST_METHOD": "POST" if page.form else "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": PORT,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": f"{HOST}:{PORT}",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "HTTP_COOKIE": "; ".join(f"{name}={each.value}" for name, each in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
        }

    def _keep(self, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
