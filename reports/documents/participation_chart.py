"""The chart of the papers: issued and returned side by side, white and dark grey, every bar labelled.

Months of the old paper books stand on the page only: a paper is signed, so it tells what can be counted again.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.exports.content import Chart
from reports.exports.drawing import Drawing, Line, Rect, Words
from reports.month.figures import Totals
from reports.month.snapshot import Snapshot
from surveys.vietnamese import official

WIDTH, HEIGHT = 165.0, 55.0
LEFT, TOP, BOTTOM = 15.0, 9.0, 42.0
MOST = 13  # more would not leave room for the figures
WHITE, GREY = "#ffffff", "#505050"


def bars(month: Snapshot, number: str) -> Iterator[Chart]:
    """Of a period those that lead up to it, of a stretch its own; nothing with fewer than two that handed out slips."""
    periods = month.over_time.periods if month.period else month.own_periods
    shown = [totals for totals in periods if totals.has_slips][-MOST:]
    if len(shown) < 2:
        return
    first, last = official(shown[0].label), official(shown[-1].label)
    said = "; ".join(
        f"{official(each.label)}: phát ra {each.issued_text}, thu về {each.returned_text}" for each in shown
    )
    yield Chart(
        caption=f"{number}. Số phiếu phát ra, thu về từ {first} đến {last}",
        unit="(đơn vị tính: phiếu)",
        drawing=Drawing(WIDTH, HEIGHT, tuple(_shapes(shown))),
        said=f"{said}.",
    )


def _shapes(shown: list[Totals]) -> Iterator[Rect | Line | Words]:
    yield from _legend()
    top = max(each.participation.issued for each in shown) or 1
    step = (WIDTH - LEFT) / len(shown)
    wide = min(8.0, step * 0.42)
    for place, each in enumerate(shown):
        middle = LEFT + step * (place + 0.5)
        yield from _bar(middle - wide, wide, each.participation.issued / top, each.issued_text, WHITE)
        yield from _bar(middle, wide, each.participation.returned / top, each.returned_text, GREY)
        yield Words(middle, BOTTOM + 3.8, official(each.short_label), 8 if len(shown) <= 13 else 7)
        yield Words(middle, BOTTOM + 9.5, _told(each), 8, bold=bool(each.dissatisfied))
    yield Line(LEFT, BOTTOM, WIDTH, BOTTOM, 0.3)
    yield Words(LEFT - 1, BOTTOM + 8.4, "Không", 7, anchor="end")
    yield Words(LEFT - 1, BOTTOM + 11, "hài lòng", 7, anchor="end")


def _told(totals: Totals) -> str:
    return totals.dissatisfied_text if totals.shown.has_counts else "–"


def _bar(x: float, width: float, share: float, text: str, fill: str) -> Iterator[Rect | Words]:
    height = share * (BOTTOM - TOP)
    yield Rect(x, BOTTOM - height, width, height, fill, 0.25)
    yield Words(x + width / 2, BOTTOM - height - 0.9, text, 7, bold=fill == GREY)


def _legend() -> Iterator[Rect | Words]:
    yield Rect(45, 0.6, 5, 3, WHITE, 0.25)
    yield Words(51.5, 3.2, "Phát ra", 8.5, anchor="start")
    yield Rect(70, 0.6, 5, 3, GREY, 0.25)
    yield Words(76.5, 3.2, "Thu về", 8.5, anchor="start")
    yield Words(96, 3.2, "Hàng số dưới trục: số phiếu không hài lòng", 8.5, anchor="start")
