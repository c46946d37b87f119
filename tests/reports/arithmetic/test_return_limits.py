"""Limits of return rates: never narrower than chance, and never made from what they judge."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.clusters import similarity
from reports.arithmetic.distributions import overdispersed_chances
from reports.arithmetic.return_limits import (
    RateInLimits,
    ReturnBaseline,
    Way,
    counter_limits,
    limits,
    phi_beside_others,
    rate_of_others,
    surplus,
)

MONTHS = st.lists(
    st.integers(20, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))),
    min_size=6,
    max_size=12,
)


def test_the_reference_year_is_that_of_the_vectors(vectors):
    said = vectors["B_limits"]
    baseline = ReturnBaseline.of(map(tuple, said["baseline"]))
    assert f"{float(baseline.theta):.8f}" == f"{said['theta']:.8f}"
    assert f"{float(baseline.pearson_over_df):.6f}" == f"{said['pearson_over_df']:.6f}"
    assert f"{baseline.t_over_z_squared:.6f}" == f"{said['t_over_z_squared']:.6f}"
    assert f"{baseline.phi:.6f}" == f"{said['phi']:.6f}"


def test_limits_of_later_months_are_those_of_the_vectors(vectors):
    said = vectors["B_limits"]
    baseline = ReturnBaseline.of(map(tuple, said["baseline"]))
    for n, low, high in said["month_n_low_high"]:
        assert baseline.limits(n) == (low, high)


def test_limits_of_any_count_are_those_of_the_vectors(vectors):
    for n, theta, phi, low, high in vectors["B_limits"]["limits_n_theta_phi_low_high"]:
        assert limits(n, theta, phi) == (low, high)


@given(MONTHS, st.integers(1, 400))
def test_limits_are_never_narrower_than_the_binomial_nor_outside_the_slips(months, n):
    baseline = ReturnBaseline.of(months)
    low, high = baseline.limits(n)
    least, most = limits(n, baseline.theta, 1.0)
    assert 0 <= low <= least
    assert most <= high <= n
    assert low <= n * baseline.theta <= high


def test_the_reference_period_ends_with_the_twelfth_month_that_handed_out_slips():
    months = [(0, 0), *[(300, 255)] * 12, (300, 10)]
    baseline = ReturnBaseline.of(months)
    assert (len(baseline.months), baseline.theta) == (12, Fraction(17, 20))
    assert baseline.is_firm


def test_six_months_have_provisional_limits_and_five_none():
    assert ReturnBaseline.of([(300, 255)] * 5).limits(300) is None
    six = ReturnBaseline.of([(300, 255)] * 6)
    assert not six.is_firm
    low, high = six.limits(300)
    firm_low, firm_high = ReturnBaseline.of([(300, 255)] * 12).limits(300)
    assert low < firm_low < 255 < firm_high < high


def test_months_in_which_everybody_answered_have_no_limits():
    assert ReturnBaseline.of([(300, 300)] * 12).limits(300) is None
    assert ReturnBaseline.of([]).limits(300) is None


def test_a_rate_lies_under_within_or_over_its_limits():
    under, inside, over = (RateInLimits("", 73, back, 49, 71) for back in (48, 49, 72))
    assert (under.is_low, inside.is_signal, over.is_high) == (True, False, True)


# ── Counters ───────────────────────────────────────────────────────────────────────────


def test_similarity_adds_up_months_and_is_never_negative():
    assert similarity([(2.0, 3.0), (4.0, 6.0)]) == pytest.approx((1 + 3) / (2 + 5))
    assert similarity([(0.8, 3.0)]) == 0
    assert similarity([(1.0, 1.0)]) == similarity([]) == 0


def test_a_counter_is_compared_with_the_others_only():
    assert rate_of_others((99, 80)) == Fraction(161, 200)
    assert phi_beside_others(80, 240, 5, 0.1) == pytest.approx((1 + 4 * 0.1) * (1 + 80 / 240))


def test_the_more_alike_organisations_answer_the_wider_a_counter_s_limits():
    alone, alike = (counter_limits(73, (240, 204), kish_size=8, rho=rho) for rho in (0, 0.3))
    assert alike[0] < alone[0]
    assert alone[1] <= alike[1]


def test_a_counter_without_others_is_never_out_of_limits():
    assert counter_limits(73, (0, 0)) == (0, 73)


# ── More returned than elsewhere ───────────────────────────────────────────────────────


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 25), min_size=1),
    st.integers(30, 300),
    st.floats(0, 0.5),
)
def test_a_surplus_is_signalled_from_the_first_sum_rare_enough(sizes, others, rho):
    beside = dict.fromkeys(sizes, (others, others * 7 // 10))
    ways = {name: Way(n, n, kish_size=3) for name, n in sizes.items()}
    chances = {0: 1.0}
    for n in sizes.values():
        phi = (1 + 2 * rho) * (1 + n / others)
        own = overdispersed_chances(n, Fraction(2 * (others * 7 // 10) + 1, 2 * others + 2), phi)
        chances = {
            total: math.fsum(chances[a] * own[total - a] for a in chances if 0 <= total - a <= n)
            for total in range(max(chances) + n + 1)
        }
    whole = sum(sizes.values())
    tails = [math.fsum(chances[k] for k in range(start, whole + 1)) for start in range(whole + 1)]
    expected = next((k for k, tail in enumerate(tails) if tail <= 0.001), None)
    found = surplus(ways, beside, rho=rho)
    assert (found and found.signal_from) == expected
    if found:
        assert found.chance == pytest.approx(tails[expected], abs=1e-12)


def test_an_ordinary_counter_has_no_surplus():
    assert surplus({"tablet": Way(85, 73)}, {"tablet": (255, 217)}) is None


def test_filling_every_silent_slip_is_found():
    found = surplus({"tablet": Way(85, 85, kish_size=3)}, {"tablet": (255, 217)}, rho=0.05)
    assert found.returned == 85
    assert found.chance <= 0.001


def test_a_way_never_seen_elsewhere_accuses_nobody():
    assert surplus({"paper": Way(85, 85)}, {}) is None


def test_ways_make_up_for_each_other():
    one = {"tablet": Way(80, 80), "slip": Way(80, 40)}
    assert surplus(one, {"tablet": (240, 200), "slip": (240, 200)}) is None
