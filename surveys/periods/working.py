"""Working days, and the instants that follow from a period: when a slip expires, closing begins, mixing rests.

Source of the rules on expiry, closing and freezing: docs/spec/trust.md §2–§4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from surveys.periods.stretches import TIME_ZONE, CampaignPeriod, Period, check_number, local_day, start_of

CLOSE_OF_BUSINESS = time(17, 0)


@dataclass(frozen=True)
class WorkingCalendar:
    """Monday to Friday, but for the days the calendar names.

    exceptions: local day → True (worked although a weekend: a swap day) or False (off: Tết, 2/9 …).
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def working_days(self, first: date, last: date) -> int:
        """Count the working days from first to last, both included; 0 when swapped."""
        return sum(self.is_working(first + timedelta(days=n)) for n in range((last - first).days + 1))

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after the given one (before it when n is negative).

        The start itself is never counted. With n = 0: the day, or the next working day
        when nobody works on it.
        """
        if n == 0:
            return day if self.is_working(day) else self.add_working_days(day, 1)
        step = timedelta(days=1 if n > 0 else -1)
        left = abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def nth_last_working_day(self, period: Period, n: int) -> date:
        """Return the n-th working day from the end of the period; 1 is its last one.

        A period with fewer working days than that answers with its first day, so that
        whatever starts then covers the whole period.
        """
        check_number(n, 366, "count of working days")
        day = self.add_working_days(period.last_day + timedelta(days=1), -n)
        return max(day, period.first_day)

    def due_at(self, started_at: datetime, limit_value: int, limit_unit: str) -> datetime:
        """Return the instant at which a procedure's legal time limit ends.

        "minute": clock minutes from the start; the decree gives 30 or 5 minutes while the
        customer stands there, so breaks are not taken out.
        "working_day": close of business (17:00) of the n-th working day after the start
        day. The start day is not counted, as the Civil Code 2015, Article 147, has it for
        limits in days; midnight would be later than anybody can be served, hence 17:00.
        "01 ngày làm việc" for a dossier of Friday morning ends on Monday at 17:00.
        The limits: Decree 347/2025/NĐ-CP, Articles 4–10. Raises ValueError for another unit.
        """
        if limit_unit == "minute":
            return started_at + timedelta(minutes=limit_value)
        if limit_unit == "working_day":
            day = self.add_working_days(local_day(started_at), limit_value)
            return datetime.combine(day, CLOSE_OF_BUSINESS, tzinfo=TIME_ZONE)
        raise ValueError(f"A time limit is in minutes or working days, not {limit_unit!r}.")


def closing_from(period: Period, grace_day: int = 3) -> datetime:
    """Return the start of the day after the grace day: closing may begin (docs/spec/trust.md §2: the 4th).

    A campaign has a last day of its own, announced to everybody, hence no grace.
    """
    if isinstance(period, CampaignPeriod):
        return period.bounds()[1]
    return start_of((period.last_day + timedelta(days=1)).replace(day=grace_day)) + timedelta(days=1)


def expires_at(issued_at: datetime, period: Period, days: int = 7, grace_day: int = 3) -> datetime:
    """Return the first instant at which a slip can no longer be used (docs/spec/trust.md §2).

    The slip lives until 24:00 of the earlier of issue day + days and the grace day of the
    month after its period; the end is half-open, so 24:00 is 00:00 of the day after.
    """
    own_end = start_of(local_day(issued_at) + timedelta(days=days + 1))
    return min(own_end, closing_from(period, grace_day))


def frozen_from(period: Period, calendar: WorkingCalendar, n: int = 5) -> datetime:
    """Return the start of the period's n-th last working day.

    From then until the closing mix its ballots are not mixed (docs/spec/trust.md §3), so that the
    last batch is large enough to hide in. Of a campaign that is mixed at once: its first instant.
    """
    if is_mixed_at_once(period):
        return start_of(period.first_day)
    return start_of(calendar.nth_last_working_day(period, n))


def is_mixed_at_once(period: Period) -> bool:
    """Whether nothing of the period is released before its closing mix, and then only in tens."""
    return isinstance(period, CampaignPeriod) and period.is_mixed_at_once
