"""What asking a few of the silent proves about all of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.follow_up_bound import FollowUp, most_bad_among
from reports.arithmetic.outward_rounding import printed_low


def test_the_most_bad_are_those_of_the_vectors(vectors):
    for group, asked, bad, most in vectors["G_follow_up"]["N_asked_bad_most"]:
        assert most_bad_among(group, asked, bad) == most


@pytest.mark.parametrize(
    ("group", "asked", "most"),
    [
        (569, 30, (52, 82, 133)),
        (569, 60, (26, 41, 68)),
        (200, 30, (17, 28, 45)),
        (49, 20, (5, 8, 14)),
        (2000, 60, (95, 151, 246)),
    ],
)
def test_the_table_of_the_method_holds(group, asked, most):
    assert tuple(most_bad_among(group, asked, bad) for bad in (0, 1, 3)) == most


@pytest.mark.parametrize(
    ("group", "needed"), [(569, (14, 28, 55)), (200, (13, 26, 47)), (49, (12, 22, 31)), (2000, (14, 29, 57))]
)
def test_so_many_must_be_asked_to_bound_a_fifth_a_tenth_and_a_twentieth(group, needed):
    for asked, share in zip(needed, (Fraction(1, 5), Fraction(1, 10), Fraction(1, 20)), strict=True):
        assert most_bad_among(group, asked, 0) <= share * group < most_bad_among(group, asked - 1, 0)


def test_the_article_s_year_tightens_to_ninety_nine():
    follow_up = FollowUp(
        asked=3809, satisfied=3238, dissatisfied=2, silent=569, called=60, bad=0, unreached=0
    )
    assert follow_up.low == Fraction(3238 + 543, 3809)
    assert follow_up.high == Fraction(3807, 3809)


@pytest.mark.parametrize(("unreached", "low"), [(3, "98,1"), (10, "96,0"), (18, "93,8")])
def test_the_unreached_count_as_dissatisfied_at_the_low_end(unreached, low):
    follow_up = FollowUp(
        asked=3809, satisfied=3238, dissatisfied=2, silent=569, called=60, bad=0, unreached=unreached
    )
    assert printed_low(follow_up.low) == low
    assert follow_up.high == Fraction(3807, 3809)


@given(
    st.integers(1, 9).flatmap(lambda group: st.tuples(st.just(group), st.integers(0, group))),
    st.data(),
)
def test_the_bound_holds_in_all_but_a_twentieth_of_all_draws(numbers, data):
    group, asked = numbers
    truly_bad = data.draw(st.integers(0, group))
    draws = [sum(one < truly_bad for one in draw) for draw in combinations(range(group), asked)]
    missed = sum(most_bad_among(group, asked, seen) < truly_bad for seen in draws)
    assert Fraction(missed, len(draws)) <= Fraction(5, 100)


@pytest.mark.parametrize(
    "wrong",
    [{"called": 570}, {"bad": 61}, {"unreached": 61}, {"silent": 570}, {"bad": -1}],
)
def test_numbers_that_do_not_add_up_are_refused(wrong):
    right = {"asked": 3809, "satisfied": 3238, "dissatisfied": 2, "silent": 569}
    with pytest.raises(ValueError, match="add up"):
        FollowUp(**{**right, "called": 60, "bad": 0, "unreached": 0, **wrong})


def test_more_bad_than_asked_is_no_follow_up():
    with pytest.raises(ValueError, match="no follow-up"):
        most_bad_among(5, 2, 3)
