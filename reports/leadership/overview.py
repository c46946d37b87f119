"""All offices of a reader's subtree in one period: who handed out and got back how much, who is late, and the sums above them.

A sum over answers adds exactly the offices whose own answers are shown, so that subtracting these tells nothing of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from django.db.models import Case, Count, F, TextField, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reports.arithmetic.counts import Participation
from reports.arithmetic.suppression import Shown, shown
from reports.closing import closes_from
from reports.models import Seal, SignalCase
from reports.month import participation
from surveys.evidence.seals import stated
from surveys.models import Office, Slip, period_named
from surveys.models.register import SLIP_COUNTS
from surveys.periods import CalendarPeriod, Month, Period, local_day, period_of
from surveys.reference.in_force import working_calendar

PERIODS = 13
#: Working days of the counting team, the first of them the day from which a period may be closed.
DAYS_TO_SEAL = 5
ISSUED, RETURNED = SLIP_COUNTS.index("issued"), SLIP_COUNTS.index("returned")


class State(Enum):
    """How far an office is, the most urgent first."""

    LATE = "late"
    OPEN = "open"
    WAITING = "waiting"
    SEALED = "sealed"
    IDLE = "idle"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    State.LATE: _("Trễ"),
    State.OPEN: _("Đang mở"),
    State.WAITING: _("Chờ kiểm"),
    State.SEALED: _("Đã niêm phong"),
    State.IDLE: _("Không phát phiếu"),
}
ORDER = list(State)


@dataclass(frozen=True)
class Row:
    """One office. ``rates``: return rate by period, None where nothing was handed out; ``late``: the oldest period that
    is late, and for how many days."""

    office: Office
    period: Period
    state: State
    known: Participation
    rates: tuple[float | None, ...]
    valid: int = 0
    satisfied: int = 0
    signals: int = 0
    late: Period | None = None
    days_late: int = 0

    @property
    def mark(self) -> Shown:
        """What may be shown of its answers: those of a sealed period only."""
        return shown(self.valid) if self.state is State.SEALED else Shown.EMPTY

    @property
    def rate(self) -> float:
        return self.known.returned / self.known.issued if self.known.issued else -1.0


@dataclass(frozen=True)
class Overview:
    """The rows in the list's own order, and what stands above them."""

    period: Period
    due_on: date
    rows: tuple[Row, ...] = field(default=())

    @cached_property
    def together(self) -> Participation:
        return sum((row.known for row in self.rows), start=Participation())

    @cached_property
    def told(self) -> list[Row]:
        """The sealed offices whose answers are shown: their sum is the one that is printed."""
        return [row for row in self.rows if row.mark.has_counts]

    @property
    def satisfied(self) -> int:
        return sum(row.satisfied for row in self.told)

    @property
    def valid(self) -> int:
        return sum(row.valid for row in self.told)

    @property
    def mark(self) -> Shown:
        return shown(self.valid)

    @cached_property
    def states(self) -> Counter[State]:
        return Counter(row.state for row in self.rows)

    @property
    def late(self) -> list[Row]:
        return [row for row in self.rows if row.state is State.LATE]

    @property
    def with_signals(self) -> int:
        return sum(bool(row.signals) for row in self.rows)


def look(*, offices: Sequence[Office], month: Month, now: datetime) -> Overview:
    """The month of every office, quarterly ones by their quarter; some eight statements, whatever the number of offices."""
    spans = {each: _before(_own(each, month)) for each in {office.quarterly for office in offices}}
    names = sorted({str(period) for span in spans.values() for period in span})
    months = {str(span[-1]) for span in spans.values()}
    own = [office.pk for office in offices]
    # Before the slips, so that no ballot seems released before it returned.
    sealed, said_of = _sealed(own, names, months)
    known, _counted_at = participation.slips(offices, names, at=now)
    signals, days, today = _signals(own, months), _Days(), local_day(now)
    named = {
        quarterly: [(each, str(each), today > days.due_on(each)) for each in span]
        for quarterly, span in spans.items()
    }
    rows = []
    for office in offices:
        span = named[office.quarterly]
        counts = [known.get((office.pk, name), participation.NOTHING) for _period, name, _is_due in span]
        late = [
            period
            for (period, name, is_due), each in zip(span, counts, strict=True)
            if is_due and each[ISSUED] and (office.pk, name) not in sealed
        ]
        period, name, _is_due = span[-1]
        key, own_counts = (office.pk, name), participation.of_counts(counts[-1])
        said = said_of.get(key, {})
        rows.append(
            Row(
                office=office,
                period=period,
                state=_state(period, own_counts, late, is_sealed=key in sealed, now=now),
                known=own_counts,
                rates=tuple(map(_rate, counts)),
                valid=int(said.get("valid", 0)),
                satisfied=int(said.get("satisfied", 0)),
                signals=signals.get(office.pk, 0),
                late=late[0] if late else None,
                days_late=(today - days.due_on(late[0])).days if late else 0,
            )
        )
    return Overview(month, days.due_on(month), tuple(rows))


def last_month(*, offices: Sequence[Office], now: datetime) -> Month:
    """The month before this one where anybody handed out slips in it; else the last one that was sealed."""
    before, own = Month.of(now).previous(), [office.pk for office in offices]
    if Slip.objects.filter(office_id__in=own, period=str(before)).exists():
        return before
    sealed = Seal.objects.filter(office_id__in=own).order_by().values_list("period", flat=True).distinct()
    months = [period for period in map(period_named, sealed) if isinstance(period, Month)]
    return max(months, default=before, key=lambda month: month.first_day)


class _Days:
    """Until when a period is to be sealed; the calendar read once, each period reckoned once."""

    def __init__(self) -> None:
        self.calendar = working_calendar()
        self.known: dict[Period, date] = {}

    def due_on(self, period: Period) -> date:
        if period not in self.known:
            first = self.calendar.add_working_days(local_day(closes_from(period)), 0)
            self.known[period] = self.calendar.add_working_days(first, DAYS_TO_SEAL - 1)
        return self.known[period]


def _state(
    own: Period, known: Participation, late: Sequence[Period], *, is_sealed: bool, now: datetime
) -> State:
    if late:
        return State.LATE
    if is_sealed:
        return State.SEALED
    if not known.issued:
        return State.IDLE
    return State.WAITING if now >= closes_from(own) else State.OPEN


def _sealed(
    offices: Sequence[int], names: Sequence[str], months: set[str]
) -> tuple[set[tuple[int, str]], dict[tuple[int, str], dict[str, str]]]:
    """Which office and period is sealed, and what the standing seals of the months state; one statement."""
    seals = Seal.objects.filter(office_id__in=offices, period__in=names).order_by("version")
    text = Case(When(period__in=months, then=F("text")), default=Value(""), output_field=TextField())
    rows = list(seals.values_list("office", "period", text))
    said = {(office, period): stated(text) for office, period, text in rows if text}
    return {(office, period) for office, period, _text in rows}, said


def _rate(counts: participation.Counts) -> float | None:
    return counts[RETURNED] / counts[ISSUED] if counts[ISSUED] else None


def _signals(offices: Sequence[int], periods: Collection[str]) -> dict[int, int]:
    """How many signals each office has in these periods."""
    cases = SignalCase.objects.filter(office_id__in=offices, period__in=periods)
    return dict(cases.order_by().values_list("office").annotate(n=Count("signals")))


def _own(quarterly: bool, month: Month) -> CalendarPeriod:
    return period_of(month.bounds()[0] + timedelta(hours=12), quarterly=quarterly)


def _before(period: CalendarPeriod) -> list[CalendarPeriod]:
    """The period and those before it, oldest first."""
    found = [period]
    while len(found) < PERIODS:
        found.append(found[-1].previous())
    return found[::-1]
