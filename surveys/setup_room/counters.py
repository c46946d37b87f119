"""Save a counter with its keys; what of the house's procedures is in use."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.models import Counter, CounterKey, Procedure, ProcedureVersion, User
from surveys.periods import local_day
from surveys.reference import counter_keys


@dataclass(frozen=True)
class InUse:
    """A procedure and its versions in force on a day, empty when the law knows it no more; ``keys``: counters with a key."""

    procedure: Procedure
    versions: Sequence[ProcedureVersion]
    keys: int


@atomic
def save(
    *, counter: Counter, keys: Mapping[int, int], fields: Sequence[str], by: User, now: datetime
) -> None:
    """``keys`` are digit → procedure (primary key). What a new counter begins with is no change of its keys."""
    is_new = counter.pk is None
    counter.save()
    counter_keys.set_keys(counter=counter, chosen=keys, changed_on=None if is_new else local_day(now))
    audit.record(
        action=Action.COUNTER_ADDED if is_new else Action.COUNTER_CHANGED,
        actor=by,
        office=counter.box_office,
        now=now,
        subject=str(counter),
        fields=list(fields),
    )


def procedures_in_use(user: User, *, on: date) -> list[InUse]:
    """Every procedure of the house in its order; keys are counted within the user's subtree."""
    counters = Counter.objects.visible_to(user).open_on(on)
    keys = Tally(CounterKey.objects.filter(counter__in=counters).values_list("procedure", flat=True))
    versions: dict[int, list[ProcedureVersion]] = {}
    for version in ProcedureVersion.objects.in_force(on).order_by("channel"):
        versions.setdefault(version.procedure_id, []).append(version)
    return [InUse(each, versions.get(each.pk, []), keys[each.pk]) for each in Procedure.objects.all()]
