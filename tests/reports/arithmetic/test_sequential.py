"""A rise is signalled from the counts agreed, against a reference period that is frozen; a low level from month one."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.distributions import binomial_at_least, binomial_chances
from reports.arithmetic.sequential import (
    Baseline,
    Decision,
    PeriodCount,
    false_alarms_a_period,
    judge,
    level_from,
    seen_with_power,
    signal_from,
)
from reports.arithmetic.thresholds import CHANGE_ALPHA

SMALL = st.integers(1, 40)


def periods(*counts: tuple[int, int]) -> list[PeriodCount]:
    return [PeriodCount(str(number), valid, bad) for number, (valid, bad) in enumerate(counts, start=1)]


def exact_chance(bad: int, n: int, before: int, n_before: int) -> Fraction:
    p, trials = Fraction(n, n + n_before), before + bad
    return sum(
        (math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(bad, trials + 1)), Fraction(0)
    )


# ── Vectors ────────────────────────────────────────────────────────────────────────────


def test_counts_that_signal_a_rise_are_those_of_the_vectors(vectors):
    for row in vectors["A_change"]["signal"]:
        n, before, n_before = row["n"], row["b0"], row["n0"]
        found = {alpha: signal_from(n, before, n_before, Fraction(alpha)) for alpha in row["from"]}
        assert found == row["from"]
        bad, share = found["0.002"], Fraction(n, n_before + n)
        assert f"{binomial_at_least(bad, before + bad, share):.6g}" == f"{row['p_value_at']:.6g}"


def test_what_could_have_been_seen_is_that_of_the_vectors(vectors):
    for row in vectors["A_change"]["signal"]:
        [*_, judgement] = judge(_with_baseline(row["n0"], row["b0"], row["n"]))
        assert f"{seen_with_power(row['n'], row['from']['0.002']):.6f}" == f"{row['seen_80']:.6f}"
        assert f"{judgement.seen_rate:.6f}" == f"{row['seen_80']:.6f}"
        assert judgement.seen_ratio == row["ratio_80"]


def _with_baseline(n: int, bad: int, last: int) -> list[PeriodCount]:
    """A reference period of twelve (φ is 1: spread as evenly as it goes), and a month without a dissatisfied ballot."""
    split = [[total * (i + 1) // 12 - total * i // 12 for i in range(12)] for total in (n, bad)]
    return periods(*zip(*split, strict=True), (last, 0))


def test_counts_surely_under_the_goal_are_those_of_the_vectors(vectors):
    for n, least in vectors["A_change"]["level_goal_95_alpha_0.01"]:
        assert level_from(n) == least


# ── Against a second implementation ────────────────────────────────────────────────────


@given(SMALL, st.integers(0, 12), st.integers(1, 200), st.sampled_from(sorted(set(CHANGE_ALPHA.values()))))
def test_a_rise_is_signalled_from_the_first_count_rare_enough(n, before, more, alpha):
    n_before = before + more
    count = signal_from(n, before, n_before, alpha)
    assert count == n + 1 or exact_chance(count, n, before, n_before) <= alpha
    assert exact_chance(count - 1, n, before, n_before) > alpha


@given(st.integers(1, 300))
def test_the_level_is_surely_low_from_the_first_count_rare_enough(n):
    chances, count = binomial_chances(n, 0.05), level_from(n)
    assert math.fsum(chances[count:]) <= 0.01 + 1e-12
    assert count == 0 or math.fsum(chances[count - 1 :]) > 0.01 - 1e-12


@given(
    st.integers(10, 60),
    st.integers(100, 400),
    st.fractions(Fraction(1, 100), Fraction(2, 5), max_denominator=100),
)
def test_a_steady_service_of_any_rate_is_flagged_no_more_often_than_agreed(n, n_before, rate):
    """Every outcome weighed by its chance; the rule conditions the rate away, so no rate may break it."""
    alpha, wrong = CHANGE_ALPHA[1], 0.0
    before = binomial_chances(n_before, rate)
    now = binomial_chances(n, rate)
    for bad_before, chance in enumerate(before):
        if chance > 1e-9:
            wrong += chance * math.fsum(now[signal_from(n, bad_before, n_before, alpha) :])
    assert wrong <= alpha


@given(SMALL, st.integers(12, 60), st.integers(100, 900), st.fractions(1, 6, max_denominator=50))
def test_over_dispersion_tests_whole_units_of_it(n, before, more, phi):
    n_before, alpha = before + more, CHANGE_ALPHA[1]
    count = signal_from(n, before, n_before, alpha, phi)

    def is_rare(bad: int) -> bool:
        return exact_chance(math.floor(bad / phi), n, math.ceil(before / phi), n_before) <= alpha

    assert not is_rare(count - 1)
    assert count == n + 1 or is_rare(count)


def test_a_chance_of_exactly_the_threshold_is_a_signal():
    assert exact_chance(1, 10, 0, 4990) == CHANGE_ALPHA[1]
    assert signal_from(10, 0, 4990, CHANGE_ALPHA[1]) == 1
    assert signal_from(10, 0, 4989, CHANGE_ALPHA[1]) == 2


def test_over_dispersion_is_reckoned_from_twelve_dissatisfied_ballots_on():
    uneven = [(100, 8 * (number % 3 == 0)) for number in range(12)]
    assert Baseline(tuple(periods(*uneven))).dissatisfied == 32
    expected = sum((Fraction(bad) - Fraction(32, 12)) ** 2 / Fraction(32, 12) for _n, bad in uneven) / 11
    assert Baseline(tuple(periods(*uneven))).phi == expected > 1
    assert Baseline(tuple(periods(*[(100, 11 * (number == 0)) for number in range(12)]))).phi == 1
    assert Baseline(tuple(periods(*[(100, 4)] * 12))).phi == 1


# ── In order of time ───────────────────────────────────────────────────────────────────

CALM = [(270, 0)] * 11 + [(270, 2)]


def test_a_catastrophe_in_the_very_first_month_is_a_signal():
    [only] = judge(periods((270, 270)))
    assert only.is_level_signal
    assert (only.baseline, only.change, only.signal_from) == (None, None, None)


def test_from_the_second_month_on_a_rise_is_judged_by_the_months_before():
    _first, second = judge(periods((255, 0), (255, 9)))
    assert second.change.periods == 1
    assert not second.baseline.is_firm
    assert second.in_baseline
    assert not judge(periods((255, 0), (255, 8)))[1].change


def test_the_judged_month_is_never_part_of_its_own_reference_period():
    judgements = judge(periods(*CALM, *[(270, bad) for bad in range(5)]))
    assert all(judgement.period not in judgement.baseline.periods for judgement in judgements[1:])
    assert {judgement.baseline.valid for judgement in judgements[12:]} == {12 * 270}


def test_a_slow_rise_is_seen_when_three_months_are_pooled():
    creeping = [(255, 2), (255, 2), (255, 3)]
    judgement = judge(periods(*[(255, 0)] * 11, (255, 2), *creeping))[-1]
    assert judgement.change.periods == 3
    assert (judgement.change.valid, judgement.change.dissatisfied) == (765, 7)
    assert not judgement.windows[0].is_signal


def test_windows_lie_wholly_after_the_reference_period():
    sizes = [len(judgement.windows) for judgement in judge(periods(*CALM, *[(270, 0)] * 12))]
    assert sizes == [0, *[1] * 11, 1, 1, *[2] * 9, 3]


def test_twelve_calm_months_join_the_reference_period():
    judgement = judge(periods(*[(270, 0)] * 25))[-1]
    assert (len(judgement.baseline.periods), judgement.baseline.valid) == (24, 24 * 270)
    assert (judgement.baseline.first, judgement.baseline.last) == ("1", "24")


def test_after_a_signal_the_reference_period_stays_until_a_decision_is_recorded():
    course = periods(*CALM, (270, 30), *[(270, 0)] * 30)
    assert len(judge(course)[-1].baseline.periods) == 12
    decided = judge(course, [Decision(after="14")])
    assert [len(judgement.baseline.periods) for judgement in decided[25:28]] == [12, 24, 24]
    assert "13" not in {period.label for period in decided[-1].baseline.periods}


def test_a_decision_may_begin_a_new_reference_period():
    course = periods(*CALM, *[(270, 30)] * 16)
    assert judge(course)[-1].change
    anew = judge(course, [Decision(after="14", starts_anew=True)])
    assert anew[14].baseline is None
    assert anew[-1].baseline.first == "15"
    assert not anew[-1].change
    assert anew[-1].is_level_signal


def test_expected_false_alarms_are_the_sum_of_the_thresholds():
    assert 12 * false_alarms_a_period(is_firm=True) == pytest.approx(0.048)
    assert 12 * false_alarms_a_period(is_firm=False) == pytest.approx(0.024)


def test_a_count_that_is_no_part_of_its_period_is_refused():
    with pytest.raises(ValueError, match="no part"):
        PeriodCount("5/2023", 3, 4)


def test_nothing_can_be_seen_with_a_count_that_cannot_be_reached():
    assert seen_with_power(5, 6) is None
    [first, second] = judge(periods((10, 8), (10, 10)))
    assert second.signal_from == 11
    assert (second.seen_rate, second.seen_ratio) == (None, None)
    assert first.seen_rate is None
