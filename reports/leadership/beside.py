"""Two periods, or two counters of one stretch, side by side by the reader's choice. Nothing is computed anew: each side is told as on its own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from reports.month import snapshot
from reports.month.figures import Figures
from reports.month.forms import as_counted, one_period
from reports.month.snapshot import Snapshot
from surveys.periods import NotAPeriod, range_of, typed_period


@dataclass(frozen=True)
class Beside:
    """``lines``: (name, of the first, of the second), printed; ``problem``: why what was asked cannot be shown."""

    heads: tuple[str, str] = ("", "")
    lines: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""


def beside(taken: Snapshot, asked: Mapping[str, str], *, now: datetime) -> Beside | None:
    """What ``with`` (a period) or ``a`` and ``b`` (codes of counters) ask for; None when nothing is asked."""
    if typed := asked.get("with", "").strip():
        return _period(taken, typed, now)
    if asked.get("a") and asked.get("b"):
        return _counters(taken, asked["a"], asked["b"])
    return None


def _period(taken: Snapshot, typed: str, now: datetime) -> Beside:
    try:
        months = as_counted(range_of(typed_period(typed)), quarterly=taken.office.quarterly)
    except NotAPeriod:
        return Beside(
            problem=_("“%(typed)s” không phải là tháng hay quý. Ví dụ: 5/2023 hoặc quý II/2023.")
            % {"typed": typed[:40]}
        )
    other = snapshot.take(office=taken.office, stretch=one_period(months, taken.office), now=now)
    return _told((taken.label, taken.totals), (other.label, other.totals))


def _counters(taken: Snapshot, first: str, second: str) -> Beside:
    known = {group.code: group for group in taken.counters}
    if first not in known or second not in known:
        return Beside(problem=_("Không có quầy ấy trong kỳ này."))
    return _told(*((known[code].name, known[code]) for code in (first, second)))


def _told(first: tuple[str, Figures], second: tuple[str, Figures]) -> Beside:
    lines = zip(_lines(first[1]), _lines(second[1]), strict=True)
    return Beside((first[0], second[0]), tuple((name, one, other) for (name, one), (_name, other) in lines))


def _lines(figures: Figures) -> list[tuple[str, str]]:
    if not figures.participation.issued:
        return [(name, "–") for name, _text in _names(figures)]
    return _names(figures)


def _names(figures: Figures) -> list[tuple[str, str]]:
    return [
        (_("Phát ra"), figures.issued_text),
        (_("Thu về"), figures.returned_text),
        (_("Tỷ lệ thu về"), figures.return_rate_text),
        (_("Hợp lệ"), figures.valid_text),
        (_("Hài lòng"), figures.satisfied_text),
        (_("Không hài lòng"), figures.dissatisfied_text),
        (_("Tỷ lệ hài lòng"), figures.satisfied_share_text if figures.has_share else "–"),
    ]
