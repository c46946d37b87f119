"""From what is typed or scanned off a stub to its slip, and the slips' end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from surveys.choices import SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.models import Office, PaperKeying, PaperPile, Slip, Spent
from surveys.paper.errors import StubProblem, StubsRefused


def slips_of(pile: PaperPile, typed: Sequence[str]) -> list[Slip]:
    """The slips of the stubs, all of them or a refusal that names each stub and why."""
    found = _find(pile.office, typed)
    slips: dict[UUID, Slip] = {}
    problems = []
    for text in typed:
        slip = found.get(text)
        problem = _problem(pile, slip) or (StubProblem.TWICE if slip and slip.pk in slips else None)
        if problem or slip is None:
            problems.append((text, problem or StubProblem.UNKNOWN))
        else:
            slips[slip.pk] = slip
    if problems:
        raise StubsRefused(problems)
    return list(slips.values())


def stubs_of(keying: PaperKeying) -> list[str]:
    """The serials of the stubs keyed so far, to be shown to whoever keyed them."""
    return sorted(Slip.objects.filter(pk__in=json.loads(keying.stubs)).values_list("serial", flat=True))


def use_up(pile: PaperPile, stubs: list[str], *, now: datetime) -> None:
    """Own columns only, as in a cast; a slip that was cancelled or handed out otherwise meanwhile stops the pile."""
    open_ones = {
        "pk__in": stubs,
        "office": pile.office_id,
        "counter": pile.counter_id,
        "period": pile.period,
        "channel": SlipChannel.PAPER,
        "state__in": _states(pile),
    }
    if Slip.objects.filter(**open_ones).update(state=SlipState.USED) != len(stubs):
        serials = Slip.objects.filter(pk__in=stubs).exclude(channel=SlipChannel.PAPER, state=SlipState.USED)
        spent = Slip.objects.filter(pk__in=stubs, spent__isnull=False)
        gone = sorted({slip.serial for slip in (*serials, *spent)})
        raise StubsRefused([(serial, StubProblem.UNUSABLE) for serial in gone])
    Spent.objects.bulk_create(Spent(slip_id=each, used_at=now, via=SlipChannel.PAPER) for each in stubs)


def _find(office: Office, typed: Iterable[str]) -> dict[str, Slip]:
    """The office's slip of each text: by code, by the code's first twelve characters, or by serial."""
    key = keys.slip_key()
    named: dict[tuple[str, str], list[str]] = {}
    for text in set(typed):
        name = codes.stub_name(key, text)
        if name is None:
            continue
        named.setdefault(name, []).append(text)
    found: dict[str, Slip] = {}
    for column in ("serial", "code_mac", "short_mac"):
        values = [value for field, value in named if field == column]
        for slip in Slip.objects.of(office).filter(**{f"{column}__in": values}):
            found |= dict.fromkeys(named[column, getattr(slip, column)], slip)
    return found


def _problem(pile: PaperPile, slip: Slip | None) -> StubProblem | None:
    if slip is None:
        return StubProblem.UNKNOWN
    if slip.counter_id != pile.counter_id:
        return StubProblem.OTHER_COUNTER
    if slip.period != pile.period:
        return StubProblem.OTHER_PERIOD
    if slip.channel != SlipChannel.PAPER or slip.state not in _states(pile):
        return StubProblem.UNUSABLE
    return None


def _states(pile: PaperPile) -> list[SlipState]:
    return [SlipState.ISSUED, SlipState.EXPIRED] if pile.is_late else [SlipState.ISSUED]
