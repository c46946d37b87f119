"""Limits of a return rate: months against a frozen reference period, counters and ways of handing out against the others.

Pure. Beta-binomial counts: never narrower than the binomial, wider where returns vary by more than chance (Laney 2002,
Qual. Eng. 14; Spiegelhalter 2005, Stat. Med. 24), and never outside of 0 to n.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from statistics import NormalDist

from reports.arithmetic.distributions import (
    Probability,
    central_counts,
    overdispersed_chances,
    t_quantile,
)
from reports.arithmetic.thresholds import BASELINE_PERIODS, PROVISIONAL_MONTHS, RETURN_TAIL
from surveys.vietnamese import group

NEGLIGIBLE = 1e-15

Returned = tuple[int, int]  # (of how many slips, how many came back)


def limits(n: int, theta: Probability, phi: float, tail: float = RETURN_TAIL) -> tuple[int, int]:
    """(low, high): of n slips so many come back by chance; a signal is what lies outside.

    theta: the rate, phi: by how much the variance exceeds the binomial's, tail: the chance beyond each limit.
    """
    return central_counts(overdispersed_chances(n, theta, phi), tail)


@dataclass(frozen=True)
class RateInLimits:
    """How many of so many slips came back, and from how many to how many it is no signal."""

    label: str
    issued: int
    returned: int
    low: int
    high: int

    @property
    def is_low(self) -> bool:
        return self.returned < self.low

    @property
    def is_high(self) -> bool:
        return self.returned > self.high

    @property
    def is_signal(self) -> bool:
        return self.is_low or self.is_high

    @property
    def limits_text(self) -> str:
        """Return "73–95 phiếu"."""
        return f"{group(self.low)}–{group(self.high)} phiếu"

    @property
    def said(self) -> str:
        return "dưới giới hạn" if self.is_low else "trên giới hạn" if self.is_high else "trong giới hạn"


# ── Months ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ReturnBaseline:
    """The reference period of an office: its first closed months with slips, (issued, returned) each, at most twelve."""

    months: tuple[Returned, ...]

    @classmethod
    def of(cls, months: Iterable[Returned]) -> ReturnBaseline:
        """The first twelve months that handed out anything, in the order of time."""
        return cls(tuple(month for month in months if month[0])[:BASELINE_PERIODS])

    @property
    def is_firm(self) -> bool:
        return len(self.months) >= BASELINE_PERIODS

    @property
    def has_limits(self) -> bool:
        """From six months on, unless all or none ever came back: then nothing is known of how the rate varies."""
        return len(self.months) >= PROVISIONAL_MONTHS and 0 < self.theta < 1

    @cached_property
    def issued(self) -> int:
        return sum(issued for issued, _returned in self.months)

    @cached_property
    def theta(self) -> Fraction:
        """The pooled rate; 0 without a slip."""
        returned = sum(returned for _issued, returned in self.months)
        return Fraction(returned, self.issued) if self.issued else Fraction(0)

    @cached_property
    def pearson_over_df(self) -> Fraction:
        """X² ÷ (m − 1), X² = Σ(r − nθ)² ÷ (nθ(1 − θ)): about 1 when months differ by chance alone."""
        rate = self.theta
        chi_squared = sum((back - n * rate) ** 2 / (n * rate * (1 - rate)) for n, back in self.months)
        return Fraction(chi_squared) / (len(self.months) - 1)

    @cached_property
    def t_over_z_squared(self) -> float:
        """What the variance must grow by for resting on so few months."""
        z = NormalDist().inv_cdf(1 - RETURN_TAIL)
        return (t_quantile(1 - RETURN_TAIL, len(self.months) - 1) / z) ** 2

    @cached_property
    def phi(self) -> float:
        """Over-dispersion of a month, before the month's own size is reckoned in."""
        return max(1.0, float(self.pearson_over_df)) * self.t_over_z_squared

    def limits(self, n: int) -> tuple[int, int] | None:
        """(low, high) of a later month with n slips; None where there are no limits."""
        if not self.has_limits:
            return None
        return limits(n, self.theta, self.phi * (1 + n / self.issued))


# ── Counters, and ways of handing out ──────────────────────────────────────────────────


def rate_of_others(others: Returned) -> Fraction:
    """(r + ½) ÷ (n + 1) of what one is compared with."""
    issued, returned = others
    return Fraction(2 * returned + 1, 2 * issued + 2)


def phi_beside_others(n: int, others: int, kish_size: float, rho: float) -> float:
    """[1 + (m̃ − 1)·rho] · (1 + n ÷ others): organisations answer alike, and the others are themselves only so many."""
    return (1 + max(0.0, kish_size - 1) * rho) * (1 + n / others) if others else math.inf


def counter_limits(
    n: int, others: Returned, *, kish_size: float = 1.0, rho: float = 0.0, tail: float = RETURN_TAIL
) -> tuple[int, int]:
    """(low, high) of a counter with n slips beside the other counters of the same month."""
    return limits(n, rate_of_others(others), phi_beside_others(n, others[0], kish_size, rho), tail)


@dataclass(frozen=True)
class Way:
    """One way of handing out at one counter: slips, how many came back, and the Kish size of its organisations."""

    issued: int
    returned: int
    kish_size: float = 1.0


@dataclass(frozen=True)
class Surplus:
    """More slips came back than elsewhere: how many, from how many on it is a signal, and its chance by then."""

    returned: int
    issued: int
    signal_from: int
    chance: float


def surplus(
    ways: Mapping[str, Way], others: Mapping[str, Returned], *, rho: float = 0.0, alpha: float = RETURN_TAIL
) -> Surplus | None:
    """S6: the signal that too many came back; each way measured by itself, then summed. None when it is none."""
    first, chances = 0, [1.0]
    for name, way in ways.items():
        beside = others.get(name, (0, 0))
        phi = phi_beside_others(way.issued, beside[0], way.kish_size, rho)
        start, own = _trimmed(overdispersed_chances(way.issued, rate_of_others(beside), phi))
        first, chances = first + start, _sum_of(chances, own)
    returned = sum(way.returned for way in ways.values())
    tails = [*accumulate(reversed(chances))][::-1]
    # The chance of so many may be as large as alpha: outside the limits is what is rarer or as rare.
    count = next((k for k, tail in enumerate(tails) if tail <= alpha), len(tails)) + first
    if returned < count:
        return None
    chance = tails[count - first] if count - first < len(tails) else 0.0
    return Surplus(returned, sum(way.issued for way in ways.values()), count, chance)


def _trimmed(chances: Sequence[float]) -> tuple[int, list[float]]:
    """(first count that matters, chances from it to the last that does)."""
    kept = [k for k, chance in enumerate(chances) if chance > NEGLIGIBLE]
    return kept[0], list(chances[kept[0] : kept[-1] + 1])


def _sum_of(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The chances of the sum of two independent counts."""
    chances = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            chances[i + j] += p * q
    return chances
