"""Sealed months for papers."""

from __future__ import annotations

from reports.documents.gathering import gather, kind_of
from reports.models import (
    Seal,
)
from reports.month.snapshot import take
from surveys.choices import SlipState
from surveys.models import User
from surveys.periods import Month
from tests import make
from tests.reports.month.register import handed_out, told

MAY, APRIL = Month(2023, 5), Month(2023, 4)


CODE, NEW_CODE = "7c1f09ae52d4b83e", "b20e44719c3d05fa"


AFTERWARDS = make.at(24, month=12, year=2026)


def on(month, day=11):
    return make.at(day, month=month.month, year=month.year)


def fill(counter, kind, month=MAY, *, satisfied=40, dissatisfied=0, silent=6, **more):
    told(
        at=counter,
        kind=kind,
        satisfied=satisfied,
        dissatisfied=dissatisfied,
        period=month,
        now=on(month),
        **more,
    )
    handed_out(silent, at=counter, kind=kind, period=month, now=on(month), state=SlipState.EXPIRED)


def seal(office, month=MAY, *, version=1, code=CODE, reason="", text="", day=5):
    people = [User.objects.get_or_create(username=name)[0] for name in ("first", "second")]
    return Seal.objects.create(
        office=office,
        period=str(month),
        version=version,
        code=code,
        reason=reason,
        text=text,
        note="",
        first=people[0],
        second=people[1],
        sealed_at=on(month.next(), day),
    )


def facts_of(office, stretch=MAY, paper=None, now=AFTERWARDS, **more):
    month = take(office=office, stretch=stretch, now=now)
    return gather(month=month, kind=paper or kind_of(month), **more)
