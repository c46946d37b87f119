"""Replies that every holder of a receipt of the period may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.arithmetic.suppression import PERCENT_FROM
from reports.follow_up.cases import valid_in
from reports.models import Case, Seal
from surveys.models import Office
from surveys.periods import Period, is_calendar
from surveys.vietnamese import count


@dataclass(frozen=True)
class Replies:
    """Tiếp thu, giải trình of a stretch: how many cases, how many replied, in time, and not replied though time is over."""

    cases: int = 0
    replied: int = 0
    on_time: int = 0
    overdue: int = 0

    @property
    def sentence(self) -> str:
        if not self.cases:
            return "Chưa có phản ánh, góp ý nào thành vụ việc."
        said = f"Phản ánh, góp ý của khách: {count(self.cases)} nhận, {count(self.on_time)} trả lời đúng hạn"
        late = self.replied - self.on_time
        said += f", {count(late)} trả lời muộn" if late else ""
        waiting = self.cases - self.replied - self.overdue
        said += f", {count(waiting)} còn trong hạn" if waiting else ""
        return f"{said}, {count(self.overdue)} quá hạn chưa trả lời." if self.overdue else f"{said}."


def replies_in(*, office: Office, periods: Iterable[object], today: date) -> Replies:
    """One query."""
    return Replies(**Case.objects.of(office).in_periods(periods).tally(today))


def published_replies(*, office: Office, period: Period | str) -> list[str] | None:
    """What whoever holds a genuine receipt of the period reads: all replies, in an order that says nothing.

    None while the period is not sealed, and of a campaign; none at all for a period under 30 valid ballots.
    """
    if not _is_sealed(office, period):
        return None
    if valid_in(office, period) < PERCENT_FROM:
        return []
    rows = Case.objects.of(office).in_period(period).exclude(reply="").order_by("pk")
    return list(dict.fromkeys(rows.values_list("reply", flat=True)))


def _is_sealed(office: Office, period: Period | str) -> bool:
    return is_calendar(period) and Seal.objects.standing(office, period) is not None
