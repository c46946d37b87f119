"""Intervals and bounds, to the digits agreed (docs/spec/trust.md §7)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.statistics import (
    Interval,
    adequate_sample,
    binomial_cdf,
    bounds_over_asked,
    good_between_bad,
    most_bad_in_group,
    most_bad_when_none_seen,
    wilson,
)

RATE = Fraction(3240, 3809)
BAD = Fraction(2, 3240)
PARTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def six(interval):
    return [f"{end:.6f}" for end in (interval.low, interval.high)]


def test_wilson_gives_the_agreed_intervals():
    assert six(wilson(3238, 3240)) == ["0.997752", "0.999831"]
    assert six(wilson(2, 3240)) == ["0.000169", "0.002248"]
    assert six(wilson(3240, 3809)) == ["0.838944", "0.861584"]


def test_there_is_no_interval_without_ballots():
    assert wilson(0, 0) is None
    assert bounds_over_asked(0, 0, 0) is None


@given(PARTS)
def test_wilson_stays_between_0_and_1_around_the_share_and_mirrors(counts):
    part, whole = counts
    interval, mirror = wilson(part, whole), wilson(whole - part, whole)
    assert 0 <= interval.low <= Decimal(part) / whole <= interval.high <= 1
    assert (interval.low == 0) == (part == 0)
    assert (interval.high == 1) == (part == whole)
    assert abs(interval.low + mirror.high - 1) < Decimal("1e-30")


@given(PARTS)
def test_wilson_ends_are_where_the_score_test_rejects(counts):
    part, whole = counts
    interval, share = wilson(part, whole), part / whole
    for end in (float(interval.low), float(interval.high)):
        if 0 < end < 1:
            assert (share - end) ** 2 == pytest.approx(
                1.959963984540054**2 * end * (1 - end) / whole, rel=1e-6
            )


def test_intervals_print_one_decimal_more_and_outwards():
    assert wilson(3238, 3240).printed() == "99,77–99,99%"
    assert wilson(230, 230).printed() == "98,35–100%"
    assert wilson(268, 268).printed() == "98,58–100%"
    assert wilson(238, 238).printed() == "98,41–100%"
    assert wilson(3240, 3809).printed(decimals=1) == "83,8–86,2%"
    assert wilson(0, 230).printed() == "0–1,65%"


def test_an_interval_ends_in_none_or_all_only_when_it_does():
    almost = Interval(Decimal("0.00001"), Decimal("0.99999"))
    assert almost.printed() == "0,001–99,999%"
    nearer = Interval(Decimal("0.0000001"), Decimal("0.9999999"))
    assert nearer.printed() == "trên 0–dưới 100%"


@given(PARTS, st.integers(1, 3))
def test_a_printed_interval_contains_the_exact_one(counts, decimals):
    interval = wilson(*counts)
    low, high = interval.printed(decimals).rstrip("%").replace(",", ".").split("–")
    assert Decimal(low.removeprefix("trên ")) <= 100 * interval.low
    assert Decimal(high.removeprefix("dưới ")) >= 100 * interval.high


def test_bounds_over_everybody_asked():
    assert six(bounds_over_asked(3238, 2, 3809)) == ["0.850092", "0.999475"]
    assert six(bounds_over_asked(230, 0, 267)) == ["0.861423", "1.000000"]


def test_the_bounds_are_as_wide_as_the_share_of_the_silent():
    bounds = bounds_over_asked(3238, 2, 3809)
    assert f"{bounds.high - bounds.low:.6f}" == "0.149383"


def test_what_is_void_or_not_released_counts_as_unknown():
    assert bounds_over_asked(6, 1, 10) == Interval(Decimal("0.6"), Decimal("0.9"))


def test_no_bad_ballot_still_leaves_an_upper_limit():
    printed = [f"{100 * most_bad_when_none_seen(n):.2f}" for n in (30, 100, 300, 1000)]
    assert printed == ["9.50", "2.95", "0.99", "0.30"]
    assert abs((1 - most_bad_when_none_seen(77)) ** 77 - Decimal("0.05")) < Decimal("1e-20")


def test_a_call_back_of_sixty_without_a_bad_one_limits_the_silent():
    worst = most_bad_in_group(569, 60, 0)
    assert worst == 26
    assert f"{(3238 + 569 - worst) / 3809:.4f}" == "0.9926"


def test_asking_everybody_again_leaves_no_doubt():
    assert most_bad_in_group(10, 10, 3) == 3
    assert most_bad_in_group(10, 0, 0) == 10


def test_adequate_samples():
    assert [adequate_sample(n) for n in (3809, 1000, 300, 1, 0)] == [362, 286, 172, 1, 0]
    assert adequate_sample(400) == 200


def test_parts_larger_than_their_whole_are_refused():
    wrong = [
        lambda: wilson(3, 2),
        lambda: wilson(-1, 2),
        lambda: bounds_over_asked(2, 1, 2),
        lambda: most_bad_in_group(5, 6, 0),
        lambda: good_between_bad([(1, 2)]),
        lambda: most_bad_when_none_seen(0),
    ]
    for ask in wrong:
        with pytest.raises(ValueError, match=r"no part|no limit"):
            ask()


def test_an_ordinary_p_chart_would_cry_wolf():
    assert f"{100 * (1 - binomial_cdf(1, 270, BAD)):.2f}" == "1.24"


def test_runs_between_bad_ballots_count_whole_batches_only():
    year = [(500, 0), (477, 0), (260, 1), (1018, 0), (253, 1), (732, 0)]
    assert good_between_bad(year) == (977, 1018, 732)
    assert good_between_bad([(20, 0), (12, 2), (30, 0)]) == (20, 0, 30)
    assert good_between_bad([]) == (0,)


def test_runs_for_a_chart_spread_a_batch_evenly():
    assert good_between_bad([(20, 0), (11, 2), (30, 0)], at_least=False) == (23, 3, 33)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=12))
def test_runs_lose_no_good_ballot_when_spread_and_never_promise_too_much(batches):
    batches = [(good + bad, bad) for good, bad in batches]
    surely, likely = good_between_bad(batches), good_between_bad(batches, at_least=False)
    assert sum(likely) == sum(valid - bad for valid, bad in batches)
    assert len(surely) == len(likely) == 1 + sum(bad for _, bad in batches)
    assert all(s <= li for s, li in zip(surely, likely, strict=True))
