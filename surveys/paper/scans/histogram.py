"""An office's own scanner: how much ink its boxes hold, and whether empty and marked ones lie apart (thresholds)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.paper.scans.thresholds import EMPTY_FILL, HEAVY, MARKED_FILL

ENDS = (0.001, EMPTY_FILL, 0.01, MARKED_FILL, 0.05, 0.1, 0.2, 0.35, HEAVY, 1.0)
LEAST_BOXES = 40  # ten blank and ten marked sheets of the smallest form hold eighty
MOST_BETWEEN = 0.03  # of the boxes, beyond which the scanner or its setting is looked at


class Kind(StrEnum):
    EMPTY = "empty"
    BETWEEN = "between"
    MARKED = "marked"


@dataclass(frozen=True)
class Band:
    """Boxes of which more than ``above`` and at most ``to`` is ink."""

    above: float
    to: float
    n: int
    kind: Kind


@dataclass(frozen=True)
class Histogram:
    n: int
    bands: tuple[Band, ...]

    @property
    def n_between(self) -> int:
        return sum(band.n for band in self.bands if band.kind is Kind.BETWEEN)

    @property
    def is_apart(self) -> bool:
        return self.n_between <= MOST_BETWEEN * self.n


def histogram(fills: Sequence[float]) -> Histogram | None:
    """None of fewer than `LEAST_BOXES`, which say nothing of a scanner."""
    if len(fills) < LEAST_BOXES:
        return None
    bands, above = [], -1.0
    for to in ENDS:
        n = sum(above < fill <= to for fill in fills)
        kind = Kind.EMPTY if to <= EMPTY_FILL else Kind.BETWEEN if to <= MARKED_FILL else Kind.MARKED
        bands.append(Band(max(above, 0.0), to, n, kind))
        above = to
    return Histogram(len(fills), tuple(bands))
