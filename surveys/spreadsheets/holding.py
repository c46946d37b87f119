"""A table between its dry run and the word to store it: kept for its sender alone, with what the sender was shown."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.dry_run import DryRun, digest_of
from surveys.spreadsheets.limits import USUAL
from surveys.spreadsheets.process import read
from surveys.spreadsheets.tables import QUESTIONS

HELD_SECONDS = 30 * 60


@dataclass(frozen=True)
class Sent:
    """A table as it was sent: ``confirmed`` are the questions answered with it, ``digest`` names the dry run that the
    sender saw and wants stored, '' as long as nothing is to be stored."""

    raw: bytes = field(repr=False)
    confirmed: frozenset[str] = frozenset()
    digest: str = ""

    def book(self) -> Book:
        """The cells. Raises `TableRefused`."""
        return read(self.raw)


def hold(sent: Sent, *, owner: int | None, digest: str = "") -> str:
    """Keep a table and, with ``digest``, what was shown of it; the token opens it for its owner alone."""
    confirmed = sorted(sent.confirmed)
    named = "\n".join([digest, *confirmed, sha256(sent.raw).hexdigest()])
    token = sha256(named.encode()).hexdigest()[:32]
    cache.set(_key(owner, token), (zlib.compress(sent.raw), confirmed, digest), HELD_SECONDS)
    return token


def held(token: str, *, owner: int | None) -> Sent | None:
    """The table, or None when it is another's, or too old."""
    kept = cache.get(_key(owner, token[:32])) if token.isalnum() else None
    if kept is None:
        return None
    packed, confirmed, digest = kept
    return Sent(zlib.decompress(packed), frozenset(confirmed), digest)


def sent_with(request: HttpRequest) -> Sent | None:
    """What a form sends: a file in ``file``, or in ``held`` the token of one that was looked at before; None for neither.

    Answers to its questions, in ``confirmed``, make a held table one to look at again.
    """
    if file := request.FILES.get("file"):
        return Sent(file.read(USUAL.packed + 1))
    sent = held(request.POST.get("held", ""), owner=request.user.pk)
    if sent and (answers := request.POST.getlist("confirmed")):
        return replace(sent, confirmed=sent.confirmed | frozenset(answers), digest="")
    return sent


def shown(sent: Sent, plans: Sequence[DryRun], *, owner: int | None) -> dict[str, object]:
    """What ``components/dry_run.html`` needs; the token stands for exactly these dry runs."""
    return {"plans": list(plans), "token": hold(sent, owner=owner, digest=digest_of(plans))}


def refused(sent: Sent, refusal: TableRefused, *, owner: int | None) -> dict[str, object]:
    """What ``components/table_complaints.html`` needs; a token where a confirmation is enough."""
    asked = [(name, QUESTIONS[name]) for name in sorted(refusal.questions)]
    token = hold(sent, owner=owner) if asked else ""
    return {"complaints": refusal.complaints, "questions": asked, "token": token}


def _key(owner: int | None, token: str) -> str:
    return f"table-{owner}-{token}"
