"""What an office did about what its customers said: for the poster, the public pages, the report.

The office's own words, never a customer's, and only of sealed periods from 30 valid ballots on (TRUST.md section 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from reports.models import Case, CaseState, MonthCell, Seal
from reports.tally import PERCENT_FROM
from surveys.models import Office
from surveys.vietnamese import short_date


@dataclass(frozen=True)
class Deed:
    """``due_on``: of what is not done yet, the day by which it will be; None once it is done."""

    period: str
    cause: str
    action: str
    due_on: date | None


def of(*, office: Office, periods: Iterable[object]) -> list[Deed]:
    """In the order of the periods, each deed once a period. Three queries, however many periods."""
    open_to_all = told_of(office=office, periods=periods)
    rows = Case.objects.of(office).in_periods(open_to_all).exclude(action="").exclude(cause="").order_by("pk")
    deeds = [
        Deed(row.period, row.cause, row.action, None if row.state == CaseState.CLOSED else row.due_on)
        for row in rows
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
