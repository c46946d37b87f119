"""What a month says: the one object that page, interface, papers, charts and public page all print.

Participation is read live from the register; answers come from the roll-ups only, never from the box; what is sealed
carries its seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, QuerySet

from reports.arithmetic.clusters import Organisations
from reports.arithmetic.shares import grouped
from reports.models import Seal
from reports.month import organisations, sealed_totals
from reports.month.aggregation import read
from reports.month.control_limits import Course
from reports.month.criteria import CounterCriteria, CriterionFigures
from reports.month.figures import ChannelRow, Group, Totals
from reports.month.period_totals import periods_in
from reports.past_months.printed import Shows, lines_of
from surveys.models import Office, Slip
from surveys.periods import (
    CalendarPeriod,
    Month,
    MonthRange,
    Period,
    closing_from,
    parse_period,
    period_of,
    range_of,
)

OPEN, CLOSING, SEALED = "open", "closing", "sealed"
COURSE = 13  # a month beside the twelve before it
SHORTEST = 28  # days of a month: so long ago it was at most one period earlier
STATE_LABELS = {OPEN: "đang mở", CLOSING: "đang kiểm phiếu", SEALED: "đã niêm phong"}
NO_SLIPS = "không phát phiếu"  # over, and nothing to count


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One office over one period or range of months.

    ``totals`` are the figures of the stretch; ``previous``, ``same_last_year`` and ``year_to_date`` what it is compared
    with (year to date ends with the stretch). ``over_time`` are the periods up to its end one by one, in order of time:
    those of the stretch, or the last thirteen when it has fewer. ``unreleased`` = returned ballots whose answers are not told yet;
    ``held_back`` the part of them that was counted in a closing mix of fewer than ten and waits for the seal.
    ``organisations``: of one period, whose slips they were; None of a range, and where nothing was handed out.
    ``counted_at``: when slips and transactions were counted, if that was a while ago (`reports.month.participation`).
    ``seals`` are the versions of the period, the first one first; a range of months is sealed when all of it is.
    ``standing``: of every sealed period of the stretch the version that holds, in order.
    """

    office: Office
    months: MonthRange
    period: Period | None  # the month or quarter, when the stretch is exactly one
    state: str
    seal_code: str | None
    totals: Totals
    unreleased: int
    held_back: int
    counters: tuple[Group, ...]
    procedures: tuple[Group, ...]
    counter_criteria: tuple[CounterCriteria, ...]
    channels: tuple[ChannelRow, ...]
    previous: Totals
    same_last_year: Totals
    year_to_date: Totals
    over_time: Course
    organisations: Organisations | None = None
    counted_at: datetime | None = None
    seals: tuple[Seal, ...] = ()
    standing: tuple[Seal, ...] = ()
    past: tuple[Shows, ...] = ()  # months of the old paper books up to the end of the course

    @property
    def label(self) -> str:
        return self.totals.label

    @property
    def criteria(self) -> tuple[CriterionFigures, ...]:
        return self.totals.criteria

    @property
    def state_label(self) -> str:
        return NO_SLIPS if self.is_empty and self.state == CLOSING else STATE_LABELS[self.state]

    @property
    def is_empty(self) -> bool:
        """Nothing happened: no transaction, no slip."""
        return not (self.totals.participation.transactions or self.totals.participation.issued)

    @property
    def past_in_course(self) -> tuple[Shows, ...]:
        """The lines of the old books that are one period of the course each: those that have a place among its points.

        The course itself stays without them, and with it every limit, centre line, threshold and signal.
        """
        without = {totals.months for totals in self.over_time.periods if not totals.has_slips}
        return tuple(line for line in self.past if line.months in without)

    @property
    def unreleased_text(self) -> str:
        """Return "Chưa công bố: 7 phiếu"; '' when everything is told."""
        return f"Chưa công bố: {grouped(self.unreleased)} phiếu" if self.unreleased else ""

    @property
    def held_back_text(self) -> str:
        """Say why the last few ballots wait for the seal; '' when none do."""
        if not self.held_back:
            return ""
        return (
            f"{grouped(self.held_back)} phiếu của lần trộn cuối chưa đủ 10 phiếu để mở chung, "
            "nên chỉ công bố cùng lúc niêm phong."
        )

    @property
    def own_periods(self) -> tuple[Totals, ...]:
        """The periods of the stretch itself, from the first to the last that handed out slips."""
        inside = [row for row in self.over_time.periods if row.months.first >= self.months.first]
        known = [place for place, row in enumerate(inside) if row.has_slips]
        return tuple(inside[known[0] : known[-1] + 1]) if known else ()

    @property
    def comparisons(self) -> tuple[tuple[str, Totals], ...]:
        """The rows of the comparison table after the stretch itself, each with its heading."""
        return (
            ("Kỳ trước", self.previous),
            ("Cùng kỳ năm trước", self.same_last_year),
            ("Lũy kế từ đầu năm", self.year_to_date),
        )

    def as_api(self) -> dict[str, Any]:
        """The document of ``GET /api/v1/months/{period}`` (docs/spec/contract.md)."""
        known, told = self.totals.participation, self.totals.verdicts
        document = {
            "office": self.office.code,
            "period": str(self.period or self.months),
            "state": self.state,
            "transactions": known.transactions,
            "issued": known.issued,
            "cancelled": known.cancelled,
            "expired": known.expired,
            "returned": known.returned,
            "not_returned": known.not_returned,
            "paper": known.paper,
            "ballots": told and told.ballots,
            "void": told and told.void,
            "valid": told and told.valid,
            "satisfied": told and told.satisfied,
            "dissatisfied": told and told.dissatisfied,
            "suppressed": self.totals.suppressed,
            **self.totals.shares_as_api(),
            "criteria": [criterion.as_api() for criterion in self.criteria],
            "counters": [counter.as_api() for counter in self.counters],
        }
        return document | ({"seal_code": self.seal_code} if self.seal_code else {})


# ── Taking it ──────────────────────────────────────────────────────────────────────────


def take(*, office: Office, stretch: Period | MonthRange, now: datetime) -> Snapshot:
    """What stands of an office with a box at an instant, over a month, a quarter or a range of months.

    The number of queries is the same whatever the number of counters, procedures and months.
    """
    months = stretch if isinstance(stretch, MonthRange) else range_of(stretch)
    before, last_year = months.previous(), months.same_last_year()
    to_date = MonthRange(Month(months.last.year, 1), months.last)
    course = course_of(_until_now(office, months), quarterly=office.quarterly)
    readings = read(
        office=office,
        months=months,
        period=(period := _one_period(stretch)),
        compared=(before, last_year, to_date),
        course=MonthRange(course[0].months[0], course[-1].months[-1]),
        now=now,
    )
    totals, counters = readings.totals(months), readings.counters
    known = _seals_until(office, months.last)
    seals = [seal for seal in known if seal.period in periods_in(months)]
    is_sealed = {row["period"] for row in readings.slips} <= {seal.period for seal in seals} and bool(seals)
    own_seals = tuple(seal for seal in seals if seal.period == str(period))
    return Snapshot(
        office=office,
        months=months,
        period=period,
        state=SEALED if is_sealed else OPEN if is_open(months.last, now) else CLOSING,
        seal_code=own_seals[-1].code if own_seals else None,
        seals=own_seals,
        standing=tuple(_standing(seals)),
        totals=totals,
        unreleased=totals.participation.returned - readings.released,
        held_back=readings.held_back,
        organisations=readings.organisations,
        counted_at=readings.counted_at,
        counters=counters,
        procedures=readings.procedures,
        counter_criteria=readings.counter_criteria(counters),
        channels=readings.channels,
        past=tuple(lines_of(office, until=months.last)),
        previous=readings.totals(before),
        same_last_year=readings.totals(last_year),
        year_to_date=readings.totals(to_date),
        over_time=_course(readings.totals, course, office, now, known),
    )


@dataclass(frozen=True, kw_only=True)
class SealedPeriod:
    """Of one sealed period what its public page says; the same figures as in its `Snapshot`, without transactions."""

    totals: Totals
    over_time: Course
    organisations: Organisations | None = None


def take_sealed(*, office: Office, period: Period, now: datetime) -> SealedPeriod | Snapshot:
    """A sealed period as its page needs it, from what the seals up to it state: four queries.

    No period before a sealed one is unsealed, so its whole course is sealed. Where that is not the course of the office (a
    month of before it went over to quarters) everything is counted, as of any stretch.
    """
    months = range_of(period)
    course = course_of(months, quarterly=office.quarterly)
    if course[-1] == period:
        known = _seals_until(office, months.last)
        within = periods_in(MonthRange(course[0].months[0], months.last))
        seals = _standing(seal for seal in known if seal.period in within)
        if read := sealed_totals.with_criteria(office, months, seals):
            return SealedPeriod(
                totals=read.totals(months),
                over_time=_course(read.totals, course, office, now, known),
                organisations=organisations.kept_of(office, str(period)),
            )
    return take(office=office, stretch=period, now=now)


def _course(
    totals: Callable[[MonthRange], Totals],
    periods: tuple[Period, ...],
    office: Office,
    now: datetime,
    known: list[Seal],
) -> Course:
    return Course(
        periods=tuple(totals(range_of(period)) for period in periods),
        open_labels=tuple(range_of(period).label for period in periods if is_open(period, now)),
        word="quý" if office.quarterly else "tháng",
        earlier=_earlier(known, periods[0]),
    )


def _earlier(known: list[Seal], first: Period) -> tuple[Totals, ...]:
    """The periods of the same length that were sealed before the first of the course, in order of time."""
    found = {seal.period: (parse_period(seal.period), seal) for seal in known}
    before = {
        period: seal
        for period, seal in found.values()
        if type(period) is type(first) and period.months[-1] < first.months[0]
    }
    stated = sealed_totals.of_seals(before.values())
    return tuple(
        stated.totals(range_of(period)) for period in sorted(before, key=lambda each: each.months[0])
    )


def _standing(seals: Iterable[Seal]) -> list[Seal]:
    return list({seal.period: seal for seal in seals}.values())


def _seals_until(office: Office, last: Month) -> list[Seal]:
    """Every version of every month and quarter that ended by then; one query, whatever their number."""
    known = Seal.objects.of(office).filter(period__range=("2000-01", f"{last.year}-Q4"))
    found = known.order_by("period", "version").defer("note")
    return [seal for seal in found if parse_period(seal.period).months[-1] <= last]


def is_open(period: Period, now: datetime) -> bool:
    """Whether slips of the period may still come back."""
    return now < closing_from(period, settings.SLIP_GRACE_DAY)


def _until_now(office: Office, months: MonthRange) -> MonthRange:
    """A stretch of several periods as far as there are slips: the course to a running year's end is that to its last month."""
    last = last_period(office) if len(months) > 1 else None
    if last is None or not months.first <= last.months[-1] < months.last:
        return months
    return MonthRange(months.first, last.months[-1])


def course_of(months: MonthRange, *, quarterly: bool) -> tuple[CalendarPeriod, ...]:
    """The months or quarters that lead up to the end of a stretch: all of it, at least thirteen."""
    back = COURSE * (3 if quarterly else 1) - 1
    last = months.last.quarter.months[-1] if quarterly else months.last
    return MonthRange(min(months.first, last.plus(-back)), last).periods(quarterly)


def last_period(office: Office) -> CalendarPeriod | None:
    """The last month or quarter of the office that has slips, also while they run."""
    last = _with_slips(office).aggregate(last=Max("period"))["last"]
    return parse_period(last) if last else None


def last_complete(office: Office, *, now: datetime) -> Period | None:
    """The last period whose slips can come back no more; None while the office has none. Where its page opens."""
    latest = [
        period_of(at, quarterly)
        for quarterly in (False, True)
        for at in (now, now - timedelta(days=SHORTEST))
    ]
    running = {str(period) for period in latest if is_open(period, now)}
    last = _with_slips(office).exclude(period__in=running).aggregate(last=Max("period"))["last"]
    return parse_period(last) if last else None


def known_months(office: Office) -> MonthRange | None:
    """From the first month of the office that has slips to the last."""
    ends = _with_slips(office).aggregate(first=Min("period"), last=Max("period"))
    if ends["first"] is None:
        return None
    return MonthRange(parse_period(ends["first"]).months[0], parse_period(ends["last"]).months[-1])


def _with_slips(office: Office) -> QuerySet[Slip]:
    """Slips of months and quarters; campaigns have periods of their own."""
    return Slip.objects.of(office).filter(period__range=("2000-01", "2199-Q4"))


def _one_period(stretch: Period | MonthRange) -> Period | None:
    if not isinstance(stretch, MonthRange):
        return stretch
    return stretch.first if stretch.first == stretch.last else None
