"""What a reader can bound: no hidden group is told more closely than by what all hidden groups of its page say together.

Ballots of hidden groups change places until one group has as many dissatisfied as their sum allows, then as few as it
allows. No page of any stretch reads otherwise in any of these years, so neither equations nor bounds, neither whole numbers
nor anything else that is printed tell where between the two ends the truth lies.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from reports.handling_times.sums import clock
from reports.month import partition
from reports.month.snapshot import take
from surveys.models import Office
from tests import make
from tests.reports.month.dice import (
    DISSATISFIED,
    MONTHS,
    Year,
    all_ranges,
    random_year,
    store,
)

pytestmark = pytest.mark.django_db
PLACE = {"counter": 1, "procedure": 2}


TOLD = (
    "valid_text",
    "void_text",
    "satisfied_text",
    "dissatisfied_text",
    "satisfied_share_text",
    "interval_text",
)


def printed(office: Office) -> list[object]:
    """All that is told of the answers in every stretch."""
    found: list[object] = []
    for months in all_ranges():
        page = take(office=office, stretch=months, now=make.NOW)
        rows = [page.totals, *page.counters, *page.procedures, *page.over_time.periods]
        found += [getattr(row, text) for row in rows for text in TOLD]
        criteria = [*page.criteria, *(each for row in page.counter_criteria for each in row.criteria)]
        found += [(each.code, each.level_rows) for each in criteria]
        found += [(row.code, row.feeling_text) for row in clock(page)]
    return found


def hidden_groups(office: Office) -> Iterator[tuple[str, str, list[str]]]:
    """Of each month and kind the codes whose answers are not told, where there are two at least."""
    for month in MONTHS:
        page = take(office=office, stretch=month, now=make.NOW)
        for kind, rows in (("counter", page.counters), ("procedure", page.procedures)):
            codes = [row.code for row in rows if row.satisfied is None]
            if page.totals.valid and len(codes) > 1:
                yield str(month), kind, codes


def moved(year: Year, month: str, kind: str, codes: list[str], *, into: bool) -> Year:
    """The year in which the first of the groups has as many dissatisfied as they have together, or as few; bases stand."""
    at, (first, *others) = PLACE[kind], codes
    world, giving = Year(year), (others, [first]) if into else ([first], others)
    while pair := _pair(world, month, at, *giving):
        for cell, other in (pair, pair[::-1]):
            there = list(cell)
            there[at] = other[at]
            world[cell] -= 1
            world[tuple(there)] += 1
        world = +world
    return world


def _pair(world: Year, month: str, at: int, givers: list[str], takers: list[str]):
    """A dissatisfied ballot of the one side and a satisfied one of the other, which change places."""
    own = [cell for cell in sorted(world, key=repr) if cell[0] == month]
    bad = [cell for cell in own if cell[at] in givers and cell[3] in DISSATISFIED]
    good = [cell for cell in own if cell[at] in takers and cell[3] not in DISSATISFIED]
    return (bad[0], good[0]) if bad and good else None


@pytest.mark.parametrize("seed", range(6))
def test_of_a_hidden_group_nothing_is_told_but_what_all_hidden_ones_said_together(seed):
    office = make.office()
    year = random_year(office, random.Random(200 + seed))
    pages, hidden = printed(office), list(hidden_groups(office))
    assert hidden
    for into in (True, False):
        world = year
        for month, kind, codes in hidden:
            world = moved(world, month, kind, codes, into=into)
        assert world != year
        store(office, world)
        assert printed(office) == pages


@pytest.mark.parametrize("column", ["counter", "procedure"])
def test_of_two_groups_of_one_size_the_rows_order_does_not_say_which_is_hidden_along(column):
    flags = dict.fromkeys(partition.FLAGS, False)
    rows = [
        {"counter": "", "procedure": "", "ballots": n, "valid": n, "satisfied": n, "void": 0, column: code}
        | flags
        for code, n in (("P1", 12), ("P2", 12), ("", 4))
    ]
    told = {partition.of_period(list(each), column).hidden for each in itertools.permutations(rows)}
    assert len(told) == 1
