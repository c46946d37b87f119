"""What many periods add up to tells nothing that each of them hides."""

import itertools
import random

import pytest

from reports.models import MonthCell, MonthSum
from reports.month.partition import by_code
from reports.month.snapshot import take
from surveys.models import Procedure
from surveys.periods import Month, MonthRange
from tests import make
from tests.reports.month.dice import COUNTERS, MONTHS, PROCEDURES, all_ranges, random_year
from tests.reports.month.register import MONTH, told

pytestmark = pytest.mark.django_db


def figures(month):
    """Every base that a page tells, by what it is the base of."""
    told = {"total": month.totals.valid}
    told |= {("criterion", row.code): row.answered for row in month.criteria}
    for kind, rows in (("counter", month.counters), ("procedure", month.procedures)):
        told |= {(kind, row.code): row.valid for row in rows}
    for row in month.counter_criteria:
        told |= {("criterion", row.code, one.code): one.answered for one in row.criteria}
    return {name: n or 0 for name, n in told.items()}


@pytest.mark.parametrize("seed", range(6))
def test_differences_of_ranges_tell_no_group_below_ten(seed):
    """Every range against every range it holds: what lies between is nothing, or ten ballots at least."""
    office = make.office()
    random_year(office, random.Random(seed))
    pages = {months: take(office=office, stretch=months, now=make.NOW) for months in all_ranges()}
    told = {months: figures(page) for months, page in pages.items()}
    for (long, more), (short, less) in itertools.permutations(told.items(), 2):
        if long.first <= short.first and short.last <= long.last:
            for name in more.keys() | less.keys():
                difference = more.get(name, 0) - less.get(name, 0)
                assert difference == 0 or difference >= 10, (name, long, short)
    for months, page in pages.items():
        for rows in (page.counters, page.procedures):
            rest = (page.totals.valid or 0) - sum(row.valid or 0 for row in rows)
            assert rest == 0 or rest >= 10, months


@pytest.mark.parametrize("seed", range(6))
def test_a_range_is_the_sum_of_what_its_months_tell(seed):
    """So the reader of a range solves nothing that the reader of its months does not: the months' own margins hold."""
    office = make.office()
    random_year(office, random.Random(100 + seed))
    alone = {month: take(office=office, stretch=month, now=make.NOW) for month in MONTHS}
    for months in all_ranges():
        if len(months) == 1:
            continue
        page = take(office=office, stretch=months, now=make.NOW)
        for name in (
            "total",
            *(("counter", c) for c in COUNTERS if c),
            *(("procedure", p) for p in PROCEDURES if p),
        ):
            expected = sum(
                figures(alone[month]).get(name, 0) for month in months if alone[month].totals.valid
            )
            assert figures(page).get(name, 0) == expected, (name, months)


def test_what_a_counter_hides_in_one_month_goes_to_what_cannot_be_told_apart_and_is_counted():
    at = make.counter("Q1")
    office = at.box_office
    for name, n in (("Q1", 40), ("Q2", 12), ("Q3", 4)):
        MonthCell.objects.create(
            office=office, period="2026-01", counter=name, ballots=n, valid=n, satisfied=n, void=0
        )
        MonthCell.objects.create(
            office=office, period="2026-02", counter=name, ballots=40, valid=40, satisfied=40, void=0
        )
    page = take(office=office, stretch=MonthRange(Month(2026, 1), Month(2026, 2)), now=make.NOW)
    assert [(row.code, row.valid, row.hidden_periods) for row in page.counters] == [
        ("Q1", 80, 0),
        ("Q2", 40, 1),
        ("Q3", 40, 1),
        ("", 16, 0),
    ]
    assert page.totals.valid == 176


def test_a_month_under_ten_is_in_no_range():
    office = make.counter("Q1").box_office
    for period, n in (("2026-01", 40), ("2026-02", 9)):
        MonthCell.objects.create(
            office=office, period=period, counter="Q1", ballots=n, valid=n, satisfied=n, void=0
        )
    page = take(office=office, stretch=MonthRange(Month(2026, 1), Month(2026, 2)), now=make.NOW)
    assert (page.totals.valid, page.totals.hidden_periods) == (40, 1)
    assert [(row.code, row.valid) for row in page.counters] == [("Q1", 40)]
    assert [row.valid_text for row in page.over_time.periods[-2:]] == ["40", "<10"]


@pytest.mark.parametrize("left_open", [0, 1])
@pytest.mark.parametrize("first", [1, 2])
def test_which_criteria_counters_show_does_not_tell_whether_one_of_few_left_one_open(left_open, first):
    """January has 40 ballots, February five, of which one may leave the time open: alone and in a stretch."""
    office, version = make.counter("Q1").box_office, make.questionnaire()
    for period, n, open_ in (("2026-01", 40, 0), ("2026-02", 5, left_open)):
        key = {"office": office, "period": period, "counter": "Q1"}
        MonthCell.objects.create(**key, ballots=n, valid=n, satisfied=n, void=0)
        for criterion, answered in (("attitude", n), ("time", n - open_)):
            MonthSum.objects.create(**key, questionnaire=version, criterion=criterion, level=1, n=answered)
    page = take(office=office, stretch=MonthRange(Month(2026, first), Month(2026, 2)), now=make.NOW)
    assert [each.code for each in page.counter_criteria[0].criteria] == ["attitude", "time"]


@pytest.mark.parametrize("codes", [["Q01", "Q1"], ["Q9", "Q10", ""]])
def test_groups_are_chosen_in_one_order_of_their_codes(codes):
    """Else a page and what it is added up from would each hide another one of two that are of one size."""
    assert [sorted(each, key=by_code) for each in (codes, codes[::-1])] == [codes, codes]


def test_another_order_of_the_procedures_does_not_change_who_is_hidden():
    """Else a month read before and after would tell the one of few who was hidden along with either neighbour."""
    counter = make.counter()
    office = counter.box_office
    kinds = [make.procedure(code) for code in ("P1", "P2", "P3")]
    for kind, n in zip(kinds, (40, 40, 12), strict=True):
        told(at=counter, kind=kind, satisfied=n)

    def verdicts() -> dict[str, str]:
        page = take(office=office, stretch=MONTH, now=make.NOW)
        return {each.code: each.satisfied_text for each in page.procedures}

    before = verdicts()
    for kind, place in zip(kinds, (3, 2, 1), strict=True):
        Procedure.objects.filter(pk=kind.pk).update(position=place)
    after = verdicts()
    assert (list(before), list(after)) == (["P1", "P2", "P3"], ["P3", "P2", "P1"])
    assert before == after == {"P1": "40", "P2": "ẩn kèm", "P3": "dưới 30 phiếu"}
