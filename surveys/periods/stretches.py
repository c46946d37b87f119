"""Stretches of days: months, quarters, ranges of months, a campaign's days.

Everything here is pure. "Now" never appears: callers hand in the instant. Periods are
half-open in Vietnamese local time, so that an instant belongs to exactly one of them.
Source of the rules on expiry, closing and freezing: docs/spec/trust.md §1–§4.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_TYPED_RANGE = 120

_GRAMMAR = re.compile(r"(?P<year>2[01][0-9]{2})-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))")
#: Starts with a letter, so that 2026-13 is neither a month nor a campaign (docs/spec/trust.md §5).
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class NotAPeriod(ValueError):
    """The text, number or pair of months names no period."""


def start_of(day: date) -> datetime:
    """Return 00:00 of a local day as an aware instant."""
    return datetime.combine(day, time.min, tzinfo=TIME_ZONE)


def local_day(when: datetime | date) -> date:
    """Return the Vietnamese calendar day of an aware instant; a date is already one.

    Raises ValueError for a naive datetime, because guessing its zone could move a ballot
    to another month.
    """
    if not isinstance(when, datetime):
        return when
    if when.utcoffset() is None:
        raise ValueError("An instant needs a time zone before it has a local day.")
    return when.astimezone(TIME_ZONE).date()


class _Stretch:
    """What months, quarters and ranges share once they know their first and last day."""

    __slots__ = ()

    @property
    def first_day(self) -> date:
        raise NotImplementedError

    @property
    def last_day(self) -> date:
        raise NotImplementedError

    def bounds(self) -> tuple[datetime, datetime]:
        """Return (start, end) as aware instants; the end is no longer inside."""
        return start_of(self.first_day), start_of(self.last_day + timedelta(days=1))

    def holds(self, when: datetime | date) -> bool:
        return self.first_day <= local_day(when) <= self.last_day


def check_number(value: int, highest: int, name: str) -> None:
    if not 1 <= value <= highest:
        raise NotAPeriod(f"A {name} lies between 1 and {highest}, not {value}.")


@dataclass(frozen=True, order=True, slots=True)
class Month(_Stretch):
    """A calendar month. Prints as 2023-05."""

    year: int
    month: int

    def __post_init__(self) -> None:
        check_number(self.year, 9998, "year")
        check_number(self.month, 12, "month")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def of(cls, when: datetime | date) -> "Month":
        """Return the month that holds an aware instant or a local day."""
        day = local_day(when)
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1) if self.month < 12 else date(self.year, 12, 31)

    @property
    def label(self) -> str:
        """As in running text: tháng 5/2023."""
        return f"tháng {self.short_label}"

    @property
    def short_label(self) -> str:
        """As on an axis: 5/2023."""
        return f"{self.month}/{self.year}"

    @property
    def quarter(self) -> "Quarter":
        return Quarter(self.year, (self.month + 2) // 3)

    @property
    def months(self) -> tuple["Month", ...]:
        return (self,)

    def plus(self, months: int) -> "Month":
        """Return the month that many months later (earlier when negative)."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, month + 1)

    def next(self) -> "Month":
        return self.plus(1)

    def previous(self) -> "Month":
        return self.plus(-1)

    def same_last_year(self) -> "Month":
        return self.plus(-12)


@dataclass(frozen=True, order=True, slots=True)
class Quarter(_Stretch):
    """A calendar quarter, the period of offices that expect few ballots. Prints as 2023-Q2."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        check_number(self.year, 9998, "year")
        check_number(self.quarter, 4, "quarter")

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.quarter}"

    @classmethod
    def of(cls, when: datetime | date) -> "Quarter":
        """Return the quarter that holds an aware instant or a local day."""
        return Month.of(when).quarter

    @property
    def months(self) -> tuple[Month, ...]:
        first = Month(self.year, self.quarter * 3 - 2)
        return first, first.plus(1), first.plus(2)

    first_day = property(lambda self: self.months[0].first_day)
    last_day = property(lambda self: self.months[-1].last_day)

    @property
    def label(self) -> str:
        """As in running text: quý II/2023."""
        return f"quý {self.short_label}"

    @property
    def short_label(self) -> str:
        """As on an axis: II/2023."""
        return f"{_ROMAN[self.quarter]}/{self.year}"

    def plus(self, quarters: int) -> "Quarter":
        """Return the quarter that many quarters later (earlier when negative)."""
        years, quarter = divmod(self.year * 4 + self.quarter - 1 + quarters, 4)
        return Quarter(years, quarter + 1)

    def next(self) -> "Quarter":
        return self.plus(1)

    def previous(self) -> "Quarter":
        return self.plus(-1)

    def same_last_year(self) -> "Quarter":
        return self.plus(-4)


@dataclass(frozen=True, slots=True)
class CampaignPeriod(_Stretch):
    """The days of a campaign, which stands where a month stands: in box, seal and receipt. Prints as its slug.

    ``is_mixed_at_once``: nothing of it is released before its closing mix, since its ballots are too few for two groups.
    """

    slug: str
    first_day: date
    last_day: date
    name: str = ""
    is_mixed_at_once: bool = False

    def __post_init__(self) -> None:
        if _SLUG.fullmatch(self.slug) is None:
            raise NotAPeriod(f"Not a campaign's slug: {self.slug!r}.")
        if self.last_day < self.first_day:
            raise NotAPeriod(f"{self.slug} ends before it begins.")

    def __str__(self) -> str:
        return self.slug

    @property
    def label(self) -> str:
        """As in running text: đợt Khảo sát toàn quốc 2023."""
        return f"đợt {self.name or self.slug}"


CalendarPeriod = Month | Quarter
Period = Month | Quarter | CampaignPeriod


def of_calendar(period: Period) -> CalendarPeriod:
    """A month or quarter as such. Raises NotAPeriod for a campaign's, which has no months, no neighbours and no year."""
    if isinstance(period, CampaignPeriod):
        raise NotAPeriod(f"Neither month nor quarter: {period}.")
    return period


def parse_period(text: str) -> Month | Quarter:
    """Read "2023-05" or "2023-Q2" and nothing else; years 2000 to 2199.

    The years are narrower than what Month can hold, so that a typed period always has a
    neighbour and a same period last year. Raises NotAPeriod.
    """
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise NotAPeriod(f"Not a period: {text!r}.")
    year = int(match["year"])
    if match["month"]:
        return Month(year, int(match["month"]))
    return Quarter(year, int(match["quarter"]))


def is_calendar(period: Period | str) -> bool:
    """Whether a period, or the text of one, is a month or a quarter, and not a campaign's name."""
    return _GRAMMAR.fullmatch(str(period)) is not None


def is_quarter(period: Period | str) -> bool:
    """Whether a period, or the text of one, is a quarter."""
    return is_calendar(period) and "Q" in str(period)


def period_of(when: datetime | date, quarterly: bool) -> Month | Quarter:
    """Return the period a slip issued then belongs to (docs/spec/trust.md §1: fixed at issue)."""
    return Quarter.of(when) if quarterly else Month.of(when)


def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """Return every month from first to last, both included; empty when last comes earlier."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(first.plus(step) for step in range(count))


@dataclass(frozen=True, order=True, slots=True)
class MonthRange(_Stretch):
    """Consecutive months, both ends included. Raises NotAPeriod when they are swapped."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise NotAPeriod(f"{self.last} comes before {self.first}.")

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    def __iter__(self) -> Iterator[Month]:
        return iter(self.months)

    def __len__(self) -> int:
        return len(self.months)

    @property
    def months(self) -> tuple[Month, ...]:
        return months_between(self.first, self.last)

    first_day = property(lambda self: self.first.first_day)
    last_day = property(lambda self: self.last.last_day)

    def periods(self, quarterly: bool) -> tuple[CalendarPeriod, ...]:
        """Return the periods that lie wholly inside, in order."""
        if not quarterly:
            return self.months
        quarters = dict.fromkeys(month.quarter for month in self.months)
        return tuple(q for q in quarters if self.first <= q.months[0] and q.months[-1] <= self.last)

    def plus(self, months: int) -> "MonthRange":
        return MonthRange(self.first.plus(months), self.last.plus(months))

    def previous(self) -> "MonthRange":
        """Return the range of the same length that ends just before this one."""
        return self.plus(-len(self))

    def same_last_year(self) -> "MonthRange":
        return self.plus(-12)

    @property
    def label(self) -> str:
        """As in running text: the name people use, else "từ tháng 6/2022 đến tháng 6/2023"."""
        return _usual_name(self) or f"từ {self.first.label} đến {self.last.label}"

    @property
    def short_label(self) -> str:
        """As in a table: "6/2022 đến 6/2023"."""
        if self.first == self.last:
            return self.first.short_label
        return f"{self.first.short_label} đến {self.last.short_label}"


def _usual_name(months: MonthRange) -> str | None:
    if months.first == months.last:
        return months.first.label
    if months.first.year != months.last.year:
        return None
    year = months.first.year
    return {
        (1, 12): f"năm {year}",
        (1, 6): f"6 tháng đầu năm {year}",
        (7, 12): f"6 tháng cuối năm {year}",
        (1, 9): f"9 tháng đầu năm {year}",
        **{(3 * n - 2, 3 * n): Quarter(year, n).label for n in _ROMAN},
    }.get((months.first.month, months.last.month))


def range_of(period: Period) -> MonthRange:
    """Return a month or quarter as the range of its months. Raises NotAPeriod for a campaign's."""
    months = of_calendar(period).months
    return MonthRange(months[0], months[-1])


def year_to_date(period: Month | Quarter) -> MonthRange:
    """Return January up to and including the period (lũy kế từ đầu năm)."""
    return MonthRange(Month(period.year, 1), period.months[-1])


def half_year(year: int, half: int) -> MonthRange:
    check_number(half, 2, "half-year")
    return MonthRange(Month(year, half * 6 - 5), Month(year, half * 6))


def whole_year(year: int) -> MonthRange:
    return MonthRange(Month(year, 1), Month(year, 12))


def parse_range(first: str, last: str) -> MonthRange:
    """Read the two ends of a range, each a month or a quarter.

    Raises NotAPeriod for unreadable ends, swapped ends, or more than ten years, because a
    typed year that is wrong by a century should not make a page of a thousand rows.
    """
    months = MonthRange(parse_period(first).months[0], parse_period(last).months[-1])
    if len(months) > LONGEST_TYPED_RANGE:
        raise NotAPeriod(f"{months} is longer than {LONGEST_TYPED_RANGE} months.")
    return months
