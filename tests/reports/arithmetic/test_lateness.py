"""Late and in time are said beyond chance only."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.distributions import binomial_at_least, binomial_at_most
from reports.arithmetic.lateness import Timeliness, timeliness
from reports.arithmetic.thresholds import GOAL


def test_verdicts_and_chances_are_those_of_the_vectors(vectors):
    for on_time, timed, verdict, few, many in vectors["E_late"]["on_time_timed_verdict_plate_pgood"]:
        assert timeliness(on_time, timed).value == verdict
        assert f"{binomial_at_most(on_time, timed, GOAL):.6g}" == f"{few:.6g}"
        assert f"{binomial_at_least(on_time, timed, GOAL):.6g}" == f"{many:.6g}"


@pytest.mark.parametrize(
    ("timed", "late_to", "in_time_from"),
    [(20, 16, None), (41, 35, None), (60, 53, 60), (100, 90, 99), (200, 184, 196), (2000, 1883, 1917)],
)
def test_the_counts_that_decide_are_those_of_the_table(timed, late_to, in_time_from):
    verdicts = [timeliness(on_time, timed) for on_time in range(timed + 1)]
    late = [on_time for on_time, verdict in enumerate(verdicts) if verdict is Timeliness.LATE]
    in_time = [on_time for on_time, verdict in enumerate(verdicts) if verdict is Timeliness.IN_TIME]
    assert late == list(range(late_to + 1))
    assert in_time == (list(range(in_time_from, timed + 1)) if in_time_from else [])


@given(st.integers(1, 120).flatmap(lambda timed: st.tuples(st.integers(0, timed), st.just(timed))))
def test_the_verdict_is_that_of_the_exact_test(counts):
    on_time, timed = counts
    goal, alpha = Fraction(95, 100), Fraction(5, 100)
    chances = [math.comb(timed, k) * goal**k * (1 - goal) ** (timed - k) for k in range(timed + 1)]
    few, many = sum(chances[: on_time + 1]), sum(chances[on_time:])
    expected = (
        Timeliness.LATE if few <= alpha else Timeliness.IN_TIME if many <= alpha else Timeliness.UNCLEAR
    )
    assert timeliness(on_time, timed) is expected


def test_without_a_file_nothing_is_clear():
    assert timeliness(0, 0) is Timeliness.UNCLEAR


def test_more_files_in_time_than_files_are_refused():
    with pytest.raises(ValueError, match="in time"):
        timeliness(3, 2)
