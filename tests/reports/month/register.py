"""Months of the register, made quickly."""

from __future__ import annotations

import itertools

from reports.models import MonthCell, MonthSum
from surveys.choices import Outcome, SlipChannel, SlipState
from surveys.models import Slip, Transaction
from surveys.periods import Month
from tests import make

MONTH = Month(2026, 11)


_numbers = itertools.count(1)


def handed_out(n, *, at, kind, now=make.NOW, state=SlipState.USED, channel=SlipChannel.SLIP, period=MONTH):
    """Register rows without ballots, for what only needs many of them."""
    questionnaire = make.questionnaire()
    names = [f"{next(_numbers):06d}" for _ in range(n)]
    done = Transaction.objects.bulk_create(
        Transaction(
            office=at.box_office,
            counter=at,
            procedure=kind,
            reference=name,
            outcome=Outcome.RESOLVED,
            started_at=now,
            finished_at=now,
        )
        for name in names
    )
    Slip.objects.bulk_create(
        Slip(
            transaction=transaction,
            office=at.box_office,
            period=str(period),
            counter=at,
            procedure=kind,
            questionnaire=questionnaire,
            channel=channel,
            serial=name,
            code_mac=name,
            short_mac=name,
            state=state,
            issued_at=now,
            opens_at=now,
            expires_at=now,
        )
        for transaction, name in zip(done, names, strict=True)
    )


def told(
    *, at, kind, satisfied, dissatisfied=0, void=0, period=MONTH, now=make.NOW, coarse=False, slips=True
):
    """A rolled-up cell with its register rows; the dissatisfied ones blame the time."""
    if slips:
        handed_out(satisfied + dissatisfied + void, at=at, kind=kind, period=period, now=now)
    valid = satisfied + dissatisfied
    cell = {"office": at.box_office, "period": str(period)}
    cell |= {"counter": "", "procedure": ""} if coarse else {"counter": at.code, "procedure": kind.code}
    MonthCell.objects.create(**cell, ballots=valid + void, valid=valid, satisfied=satisfied, void=void)
    version = make.questionnaire()
    for criterion, level, n in (("attitude", 1, valid), ("time", 1, satisfied), ("time", 0, dissatisfied)):
        if n:
            MonthSum.objects.create(**cell, questionnaire=version, criterion=criterion, level=level, n=n)
