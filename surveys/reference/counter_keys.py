"""Which digit starts which procedure at a counter. A key never moves by itself, however often a procedure is used."""

from __future__ import annotations

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


def _first() -> list[tuple[int, int]]:
    listed = Procedure.objects.order_by("position", "code").values_list("pk", flat=True)
    return list(enumerate(listed[:KEYS], start=1))
