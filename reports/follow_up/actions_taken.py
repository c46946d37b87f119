"""What an office did about what its customers said: for the poster, the public pages, the report.

The office's own words, never a customer's, and only of sealed periods from 30 valid ballots on (docs/spec/trust.md §5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from reports.arithmetic.suppression import PERCENT_FROM
from reports.follow_up.cases import last_day_of
from reports.follow_up.replies import Replies
from reports.models import Case, CaseState, MonthCell, Seal
from surveys.models import Office
from surveys.periods import Period, local_day, of_calendar, parse_period
from surveys.vietnamese import short_date


@dataclass(frozen=True)
class Deed:
    """``due_on``: of what is not done yet, the day by which it will be; None once it is done."""

    period: str
    cause: str
    action: str
    due_on: date | None


def of(*, office: Office, periods: Iterable[object]) -> list[Deed]:
    """In the order of the periods, each deed once a period. Three queries at most, however many periods."""
    asked = [str(period) for period in periods]
    rows = Case.objects.of(office).in_periods(asked).exclude(action="").exclude(cause="").order_by("pk")
    open_to_all = told_of(office=office, periods=asked) if rows else []
    deeds = [
        Deed(row.period, row.cause, row.action, None if row.state == CaseState.CLOSED else row.due_on)
        for row in rows
        if row.period in open_to_all
    ]
    return sorted(dict.fromkeys(deeds), key=lambda deed: open_to_all.index(deed.period))


def told_of(*, office: Office, periods: Iterable[object]) -> list[str]:
    """Those of the periods whose deeds may be told: sealed, with 30 valid ballots or more."""
    asked = [str(period) for period in periods]
    sealed = set(Seal.objects.of(office).in_periods(asked).values_list("period", flat=True))
    cells = MonthCell.objects.of(office).in_periods(sealed).values("period").order_by("period")
    valid = {row["period"]: row["n"] for row in cells.annotate(n=Sum("valid"))}
    return [period for period in asked if valid.get(period, 0) >= PERCENT_FROM]


def for_poster(*, office: Office, periods: Iterable[object]) -> list[tuple[str, str, str, str]]:
    """Cause, state, what was done, day; each once."""
    return list(dict.fromkeys(_printed(deed) for deed in of(office=office, periods=periods)))


def _printed(deed: Deed) -> tuple[str, str, str, str]:
    if deed.due_on is None:
        return deed.cause, "Đã làm", deed.action, ""
    return deed.cause, "Đang làm", deed.action, f"Xong trước ngày {short_date(deed.due_on)}"


# ── For the report ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Closed:
    """A closed case in the office's words; the period as the papers print it."""

    period: str
    cause: str
    action: str
    closed_on: date


@dataclass(frozen=True)
class Handled:
    """The cases of a stretch as they stood at an instant; ``older`` ones are of periods before it."""

    replies: Replies
    older_waiting: int
    older_overdue: int
    closed: tuple[Closed, ...]
    due_on: date | None


def handled(*, office: Office, periods: Sequence[Period], at: datetime) -> Handled:
    """What was replied or closed after the instant is unknown here, so that a report made again is the same.

    Of one period the closed cases of the period before belong to it too, as far as its own report could not tell of them.
    """
    today, first = local_day(at), str(periods[0])
    older = Case.objects.of(office).filter(period__lt=first).tally(today, until=at)
    only = periods[0] if len(periods) == 1 else None
    closed = _closed(office, [str(period) for period in periods], since=None, until=at)
    if only:
        before = of_calendar(only).previous()
        seal = Seal.objects.of(office).in_period(before).order_by("version").first()
        closed = _closed(office, [str(before)], since=seal.sealed_at if seal else None, until=at) + closed
    return Handled(
        replies=Replies(**Case.objects.of(office).in_periods(periods).tally(today, until=at)),
        older_waiting=older["cases"] - older["replied"],
        older_overdue=older["overdue"],
        closed=tuple(dict.fromkeys(closed)),
        due_on=last_day_of(only) if only else None,
    )


def _closed(office: Office, periods: list[str], *, since: datetime | None, until: datetime) -> list[Closed]:
    rows = Case.objects.of(office).in_periods(told_of(office=office, periods=periods))
    rows = rows.filter(state=CaseState.CLOSED, closed_at__lte=until)
    rows = rows.filter(closed_at__gt=since) if since else rows
    return [
        Closed(parse_period(row.period).short_label, row.cause, row.action, local_day(row.closed_at))
        for row in rows.order_by("period", "closed_at", "pk")
        if row.closed_at is not None
    ]
