"""A database in which two ballots had said it the other way round: what a reader of the pages cannot tell from this one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Q
from django.db.transaction import atomic, set_rollback

from reports.models import Seal
from reports.month.rollups import roll_up
from surveys.models import Ballot
from surveys.periods import Month
from tests.reports.ledger.owner import as_owner

GOOD = '{"attitude":1,"time":1}'
Cell = tuple[str, str]  # counter, procedure
Exchange = tuple[Month, str, Cell, Cell]  # of a month, "counter" or "procedure", between two cells
Read = TypeVar("Read")


def exchange(month: Month, column: str, one: Cell, other: Cell) -> None:
    """A satisfied ballot of the one cell and a dissatisfied one of the other change counters, or procedures."""
    ballots = Ballot.objects.filter(period=str(month)).select_related("office")
    good, bad = (
        ballots.filter(whether, counter=counter, procedure=procedure).order_by("pk")[0]
        for (counter, procedure), whether in ((one, Q(answers=GOOD)), (other, ~Q(answers=GOOD)))
    )
    codes = getattr(bad, column), getattr(good, column)
    with as_owner:
        for ballot, code in zip((good, bad), codes, strict=True):
            said = json.loads(ballot.extra or "{}") | {column: code}
            ballot.extra = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            setattr(ballot, column, code)
            ballot.save()
    # With the guards in place again, since one of them tells that a page which was kept is out of date.
    is_sealed = Seal.objects.standing(good.office, month) is not None
    roll_up(office=good.office, period=month, sealing=is_sealed)


def in_another_world(reading: Callable[[], Read], *exchanges: Exchange) -> Read:
    """What is read once ballots have changed places; afterwards none has."""
    with atomic():
        for each in exchanges:
            exchange(*each)
        found = reading()
        set_rollback(True)
    return found
