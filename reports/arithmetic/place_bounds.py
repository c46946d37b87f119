"""What place a unit of a campaign may also have: the one-more-ballot bound on scores, joint over all units.

Pure. The bound of Gaffke (2005) and Learned-Miller and Thomas (2019, arXiv:1905.06208): the ballots there are and one
more, the worst possible, weighted at random (Rubin 1981). For yes or no it is Clopper and Pearson's. Its tail by
Barndorff-Nielsen's r* (1991), within 5 % of the exact one and on the wide side. Places from intervals: Klein, Wright
and Wieczorek 2020, doi:10.1111/rssa.12531. Reads ballots, not sums: the dependence between the answers of a ballot and
the weight of criteria that few answer are in it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import fsum, lcm, log, log1p, sqrt
from statistics import NormalDist

from reports.arithmetic.thresholds import PLACES_CONFIDENCE

BISECTIONS, NEWTON_STEPS = 50, 80
NEARLY_ONE = 1 - 1e-13
FLOAT_NOISE = 1e-7  # hundredths of a point: what differs between machines is smaller by far

Level = int
Answers = tuple[Level | None, ...]  # one ballot's levels in the order of the criteria; None where left open


@dataclass(frozen=True)
class Criterion:
    """A criterion as the score sees it: points of 100 (or 0 and 100) by level, its weight within its section."""

    section: str
    weight: Fraction
    points: Mapping[Level, Fraction]


@dataclass(frozen=True)
class BallotParts:
    """A unit's score of 0–100 and every ballot's part in it, counted; ``worst`` and ``best``: of one more ballot.

    The mean of the parts is the score.
    """

    score: Fraction
    parts: Mapping[Fraction, int]
    worst: Fraction
    best: Fraction

    @property
    def n(self) -> int:
        return sum(self.parts.values())


def ballot_parts(
    criteria: Sequence[Criterion], sections: Mapping[str, Fraction], ballots: Mapping[Answers, int]
) -> BallotParts | None:
    """Take a unit's score apart into its ballots; None when nothing that has a weight was answered.

    A criterion without an answer and a section without one drop out, and the rest share their weight.
    """
    answered = [_told(place, criterion, ballots) for place, criterion in enumerate(criteria)]
    share = _shares_of_total(criteria, sections, [n for n, _sum in answered])
    if not share:
        return None
    n = sum(ballots.values())
    mean = {place: answered[place][1] / answered[place][0] for place in share}
    reach = {place: weight * n / answered[place][0] for place, weight in share.items()}
    score = sum((weight * mean[place] for place, weight in share.items()), Fraction(0))
    steps = {
        place: {
            level: reach[place] * (value - mean[place]) for level, value in criteria[place].points.items()
        }
        for place in share
    }
    # Whole numbers of one denominator: a sum of fractions for each ballot would look for its divisor each time.
    common = lcm(
        score.denominator, *(step.denominator for levels in steps.values() for step in levels.values())
    )
    counted = {place: {level: int(step * common) for level, step in steps[place].items()} for place in share}
    start = int(score * common)
    totals: Counter[int] = Counter()
    for answers, many in ballots.items():
        told = ((place, answers[place]) for place in share)
        totals[start + sum(counted[place][level] for place, level in told if level is not None)] += many
    parts = {Fraction(total, common): many for total, many in totals.items()}
    worst, best = (
        score + sum((reach[place] * (end - mean[place]) for place in share), Fraction(0)) for end in (0, 100)
    )
    return BallotParts(score, parts, worst, best)


def _told(place: int, criterion: Criterion, ballots: Mapping[Answers, int]) -> tuple[int, Fraction]:
    """(how many answered the criterion, the sum of their points)."""
    levels: Counter[Level] = Counter()
    for answers, many in ballots.items():
        if (level := answers[place]) is not None:
            levels[level] += many
    return levels.total(), sum((criterion.points[each] * n for each, n in levels.items()), Fraction(0))


def _shares_of_total(
    criteria: Sequence[Criterion], sections: Mapping[str, Fraction], answered: Sequence[int]
) -> dict[int, Fraction]:
    """Each answered criterion's share of the total, by its place among the criteria; they add up to 1."""
    shares: dict[int, Fraction] = {}
    for code, weight in sections.items():
        own = {
            place: criterion.weight
            for place, criterion in enumerate(criteria)
            if criterion.section == code and answered[place] and criterion.weight
        }
        if own and weight:
            shares |= {place: Fraction(each, sum(own.values())) * weight for place, each in own.items()}
    total = sum(shares.values(), Fraction(0))
    return {place: weight / total for place, weight in shares.items()}


# ── The bound ──────────────────────────────────────────────────────────────────────────


def joint_z(units: int, confidence: float = PLACES_CONFIDENCE) -> float:
    """The normal quantile of each end of an interval that is one of ``units`` independent ones holding together."""
    return NormalDist().inv_cdf(1 - (1 - confidence ** (1 / units)) / 2)


def lowest(values: Sequence[tuple[float, int]], end: float, z: float) -> float:
    """The low end: values are (part, how many ballots), ``end`` the worst part that one more ballot could have.

    Bisection gives the same; false position (Illinois) needs a tenth of its steps.
    """
    low, high = end, fsum(value * many for value, many in values) / sum(many for _value, many in values)
    over_low, over_high, side = -z, z, 0.0
    for _step in range(BISECTIONS if high > end else 0):
        middle = (low * over_high - high * over_low) / (over_high - over_low) if side else (low + high) / 2
        deviate = _deviate(values, end, middle) if low < middle < high else None
        over = z if deviate is None else deviate + z
        if over < 0:
            low, over_low, over_high = middle, over, over_high / 2 if side < 0 else over_high
        else:
            high, over_high, over_low = middle, over, over_low / 2 if side > 0 else over_low
        side = over
        if high - low <= FLOAT_NOISE / 1000:
            break
    return low


def lies_over(values: Sequence[tuple[float, int]], end: float, t: float, z: float) -> bool:
    """Whether the low end lies over t: the weighted mean lies under t too seldom for a normal deviate of −z."""
    mean = fsum(value * many for value, many in values) / sum(many for _value, many in values)
    if not end < t < mean:
        return t <= end
    deviate = _deviate(values, end, t)
    return deviate is not None and deviate < -z


def _deviate(values: Sequence[tuple[float, int]], end: float, t: float) -> float | None:
    """r* of P(Σ G(v − t) ≤ 0), G exponential, K(s) = −Σ ln(1 − s(v − t)); None next to the mean, where it is 0/0."""
    distances = [(value - t, many) for value, many in (*values, (end, 1))]
    s = _saddlepoint(distances, NEARLY_ONE / (end - t))
    second = fsum(many * (x / (1 - s * x)) ** 2 for x, many in distances)
    r = -sqrt(max(0.0, 2 * fsum(many * log1p(-s * x) for x, many in distances)))
    u = s * sqrt(second)
    return r + log(u / r) / r if r < -1e-6 else None


def _saddlepoint(distances: Sequence[tuple[float, int]], low: float) -> float:
    """The s under 0 with K′(s) = 0, by Newton's steps kept between ``low`` and 0."""
    high, s = 0.0, low / 2
    for _step in range(NEWTON_STEPS):
        ratios = [(x / (1 - s * x), many) for x, many in distances]
        first, second = fsum(many * y for y, many in ratios), fsum(many * y * y for y, many in ratios)
        low, high = (low, s) if first > 0 else (s, high)
        newton = s - first / second
        before, s = s, newton if low < newton < high else (low + high) / 2
        if abs(s - before) <= 1e-13 * abs(before):
            break
    return s


def score_interval(parts: BallotParts, z: float) -> tuple[float, float]:
    """Both ends of a unit's score, cut at 0 and 100; the high end is the low end of the mirrored ballots."""
    values = [(float(value), many) for value, many in parts.parts.items()]
    low = lowest(values, float(parts.worst), z)
    high = -lowest([(-value, many) for value, many in values], -float(parts.best), z)
    return max(0.0, low), min(100.0, high)


def published_ends(low: float, high: float) -> tuple[int, int]:
    """Both ends in hundredths of a point, outwards; what floats cannot tell apart does not count."""
    return math.floor(100 * low + FLOAT_NOISE), math.ceil(100 * high - FLOAT_NOISE)


# ── Places ─────────────────────────────────────────────────────────────────────────────


class Band(Enum):
    """Where all places that a unit may have lie: in the upper half, in the lower half, or on both sides."""

    UPPER = "upper"
    BETWEEN = "between"
    LOWER = "lower"


@dataclass(frozen=True)
class PlaceRange:
    """A unit's place as in 1-2-2-4 among ``units``, the places it may also have, and its score; hundredths of a point."""

    code: str
    score: int
    low: int
    high: int
    place: int
    best: int
    worst: int
    units: int

    @property
    def band(self) -> Band:
        return band_of(self.best, self.worst, self.units)


def band_of(best: int, worst: int, units: int) -> Band:
    if worst <= units // 2:
        return Band.UPPER
    return Band.LOWER if best > (units + 1) // 2 else Band.BETWEEN


def hundredths(score: Fraction) -> int:
    """A score as it is printed: half-up, in hundredths of a point."""
    return int(score * 100 + Fraction(1, 2))


def place_ranges(
    units: Mapping[str, BallotParts], confidence: float = PLACES_CONFIDENCE
) -> dict[str, PlaceRange]:
    """Place and possible places of all ranked units; the intervals hold for all of them together at ``confidence``.

    Best place = 1 + units whose low end is over one's high end; worst = units less those whose high end is under one's
    low end. Everything from printed ends, so that a reader finds the same.
    """
    if not units:
        return {}
    z = joint_z(len(units), confidence)
    ends = {code: published_ends(*score_interval(parts, z)) for code, parts in units.items()}
    scores = {code: hundredths(parts.score) for code, parts in units.items()}
    return {code: _place(code, scores, ends) for code in units}


def _place(code: str, scores: Mapping[str, int], ends: Mapping[str, tuple[int, int]]) -> PlaceRange:
    low, high = ends[code]
    return PlaceRange(
        code=code,
        score=scores[code],
        low=low,
        high=high,
        place=1 + _number(score > scores[code] for score in scores.values()),
        best=1 + _number(other_low > high for other_low, _high in ends.values()),
        worst=len(ends) - _number(other_high < low for _low, other_high in ends.values()),
        units=len(ends),
    )


def _number(truths: Iterable[bool]) -> int:
    return sum(truths)
