"""What the documents and pages print of months from the paper books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.arithmetic.shares import grouped, printed, rate_text, share
from reports.arithmetic.suppression import Shown, shown
from reports.models import PastPaper
from surveys.models import Office
from surveys.periods import Month, MonthRange, parse_period

SOURCE = "nhập từ sổ giấy"


NOT_JUDGED = "không tính vào mức chung, giới hạn, ngưỡng hay tín hiệu"


@dataclass(frozen=True)
class Shows:
    """One line as it is printed beside a month's course, small numbers kept (docs/spec/trust.md §7).

    ``returned_share`` and ``bad`` are what is drawn; None where there is nothing to divide by or to tell.
    """

    pk: int
    months: MonthRange
    label: str
    issued: str
    returned: str
    rate: str
    valid: str
    satisfied: str
    share: str
    returned_share: float | None
    bad: int | None

    @property
    def dissatisfied(self) -> str:
        return "–" if self.bad is None else grouped(self.bad)


def lines_of(office: Office, *, until: Month | None = None) -> list[Shows]:
    """The lines that end by a month, in order of time, as they are printed; one query."""
    rows = PastPaper.objects.of(office)
    if until:
        rows = rows.filter(last__lte=str(until))
    return [_shows(past) for past in rows.order_by("first", "last")]


def told_of(lines: Sequence[Shows], figure: str) -> str:
    """The lines in words, for those who hear a chart: one figure of each. '' without lines."""
    if not lines:
        return ""
    each = "; ".join(f"{line.label}: {getattr(line, figure)}" for line in lines)
    return f"{SOURCE[0].upper()}{SOURCE[1:]}, {NOT_JUDGED}: {each}."


def _shows(past: PastPaper) -> Shows:
    mark = shown(past.valid)
    bad = None
    satisfied = share_text = "–" if mark.has_counts else mark.value
    if past.satisfied is not None and mark.has_counts:
        satisfied, bad = grouped(past.satisfied), past.valid - past.satisfied
        if mark is Shown.PERCENT:
            share_text = printed(share(past.satisfied, past.valid))
    return Shows(
        pk=past.pk,
        months=months_of(past),
        label=months_of(past).short_label,
        issued=grouped(past.issued),
        returned=grouped(past.returned),
        rate=rate_text(past.returned, past.issued),
        valid=grouped(past.valid),
        satisfied=satisfied,
        share=share_text,
        returned_share=past.returned / past.issued if past.issued else None,
        bad=bad,
    )


def months_of(past: PastPaper) -> MonthRange:
    first, last = (parse_period(end).months for end in (past.first, past.last))
    return MonthRange(first[0], last[-1])
