"""Closing and signing while others act: accepted = used = counted, and one seal whoever presses how often."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError

from reports import closing, sealing
from reports.models import Seal
from surveys.accounts import two_persons
from surveys.box.errors import CastingRefused
from surveys.choices import Role, SlipState
from surveys.models import Ballot, BoxedBallot, Receipt, Slip, Spent
from surveys.periods import Month
from tests import make
from tests.races import at_once, crew

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]

CLIENTS, CLOSINGS = 30, 25


def read(seal):
    return dict(line.split(": ", 1) for line in seal.text.splitlines()[1:])


def signed(box, period, first, second, now):
    by = {"now": now, "logged_in_at": now - timedelta(minutes=1)}
    seen = sealing.draft(office=box, period=period).seen
    signature = sealing.sign_first(office=box, period=period, user=first, seen=seen, **by)
    return sealing.sign_second(first=signature, user=second, seen=signature.digest, **by)


@pytest.mark.slow
def test_twenty_five_closings_under_thirty_casting_clients_count_every_accepted_ballot():
    counter, kind = make.counter(), make.procedure()
    box = counter.box_office
    first, second = (make.user(Role.COUNTING, of=box) for _ in range(2))
    with crew(CLIENTS + 1) as run:
        for each in range(CLOSINGS):
            period = Month(2024, 1).plus(each)
            noon = datetime(period.year, period.month, 12, 12, tzinfo=make.HANOI)
            then = closing.closes_from(period) + timedelta(hours=9)
            slips = make.issued_together(CLIENTS, at=counter, kind=kind, now=noon)
            acts = [lambda handed=handed: make.cast(handed) for handed in slips]
            # The closing starts among the clients, earlier or later from one round to the next.
            acts.insert(
                each % CLIENTS,
                lambda period=period, then=then: closing.close_period(office=box, period=period, now=then),
            )

            answers = run(*acts)

            accepted = [answer for answer in answers if isinstance(answer, str)]
            assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, CastingRefused)]
            used = Slip.objects.in_period(period).filter(state=SlipState.USED).count()
            spent = Spent.objects.filter(slip__period=str(period)).count()
            counted = Ballot.objects.in_period(period).count()
            receipts = Receipt.objects.in_period(period).count()
            assert len(accepted) == used == spent == counted == receipts
            assert not BoxedBallot.objects.filter(period=str(period)).exists()
            said = read(signed(box, period, first, second, then))
            assert (said["returned"], said["expired"]) == (str(used), str(CLIENTS - used))
    assert Seal.objects.count() == CLOSINGS


@pytest.fixture
def closed():
    counter = make.counter()
    make.ballots(10, at=counter, kind=make.procedure())
    box = counter.box_office
    closing.close_period(office=box, period=Month(2026, 11), now=make.at(4, month=12))
    return box


def test_twenty_second_signatures_at_once_make_one_seal(closed):
    now = make.at(4, 9, month=12)
    first, *others = (make.user(Role.COUNTING, of=closed) for _ in range(21))
    by = {"now": now, "logged_in_at": now}
    seen = sealing.draft(office=closed, period=Month(2026, 11)).seen
    signature = sealing.sign_first(office=closed, period=Month(2026, 11), user=first, seen=seen, **by)

    answers = at_once(
        *(
            lambda user=user: sealing.sign_second(first=signature, user=user, seen=signature.digest, **by)
            for user in others
        )
    )

    assert len([answer for answer in answers if isinstance(answer, Seal)]) == Seal.objects.count() == 1
    assert not [answer for answer in answers if isinstance(answer, DatabaseError)]
    assert {type(answer) for answer in answers} == {Seal, sealing.AlreadySealed}


def test_two_first_signatures_at_once_leave_one(closed):
    now = make.at(4, 9, month=12)
    users = [make.user(Role.COUNTING, of=closed) for _ in range(8)]
    seen = sealing.draft(office=closed, period=Month(2026, 11)).seen

    answers = at_once(
        *(
            lambda user=user: sealing.sign_first(
                office=closed, period=Month(2026, 11), user=user, seen=seen, now=now, logged_in_at=now
            )
            for user in users
        )
    )

    refused = [answer for answer in answers if isinstance(answer, two_persons.AnotherSignatureStands)]
    assert len(refused) == len(users) - 1
