"""A course of rates, as small as a word; the number stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT, EDGE = 112, 32, 4
LOW, HIGH, LINE = 0.52, 1.0, 0.85


def sparkline(rates: Sequence[float | None]) -> SafeString:
    """A picture of 52–100 % with a line at 85 %; None is a gap, and the last value carries a point."""
    points = [
        (x, f"{_y(rate):.1f}") for x, rate in zip(_across(len(rates)), rates, strict=True) if rate is not None
    ]
    if not points:
        return format_html('<span class="muted">{}</span>', "–")
    return format_html(PICTURE, " ".join([f"{x},{y}" for x, y in points]), *points[-1])


@cache
def _across(n: int) -> tuple[str, ...]:
    """Where n values lie, left to right."""
    step = (WIDTH - 2 * EDGE) / max(1, n - 1)
    return tuple(f"{EDGE + step * place:.1f}" for place in range(n))


def _y(rate: float) -> float:
    held = min(HIGH, max(LOW, rate))
    return HEIGHT - EDGE - (held - LOW) / (HIGH - LOW) * (HEIGHT - 2 * EDGE)


#: Size and line are the same in each; a page has hundreds.
PICTURE = (
    f'<svg class="spark" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
    f'<line x1="0" x2="{WIDTH}" y1="{_y(LINE):.1f}" y2="{_y(LINE):.1f}"/>'
    '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>'
)
