"""Score of a campaign: a frozen formula over counts of levels. Places: `reports.standings.bounds`.

Pure. Counts are integers, weights and points `Decimal`, everything between exact fractions; only what is printed is
rounded, half-up, to two decimals. A score rests on sums, so the order of the
answers cannot matter. "Not applicable" is no level: it is left out of numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MEAN, SHARE = "mean", "share"
HUNDRED = Fraction(100)
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
