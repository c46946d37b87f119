"""Intervals that admit organisations answering alike."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.clusters import Clusters, satisfaction_ends, wilson_ends
from reports.arithmetic.outward_rounding import printed_range

ORGANISATIONS = st.lists(
    st.integers(1, 40).flatmap(lambda m: st.tuples(st.just(m), st.integers(0, m))), min_size=2, max_size=60
)


def test_organisations_of_the_vectors_have_their_interval(vectors):
    said = vectors["C_cluster"]
    known = Clusters.of(map(tuple, said["issued_returned"]))
    low, high = known.return_ends
    assert known.organisations == said["organisations"]
    assert f"{known.design_effect:.6f}" == f"{said['deff']:.6f}"
    assert f"{known.effective_size:.3f}" == f"{said['n_eff']:.3f}"
    assert f"{known.kish_size:.4f}" == f"{said['kish_m']:.4f}"
    assert [round(low, 6), round(high, 6)] == [said["low"], said["high"]]
    alone = wilson_ends(known.share, known.slips)
    assert [round(end, 6) for end in alone] == said["independent_low_high"]


@given(ORGANISATIONS)
def test_the_design_effect_is_the_ratio_of_the_two_variances(counts):
    known = Clusters.of(counts)
    n, k = sum(m for m, _y in counts), len(counts)
    share = Fraction(sum(y for _m, y in counts), n)
    if 0 < share < 1:
        between = Fraction(k, k - 1) * sum((y - share * m) ** 2 for m, y in counts)
        assert known.design_effect == pytest.approx(float(between / (n * share * (1 - share))))
    else:
        assert known.design_effect == 1


@given(ORGANISATIONS)
def test_an_interval_is_never_narrower_than_of_independent_slips(counts):
    known = Clusters.of(counts)
    if known.return_ends:
        low, high = known.return_ends
        alone = wilson_ends(known.share, known.slips)
        assert 0 <= low <= alone[0] <= known.share <= alone[1] <= high <= 1


def test_slips_that_answer_each_for_itself_have_hardly_a_design_effect():
    known = Clusters.of([(1, 1)] * 85 + [(1, 0)] * 15)
    assert known.design_effect == pytest.approx(100 / 99)
    assert known.kish_size == 1


def test_organisations_of_one_mind_have_the_largest_design_effect():
    known = Clusters.of([(8, 8)] * 17 + [(8, 0)] * 3)
    assert known.design_effect == pytest.approx(8 * 20 / 19)
    assert known.kish_size == 8


def test_fewer_than_ten_organisations_or_too_many_unknown_have_no_interval():
    assert Clusters.of([(8, 6)] * 9).return_ends is None
    assert Clusters.of([(8, 6)] * 10).return_ends is not None
    assert Clusters.of([(8, 6)] * 10, unknown=19).return_ends is not None
    assert Clusters.of([(8, 6)] * 10, unknown=20).return_ends is None
    assert Clusters.of([]).return_ends is None


def test_it_is_called_confidence_from_a_hundred_organisations_on():
    assert not Clusters.of([(3, 2)] * 99).is_confidence
    assert Clusters.of([(3, 2)] * 100).is_confidence


def test_both_ends_of_satisfaction_are_those_of_the_method(vectors):
    known = Clusters.of(map(tuple, vectors["C_cluster"]["issued_returned"]))
    alone, alike = satisfaction_ends(268, 268, known.kish_size)
    assert printed_range(*alone, decimals=2) == "98,58–100%"
    assert printed_range(*alike, decimals=2) == "84,60–100%"


def test_satisfaction_without_a_ballot_has_no_ends():
    with pytest.raises(ValueError, match="no interval"):
        satisfaction_ends(0, 0, 1.0)
