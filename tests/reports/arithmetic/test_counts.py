"""Counts that add up, small numbers, and shares as printed (docs/spec/trust.md §7)."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.counts import DoesNotAddUp, Participation, Verdicts
from reports.arithmetic.shares import (
    Edge,
    Share,
    grouped,
    printed,
    rate_beside,
    rate_text,
    return_rate,
    share,
    share_fraction,
    shares,
)
from reports.arithmetic.suppression import COUNTS_FROM, Shown, shown, shown_together, solved

ARTICLE = Participation(transactions=3809, issued=3809, expired=569, returned=3240)
COUNTS = st.integers(0, 5000)
GROUPS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 60)), max_size=8)


def both(part, whole):
    return "/".join(str(s).removesuffix("%") for s in shares((part, whole - part)))


def test_the_articles_year_adds_up():
    assert ARTICLE.not_returned == 569
    assert ARTICLE.asked == 3809
    assert ARTICLE.is_settled


def test_a_cancelled_slip_was_issued_and_is_missed_by_nobody():
    month = Participation(transactions=12, issued=12, cancelled=2, expired=1, returned=6, paper=3)
    assert (month.not_returned, month.asked, month.is_settled) == (4, 10, False)


def test_months_add_up_to_a_year():
    month = Participation(10, 9, 1, 2, 6, 3)
    assert month + month == Participation(20, 18, 2, 4, 12, 6)
    assert sum([month, month, month]).issued == 27
    assert sum([Verdicts.of(satisfied=3, dissatisfied=1, void=2)] * 2) == Verdicts(12, 4, 8, 6, 2)


def test_ballots_are_valid_unless_said_otherwise():
    assert Verdicts.of(satisfied=3238, dissatisfied=2) == Verdicts(3240, 0, 3240, 3238, 2)


def test_only_tallies_of_one_kind_are_added():
    with pytest.raises(TypeError):
        Participation() + Verdicts()


@pytest.mark.parametrize(
    "counts",
    [
        {"issued": -1},
        {"issued": 5, "returned": 6},
        {"issued": 5, "returned": 3, "expired": 2, "cancelled": 1},
        {"issued": 5, "returned": 2, "paper": 3},
    ],
)
def test_participation_that_contradicts_itself_is_refused(counts):
    with pytest.raises(DoesNotAddUp):
        Participation(**counts)


@pytest.mark.parametrize("counts", [(5, 1, 5, 5, 0), (5, 1, 4, 3, 0), (1, 2, -1, -1, 0)])
def test_verdicts_that_contradict_themselves_are_refused(counts):
    with pytest.raises(DoesNotAddUp):
        Verdicts(*counts)


@given(COUNTS, COUNTS, COUNTS)
def test_verdicts_built_from_their_parts_keep_both_identities(satisfied, dissatisfied, void):
    tally = Verdicts.of(satisfied=satisfied, dissatisfied=dissatisfied, void=void)
    assert tally.ballots == tally.valid + tally.void == satisfied + dissatisfied + void


def test_the_base_alone_decides_what_is_shown():
    assert [shown(n) for n in (0, 1, 9)] == [Shown.EMPTY, Shown.SMALL, Shown.SMALL]
    assert [shown(n) for n in (10, 29)] == [Shown.COUNTS] * 2
    assert [shown(n) for n in (30, 3240)] == [Shown.PERCENT] * 2


def test_groups_without_figures_are_what_the_api_calls_suppressed():
    assert [mark for mark in Shown if not mark.has_counts] == [Shown.EMPTY, Shown.SMALL, Shown.ALONG]
    assert [mark for mark in Shown if mark.is_hidden] == [Shown.SMALL, Shown.ALONG]


def test_a_lone_small_counter_takes_the_smallest_other_along():
    assert shown_together([77, 62, 49, 34, 8]) == (*[Shown.PERCENT] * 3, Shown.ALONG, Shown.SMALL)


def test_two_small_counters_under_ten_together_take_a_third_along():
    assert shown_together([40, 5, 4]) == (Shown.ALONG, Shown.SMALL, Shown.SMALL)


def test_two_small_counters_that_hide_each_other_leave_the_rest_alone():
    assert shown_together([40, 7, 6]) == (Shown.PERCENT, Shown.SMALL, Shown.SMALL)


def test_an_empty_counter_hides_nobody():
    assert shown_together([0, 31, 12]) == (Shown.EMPTY, Shown.PERCENT, Shown.COUNTS)
    assert shown_together([]) == ()


def test_labels_that_would_tell_give_way():
    assert shown_together([9, 9]) == (Shown.ALONG, Shown.ALONG)
    assert shown_together([1, 10]) == (Shown.ALONG, Shown.ALONG)
    assert shown_together([1, 10, 50]) == (Shown.SMALL, Shown.ALONG, Shown.ALONG)


@pytest.mark.parametrize(
    ("before", "later"), [([9, 9], [9, 9, 10]), ([1, 10], [1, 10, 10]), ([4, 12], [14, 12])]
)
def test_a_correction_puts_no_label_of_size_on_what_the_version_before_it_hid(before, later):
    """The first version tells the sum of both; "<10" beside it in the second would say nine and nine, or one and ten."""
    assert all(mark.is_hidden for mark in shown_together(before))
    marks = shown_together(later, along=range(len(before)))
    assert marks == (Shown.ALONG, Shown.ALONG, Shown.COUNTS)[: len(later)]


def test_a_total_under_ten_is_hidden_itself():
    assert shown_together([4, 0]) == (Shown.SMALL, Shown.EMPTY)


def test_solving_the_margins_finds_what_a_lone_hidden_group_gives_away():
    naive = [shown(base) for base in (50, 40, 7)]
    assert solved(97, (50, 40, 7), naive)[2] == (7, 7)
    assert solved(97, (50, 40, 7), shown_together([50, 40, 7]))[2] == (1, 9)


@given(GROUPS)
def test_solving_the_margins_never_tells_a_group_under_ten(bases):
    marks = shown_together(bases)
    hidden = [base for base, mark in zip(bases, marks, strict=True) if mark.is_hidden]
    if sum(bases) < COUNTS_FROM or not hidden:
        assert all(base == 0 or base >= COUNTS_FROM or sum(bases) < COUNTS_FROM for base in bases)
        return
    assert len(hidden) >= 2
    assert sum(hidden) >= COUNTS_FROM
    for base, (least, most) in zip(bases, solved(sum(bases), bases, marks), strict=True):
        assert least <= base <= most
        assert base == 0 or base >= COUNTS_FROM or least < most


@given(GROUPS)
def test_small_groups_never_show_and_nothing_more_is_shown_than_its_base_allows(bases):
    for base, mark in zip(bases, shown_together(bases), strict=True):
        assert mark in (shown(base), Shown.ALONG)


@given(st.lists(st.integers(1, 14), min_size=2, max_size=3))
def test_the_solver_agrees_with_trying_every_possibility(bases):
    marks = shown_together(bases)
    least_along = COUNTS_FROM if Shown.SMALL in marks else 1
    options = [
        range(1, 10) if m is Shown.SMALL else range(least_along, 43) if m is Shown.ALONG else [b]
        for b, m in zip(bases, marks, strict=True)
    ]
    worlds = [[]]
    for option in options:
        worlds = [[*world, n] for world in worlds for n in option]
    worlds = [world for world in worlds if sum(world) == sum(bases)]
    assert solved(sum(bases), bases, marks) == tuple((min(c), max(c)) for c in zip(*worlds, strict=True))


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (3238, 3240, "99,9/0,1"),
        (1999, 2000, "99,9/0,1"),
        (3999, 4000, "trên 99,9/dưới 0,1"),
        (15, 16, "93,7/6,3"),
        (1, 16, "6,3/93,7"),
        (3240, 3240, "100/0"),
        (0, 3240, "0/100"),
        (1, 2, "50,0/50,0"),
        (9, 10, "90,0/10,0"),
        (1, 4000, "dưới 0,1/trên 99,9"),
    ],
)
def test_two_shares_print_as_agreed(part, whole, text):
    assert both(part, whole) == text


def test_the_percent_sign_follows_without_a_blank():
    assert [str(s) for s in shares((3999, 1))] == ["trên 99,9%", "dưới 0,1%"]
    assert printed(share(3238, 3240)) == "99,9%"


def test_without_ballots_there_is_no_share():
    assert shares((0, 0)) is None
    assert shares(()) is None
    assert printed(share(0, 0)) == printed(return_rate(0, 0)) == "chưa có phiếu"


@given(COUNTS, COUNTS)
def test_the_smaller_of_two_shares_is_rounded_half_up_and_the_larger_is_the_rest(part, rest):
    pair = shares((part, rest))
    if pair is None:
        assert part + rest == 0
        return
    small, large = sorted(pair, key=lambda s: s.value)
    exact = Fraction(1000 * min(part, rest), part + rest)
    assert small.value + large.value == 100
    if small.edge is Edge.NONE:
        assert small.value == Decimal(int(exact + Fraction(1, 2))) / 10
    else:
        assert 0 < exact < Fraction(1, 2)
        assert (small, large) == (Share(Decimal("0.1"), Edge.UNDER), Share(Decimal("99.9"), Edge.OVER))


def test_more_shares_go_by_the_largest_remainder():
    assert [str(s) for s in shares((1, 1, 1))] == ["33,4%", "33,3%", "33,3%"]
    assert [str(s) for s in shares((15, 1, 0))] == ["93,7%", "6,3%", "0%"]
    assert [str(s) for s in shares((9995, 3, 2))] == ["trên 99,9%", "dưới 0,1%", "dưới 0,1%"]
    assert [str(s) for s in shares((7, 0, 0))] == ["100%", "0%", "0%"]


@given(st.lists(COUNTS, min_size=1, max_size=6).filter(sum))
def test_many_shares_stay_within_a_tenth_and_claim_none_or_all_only_when_true(counts):
    figures = shares(counts)
    for count, figure in zip(counts, figures, strict=True):
        assert abs(Fraction(figure.value) - Fraction(100 * count, sum(counts))) <= Fraction(1, 10)
        assert (str(figure) == "0%") == (count == 0)
        assert (str(figure) == "100%") == (count == sum(counts))
    if all(figure.edge is Edge.NONE for figure in figures):
        assert sum(figure.value for figure in figures) == 100


def test_the_return_rate_is_a_whole_percent():
    assert [str(return_rate(*c)) for c in ((3240, 3809), (230, 267), (1, 8), (1, 200))] == [
        "85%",
        "86%",
        "13%",
        "1%",
    ]


def test_a_return_rate_of_fewer_than_thirty_slips_is_printed_as_its_counts():
    assert [rate_text(*c) for c in ((0, 0), (19, 20), (28, 29), (27, 30))] == [
        "chưa phát phiếu",
        "19/20",
        "28/29",
        "90%",
    ]
    assert [rate_beside(*c) for c in ((0, 0), (28, 29), (27, 30))] == ["", "", " (90%)"]


def test_every_page_and_paper_prints_return_rates_by_that_rule():
    past_it = [
        str(path.relative_to(settings.BASE_DIR))
        for path in sorted((settings.BASE_DIR / "reports").rglob("*.py"))
        if re.search(r"shares\.return_rate|shares import [^\n]*\breturn_rate", path.read_text())
    ]
    assert past_it == []


def test_a_return_rate_says_0_and_100_only_for_none_and_all():
    assert [str(return_rate(n, 1000)) for n in (0, 4, 5, 994, 995, 1000)] == [
        "0%",
        "dưới 1%",
        "1%",
        "99%",
        "trên 99%",
        "100%",
    ]


def test_parts_larger_than_their_whole_are_refused():
    for wrong in (
        lambda: share(3, 2),
        lambda: return_rate(3, 2),
        lambda: shares((3, -1)),
        lambda: share(-1, 2),
    ):
        with pytest.raises(DoesNotAddUp):
            wrong()


def test_counts_are_grouped_by_dots():
    assert [grouped(n) for n in (0, 999, 3809, 1234567)] == ["0", "999", "3.809", "1.234.567"]


def test_the_api_gives_fractions_with_six_decimals():
    assert share_fraction(3238, 3240) == "0.999383"
    assert share_fraction(3240, 3809) == "0.850617"
    assert share_fraction(30, 30) == "1.000000"
    assert share_fraction(0, 30) == "0.000000"
    assert share_fraction(1, 2000000) == "0.000001"


def test_the_api_gives_no_fraction_of_a_small_base():
    assert share_fraction(29, 29) is None
    assert share_fraction(9, 10, least_base=1) == "0.900000"
    assert share_fraction(0, 0, least_base=0) is None
