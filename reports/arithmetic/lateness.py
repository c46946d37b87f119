"""Late beyond chance: what the number of files in time says of a procedure with a promised share in time.

Pure. Each late file is a fact and a breach by itself; the verdict is about the procedure. Exact binomial, one-sided.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from reports.arithmetic.distributions import is_rare_at_least
from reports.arithmetic.thresholds import GOAL, LATENESS_ALPHA


class Timeliness(Enum):
    """Surely under the goal, surely at it or over it, or not enough files to say either."""

    LATE = "late"
    IN_TIME = "in_time"
    UNCLEAR = "unclear"


def timeliness(on_time: int, timed: int, goal: Fraction = GOAL) -> Timeliness:
    """The verdict on ``on_time`` of ``timed`` files; raises ValueError when they are no part of them."""
    if not 0 <= on_time <= timed:
        raise ValueError(f"{on_time} of {timed} files cannot have been in time")
    if timed and is_rare_at_least(timed - on_time, timed, 1 - goal, LATENESS_ALPHA):
        return Timeliness.LATE
    if timed and is_rare_at_least(on_time, timed, goal, LATENESS_ALPHA):
        return Timeliness.IN_TIME
    return Timeliness.UNCLEAR
