"""A printed bound is true: it never lies inside the exact one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.outward_rounding import (
    api_ends,
    printed_ends,
    printed_high,
    printed_low,
    printed_range,
)

PARTS = st.integers(1, 200_000).flatmap(
    lambda n: st.tuples(*[st.integers(0, n)] * 2, st.just(n)).map(lambda t: (*sorted(t[:2]), t[2]))
)


def test_ends_print_as_in_the_vectors(vectors):
    for row in vectors["F_outward"]:
        ends = Fraction(row["low"], row["of"]), Fraction(row["high"], row["of"])
        assert list(printed_ends(*ends)) == row["printed"]


@given(PARTS, st.integers(1, 3))
def test_what_is_printed_contains_what_is_true(counts, decimals):
    low, high, n = counts
    printed = printed_ends(Fraction(low, n), Fraction(high, n), decimals)
    least, most = (
        Fraction(end.removeprefix("trên ").removeprefix("dưới ").replace(",", ".")) for end in printed
    )
    assert least <= Fraction(100 * low, n)
    assert most >= Fraction(100 * high, n)
    shown = len(printed[0].partition(",")[2]) or decimals
    assert Fraction(100 * low, n) - least < Fraction(1, 10**decimals)
    assert shown <= 3


@given(PARTS)
def test_none_and_all_are_printed_only_when_they_are_true(counts):
    low, high, n = counts
    printed = printed_ends(Fraction(low, n), Fraction(high, n))
    assert (printed[0] == "0") == (low == 0)
    assert (printed[1] == "100") == (high == n)


def test_what_no_decimals_can_tell_from_none_or_all_says_so():
    assert printed_ends(Fraction(1, 10**6), 1 - Fraction(1, 10**6)) == ("trên 0", "dưới 100")


def test_both_ends_take_a_decimal_more_together():
    assert printed_range(Fraction(1, 2000), Fraction(1, 2)) == "0,05–50,00%"


def test_one_sided_bounds_round_outwards_too():
    assert printed_low(Fraction(3781, 3809)) == "99,2"
    assert printed_high(0.016706) == "1,7"


@given(PARTS)
def test_interfaces_get_six_decimals_outwards(counts):
    low, high, n = counts
    least, most = api_ends(Fraction(low, n), Fraction(high, n))
    assert [len(end.partition(".")[2]) for end in (least, most)] == [6, 6]
    assert Fraction(least) <= Fraction(low, n) < Fraction(least) + Fraction(1, 10**6)
    assert Fraction(most) - Fraction(1, 10**6) < Fraction(high, n) <= Fraction(most)


def test_decimals_are_taken_as_they_stand():
    assert printed_ends(Decimal("0.997752"), Decimal("0.999831"), decimals=2) == ("99,77", "99,99")


@pytest.mark.parametrize("ends", [(-0.1, 0.5), (0.5, 1.1), (0.6, 0.5)])
def test_ends_that_are_none_are_refused(ends):
    with pytest.raises(ValueError, match="no ends"):
        printed_ends(*ends)
