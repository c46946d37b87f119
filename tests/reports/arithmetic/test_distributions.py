"""Chances of counts against sums of exact fractions, and Student's t against printed tables."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.arithmetic.distributions import (
    binomial_at_least,
    binomial_at_most,
    binomial_chances,
    central_counts,
    hypergeometric_at_most,
    overdispersed_chances,
    t_quantile,
    t_within,
)

RATES = st.fractions(Fraction(1, 5000), Fraction(4999, 5000), max_denominator=5000)


def exactly_at_least(k: int, n: int, p: Fraction) -> Fraction:
    return sum(
        (math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(max(0, k), n + 1)), start=Fraction(0)
    )


@given(st.integers(0, 60), st.integers(-2, 62), RATES)
def test_binomial_tails_are_the_exact_sums(n, k, p):
    exact = float(exactly_at_least(k, n, p))
    assert binomial_at_least(k, n, p) == pytest.approx(exact, rel=1e-9, abs=1e-15)
    assert binomial_at_most(k - 1, n, p) == pytest.approx(1 - exact, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("p", [0, 1])
def test_a_sure_thing_has_sure_counts(p):
    assert binomial_at_least(3, 5, p) == p
    assert binomial_chances(5, p)[5 * p] == 1


@given(st.integers(2, 60), RATES, st.floats(1.05, 30))
def test_overdispersed_counts_keep_the_mean_and_multiply_the_variance(n, theta, phi):
    chances = overdispersed_chances(n, theta, phi)
    mean = math.fsum(k * chance for k, chance in enumerate(chances))
    variance = math.fsum((k - mean) ** 2 * chance for k, chance in enumerate(chances))
    assert math.fsum(chances) == pytest.approx(1)
    assert mean == pytest.approx(float(n * theta), rel=1e-9)
    assert variance == pytest.approx(float(n * theta * (1 - theta)) * min(phi, 0.999 * n), rel=1e-6)


@given(st.integers(0, 60), RATES, st.floats(0, 1))
def test_no_dispersion_under_one_is_narrower_than_the_binomial(n, theta, phi):
    assert overdispersed_chances(n, theta, phi) == binomial_chances(n, theta)


@given(st.integers(1, 60), RATES, st.sampled_from([0.001, 0.01, 0.1]))
def test_central_counts_leave_at_most_the_tail_outside_and_no_count_more(n, p, tail):
    low, high = central_counts(binomial_chances(n, p), tail)
    exact = Fraction(tail)
    assert 1 - exactly_at_least(low, n, p) <= exact < 1 - exactly_at_least(low + 1, n, p)
    assert exactly_at_least(high + 1, n, p) <= exact < exactly_at_least(high, n, p)


@given(
    st.integers(0, 12).flatmap(
        lambda group: st.tuples(st.just(group), st.integers(0, group), st.integers(0, group))
    )
)
def test_hypergeometric_tails_are_the_counted_draws(numbers):
    from itertools import combinations

    group, marked, drawn = numbers
    draws = [sum(one < marked for one in draw) for draw in combinations(range(group), drawn)]
    for k in range(drawn + 1):
        assert hypergeometric_at_most(k, group, marked, drawn) == Fraction(
            sum(n <= k for n in draws), len(draws)
        )


@pytest.mark.parametrize(
    ("probability", "degrees", "t"),
    [
        (0.975, 1, 12.7062047),
        (0.975, 2, 4.3026527),
        (0.975, 36, 2.0280940),
        (0.999, 11, 4.0247010),
        (0.999, 5, 5.8934295),
        (0.975, 1000, 1.9623391),
    ],
)
def test_quantiles_of_t_are_those_of_the_tables(probability, degrees, t):
    assert t_quantile(probability, degrees) == pytest.approx(t, abs=5e-8)


@given(st.integers(1, 40), st.floats(0.01, 30))
@settings(max_examples=30)
def test_the_closed_form_of_t_is_the_integral_of_its_density(degrees, t):
    steps = 1000
    norm = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)

    def density(x: float) -> float:
        return norm * (1 + x * x / degrees) ** (-(degrees + 1) / 2)

    # Simpson's rule in the angle, where the density is smooth up to the end.
    top = math.atan(t / math.sqrt(degrees))
    points = [top * i / steps for i in range(steps + 1)]
    values = [
        density(math.sqrt(degrees) * math.tan(angle)) * math.sqrt(degrees) / math.cos(angle) ** 2
        for angle in points
    ]
    weights = [1] + [4 if i % 2 else 2 for i in range(1, steps)] + [1]
    integral = math.fsum(map(math.prod, zip(weights, values, strict=True))) * top / steps / 3
    assert t_within(t, degrees) == pytest.approx(2 * integral, abs=1e-9)


def test_there_is_no_quantile_without_degrees_of_freedom():
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_quantile(0.975, 0)
