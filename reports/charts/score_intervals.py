"""Axis and rows of the chart of scores with their place intervals."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

MIDDLE, ROW = 14, 28  # pixels: where a row's line runs, and its height


STEPS = (1, 2, 5, 10, 20)
MOST_STEPS = 4  # so few numbers stand beside each other over a column of 120 pixels


@dataclass(frozen=True)
class Axis:
    """The common scale of all rows: from ``start`` to 100, with its printed ticks."""

    start: int
    step: int

    @classmethod
    def of(cls, units: list[dict]) -> Axis:
        lows = [float(unit["low"]) for unit in units if unit["low"] is not None]
        lowest = min(lows, default=0.0)
        step = next((step for step in STEPS if (100 - lowest) / step <= MOST_STEPS), STEPS[-1])
        return cls(int(lowest // step) * step, step)

    def at(self, value: float) -> str:
        """A place in percent of the width; room is left at both ends for a dot."""
        return f"{2 + 96 * (value - self.start) / (100 - self.start):.2f}%"

    @property
    def ticks(self) -> list[int]:
        return list(range(self.start, 101, self.step))


def heading(axis: Axis) -> SafeString:
    """The ticks above the rows."""
    labels = "".join(f'<text x="{axis.at(tick)}" y="14">{tick}</text>' for tick in axis.ticks)
    return format_html(
        '<svg class="ticks" width="100%" height="{}" aria-hidden="true">{}</svg>', 20, SafeString(labels)
    )


def drawn(unit: dict, axis: Axis, band: dict | None) -> SafeString:
    """One row: the band of the chosen unit behind, the unit's interval, its score."""
    if unit["low"] is None:
        return SafeString("")
    low, high, score = (float(unit[key]) for key in ("low", "high", "score"))
    parts = [
        f'<line class="tick" x1="{axis.at(t)}" x2="{axis.at(t)}" y1="0" y2="{ROW}"/>' for t in axis.ticks
    ]
    if band and band["low"] is not None:
        left, right = (float(band[key]) for key in ("low", "high"))
        width = 96 * (right - left) / (100 - axis.start)
        parts.append(f'<rect class="band" x="{axis.at(left)}" width="{width:.2f}%" y="0" height="{ROW}"/>')
    parts.append(
        f'<line class="reach" x1="{axis.at(low)}" x2="{axis.at(high)}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
    )
    parts.append(f'<circle cx="{axis.at(score)}" cy="{MIDDLE}" r="4"/>')
    return format_html(
        '<svg class="cat" width="100%" height="{}" aria-hidden="true">{}</svg>',
        ROW,
        SafeString("".join(parts)),
    )
