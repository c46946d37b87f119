"""Intervals that admit that the slips of one organisation come back alike.

Pure. Participation can be joined to organisations, so a return rate has a design effect of its own (Kish 1965; Korn and
Graubard 1998, Surv. Methodol. 24; Dean and Pagano 2015, J. Surv. Stat. Methodol. 3). Answers never can: for
satisfaction only both ends of what is possible are known, each ballot for itself or each organisation of one mind.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist

from reports.arithmetic.distributions import t_quantile
from reports.arithmetic.thresholds import (
    CONFIDENCE_ORGANISATIONS,
    INTERVAL_ORGANISATIONS,
    MOST_UNKNOWN_ORGANISATIONS,
)

Z95 = NormalDist().inv_cdf(0.975)

Ends = tuple[float, float]  # fractions of 1


def wilson_ends(share: float, n: float) -> Ends:
    """Wilson's 95 % score interval of a share of n, which need not be whole (an effective size is not)."""
    z2 = Z95 * Z95
    reach = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    middle, scale = share + z2 / (2 * n), 1 + z2 / n
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return 0.0 if share <= 0 else max(0.0, low), 1.0 if share >= 1 else min(1.0, high)


@dataclass(frozen=True)
class Clusters:
    """What is kept of a month's organisations once their names are erased.

    organisations: how many had a slip; slips and squares: Σm and Σm² of their slips; returned: Σy of those that came
    back; deviation: Σ(y − p·m)²; unknown: slips that belong to no organisation, which are in no other figure. returned
    and deviation are None where they would tell of one organisation.
    """

    organisations: int
    slips: int
    squares: int
    returned: int | None
    deviation: float | None
    unknown: int = 0

    @classmethod
    def of(cls, counts: Iterable[tuple[int, int]], *, unknown: int = 0) -> Clusters:
        """Sum up (slips, returned) of each organisation."""
        known = [(slips, returned) for slips, returned in counts if slips]
        slips = sum(m for m, _y in known)
        returned = sum(y for _m, y in known)
        squares = sum(m * m for m, _y in known)
        # Σ(y·n − r·m)² ÷ n² is exact until the last step.
        deviation = sum((y * slips - returned * m) ** 2 for m, y in known) / slips**2 if slips else 0.0
        return cls(len(known), slips, squares, returned, deviation, unknown)

    @property
    def without_returns(self) -> Clusters:
        """What is handed out only: how the slips spread over organisations, not whose came back."""
        return replace(self, returned=None, deviation=None)

    @property
    def to_keep(self) -> Clusters:
        """Of few organisations the sums would tell, without a name, whose slips came back: not kept under ten."""
        return self if self.organisations >= INTERVAL_ORGANISATIONS else self.without_returns

    @property
    def share(self) -> float:
        """Of their slips, how many came back; 0 where that is not kept."""
        return self.returned / self.slips if self.slips and self.returned else 0.0

    @property
    def kish_size(self) -> float:
        """m̃ = Σm² ÷ Σm: the largest design effect there can be; 1 without slips."""
        return self.squares / self.slips if self.slips else 1.0

    @property
    def names_are_known(self) -> bool:
        """Whether fewer than a fifth of all slips belong to no organisation."""
        return self.unknown < MOST_UNKNOWN_ORGANISATIONS * (self.slips + self.unknown)

    @property
    def design_effect(self) -> float | None:
        """k/(k−1) · Σ(y − p·m)² ÷ (n·p(1−p)); 1 when all or none came back.

        None with fewer than two organisations, and where it is not kept.
        """
        if self.organisations < 2 or self.deviation is None:
            return None
        spread = self.slips * self.share * (1 - self.share)
        if not spread:
            return 1.0
        return self.organisations / (self.organisations - 1) * self.deviation / spread

    @property
    def effective_size(self) -> float | None:
        """n* = n ÷ max(1, deff) · (1,96 ÷ t)²: how many independent slips would tell as much."""
        if self.design_effect is None:
            return None
        t = t_quantile(0.975, self.organisations - 1)
        return self.slips / max(1.0, self.design_effect) * (Z95 / t) ** 2

    @property
    def return_ends(self) -> Ends | None:
        """The interval of the return rate; None under ten organisations or where too many slips have none."""
        size = self.effective_size
        if size is None or self.organisations < INTERVAL_ORGANISATIONS or not self.names_are_known:
            return None
        return wilson_ends(self.share, size)

    @property
    def is_confidence(self) -> bool:
        """Whether the interval may be called one of 95 % confidence; a mere range with fewer organisations."""
        return self.organisations >= CONFIDENCE_ORGANISATIONS


def similarity(months: Iterable[tuple[float, float]]) -> float:
    """rho: how alike the slips of one organisation come back, from (design effect, Kish size) of closed months.

    max(0, Σ(deff − 1) ÷ Σ(m̃ − 1)); 0 while no organisation has two slips (Donner and Klar 2000).
    """
    known = list(months)
    most = math.fsum(size - 1 for _effect, size in known)
    return max(0.0, math.fsum(effect - 1 for effect, _size in known) / most) if most > 0 else 0.0


@dataclass(frozen=True)
class Organisations:
    """Of one period: the office as a whole, each counter by its code, and the sealed periods before it, the latest first."""

    office: Clusters
    counters: Mapping[str, Clusters]
    before: tuple[Clusters, ...] = ()

    @property
    def are_known(self) -> bool:
        """Whether what rests on organisations may be said at all."""
        return bool(self.office.organisations) and self.office.names_are_known

    @property
    def are_many(self) -> bool:
        """Whether papers and pages for everybody may say how many there were."""
        return self.are_known and self.office.organisations >= INTERVAL_ORGANISATIONS

    @cached_property
    def similarity(self) -> float:
        """From the sealed periods before; the first one has nothing but itself."""
        known = [each for each in self.before if each.design_effect is not None] or [self.office]
        return similarity((each.design_effect or 1.0, each.kish_size) for each in known)

    def kish_size(self, counter: str) -> float:
        """Of one counter's slips; 1 where none of them belongs to a known organisation."""
        own = self.counters.get(counter)
        return own.kish_size if own else 1.0


def satisfaction_ends(satisfied: int, valid: int, kish_size: float) -> tuple[Ends, Ends]:
    """Both ends of what is possible: every ballot an opinion of its own; every organisation of one mind."""
    if valid < 1 or not 0 <= satisfied <= valid:
        raise ValueError(f"{satisfied} of {valid} have no interval")
    share = satisfied / valid
    return wilson_ends(share, valid), wilson_ends(share, valid / max(1.0, kish_size))
