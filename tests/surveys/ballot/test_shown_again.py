"""A code asked for anew tells nobody whether its slip was used (docs/spec/trust.md §2)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from surveys.accounts import api_keys, tablets
from surveys.box import casting
from surveys.choices import SlipChannel, SlipState
from surveys.models import BoxedBallot, Counter, Slip, Tablet
from surveys.printing import SlipText
from surveys.slips import delivery, issuing
from tests import make
from tests.phones import Phone
from tests.surveys.ballot.handed_out import WHOLE, again, handed_out_twice, hidden

pytestmark = pytest.mark.django_db
PART = {"attitude": "1"}
OWN = re.compile(r'value="[^"]{20,}"|/p/[0-9A-Za-z_-]+')


@pytest.fixture
def phone():
    return Phone()


def both(channel=SlipChannel.SLIP) -> list[issuing.Issued]:
    """The same slip twice, unused and used, both handed out anew."""
    at, kind = make.counter(), make.procedure()
    return [handed_out_twice(is_used=used, channel=channel, at=at, kind=kind) for used in (False, True)]


def paired_browser(counter: Counter) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.post("/k/pair")
    code = Tablet.objects.latest("pk").pairing_code
    tablets.pair(code=code, counter=counter, name="Máy", now=timezone.now())
    return browser


def seen(response) -> tuple[int, str]:
    """Status and page, without what is each slip's own."""
    return response.status_code, OWN.sub("·", response.content.decode())


def test_whatever_but_a_whole_ballot_is_sent_a_used_slips_fresh_code_answers_like_an_unused_ones(phone):
    asked = {
        "open": lambda path, form: phone.get(path),
        "in English": lambda path, form: phone.get(path, {"lang": "en"}),
        "half": lambda path, form: phone.post(path, form | PART),
        "no form": lambda path, form: phone.post(path, PART),
        "too large": lambda path, form: phone.post(path, form | {"comment": "x" * 90_000}),
        "other field": lambda path, form: phone.post(path, form | WHOLE | {"attitude": "7"}),
    }
    unused, used = both()
    answers = {}
    for name, ask in asked.items():
        answers[name] = [
            seen(ask(f"/p/{each.code}", hidden(phone.get(f"/p/{each.code}")))) for each in (unused, used)
        ]

    assert {name: pair for name, pair in answers.items() if pair[0] != pair[1]} == {}
    assert {name: pair[0][0] for name, pair in answers.items()} == {
        "open": 200, "in English": 200, "half": 422, "no form": 422, "too large": 413, "other field": 422,
    }  # fmt: skip


def test_a_whole_ballot_for_a_used_slip_stores_nothing_and_ends_the_likeness(phone):
    unused, used = both()
    forms = [hidden(phone.get(f"/p/{each.code}")) for each in (unused, used)]
    assert phone.post(f"/p/{unused.code}", forms[0] | WHOLE).status_code == 200
    stands = BoxedBallot.objects.count()

    refused = phone.post(f"/p/{used.code}", forms[1] | WHOLE)

    assert refused.status_code == 409
    assert BoxedBallot.objects.count() == stands == 2
    for each in (unused, used):
        assert phone.get(f"/p/{each.code}").status_code == 404
        assert phone.post(f"/p/{each.code}", PART).status_code == 409


def test_the_first_code_of_a_used_slip_stays_dead(phone):
    first = make.issued(now=timezone.now())
    make.cast(first, now=timezone.now())
    assert phone.get(f"/p/{first.code}").status_code == 404
    again(first.slip)
    assert phone.get(f"/p/{first.code}").status_code == 404


@pytest.mark.parametrize("is_used", [False, True])
def test_the_likeness_ends_with_the_slips_own_time_and_with_its_cancellation(phone, is_used):
    slip = handed_out_twice(is_used=is_used).slip
    slip.refresh_from_db()
    ends = slip.shown_until if is_used else slip.expires_at
    assert [casting.is_shown(slip, now=ends - timedelta(seconds=s)) for s in (1, 0)] == [True, False]

    fresh = again(slip)
    issuing.cancel_slip(slip=fresh.slip, reason="lỗi", actor=make.teller(), now=timezone.now())
    assert phone.get(f"/p/{fresh.code}").status_code == 404


def test_until_when_is_the_same_instant_for_both():
    unused, used = (Slip.objects.get(pk=each.slip.pk) for each in both())
    assert abs(used.shown_until - unused.expires_at) < timedelta(minutes=1)


@pytest.mark.parametrize("is_used", [False, True])
def test_after_an_undone_end_neither_opens(phone, is_used):
    fresh = handed_out_twice(is_used=is_used)
    Slip.objects.filter(pk=fresh.slip.pk).update(opens_at=timezone.now() + timedelta(days=1))
    assert phone.get(f"/p/{fresh.code}").status_code == 404


@pytest.mark.parametrize("is_used", [False, True])
def test_the_tablet_shows_either_and_takes_a_whole_ballot_of_one(is_used):
    at, kind = make.counter(), make.procedure()
    tablet = paired_browser(at)
    handed_out_twice(is_used=is_used, channel=SlipChannel.TABLET, at=at, kind=kind)

    shown = tablet.get("/k/next")

    assert shown.status_code == 200
    assert tablet.get("/k/next").status_code == 204
    assert tablet.post("/k/cast", hidden(shown) | PART).status_code == 422
    assert tablet.post("/k/cast", hidden(shown) | WHOLE).status_code == (409 if is_used else 200)


def test_the_database_shows_no_unused_slip_again():
    handed = make.issued(now=timezone.now())
    with pytest.raises(IntegrityError, match="slip_only_used_is_shown_again"), atomic():
        Slip.objects.filter(pk=handed.slip.pk).update(shown_until=timezone.now())
    assert Slip.objects.get(pk=handed.slip.pk).state == SlipState.ISSUED


def test_another_programs_answer_names_the_same_end_after_paper_whether_or_not_it_was_used(phone):
    """Handed out on paper in between, an unused slip has no end of its own, and a used one keeps it."""
    at, kind, now = make.counter(), make.procedure(), timezone.now().replace(microsecond=0)
    token = api_keys.issue(office=at.box_office, name="khoá", by=make.teller(at=at), now=now)
    told = []
    for is_used in (False, True):
        slip = on_paper(is_used=is_used, at=at, kind=kind)
        standing = slip.transaction
        body = {
            "reference": standing.reference,
            "counter": at.code,
            "procedure": kind.code,
            "outcome": standing.outcome,
            "started_at": standing.started_at.isoformat(),
            "finished_at": standing.finished_at.isoformat(),
        }
        answer = phone.post(
            "/api/v1/transactions",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200
        told.append(answer.json()["expires_at"])
    assert told[0] == told[1] is not None


def test_what_is_printed_after_paper_is_the_same_whether_or_not_the_slip_was_used(queue):
    again_printed = []
    at, kind = make.counter(printer="Quay1"), make.procedure()
    for is_used in (False, True):
        slip = on_paper(is_used=is_used, at=at, kind=kind)
        way = {"channel": SlipChannel.SLIP, "reason": "", "actor": None, "seen": None}
        handed = delivery.hand_over_again(slip=slip, now=timezone.now(), **way)
        again_printed.append((handed.trouble, SlipText.of(handed.slip, "0" * 26).expires))
    assert queue.has_printed
    assert again_printed[0] == again_printed[1]
    assert again_printed[0][0] is None


def on_paper(*, is_used: bool, at: Counter, kind) -> Slip:
    """A slip handed out by code, perhaps used, then on paper; as a page finds it."""
    slip = handed_out_twice(is_used=is_used, channel=SlipChannel.PAPER, at=at, kind=kind).slip
    return Slip.objects.get(pk=slip.pk)
