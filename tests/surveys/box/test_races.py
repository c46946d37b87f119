"""Fifty at once: exactly one ballot, on both engines; and the mutants that must not pass."""

from __future__ import annotations

import re
from collections import Counter as Tally
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import pytest
from django.core.handlers.base import BaseHandler
from django.db import DatabaseError, IntegrityError
from django.db.transaction import atomic
from django.test import RequestFactory

from surveys.box import boxed, casting, errors, mixing, signed_form
from surveys.choices import SlipChannel, SlipState
from surveys.models import Ballot, BoxedBallot, Slip, SlipEvent, Spent
from surveys.periods import Month
from surveys.reference import answers as reference_answers
from surveys.slips import issuing
from tests import make
from tests.races import at_once, crew

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]

CLIENTS, ROUNDS = 50, 60
RECEIPT = re.compile(r"data-receipt[^>]*>\s*([0-9A-Z-]{19})")


def hidden_fields(code: str, number: int) -> list[str]:
    """The hidden fields of so many openings of one slip's ballot."""
    slip = casting.find_slip(code=code)
    return [signed_form.open_form(slip=slip, now=make.now()) for _ in range(number)]


@pytest.fixture
def server(quiet_log):
    """What answers a request; it has done so once, so that fifty threads do not each load its middleware and addresses."""
    handler = BaseHandler()
    handler.load_middleware()
    handler.get_response(RequestFactory().get("/p/"))
    return handler.get_response


def post(server, code: str, field: str):
    """One customer's POST, by the page itself; what it answered and the receipt it shows."""
    sent = urlencode({"attitude": "1", "time": "1", "_form": field})
    response = server(RequestFactory().post(f"/p/{code}", sent, "application/x-www-form-urlencoded"))
    shown = RECEIPT.search(response.content.decode())
    return response.status_code, shown and shown[1]


def test_fifty_posts_of_one_code_make_one_ballot_sixty_times_over(server):
    counter, procedure = make.counter(), make.procedure()
    with crew(CLIENTS) as run:
        for _round in range(ROUNDS):
            handed = make.issued(at=counter, kind=procedure, now=make.now())
            same, *others = hidden_fields(handed.code, CLIENTS // 2 + 1)
            fields = [same] * (CLIENTS // 2) + others

            answers = run(*(partial(post, server, handed.code, field) for field in fields))

            assert BoxedBallot.objects.count() == Spent.objects.filter(slip=handed.slip).count() == 1
            statuses = Tally(status for status, _receipt in answers)
            receipts = {receipt for status, receipt in answers if status == 200}
            assert set(statuses) <= {200, 409}
            assert len(receipts) == 1
            # Either the shared form won, and all its sendings have its receipt; or one of the single forms did.
            assert statuses[200] in {1, CLIENTS // 2}
            BoxedBallot.objects.all().delete()


def test_fifty_sendings_of_one_form_get_one_receipt(server):
    handed = make.issued(now=make.now())
    [field] = hidden_fields(handed.code, 1)

    answers = at_once(*[partial(post, server, handed.code, field)] * CLIENTS)

    assert {status for status, _receipt in answers} == {200}
    assert len({receipt for _status, receipt in answers}) == 1
    assert BoxedBallot.objects.count() == 1


def mutant(slip: Slip, *, is_spent_kept: bool) -> None:
    """What a careless refactoring would write: a condition across a foreign key, and perhaps no `Spent`."""
    with atomic():
        if not Slip.objects.filter(
            pk=slip.pk, state=SlipState.ISSUED, counter__closed_on__isnull=True, counter__office__isnull=False
        ).update(state=SlipState.USED):
            raise errors.SlipNotUsable
        if is_spent_kept:
            Spent.objects.create(slip_id=slip.pk, used_at=make.NOW)
        said = reference_answers.Said({"attitude": 1, "time": 1})
        boxed.boxed_ballot(slip=slip, said=said, receipt_hash=None).model().save(force_insert=True)


def ballots_of_mutants(*, is_spent_kept: bool, rounds: int) -> int:
    """How many ballots the mutant makes of one slip, at worst."""
    counter, procedure = make.counter(), make.procedure()
    worst = 0
    with crew(CLIENTS) as run:
        for _round in range(rounds):
            handed = make.issued(at=counter, kind=procedure)
            slip = casting.find_slip(code=handed.code)
            run(*[partial(mutant, slip, is_spent_kept=is_spent_kept)] * CLIENTS)
            worst = max(worst, BoxedBallot.objects.count())
            BoxedBallot.objects.all().delete()
    return worst


@pytest.mark.postgres_only
def test_the_joined_update_without_spent_would_cast_more_than_once_which_proves_that_this_race_bites():
    assert ballots_of_mutants(is_spent_kept=False, rounds=20) > 1


@pytest.mark.postgres_only
def test_spent_alone_holds_against_the_joined_update():
    assert ballots_of_mutants(is_spent_kept=True, rounds=20) == 1


def test_a_cancellation_and_a_cast_at_once_leave_either_a_ballot_or_a_cancelled_slip():
    counter, procedure, actor = make.counter(), make.procedure(), make.teller()
    for _round in range(20):
        handed = make.issued(at=counter, kind=procedure)
        acts = [
            lambda handed=handed: make.cast(handed),
            lambda handed=handed: issuing.cancel_slip(
                slip=handed.slip, reason="x", actor=actor, now=make.NOW
            ),
        ]

        at_once(*acts)

        state = make.slip_of(handed).state
        assert (state, BoxedBallot.objects.count()) in {(SlipState.USED, 1), (SlipState.CANCELLED, 0)}
        assert SlipEvent.objects.filter(slip=handed.slip).count() == 1
        BoxedBallot.objects.all().delete()


def test_casting_while_the_period_closes_counts_every_accepted_ballot():
    counter, procedure = make.counter(), make.procedure()
    slips = [make.issued(at=counter, kind=procedure) for _ in range(30)]

    def close():
        issuing.expire_slips(office=counter.box_office, period=Month(2026, 11))
        mixing.mix(office=counter.box_office, period=Month(2026, 11), now=make.NOW, closing=True)

    answers = at_once(*(lambda handed=handed: make.cast(handed) for handed in slips), close)

    accepted = [answer for answer in answers if isinstance(answer, str)]
    assert not [a for a in answers if isinstance(a, (DatabaseError, IntegrityError))]
    assert len(accepted) == Slip.objects.filter(state=SlipState.USED).count() == Ballot.objects.count()
    assert not BoxedBallot.objects.exists()


def test_one_transaction_logged_fifty_times_at_once_has_one_slip():
    counter, procedure = make.counter(), make.procedure()
    make.questionnaire()

    def log():
        done = issuing.log_transaction(
            counter=counter,
            procedure=procedure,
            reference="GD-1",
            started_at=make.NOW - timedelta(minutes=5),
            finished_at=make.NOW,
            outcome="resolved",
            now=make.NOW,
        )
        return issuing.issue_slip(transaction=done, channel=SlipChannel.SLIP, now=make.NOW).slip.pk

    pks = at_once(*(log for _ in range(CLIENTS)))

    assert set(pks) == {Slip.objects.get().pk}
    assert Slip.objects.count() == 1
