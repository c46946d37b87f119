"""Two counts of one pile, side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from surveys.models import PaperKeying, PaperPile, Slip, User
from surveys.paper.errors import NotAKeyer, SecondMissing
from surveys.paper.patterns import patterns_of
from surveys.reference.questionnaires import questionnaire_of


@dataclass(frozen=True)
class Row:
    """One line of the comparison."""

    key: str
    first: int
    second: int

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class Comparison:
    """Both keyings side by side. ``only_first`` and ``only_second`` are the serials of stubs the other lacks."""

    first: PaperKeying
    second: PaperKeying
    rows: tuple[Row, ...]
    stubs: Row
    foreign: Row
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]

    @property
    def sheets(self) -> Row:
        return Row("sheets", sum(row.first for row in self.rows), sum(row.second for row in self.rows))

    @property
    def stubs_differ(self) -> bool:
        """By which they are, not by how many: as many others are another pile."""
        return bool(self.only_first or self.only_second)

    @property
    def agrees(self) -> bool:
        alike = not any(row.differs for row in (*self.rows, self.foreign))
        return alike and not self.stubs_differ

    @cached_property
    def digest(self) -> str:
        """What a confirmation refers to."""
        keyed = [[each.stubs, each.counts, each.foreign] for each in (self.first, self.second)]
        return sha256(json.dumps([keyed, self.comments]).encode()).hexdigest()


def compare(*, pile: PaperPile, by: User) -> Comparison:
    """Both counts, once both are done and only to the two who made them. Raises `NotAKeyer`, `SecondMissing`."""
    first, second = _pair(pile, by)
    keyed = [json.loads(each.counts) for each in (first, second)]
    stubs = [set(json.loads(each.stubs)) for each in (first, second)]
    serials = {slip.pk.hex: slip.serial for slip in Slip.objects.filter(pk__in=stubs[0] ^ stubs[1])}
    return Comparison(
        first=first,
        second=second,
        rows=tuple(
            Row(pattern.key, *(counts.get(pattern.key, 0) for counts in keyed))
            for pattern in patterns_of(questionnaire_of(pile.questionnaire_id))
        ),
        stubs=Row("stubs", *map(len, stubs)),
        foreign=Row("foreign", first.foreign, second.foreign),
        only_first=tuple(sorted(serials[each] for each in stubs[0] - stubs[1])),
        only_second=tuple(sorted(serials[each] for each in stubs[1] - stubs[0])),
        comments=tuple((name, words) for name, words in json.loads(first.pile.comments)),
    )


def differing(comparison: Comparison) -> int:
    """How many sheets the two keyed differently: each of them lies in another row for one of the two, or is missing."""
    gaps = [row.first - row.second for row in comparison.rows]
    return max(sum(gap for gap in gaps if gap > 0), -sum(gap for gap in gaps if gap < 0))


def _pair(pile: PaperPile, by: User) -> tuple[PaperKeying, PaperKeying]:
    keyings = list(pile.keyings.select_related("keyer", "pile"))
    if by.pk not in {each.keyer_id for each in keyings}:
        raise NotAKeyer
    if len(keyings) < 2 or not all(each.is_done for each in keyings):
        raise SecondMissing
    return keyings[0], keyings[1]
