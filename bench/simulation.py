"""Figures that were claimed beside those that a simulation gives, and counts drawn by chance."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from statistics import pstdev


@dataclass(frozen=True)
class Row:
    """One figure: what was claimed, what came out, and how far apart the two may be by chance and rounding."""

    what: str
    claimed: float
    measured: float
    margin: float
    is_percent: bool = True

    @property
    def met(self) -> bool:
        return abs(self.measured - self.claimed) <= self.margin

    def __str__(self) -> str:
        shown = [self._text(value) for value in (self.claimed, self.measured)]
        return f"{self.what:<74}{shown[0]:>9}{shown[1]:>10}   {'as claimed' if self.met else 'DIFFERS'}"

    def _text(self, value: float) -> str:
        return f"{100 * value:.1f} %" if self.is_percent else f"{value:.3f}"


def share(what: str, claimed: float, hits: int, draws: int, *, rounding: float = 0.005) -> Row:
    """A share that was claimed to so many decimals, within four standard errors."""
    error = sqrt(max(claimed * (1 - claimed), 1 / draws) / draws)
    return Row(what, claimed, hits / draws, 4 * error + rounding)


def per_year(
    what: str, claimed: float, alarms: Sequence[int], years: float, *, rounding: float = 0.005
) -> Row:
    """Alarms a year, from those of each series of so many years; the claim was drawn as well, from about as many."""
    error = max(pstdev(alarms), sqrt(1 / len(alarms))) / sqrt(len(alarms)) / years
    return Row(
        what, claimed, sum(alarms) / len(alarms) / years, 4 * sqrt(2) * error + rounding, is_percent=False
    )


class Draw:
    """A count with the given chances, drawn by inversion."""

    def __init__(self, chances: Sequence[float]) -> None:
        self.sums = list(accumulate(chances))
        self.sums[-1] = 1.0

    def __call__(self, rng: random.Random) -> int:
        return bisect_left(self.sums, rng.random())
