"""What leadership's page says beside its figures: the conclusion of each fold, and how the running period goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports import charts
from reports.arithmetic.shares import grouped, rate_beside
from reports.follow_up.directions import Told
from reports.handling_times.times import Row
from reports.month import participation
from reports.month.figures import ChannelRow, Totals
from reports.month.snapshot import Snapshot, is_open
from reports.month.wording import Sentence
from surveys.periods import local_day, period_of, range_of
from surveys.reference.in_force import working_calendar
from surveys.vietnamese import count


@dataclass(frozen=True)
class Running:
    """The period in which slips are handed out now: participation only, never an answer."""

    label: str
    issued: str
    returned: str  # "97 (82%)"; the share from 30 on
    bar: SafeString
    days_left: int  # working days, today included
    url: str


def running(taken: Snapshot, *, address: str, now: datetime) -> Running | None:
    """None where the page itself shows that period, or nothing was handed out in it."""
    period = period_of(now, taken.office.quarterly)
    if is_open(period.previous(), now):  # its slips still come back
        period = period.previous()
    months = range_of(period)
    if taken.months.last >= months.first:
        return None
    counts, _at = participation.slips([taken.office], {str(period)}, at=now)
    known = participation.of_counts(counts.get((taken.office.pk, str(period)), participation.NOTHING))
    if not known.issued:
        return None
    return Running(
        label=months.label,
        issued=grouped(known.issued),
        returned=f"{grouped(known.returned)}{rate_beside(known.returned, known.issued)}",
        bar=charts.returned(known),
        days_left=working_calendar().working_days(local_day(now), period.last_day),
        url=f"{address}?from={months.first}&to={months.last}",
    )


def glance(sentence: Sentence) -> SafeString:
    """The sentence with its figures set off, and what follows its first full stop in smaller type."""
    pieces = list(sentence.pieces)
    end = next((n for n, (text, _mark) in enumerate(pieces) if text == "."), len(pieces)) + 1
    return format_html("{}{}", _marked(pieces[:end]), _after(pieces[end:]))


def _marked(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        ((format_html("<strong>{}</strong>", text) if is_figure else text,) for text, is_figure in pieces),
    )


def _after(pieces: Sequence[tuple[str, bool]]) -> SafeString | str:
    return format_html('<span class="after">{}</span>', _marked(pieces)) if pieces else ""


# ── Conclusions: what a folded part says ───────────────────────────────────────────────


def compared(rows: Iterable[tuple[str, Totals]]) -> str:
    """Return "Kỳ trước 268/317 (85%); cùng kỳ năm trước 219/268 (82%)." of what has slips; what is no like says so."""
    said = [f"{heading} {_of(totals)}" for heading, totals in rows if heading and totals.has_slips]
    return "; ".join([*said[:1], *(each[:1].lower() + each[1:] for each in said[1:2])]) + "." if said else ""


def _of(totals: Totals) -> str:
    part, known = f"{totals.returned_text}/{totals.issued_text}", totals.participation
    return f"{part}{rate_beside(known.returned, known.issued)}{f', {totals.gap_text}' if totals.gap_text else ''}"


def timed(rows: Sequence[Row], matters: int) -> str:
    """Return "Đúng hạn 283 trong 290 giao dịch; 01 thủ tục cần xem."; '' where nothing has a limit."""
    all_timed = sum(row.times.timed for row in rows)
    if not all_timed:
        return ""
    on_time = grouped(sum(row.times.on_time for row in rows))
    said = _("Đúng hạn %(on_time)s trong %(timed)s giao dịch") % {
        "on_time": on_time,
        "timed": grouped(all_timed),
    }
    return f"{said}; {count(matters)} {_('thủ tục cần xem')}." if matters else f"{said}."


def by_channel(channels: Iterable[ChannelRow]) -> str:
    """Return "Máy tính bảng 120/140, phiếu giấy 80/90.": returned of issued."""
    said = [f"{row.name} {row.returned_text}/{row.issued_text}" for row in channels]
    return f"{', '.join(said)}." if said else ""


def directed(rows: Sequence[Told]) -> str:
    """Return "01 đang làm, trong đó 01 quá hạn · 02 đã trả lời"."""
    open_, late = sum(row.is_open for row in rows), sum(row.is_late for row in rows)
    said = []
    if open_:
        doing = _("%(n)s đang làm") % {"n": count(open_)}
        said.append(f"{doing}, {_('trong đó %(n)s quá hạn') % {'n': count(late)}}" if late else doing)
    if len(rows) > open_:
        said.append(_("%(n)s đã trả lời") % {"n": count(len(rows) - open_)})
    return " · ".join(said)
