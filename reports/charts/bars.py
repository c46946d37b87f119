"""Bars on one scale: from issued to satisfied, the bounds of satisfaction, counters within their limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.arithmetic.counts import Participation
from reports.arithmetic.return_limits import RateInLimits
from reports.charts.shapes import NOTHING, joined, line, percent, rect, sign, text
from reports.month.figures import Totals
from reports.month.wording import capital, satisfied_with

BAR = 26  # pixels
ROOM_FOR_ZERO = 0.3  # of the width: two labels side by side


@dataclass(frozen=True)
class FlowRow:
    """One bar of the way from issued to satisfied: its name, its figure, what is missing from it, its drawing."""

    label: str
    figure: str
    beside: str
    bar: SafeString
    warns: bool = False


def flow(totals: Totals, *, is_open: bool) -> list[FlowRow]:
    """Issued, returned, valid, satisfied, all on the scale of issued. What may not be told has no bar."""
    known = totals.participation
    not_back = f"{totals.not_returned_text} {'chưa' if is_open else 'không'} thu về"
    cancelled = f", {totals.cancelled_text} hủy" if known.cancelled else ""
    rows = [
        FlowRow("Phát ra", totals.issued_text, "", _bar(known.issued, ("issued", 0, known.issued))),
        FlowRow(
            "Thu về",
            totals.returned_text,
            f"{not_back}{cancelled}",
            _bar(known.issued, ("returned", 0, known.returned), ("silent", known.returned, known.issued)),
        ),
    ]
    if totals.valid is None:
        return [*rows, FlowRow("Hợp lệ", totals.valid_text, "", NOTHING)]
    if not totals.valid:
        waiting = _bar(known.issued, ("waiting", 0, totals.untold)) if totals.untold else NOTHING
        return [*rows, FlowRow("Hợp lệ", totals.told_text, "", waiting)]
    valid_end = totals.valid + totals.told.void
    beside = f"{totals.void_text} không hợp lệ"
    if totals.untold:
        beside += f", {totals.untold_text} {'không nêu' if totals.hidden_periods else 'chưa công bố'}"
    rows.append(
        FlowRow(
            "Hợp lệ",
            totals.valid_text,
            beside,
            _bar(
                known.issued,
                ("valid", 0, totals.valid),
                ("silent", totals.valid, valid_end),
                ("waiting", valid_end, known.returned),
            ),
        )
    )
    return [*rows, _satisfied(totals, totals.valid)]


def _satisfied(totals: Totals, valid: int) -> FlowRow:
    good = totals.judged[0]
    return FlowRow(
        capital(satisfied_with(totals)),
        totals.satisfied_text,
        f"{totals.dissatisfied_text} không hài lòng",
        _bar(totals.participation.issued, ("good", 0, good), ("bad", good, valid)),
        warns=bool(totals.dissatisfied),
    )


def _bar(whole: int, *stretches: tuple[str, int, int]) -> SafeString:
    """Stretches of a bar, each (kind, from, to). The dissatisfied stick out, however few they are."""
    parts = []
    for kind, start, end in stretches:
        if end <= start:
            continue
        x, width = percent(start, whole), percent(end - start, whole)
        if kind == "bad":
            parts += [rect("bad", x, 0, width, BAR), line("bad-edge", x, 0, x, BAR)]
        else:
            parts.append(rect(kind, x, 4, width, BAR - 8))
    return format_html(
        '<svg class="chart bar" aria-hidden="true" width="100%" height="{}">{}</svg>', BAR, joined(parts)
    )


def returned(known: Participation) -> SafeString:
    """What came back of what was handed out; what has not is hatched."""
    return _bar(known.issued, ("returned", 0, known.returned), ("silent", known.returned, known.issued))


def bounds(totals: Totals, said: Callable[[str], str] = str) -> SafeString:
    """How satisfied all who were asked can be, on a scale from 0 to 100%; each end is told at its own tick, the lower
    below the line and the upper above it, so that they never meet. ``said`` puts a figure into the page's language."""
    if totals.bounds is None or totals.bounds_ends is None:
        return NOTHING
    low, high = float(totals.bounds.low), float(totals.bounds.high)
    low_text, high_text = (said(end) for end in totals.bounds_ends)
    parts = [
        line("axis", "0", 32, "100%", 32),
        line("reach", percent(low), 32, percent(high), 32),
        line("reach-end", percent(low), 24, percent(low), 40),
        line("reach-end", percent(high), 24, percent(high), 40),
        text(f"small strong {_side(high)}", percent(high), 16, high_text),
        text(f"small strong {_side(low)}", percent(low), 58, low_text),
    ]
    if low > ROOM_FOR_ZERO:
        parts.append(text("small start", "0", 58, "0%"))
    return format_html(
        '<svg class="chart" aria-hidden="true" width="100%" height="64">{}</svg>', joined(parts)
    )


def _side(share: float) -> str:
    """On which side of its place a label stands, so that it stays inside the drawing."""
    return "start" if share < ROOM_FOR_ZERO / 2 else "end" if share > 1 - ROOM_FOR_ZERO / 2 else "middle"


def in_limits(row: RateInLimits, start: float) -> SafeString:
    """A counter's return rate within what chance allows, on a scale from ``start`` to 100%."""

    def place(n: int) -> str:
        return percent(0.04 + 0.92 * max(0.0, n / row.issued - start) / (1 - start))

    low, high, here = place(row.low), place(row.high), place(row.returned)
    width = percent(0.92 * (row.high / row.issued - max(start, row.low / row.issued)) / (1 - start))
    parts = [
        rect("band", low, 6, width, 12),
        line("limit", low, 3, low, 21),
        line("limit", high, 3, high, 21),
        sign("signal" if row.is_signal else "dot", here, 12),
    ]
    return format_html(
        '<svg class="chart funnel" aria-hidden="true" width="100%" height="24">{}</svg>', joined(parts)
    )


def funnel_start(rows: Iterable[RateInLimits]) -> int:
    """Where the common scale of all counters starts, in tens of percent below the lowest of them."""
    lowest = min((min(row.low, row.returned) / row.issued for row in rows), default=0)
    return int(lowest * 10) * 10 if lowest < 1 else 90
