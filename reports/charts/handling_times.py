"""Handling time against the limit as a small drawing: a band, a dot at the median, a black line where the law draws it."""

from __future__ import annotations

from fractions import Fraction

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.charts import NOTHING
from reports.handling_times.times import Row, quantile

WIDEST = 150  # percent of the allowed time that the drawing covers
HEIGHT = 24


def dial(row: Row) -> SafeString:
    """Nothing without a deadline. The band holds the middle eight of ten; what lies past the limit differs by shape, too."""
    used = row.times.used
    if not used:
        return NOTHING
    low, middle, high = (min(WIDEST, quantile(used, Fraction(part, 10)) or 0) for part in (1, 5, 9))
    # A value stands for the five percent above it.
    ends: list[float] = [low, min(WIDEST, middle + 2.5), min(WIDEST, high + 5)]
    before, after = min(ends[2], 100), max(ends[0], 100)
    within = _bar("used", ends[0], before) if before > ends[0] else NOTHING
    beyond = _bar("over", after, ends[2]) if ends[2] > after else NOTHING
    middle_sign = "over-dot" if middle >= 100 else "used-dot"
    return format_html(
        '<svg class="chart dial" aria-hidden="true" width="100%" height="{}"><rect class="allowed" width="{}" y="9" height="6"/>'
        '{}{}<line class="legal" x1="{}" x2="{}" y1="1" y2="23"/><circle class="{}" cx="{}" cy="12" r="5"/></svg>',
        *(HEIGHT, _at(100), within, beyond, _at(100), _at(100), middle_sign, _at(ends[1])),
    )


def _bar(kind: str, start: float, end: float) -> SafeString:
    return format_html('<line class="{}" x1="{}" x2="{}" y1="12" y2="12"/>', kind, _at(start), _at(end))


def _at(used: float) -> str:
    return f"{100 * used / WIDEST:.1f}%"
