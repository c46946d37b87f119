"""Codes that were never issued, by the thousand, and what a dead code tells.

Source: docs/spec/research/trust.md §5.3, attack T13.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.crypto import codes
from surveys.slips import issuing
from surveys.slips.lookup import find_slip
from tests import make

pytestmark = pytest.mark.django_db


def variants(code: str) -> set[str]:
    """Every code that differs in one character."""
    return {
        code[:at] + sign + code[at + 1 :]
        for at in range(len(code))
        for sign in codes.ALPHABET
        if sign != code[at]
    }


def test_no_one_character_variant_of_a_live_code_opens_anything():
    at, kind = make.counter(), make.procedure()
    live = [make.issued(at=at, kind=kind, now=timezone.now()).code for _ in range(3)]

    whole = [guess for code in live for guess in variants(code)]
    typed = [guess for code in live for guess in variants(code[: codes.SHORT_LENGTH])]

    assert len(whole) == 3 * codes.CODE_LENGTH * 31
    # A guess that keeps the first twelve characters is another whole code, which is looked up as a whole.
    assert [guess for guess in whole + typed if find_slip(code=guess)] == []
    assert all(find_slip(code=code) and find_slip(code=code[: codes.SHORT_LENGTH]) for code in live)


@pytest.mark.one_engine
def test_ten_thousand_random_codes_hit_nothing():
    for _ in range(20):
        make.issued(now=timezone.now())

    assert not any(find_slip(code=codes.new_code()) for _ in range(10_000))


def dead_codes() -> dict[str, str]:
    now = timezone.now()
    used, cancelled = make.issued(now=now), make.issued(now=now)
    make.cast(used, now=now)
    issuing.cancel_slip(slip=cancelled.slip, reason="phát nhầm", actor=make.user(), now=now)
    return {
        "used": used.code,
        "cancelled": cancelled.code,
        "expired": make.issued(now=now - timedelta(days=40)).code,
        "unknown": codes.new_code(),
    }


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_dead_code_costs_the_same_statements_whatever_it_died_of(client, method):
    """The brake counts only what was never issued: its two statements are all that an unknown code costs more."""
    dead, asked = dead_codes(), {}
    client.get(f"/p/{codes.new_code()}")  # what a process reads once is read
    for kind, code in dead.items():
        with CaptureQueriesContext(connection) as seen:
            answer = getattr(client, method)(f"/p/{code}")
        statements = [query["sql"] for query in seen if "django_cache" not in query["sql"]]
        frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
        asked[kind] = (len([each for each in statements if not each.startswith(frame)]), len(answer.content))

    assert len(set(asked.values())) == 1, asked
