"""What places a unit may have, read from ballots."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.arithmetic.place_bounds import (
    BallotParts,
    Band,
    Criterion,
    PlaceRange,
    ballot_parts,
    hundredths,
    joint_z,
    lowest,
    place_ranges,
    published_ends,
    score_interval,
)
from surveys.setup.pilot.campaign_plan import plan_of

DATA = Path(__file__).parents[3] / "surveys" / "data"
FIVE = {level: Fraction(25 * (level - 1)) for level in range(1, 6)}
ONE = {"": Fraction(1)}


def parts_of(unit: dict, weights: list[float]) -> BallotParts:
    points = {value: Fraction(value) for value in (0, 25, 50, 75, 100)}
    criteria = [Criterion("", Fraction(str(weight)), points) for weight in weights]
    found = ballot_parts(criteria, ONE, {tuple(answers): many for answers, many in unit["ballots"]})
    assert found
    return found


def test_ballots_of_the_vectors_have_their_parts_and_ends(vectors):
    said = vectors["D_places"]
    z = joint_z(len(said["units"]))
    assert f"{z:.9f}" == f"{said['z']:.9f}"
    for unit in said["units"]:
        parts = parts_of(unit, said["weights"])
        assert parts.n == unit["n"]
        for name in ("score", "worst", "best"):
            assert round(float(getattr(parts, name)), 6) == unit[name]
        low, high = score_interval(parts, z)
        assert [f"{low:.4f}", f"{high:.4f}"] == [f"{unit['low']:.4f}", f"{unit['high']:.4f}"]


def test_units_of_the_vectors_have_their_places(vectors):
    said = vectors["D_places"]
    found = place_ranges({unit["unit"]: parts_of(unit, said["weights"]) for unit in said["units"]})
    for unit in said["units"]:
        place = found[unit["unit"]]
        assert [place.low, place.high] == [round(100 * unit["low2"]), round(100 * unit["high2"])]
        assert [place.place, place.best, place.worst] == [
            unit["place"],
            unit["place_low"],
            unit["place_high"],
        ]


def test_yes_and_no_have_the_ends_of_the_vectors(vectors):
    for row in vectors["D_yes_no"]:
        low, high = score_interval(_yes_no(row["n"], row["bad"]), joint_z(row["units"]))
        assert [low, high] == pytest.approx([row["low"], row["high"]], abs=5.1e-5)
        for end, exact in zip((low, high), row["clopper_pearson"], strict=True):
            assert end == pytest.approx(exact, abs=0.08)


def _yes_no(n: int, bad: int) -> BallotParts:
    yes_no = [Criterion("", Fraction(1), {0: Fraction(0), 1: Fraction(100)})]
    found = ballot_parts(yes_no, ONE, {(0,): bad, (1,): n - bad})
    assert found
    return found


@pytest.mark.slow
def test_the_campaign_of_2023_has_the_places_of_the_vectors(vectors):
    said = vectors["D_pilot_2023"]
    found = place_ranges(_campaign_of_2023())
    assert len(found) == said["units"]
    for code, _n, score, low, high, place, best, worst in said["rows"]:
        own = found[code]
        assert [own.score, own.low, own.high] == [round(100 * float(end)) for end in (score, low, high)]
        assert [own.place, own.best, own.worst] == [place, best, worst]
    assert found["HB"].band is Band.UPPER
    assert f"{mean(own.high - own.low for own in found.values()) / 100:.2f}" == "8.61"
    assert mean(own.worst - own.best + 1 for own in found.values()) == 37.25


def _campaign_of_2023() -> dict[str, BallotParts]:
    questionnaire = json.loads((DATA / "campaign_questionnaires.json").read_text(encoding="utf-8"))[
        "questionnaires"
    ][0]
    criteria = {
        one["code"]: Criterion(
            one["section"],
            Fraction(one.get("weight", "1")),
            FIVE if one["scale"] == "sipas-5" else {0: Fraction(0), 1: Fraction(100)},
        )
        for one in questionnaire["criteria"]
    }
    sections = {one["code"]: Fraction(one["weight"]) for one in questionnaire["sections"]}
    with (DATA / "offices_2023.csv").open(encoding="utf-8", newline="") as file:
        plans = plan_of(sorted(row["code"] for row in csv.DictReader(file)))
    units = {}
    for plan in plans:
        ballots = Counter(tuple(answers.get(code) for code in criteria) for answers in plan.answers)
        units[plan.code] = ballot_parts(list(criteria.values()), sections, ballots)
    return {code: parts for code, parts in units.items() if parts}


# ── Properties ─────────────────────────────────────────────────────────────────────────

LEVELS = st.one_of(st.none(), st.integers(1, 5))
BALLOTS = st.lists(st.tuples(st.integers(1, 5), LEVELS, LEVELS), min_size=1, max_size=25)
CRITERIA = [
    Criterion("a", Fraction(1), FIVE),
    Criterion("a", Fraction(2), FIVE),
    Criterion("b", Fraction(1), FIVE),
]
SECTIONS = {"a": Fraction(3), "b": Fraction(1)}


def plain_score(ballots: list[tuple[int | None, ...]]) -> Fraction:
    """Criteria, sections, score: each a mean weighted over what has answers."""

    def weighted(pairs: list[tuple[Fraction | None, Fraction]]) -> Fraction | None:
        known = [(value, weight) for value, weight in pairs if value is not None]
        return sum(v * w for v, w in known) / sum(w for _v, w in known) if known else None

    means = []
    for place in range(3):
        given_ = [FIVE[ballot[place]] for ballot in ballots if ballot[place] is not None]
        means.append(sum(given_) / Fraction(len(given_)) if given_ else None)
    a = weighted([(means[0], Fraction(1)), (means[1], Fraction(2))])
    total = weighted([(a, Fraction(3)), (means[2], Fraction(1))])
    assert total is not None
    return total


@given(BALLOTS)
def test_the_mean_of_the_parts_is_the_score(ballots):
    parts = ballot_parts(CRITERIA, SECTIONS, Counter(ballots))
    assert parts.score == plain_score(ballots)
    assert sum(value * many for value, many in parts.parts.items()) / parts.n == parts.score
    assert parts.worst <= min(parts.parts)
    assert max(parts.parts) <= parts.best


@given(BALLOTS)
@settings(max_examples=40)
def test_the_interval_holds_the_score_and_grows_with_the_number_of_units(ballots):
    parts = ballot_parts(CRITERIA, SECTIONS, Counter(ballots))
    few, many = (score_interval(parts, joint_z(units)) for units in (1, 64))
    assert 0 <= many[0] <= few[0] + 1e-9 <= parts.score + 1e-6
    assert parts.score - 1e-6 <= few[1] <= many[1] + 1e-9 <= 100 + 1e-9


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_the_tail_is_that_of_ballots_weighted_at_random(rng):
    """The weighted mean of the ballots and the worst one lies under the end as seldom as agreed, or seldomer."""
    values = [(float(rng.choice([100, 75, 50, 25])), rng.randint(1, 4)) for _value in range(12)]
    end, z = lowest(values, 0.0, 1.2815515655446004), 0.1
    under, draws = 0, 4000
    chance = random.Random(rng.randint(0, 10**6))
    for _draw in range(draws):
        weighted = [(value, chance.gammavariate(many, 1)) for value, many in values]
        last = chance.expovariate(1)
        under += sum(v * g for v, g in weighted) / (sum(g for _v, g in weighted) + last) < end
    assert abs(under / draws - z) < 0.02


def test_the_order_of_the_ballots_does_not_matter():
    ballots = [((5, 4, None), 3), ((3, 5, 1), 2), ((5, 5, 5), 9)]
    one, other = (
        score_interval(ballot_parts(CRITERIA, SECTIONS, dict(order)), 2.0)
        for order in (ballots, ballots[::-1])
    )
    assert published_ends(*one) == published_ends(*other)


def test_a_criterion_nobody_answered_drops_out():
    with_it = ballot_parts(CRITERIA, SECTIONS, {(5, 4, None): 10, (3, 2, None): 5})
    without = ballot_parts(CRITERIA[:2], {"a": Fraction(3)}, {(5, 4): 10, (3, 2): 5})
    assert with_it == without
    assert ballot_parts(CRITERIA, SECTIONS, {(None, None, None): 3}) is None


def test_ends_are_published_outwards():
    assert published_ends(93.1199, 97.0401) == (9311, 9705)
    assert published_ends(93.12, 97.05) == (9312, 9705)
    assert hundredths(Fraction(96245, 1000)) == 9625


def test_equal_scores_share_a_place_and_a_lone_unit_has_the_only_one():
    twins = place_ranges({"A": _yes_no(100, 3), "B": _yes_no(100, 3), "C": _yes_no(100, 90)})
    assert [twins[code].place for code in "ABC"] == [1, 1, 3]
    assert [(twins[code].best, twins[code].worst) for code in "ABC"] == [(1, 2), (1, 2), (3, 3)]
    alone = place_ranges({"A": _yes_no(100, 3)})["A"]
    assert (alone.place, alone.best, alone.worst) == (1, 1, 1)
    assert place_ranges({}) == {}


@pytest.mark.parametrize(
    ("best", "worst", "units", "band"),
    [
        (1, 20, 64, Band.UPPER),
        (14, 60, 64, Band.BETWEEN),
        (33, 64, 64, Band.LOWER),
        (32, 64, 64, Band.BETWEEN),
        (1, 32, 64, Band.UPPER),
        (2, 2, 3, Band.BETWEEN),
        (3, 3, 3, Band.LOWER),
        (1, 1, 1, Band.BETWEEN),
    ],
)
def test_a_band_holds_all_places_that_a_unit_may_have(best, worst, units, band):
    assert PlaceRange("A", 0, 0, 0, best, best, worst, units).band is band
