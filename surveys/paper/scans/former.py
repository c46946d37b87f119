"""Where the boxes of a form lie that was printed before forms had a geometry: seen from its own blank print."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.thresholds import OUTLINE, SCALE
from surveys.printing.scan_marks import BOX, HALF, BallotForm, BoxPlace, Rect, RowPlace

Gray = NDArray[np.uint8]
LEFT, RIGHT, ROW = 7.0, 143.0, 12.0  # of the former tables
COMMENT_BELOW, COMMENT_HIGH = 7.0, 26.0
SIDE = BOX - OUTLINE  # of a former box by the middle of its outline, which lay within its 8 mm
SIZE_OFF = 0.8  # mm that a side of a box may differ


class NotSuchAForm(Exception):
    """The boxes seen are not as many as the criteria have levels."""


def former_form(darkness: Gray, criteria: Sequence[tuple[str, Sequence[int]]]) -> BallotForm:
    """The geometry of a former form from its blank darkness; ``criteria``: (code, levels from left to right).

    Raises `NotSuchAForm`.
    """
    boxes = _boxes(darkness)
    rows: list[RowPlace] = []
    for code, levels in criteria:
        line, boxes = boxes[: len(levels)], boxes[len(levels) :]
        if len(line) < len(levels) or max(each.y for each in line) - min(each.y for each in line) > 1:
            raise NotSuchAForm
        places = tuple(
            BoxPlace(level, rect) for level, rect in zip(levels, sorted(line, key=lambda r: r.x), strict=True)
        )
        top = line[0].y - (ROW - SIDE) / 2
        rows.append(RowPlace(code, Rect(LEFT, top, RIGHT - LEFT, ROW), places))
    if boxes or not rows:
        raise NotSuchAForm
    comment = Rect(LEFT, rows[-1].rect.bottom + COMMENT_BELOW, RIGHT - LEFT, COMMENT_HIGH)
    return BallotForm("", HALF, tuple(rows), comment, Rect(0, 0, 0, 0))


def _boxes(darkness: Gray) -> list[Rect]:
    """Empty squares of a box's size, from the top down."""
    contours, _tree = cv2.findContours(
        (darkness > 128).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    )
    found: list[Rect] = []
    for contour in contours:
        x, y, wide, high = (each / SCALE for each in cv2.boundingRect(contour))
        rect = Rect(x + wide / 2 - SIDE / 2, y + high / 2 - SIDE / 2, SIDE, SIDE)
        is_square = abs(wide - BOX) < SIZE_OFF and abs(high - BOX) < SIZE_OFF
        if is_square and not any(abs(rect.x - o.x) + abs(rect.y - o.y) < 2 for o in found):
            found.append(rect)
    return sorted(found, key=lambda rect: (round(rect.y), rect.x))
