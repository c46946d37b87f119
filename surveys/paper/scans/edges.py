"""What lies at a box's outline, close to print as black as ink: told by its darkness across each side, not piece by piece.

A clear mark leaves its box nowhere but near its corners, and runs along no two of its sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.reference import pixels
from surveys.paper.scans.thresholds import (
    ALONG_HALF,
    ALONG_INK,
    ALONG_SIDE,
    BEYOND,
    SCALE,
    SPILL_CORNER,
    SPILL_INK,
    SPILL_SIDE,
)
from surveys.printing.scan_marks import Rect

Gray = NDArray[np.uint8]
BoxKey = tuple[int, int]  # row, box


@dataclass(frozen=True)
class Edges:
    """``spilled``: mm of the outline, its corners left out, with ink just outside. ``along``: mm of ink just inside
    the middles of its sides, of the side with the second most; ``along_three``: of that with the third most. ``hidden``: mm of the outline that removed lines hide just outside,
    where a stroke may leave the box: ink lies just inside, or on the first paper beyond, or no paper is near."""

    spilled: float = 0.0
    along: float = 0.0
    hidden: float = 0.0
    along_three: float = 0.0


@dataclass(frozen=True, eq=False)
class Surface:
    """A ballot as outlines are looked at. ``lines``: what creases and streaks take out; ``printed``: print with what lies around
    it; ``black``: darkness of the print."""

    dark: Gray
    lines: Gray
    printed: Gray
    black: float


def edges(surface: Surface, places: Mapping[BoxKey, Rect]) -> dict[BoxKey, Edges]:
    """Of every box of a ballot."""
    return {key: _edges(surface, rect) for key, rect in places.items()}


def _edges(on: Surface, box: Rect) -> Edges:
    spilled, hidden = 0.0, 0.0
    for outside, inside, beyond in zip(
        _strips(box, *SPILL_SIDE, SPILL_CORNER),
        _strips(box, -ALONG_SIDE[1], -ALONG_SIDE[0], SPILL_CORNER),
        _strips(box, SPILL_SIDE[1], BEYOND, SPILL_CORNER),
        strict=True,
    ):
        in_line = outside.of(on.lines).any(axis=0)
        is_ink = outside.of(on.dark).mean(axis=0) > SPILL_INK * on.black
        spilled += float((is_ink & ~in_line).sum()) / SCALE
        if in_line.any():
            may_leave = (inside.of(on.dark).mean(axis=0) > ALONG_INK * on.black) | _beyond(on, beyond)
            hidden += float((in_line & may_leave).sum()) / SCALE
    along = [
        float((strip.of(on.dark).mean(axis=0) > ALONG_INK * on.black).sum()) / SCALE
        for strip in _strips(box, -ALONG_SIDE[1], -ALONG_SIDE[0], box.w / 2 - ALONG_HALF)
    ]
    _least, third, second, _most = sorted(along)
    return Edges(spilled, second, hidden, third)


def _beyond(on: Surface, strip: Strip) -> NDArray[np.bool_]:
    """Of each place along a side, whether ink lies on the first paper outside that neither print nor a line hides, or no such is near."""
    is_open = (strip.of(on.lines) == 0) & (strip.of(on.printed) == 0)
    first = is_open.argmax(axis=0)
    is_ink = strip.of(on.dark) > SPILL_INK * on.black
    return is_ink[first, np.arange(is_ink.shape[1])] | ~is_open.any(axis=0)


@dataclass(frozen=True)
class Strip:
    """A strip along a side of a box; ``of`` gives its pixels outwards by rows, along the side by columns."""

    rect: Rect
    is_upright: bool
    is_turned: bool

    def of(self, gray: Gray) -> Gray:
        part = gray[pixels(self.rect, gray.shape)]
        part = part.T if self.is_upright else part
        return part[::-1] if self.is_turned else part


def _strips(box: Rect, near: float, far: float, corner: float) -> list[Strip]:
    """Strips along the sides (upper, lower, left, right) from ``near`` to ``far`` millimetres outside the outline's middle, so much
    left out at both ends."""
    deep, long = far - near, box.w - 2 * corner
    across, down = box.x + corner, box.y + corner
    return [
        Strip(Rect(across, box.y - far, long, deep), is_upright=False, is_turned=True),
        Strip(Rect(across, box.bottom + near, long, deep), is_upright=False, is_turned=False),
        Strip(Rect(box.x - far, down, deep, long), is_upright=True, is_turned=True),
        Strip(Rect(box.right + near, down, deep, long), is_upright=True, is_turned=False),
    ]
