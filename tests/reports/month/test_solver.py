"""A reader with every page of an office: what all of them say together is solved, and tells no small group.

Each figure that a stretch prints of its answers is a linear equation over the cells (month, counter, procedure, verdict). Month,
quarter, half-year and year, total, counters, procedures and their rests are held against each other in one system, hence every
pair of them; page, workbook, list, interface and report print no other figures (tests/reports/pilot/surfaces.py).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import pytest

from reports.models import MonthCell
from reports.month.snapshot import take
from surveys.periods import MonthRange
from tests import make
from tests.reports.month.dice import COUNTERS, MONTHS, PROCEDURES, all_ranges, random_year

pytestmark = pytest.mark.django_db

PRIME = 2**61 - 1
Vector = dict[int, int]
CELLS = [
    cell
    for cell in itertools.product(map(str, MONTHS), COUNTERS, PROCEDURES, (True, False))
    if cell[1] or not cell[2]
]


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


def of(months, *, counter=None, procedure=None, satisfied=None) -> Vector:
    """The sum of the cells of a group; None: of all."""
    wanted = (set(map(str, months)), counter, procedure, satisfied)
    return {
        place: 1
        for place, cell in enumerate(CELLS)
        if cell[0] in wanted[0]
        and all(want is None or want == had for want, had in zip(wanted[1:], cell[1:], strict=True))
    }


def rows_of(page) -> dict[tuple[str, str], object]:
    """The groups of a page by kind and code; ('all', ''): everybody."""
    groups = {("all", ""): page.totals}
    for kind, rows in (("counter", page.counters), ("procedure", page.procedures)):
        groups |= {(kind, row.code): row for row in rows}
    return groups


def printed(months, pages) -> Iterable[Vector]:
    """The sums that the page of a stretch prints, as its reader knows them: of each group in the months whose own pages show it."""
    alone = {month: rows_of(pages[MonthRange(month, month)]) for month in months}
    for (kind, code), row in rows_of(pages[months]).items():
        if kind != "all" and not code and len(months) > 1:
            continue  # what no group has: the total less all of them
        told = [month for month in months if getattr(alone[month].get((kind, code)), "valid", None)]
        group = {} if kind == "all" else {kind: code}
        if row.valid:
            yield of(told, **group)
            assert row.valid == value(of(told, **group))
        if row.satisfied is not None:
            yield of(told, **group, satisfied=True)
            assert row.satisfied == value(of(told, **group, satisfied=True))


def value(vector: Vector) -> int:
    """What the sum is in truth: a figure that is not the sum it is taken for proves nothing here."""
    cells = {(cell.period, cell.counter, cell.procedure): cell for cell in MonthCell.objects.all()}
    total = 0
    for *key, is_satisfied in (CELLS[place] for place in vector):
        if cell := cells.get(tuple(key)):
            total += cell.satisfied if is_satisfied else cell.valid - cell.satisfied
    return total


def protected(months=MONTHS) -> Iterable[tuple[str, Vector]]:
    """Bases below ten of any month's group, and verdicts of such, of procedures below thirty, by name."""
    for month in months:
        for kind, codes, verdict_from in (("counter", COUNTERS, 10), ("procedure", PROCEDURES, 30)):
            for code in filter(None, codes):
                cells = MonthCell.objects.filter(period=str(month), **{kind: code})
                valid = sum(cells.values_list("valid", flat=True))
                if 0 < valid < 10:
                    yield f"{month} {kind} {code}: base", of([month], **{kind: code})
                if 0 < valid < verdict_from:
                    yield f"{month} {kind} {code}: verdict", of([month], **{kind: code}, satisfied=True)


def test_the_solver_finds_what_is_left_when_all_but_one_are_told():
    year = of(MONTHS)
    parts = [of([month]) for month in MONTHS]
    assert Solved([year, *parts[:-1]]).tells(parts[-1])
    assert not Solved([year, *parts[:-2]]).tells(parts[-1])


@pytest.mark.parametrize("seed", range(12))
def test_all_pages_of_an_office_together_tell_no_small_group(seed):
    office = make.office()
    random_year(office, random.Random(seed))
    pages = {months: take(office=office, stretch=months, now=make.NOW) for months in all_ranges()}
    solved = Solved(each for months in pages for each in printed(months, pages))
    hidden = dict(protected())
    assert hidden
    assert [name for name, vector in hidden.items() if solved.tells(vector)] == []
