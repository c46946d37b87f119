"""Which digit starts which procedure at a counter. A key never moves by itself, however often a procedure is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.transaction import atomic

from surveys.models import Counter, CounterKey, Procedure

KEYS = 9


def keys_at(counter: Counter) -> dict[int, int]:
    """Procedure (primary key) → digit. A counter that has none yet has the first nine of the house's list, in its order,
    whether or not they are in force."""
    own = dict(CounterKey.objects.at(counter).values_list("procedure", "digit"))
    return own or {procedure: digit for digit, procedure in _first()}


def lay_keys(*, counter: Counter) -> None:
    """Store a new counter's keys, so that a later change of the house's list moves none; once it has keys, nothing."""
    if CounterKey.objects.at(counter).exists():
        return
    CounterKey.objects.bulk_create(
        CounterKey(counter=counter, digit=digit, procedure_id=procedure) for digit, procedure in _first()
    )


@atomic
def set_keys(*, counter: Counter, chosen: Mapping[int, int], changed_on: date | None) -> bool:
    """Put each digit's procedure (primary keys) in the place of all the counter had; False when nothing differs.

    Whoever serves there types the digits blindly, so the console says for some days after ``changed_on`` that they changed;
    None for a counter's first keys.
    """
    if dict(CounterKey.objects.at(counter).values_list("digit", "procedure")) == dict(chosen):
        return False
    CounterKey.objects.at(counter).delete()
    CounterKey.objects.bulk_create(
        CounterKey(counter=counter, digit=digit, procedure_id=procedure)
        for digit, procedure in chosen.items()
    )
    if changed_on:
        Counter.objects.filter(pk=counter.pk).update(keys_changed_on=changed_on)
    return True


def _first() -> list[tuple[int, int]]:
    listed = Procedure.objects.order_by("position", "code").values_list("pk", flat=True)
    return list(enumerate(listed[:KEYS], start=1))
