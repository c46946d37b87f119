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
    the middles of its sides, of the side with the second most. ``hidden``: mm of the outline that removed lines hide just outside."""

    spilled: float = 0.0
    along: float = 0.0
    hidden: float = 0.0


def edges(dark: Gray, lines: Gray, black: float, places: Mapping[BoxKey, Rect]) -> dict[BoxKey, Edges]:
    """Of every box of a ballot. ``black``: darkness of its print."""
    return {key: _edges(dark, lines, max(black, 1.0), rect) for key, rect in places.items()}


def _edges(dark: Gray, lines: Gray, black: float, box: Rect) -> Edges:
    outside = _strips(box, *SPILL_SIDE, SPILL_CORNER)
    inside = _strips(box, -ALONG_SIDE[1], -ALONG_SIDE[0], box.w / 2 - ALONG_HALF)
    spilled, hidden = 0.0, 0.0
    along: list[float] = []
    for axis, strip in outside:
        in_line = lines[pixels(strip, lines.shape)].any(axis=axis)
        is_ink = dark[pixels(strip, dark.shape)].mean(axis=axis) > SPILL_INK * black
        spilled += float((is_ink & ~in_line).sum()) / SCALE
        hidden += float(in_line.sum()) / SCALE
    for axis, strip in inside:
        is_ink = dark[pixels(strip, dark.shape)].mean(axis=axis) > ALONG_INK * black
        along.append(float(is_ink.sum()) / SCALE)
    return Edges(spilled, sorted(along)[-2], hidden)


def _strips(box: Rect, near: float, far: float, corner: float) -> list[tuple[int, Rect]]:
    """Strips along the sides (upper, lower, left, right) from ``near`` to ``far`` millimetres outside the outline's middle, so much
    left out at both ends; each with the axis across it."""
    deep, long = far - near, box.w - 2 * corner
    level = [Rect(box.x + corner, at, long, deep) for at in (box.y - far, box.bottom + near)]
    upright = [Rect(at, box.y + corner, deep, long) for at in (box.x - far, box.right + near)]
    return [*((0, each) for each in level), *((1, each) for each in upright)]
