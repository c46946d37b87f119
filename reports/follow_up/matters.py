"""What a month asks leadership to decide, and the direction that may follow from it: words, unit and day filled in.

A matter is a procedure that was late or whose customers were displeased with its time (`reports.handling_times.times`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from reports.arithmetic.shares import grouped
from reports.handling_times import sums, times
from reports.handling_times.times import Row
from reports.month import snapshot
from surveys.models import Office, Transaction
from surveys.periods import Month, Period, local_day
from surveys.reference.in_force import working_calendar


@dataclass(frozen=True)
class Matter:
    """One procedure (its code and name), the sentence of the month's page, and what may be asked for."""

    code: str
    name: str
    said: str
    order: str


def of_rows(rows: Iterable[Row], label: str) -> list[Matter]:
    """The most urgent first: most transactions late. ``label``: the stretch as one says it, "tháng 6/2023"."""
    asking = sorted(
        (row for row in rows if row.needs_a_look), key=lambda row: (row.late, row.code), reverse=True
    )
    return [Matter(row.code, row.name, times.decision([row])[1], _order(row, label)) for row in asking]


def find(*, office: Office, period: Period, code: str, now: datetime) -> Matter | None:
    """The matter of one procedure in one period, as its page says it now; None when there is none."""
    taken = snapshot.take(office=office, stretch=period, now=now)
    return next((each for each in of_rows(sums.clock(taken), taken.label) if each.code == code), None)


def unit_of(*, office: Office, period: Period, code: str) -> str:
    """The department whose counters served most of the procedure's customers in the period; '' when none did."""
    finished = Transaction.objects.of(office).finished_between(*period.bounds()).filter(procedure__code=code)
    by_unit = finished.order_by().values("counter__office__name").annotate(n=Count("pk"))
    first = by_unit.order_by("-n", "counter__office__name").first()
    return first["counter__office__name"] if first else ""


def next_working_day(now: datetime) -> date:
    return working_calendar().add_working_days(local_day(now), 1)


def deadlines(now: datetime) -> dict[date, str]:
    """The days that are offered, each with what it is: the next working day, the fifth, the last of its month."""
    calendar, first = working_calendar(), next_working_day(now)
    month = Month.of(first)
    if calendar.nth_last_working_day(month, 1) == first:
        month = month.next()
    last = calendar.nth_last_working_day(month, 1)
    fifth = calendar.add_working_days(local_day(now), 5)
    end = _("hết %(month)s") % {"month": month.label}
    return {first: _("ngày làm việc tới"), last: end, fifth: _("05 ngày làm việc")}


def worked_on(day: date) -> date:
    """The day itself, or the next one on which the office works."""
    return working_calendar().add_working_days(day, 0)


def _order(row: Row, label: str) -> str:
    if not row.is_late:
        return (
            f"Tìm hiểu vì sao khách hàng chưa hài lòng về thời gian của thủ tục {row.name} trong {label} và nêu cách "
            "khắc phục. Báo cáo bằng văn bản."
        )
    limit = row.limit_text.removeprefix("hạn ")
    return (
        f"Rà soát {grouped(row.late)} giao dịch {row.name} quá {limit} trong {label}: nêu nguyên nhân từng giao dịch "
        "và cách khắc phục. Báo cáo bằng văn bản."
    )
