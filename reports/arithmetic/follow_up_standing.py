"""Where the follow-up of a period stands, for pages and papers. Pure; whether its time is over is told by the reader's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.arithmetic.follow_up_bound import FollowUp


@dataclass(frozen=True)
class Promise:
    """What was committed to with the seal: how many of the silent are asked, which day's number draws them, and until when.

    beacon: the public number, '' before the draw. until: the last day of draw and result.
    """

    silent: int
    called: int
    drawn_on: date
    until: date
    beacon: str = ""

    @property
    def special_prize(self) -> str:
        """The digits of the public number."""
        return self.beacon.rpartition(" ")[2]

    def is_overdue(self, today: date) -> bool:
        return today > self.until


@dataclass(frozen=True)
class Standing:
    """``proved``: of a closed follow-up that no correction voided."""

    promise: Promise
    proved: FollowUp | None = None
    is_void: bool = False
