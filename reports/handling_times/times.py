"""Clock against feeling: how long a procedure took, how often in time, and what customers said of the time. Pure.

Times come from the register alone, verdicts from released ballots alone; the two meet only as sums over a procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from reports.arithmetic import statistics
from reports.arithmetic.lateness import Timeliness, timeliness
from reports.arithmetic.shares import grouped, share
from reports.arithmetic.suppression import PERCENT_FROM
from reports.arithmetic.thresholds import GOAL
from reports.arithmetic.wording import GOAL_TEXT, lateness_errs, timeliness_sentence

MINUTE, DAY = "minute", 24 * 60
MINUTES_EXACT, HALF_HOURS_FROM = 120, 8 * 60
USED_STEP, MOST_USED = 5, 300  # percent of the allowed time

NO_LIMIT, DISSATISFIED, STILL_SATISFIED = "Chưa có thời hạn", "chưa hài lòng", "vẫn hài lòng"
CLOCK = {
    Timeliness.LATE: "Trễ",
    Timeliness.IN_TIME: "Đúng hạn",
    Timeliness.UNCLEAR: "Chưa đủ căn cứ về hạn",
}


def bucket_of(minutes: float) -> int:
    """Minutes rounded down: exact to two hours, then to five minutes, from eight hours on to half an hour."""
    whole = max(0, int(minutes))
    step = 1 if whole < MINUTES_EXACT else 5 if whole < HALF_HOURS_FROM else 30
    return whole - whole % step


def used_of(taken: float, allowed: float) -> int:
    """What part of the allowed time was used, in percent rounded down to fives, 300 at most."""
    if allowed <= 0:
        return MOST_USED
    return min(MOST_USED, int(100 * max(0.0, taken) / allowed) // USED_STEP * USED_STEP)


@dataclass(frozen=True)
class Times:
    """The finished transactions of one procedure: counts by minutes, by percentage used, and how many were in time."""

    n: int = 0
    timed: int = 0
    on_time: int = 0
    minutes: Mapping[int, int] = field(default_factory=dict)
    used: Mapping[int, int] = field(default_factory=dict)
    limits: frozenset[tuple[int, str]] = frozenset()

    def __add__(self, other: Times) -> Times:
        return Times(
            self.n + other.n,
            self.timed + other.timed,
            self.on_time + other.on_time,
            _added(self.minutes, other.minutes),
            _added(self.used, other.used),
            self.limits | other.limits,
        )


def _added(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def quantile(counts: Mapping[int, int], part: Fraction) -> int | None:
    """The smallest value that at least this part of all lies at or under; None of nothing."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= part * total and seen:
            return value
    return None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One procedure. ``satisfied`` of ``answered`` on the time criterion; None under 30 ballots or where hidden."""

    code: str
    name: str
    times: Times
    satisfied: int | None = None
    answered: int | None = None

    @property
    def median_text(self) -> str:
        middle = quantile(self.times.minutes, Fraction(1, 2))
        return "–" if middle is None else duration(middle)

    @property
    def limit_text(self) -> str:
        """Return "hạn 30 phút", "hạn 01 ngày làm việc", "hạn 30 phút hoặc 01 ngày làm việc"."""
        if not self.times.limits:
            return "chưa ghi thời hạn"
        # minutes before days, short before long
        ordered = sorted(self.times.limits, key=lambda limit: (limit[1] != MINUTE, limit[0]))
        return "hạn " + " hoặc ".join(f"{_two(value)} {_unit(unit)}" for value, unit in ordered)

    @property
    def on_time_text(self) -> str:
        """Return "34/41", from 30 transactions on with the share: "34/41 (82,9%)"."""
        known = self.times
        if not known.timed:
            return "–"
        told = f"{grouped(known.on_time)}/{grouped(known.timed)}"
        return f"{told} ({share(known.on_time, known.timed)})" if known.timed >= PERCENT_FROM else told

    @property
    def feeling_text(self) -> str:
        """The share satisfied with the time; "–" where it may not be told."""
        if self.answered is None or self.satisfied is None:
            return "–"
        return f"{share(self.satisfied, self.answered)} (n = {grouped(self.answered)})"

    @property
    def timeliness(self) -> Timeliness:
        """Whether fewer than the goal are in time beyond chance, surely as many, or neither can be said."""
        return timeliness(self.times.on_time, self.times.timed)

    @property
    def is_late(self) -> bool:
        return self.timeliness is Timeliness.LATE

    @property
    def is_angry(self) -> bool | None:
        """Whether fewer than the goal are surely satisfied with the time (Wilson, 95%); None where it is not told."""
        if self.answered is None or self.satisfied is None:
            return None
        ends = statistics.wilson(self.satisfied, self.answered)
        return None if ends is None else ends.high < GOAL

    @property
    def verdict(self) -> str:
        if not self.times.timed:
            return NO_LIMIT
        clock = CLOCK[self.timeliness]
        if self.is_angry:
            return f"{clock}, {DISSATISFIED}"
        return f"{clock}, {STILL_SATISFIED}" if self.is_late and self.is_angry is False else clock

    @property
    def timeliness_text(self) -> str:
        """The counts with the verdict: "34/41 đúng hạn: thấp rõ rệt hơn mức 95%."; '' without a limit."""
        return timeliness_sentence(self.times.on_time, self.times.timed) if self.times.timed else ""

    @property
    def needs_a_look(self) -> bool:
        return self.is_late or bool(self.is_angry)

    @property
    def late(self) -> int:
        return self.times.timed - self.times.on_time


def duration(minutes: int) -> str:
    """Return "22 phút", "5 giờ 20 phút", "1 ngày 3 giờ"."""
    days, rest = divmod(minutes, DAY)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} ngày {hours} giờ" if hours else f"{days} ngày"
    if not hours:
        return f"{left} phút"
    return f"{hours} giờ {left:02d} phút" if left else f"{hours} giờ"


def decision(rows: list[Row]) -> tuple[int, str]:
    """How many procedures ask for a decision, and the first of them in one sentence; (0, '') when none does."""
    asking = [row for row in rows if row.needs_a_look]
    if not asking:
        return 0, ""
    first = max(asking, key=lambda row: (row.late, row.code))
    limit = first.limit_text.removeprefix("hạn ")
    if not first.is_late:
        clock = f" {first.timeliness_text}" if first.timeliness_text else ""
        return len(asking), f"{first.name}: khách hàng chưa hài lòng về thời gian.{clock}"
    known = first.times
    said = (
        f"{first.name} có {grouped(first.late)} trong {grouped(known.timed)} giao dịch quá {limit}, "
        f"thấp rõ rệt hơn mức {GOAL_TEXT} đúng hạn."
    )
    felt = {
        None: "",
        False: " Khách hàng vẫn hài lòng về thời gian, nhưng quy định đã bị vượt.",
        True: " Khách hàng cũng chưa hài lòng về thời gian.",
    }
    return len(asking), f"{said}{felt[first.is_angry]} {lateness_errs()}"


def _two(value: int) -> str:
    return f"{value:02d}"


def _unit(unit: str) -> str:
    return "phút" if unit == MINUTE else "ngày làm việc"
