"""A reader with every page of an office: what all of them say together is solved, and tells no small group.

Each figure that a stretch prints of its answers is a linear equation over the cells (month, counter, procedure, answers).
Month, quarter, half-year and year; total, counters, procedures and their rests; verdicts, the levels of every criterion at
the office and at its counters, what was felt of the time: all are held against each other in one system, hence every pair
of them. That no other surface adds an equation is shown by `tests/test_hidden_groups.py`; that no bound is tighter than
what the sum of the hidden groups says by itself, by `test_bounds.py`.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from reports.handling_times.sums import clock
from reports.month.figures import Figures
from reports.month.snapshot import Snapshot, take
from surveys.periods import Month, MonthRange
from tests import make
from tests.reports.month.dice import (
    COUNTERS,
    DISSATISFIED,
    MONTHS,
    PATTERNS,
    PROCEDURES,
    Year,
    all_ranges,
    random_year,
)

pytestmark = pytest.mark.django_db

PRIME = 2**61 - 1
Vector = dict[int, int]
CELLS = [
    cell
    for cell in itertools.product(map(str, MONTHS), COUNTERS, PROCEDURES, PATTERNS)
    if cell[1] or not cell[2]
]
#: What a ballot is counted for: its verdict, and the level that it gives to either criterion.
COUNTED_FOR = {
    ("satisfied", True): lambda answers: answers not in DISSATISFIED,
    **{("attitude", level): lambda answers, level=level: answers[0] == level for level in (0, 1)},
    **{("time", level): lambda answers, level=level: answers[1] == level for level in (0, 1)},
}


class Solved:
    """What follows from some sums of unknowns, by elimination modulo a prime."""

    def __init__(self, sums: Iterable[Vector]) -> None:
        self.rows: dict[int, Vector] = {}
        for each in sums:
            if left := self._left_of(each):
                at = min(left)
                by = pow(left[at], -1, PRIME)
                self.rows[at] = {place: n * by % PRIME for place, n in left.items()}

    def _left_of(self, vector: Vector) -> Vector:
        left, at = dict(vector), -1
        while places := [place for place in left if place > at and place in self.rows]:
            at = min(places)
            times = left[at]
            for place, n in self.rows[at].items():
                left[place] = (left.get(place, 0) - times * n) % PRIME
            left = {place: n for place, n in left.items() if n}
        return left

    def tells(self, vector: Vector) -> bool:
        return not self._left_of(vector)


def of(
    months: Iterable[object], *, counter: str | None = None, procedure: str | None = None, said=None
) -> Vector:
    """The sum of the cells of a group; None: of all. ``said``: of `COUNTED_FOR`, those alone that are counted for it."""
    wanted = set(map(str, months))
    counts = COUNTED_FOR[said] if said else lambda _answers: True
    return {
        place: 1
        for place, (month, at, kind, answers) in enumerate(CELLS)
        if month in wanted and counter in (None, at) and procedure in (None, kind) and counts(answers)
    }


def less(whole: Vector, parts: Iterable[Vector]) -> Vector:
    left = Counter(whole)
    for part in parts:
        left.subtract(part)
    return {place: n for place, n in left.items() if n}


@dataclass(frozen=True)
class Pages:
    """What every page of the office prints; ``of_months``: by month its groups, by kind and code."""

    year: Year
    snapshots: dict[MonthRange, Snapshot]

    @cached_property
    def of_months(self) -> dict[Month, dict[tuple[str, str], Figures]]:
        return {months.first: rows_of(page) for months, page in self.snapshots.items() if len(months) == 1}

    def equations(self) -> Iterator[Vector]:
        """Each printed figure as the sum that its reader takes it for; one that is not this sum proves nothing here."""
        for months, page in self.snapshots.items():
            for printed, vector in self._of_page(months, page):
                assert printed == sum(times * self.year[CELLS[place]] for place, times in vector.items())
                yield vector

    def _of_page(self, months: MonthRange, page: Snapshot) -> Iterator[tuple[int, Vector]]:
        for (kind, code), row in rows_of(page).items():
            if row.valid:
                yield row.valid, self._sum(months, kind, code)
            if row.satisfied is not None:
                yield row.satisfied, self._sum(months, kind, code, ("satisfied", True))
        for kind, code, criteria in (
            ("all", "", page.criteria),
            *(("counter", row.code, row.criteria) for row in page.counter_criteria),
        ):
            for criterion in criteria:
                for level in criterion.levels:
                    if level.n is not None and (len(months) == 1 or criterion.answered):
                        yield level.n, self._sum(months, kind, code, (criterion.code, level.value))
        for felt in clock(page):
            if felt.satisfied is not None:
                yield felt.satisfied, self._sum(months, "procedure", felt.code, ("time", 1))

    def _sum(self, months: MonthRange, kind: str, code: str, said=None) -> Vector:
        """Of the group in those of the months whose own page shows it; what has no name: the rest of what is shown."""
        shown = [month for month in months if self.of_months[month]["all", ""].valid]
        if kind == "all":
            return of([month for month in shown if self._answered(month, said)], said=said)
        if code or len(months) == 1:
            told = [month for month in months if self._is_told(month, kind, code)]
            return of(told, said=said, **{kind: code})
        named = (
            of([month], said=said, **{kind: each})
            for month in shown
            for (own, each) in self.of_months[month]
            if own == kind and each and self._is_told(month, kind, each)
        )
        return less(of(shown, said=said), named)

    def _is_told(self, month: Month, kind: str, code: str) -> bool:
        row = self.of_months[month].get((kind, code))
        return row is not None and bool(row.valid)

    def _answered(self, month: Month, said) -> bool:
        """A criterion that may stay open has a base of its own, which each month shows or hides."""
        if said is None or said[0] == "satisfied":
            return True
        page = self.snapshots[MonthRange(month, month)]
        return any(each.answered for each in page.criteria if each.code == said[0])


def rows_of(page: Snapshot) -> dict[tuple[str, str], Figures]:
    """The groups of a page by kind and code; ('all', ''): everybody."""
    groups: dict[tuple[str, str], Figures] = {("all", ""): page.totals}
    for kind, rows in (("counter", page.counters), ("procedure", page.procedures)):
        groups |= {(kind, row.code): row for row in rows}
    return groups


def protected(year: Year) -> Iterator[tuple[str, Vector]]:
    """Bases below ten of any month's group or cell, and what such said; of procedures below thirty what they said."""
    for month in MONTHS:
        groups = [({"counter": code}, 10) for code in COUNTERS if code]
        groups += [({"procedure": code}, 30) for code in PROCEDURES if code]
        groups += [
            ({"counter": at, "procedure": kind}, 10) for at, kind in itertools.product(COUNTERS, PROCEDURES)
        ]
        for group, verdict_from in groups:
            valid = sum(year[CELLS[place]] for place in of([month], **group))
            if 0 < valid < 10:
                yield f"{month} {group}: base", of([month], **group)
            if 0 < valid < verdict_from:
                for said in COUNTED_FOR:
                    yield f"{month} {group}: {said}", of([month], **group, said=said)


def test_the_solver_finds_what_is_left_when_all_but_one_are_told():
    year = of(MONTHS)
    parts = [of([month]) for month in MONTHS]
    assert Solved([year, *parts[:-1]]).tells(parts[-1])
    assert not Solved([year, *parts[:-2]]).tells(parts[-1])


@pytest.mark.parametrize("seed", range(12))
def test_all_pages_of_an_office_together_tell_no_small_group(seed):
    office = make.office()
    year = random_year(office, random.Random(seed))
    pages = Pages(
        year, {months: take(office=office, stretch=months, now=make.NOW) for months in all_ranges()}
    )
    solved = Solved(pages.equations())
    hidden = dict(protected(year))
    assert hidden
    assert [name for name, vector in hidden.items() if solved.tells(vector)] == []
