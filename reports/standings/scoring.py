"""Score and place of a campaign: a frozen formula over counts of levels, places with what they may also be.

Pure. Counts are integers, weights and points `Decimal`, everything between exact fractions; only what is printed is
rounded, half-up, to two decimals, and places are given by what is printed. A score rests on sums, so the order of the
answers cannot matter. "Not applicable" is no level: it is left out of numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from statistics import NormalDist

MEAN, SHARE = "mean", "share"
HUNDRED = Fraction(100)
DIGITS = 40
STEP = Decimal("0.0001")
Counts = Mapping[str, Mapping[int, int]]  # criterion code → level → number of answers


# ── The formula ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Question:
    """A criterion as the formula sees it: points of 100 by level, from the worst to the best; its weight and section."""

    code: str
    points: Mapping[int, Decimal | Fraction]
    satisfied: frozenset[int]
    weight: Decimal = Decimal(1)
    section: str = ""


@dataclass(frozen=True)
class Formula:
    """``kind``: MEAN of the levels' points or SHARE of satisfied levels. ``sections``: weight by code; '' for none."""

    kind: str
    questions: tuple[Question, ...]
    sections: Mapping[str, Decimal]

    def __post_init__(self):
        if self.kind not in (MEAN, SHARE):
            raise ValueError(f"no formula of the kind {self.kind!r}")


def even_points(levels: Sequence[int]) -> dict[int, Fraction]:
    """Points of a scale that names none: equal steps from 0 for its lowest level to 100 for its highest."""
    ordered = sorted(levels)
    steps = max(1, len(ordered) - 1)
    return {level: HUNDRED * place / steps for place, level in enumerate(ordered)}


@dataclass(frozen=True)
class Line:
    """One criterion's part of a calculation: how many answered, the exact score of 0–100 or None, its weight."""

    code: str
    section: str
    n: int
    score: Fraction | None
    weight: Decimal


@dataclass(frozen=True)
class Trace:
    """A calculation that anybody can redo: criteria, sections, score. Exact; None where nobody answered."""

    lines: tuple[Line, ...]
    sections: Mapping[str, Fraction | None]
    exact: Fraction | None

    @property
    def score(self) -> Decimal | None:
        return None if self.exact is None else two_decimals(self.exact)


def calculate(formula: Formula, counts: Counts) -> Trace:
    """The score of a unit: criteria → sections → total, each a mean weighted over what has answers and a weight."""
    lines = tuple(
        _line(formula.kind, question, counts.get(question.code, {})) for question in formula.questions
    )
    sections = {
        code: _weighted((line.score, line.weight) for line in lines if line.section == code)
        for code in formula.sections
    }
    exact = _weighted((sections[code], weight) for code, weight in formula.sections.items())
    return Trace(lines, sections, exact)


def _line(kind: str, question: Question, counts: Mapping[int, int]) -> Line:
    unknown = set(counts) - set(question.points)
    if unknown or min(counts.values(), default=0) < 0:
        raise ValueError(f"{question.code} has no such counts: {dict(counts)}")
    n = sum(counts.values())
    if kind == SHARE:
        total = HUNDRED * sum(count for level, count in counts.items() if level in question.satisfied)
    else:
        total = sum(
            (Fraction(question.points[level]) * count for level, count in counts.items()), Fraction(0)
        )
    return Line(question.code, question.section, n, total / n if n else None, question.weight)


def _weighted(parts) -> Fraction | None:
    known = [(score, Fraction(weight)) for score, weight in parts if score is not None and weight > 0]
    total = sum((weight for _score, weight in known), Fraction(0))
    return sum((score * weight for score, weight in known), Fraction(0)) / total if total else None


def two_decimals(value: Fraction) -> Decimal:
    """Half-up, exactly: 96,245 → 96,25. Values are never negative."""
    hundredths = (value * 200 + 1) // 2
    return Decimal(hundredths).scaleb(-2)


# ── Places ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """A unit to rank: its printed score and the number of its respondents."""

    code: str
    score: Decimal | None
    n: int


@dataclass(frozen=True)
class Place:
    """``place`` as in 1-2-2-4; ``best``–``worst`` what it may be; ``low``–``high`` the score's interval, of 0–100.

    All None for a unit that is listed and not ranked. ``above`` and ``below``: ranked units that differ for certain.
    """

    code: str
    place: int | None = None
    best: int | None = None
    worst: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    above: int = 0
    below: int = 0


def places(
    entries: Sequence[Entry], *, minimum_n: int, confidence: Decimal = Decimal("0.95")
) -> dict[str, Place]:
    """The place of each unit with what it may also be (Klein, Wright and Wieczorek 2020, doi:10.1111/rssa.12531).

    The intervals hold for all ranked units together at ``confidence``, each at its root of that order. A score of a
    bounded scale varies at most as much as a share of the same mean, so Wilson's interval on score/100 is never too
    narrow for it. Best place = 1 + units entirely above, worst = ranked units − units entirely below.
    """
    ranked = [entry for entry in entries if entry.score is not None and entry.n >= max(1, minimum_n)]
    z = joint_z(confidence, len(ranked)) if ranked else Decimal(0)
    ends = {entry.code: interval(entry.score, entry.n, z) for entry in ranked}
    lows = sorted(low for low, _high in ends.values())
    highs = sorted(high for _low, high in ends.values())
    found = {entry.code: Place(entry.code) for entry in entries}
    for entry in ranked:
        low, high = ends[entry.code]
        above = sum(other > high for other in lows)
        below = sum(other < low for other in highs)
        place = 1 + sum(other.score > entry.score for other in ranked)
        printed = low.quantize(STEP, ROUND_FLOOR), high.quantize(STEP, ROUND_CEILING)
        found[entry.code] = Place(entry.code, place, 1 + above, len(ranked) - below, *printed, above, below)
    return found


def joint_z(confidence: Decimal, units: int) -> Decimal:
    """The normal quantile of an interval that is one of so many independent ones holding together."""
    each = float(confidence) ** (1 / units)
    return Decimal(repr(NormalDist().inv_cdf((1 + each) / 2)))


def interval(score: Decimal, n: int, z: Decimal) -> tuple[Decimal, Decimal]:
    """Wilson's interval of a score of 0–100 with n respondents. What is printed of it is rounded outwards, to STEP."""
    with localcontext() as context:
        context.prec = DIGITS
        p, z2 = score / 100, z * z
        reach = z * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
        middle, scale = p + z2 / (2 * n), 1 + z2 / n
        low, high = (middle - reach) / scale * 100, (middle + reach) / scale * 100
    # The formula gives exactly 0 and 100 at the ends; its square root may miss them by 1e-38.
    return Decimal(0) if score == 0 else low, Decimal(100) if score == 100 else high
