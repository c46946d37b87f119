"""Whether a flattened ballot is the form, zone by zone, and how far each row and box lies off its place."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.reference import Reference, halved, pixels
from surveys.paper.scans.thresholds import (
    BOX_SEARCH,
    COARSE,
    OUTLINE,
    OUTLINE_DARK,
    OUTLINE_SIDE,
    ROUND_BOX,
    ROW_SEARCH,
    SCALE,
    STUB_ALIKE,
)
from surveys.printing.scan_marks import BOX, STUB, WIDTH, Rect

Gray = NDArray[np.uint8]
Shift = tuple[int, int]  # pixels right and down


@dataclass(frozen=True)
class Zone:
    name: str
    rect: Rect


@dataclass(frozen=True)
class Fit:
    """How far a place lies off (pixels) and how well its print is found there (correlation)."""

    shift: Shift
    likeness: float


def likeness(dark: Gray, reference: Reference) -> float:
    """Correlation with the blank form where the form is printed, −1 to 1; what is written elsewhere does not count."""
    size = (reference.shape[1] // COARSE, reference.shape[0] // COARSE)
    ours, theirs, mask = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA)
        for each in (dark, reference.darkness, reference.near_print)
    )
    return _correlation(ours[mask > 0], theirs[mask > 0])


def zones_of(reference: Reference) -> list[Zone]:
    """The printed strips of a form: above the rows, every row with its head, below what customers write of their own accord."""
    rows, comment = reference.form.rows, reference.form.comment
    first, last = rows[0].rect, rows[-1].rect
    top = Zone("head", Rect(14, 3, WIDTH - 28, first.y - 4))
    under = max(comment.bottom, last.bottom + 5)
    bottom = Zone("foot", Rect(14, under, WIDTH - 28, reference.form.height - under - 3))
    return [top, *(Zone(f"row {row.criterion}", row.rect.grown(1)) for row in rows), bottom]


def fit(dark: Gray, reference: Reference, rect: Rect, *, search: float, around: Shift = (0, 0)) -> Fit:
    """The shift within ``search`` millimetres at which the form's print of this place is found best."""
    reach = round(search * SCALE)
    down, across = pixels(rect, reference.shape)
    wanted = reference.darkness[down, across]
    top, left = down.start + around[1] - reach, across.start + around[0] - reach
    padded = _cut(dark, top, left, wanted.shape[0] + 2 * reach, wanted.shape[1] + 2 * reach)
    if not wanted.any() or min(wanted.shape) < SCALE:
        return Fit(around, 0.0)
    found = cv2.matchTemplate(padded, wanted, cv2.TM_CCOEFF_NORMED)
    _least, best, _where, place = cv2.minMaxLoc(found)
    return Fit((around[0] + place[0] - reach, around[1] + place[1] - reach), float(best))


def fit_rows(dark: Gray, reference: Reference) -> list[Fit]:
    """Every row of the form: coarsely at half the size, then to the pixel."""
    half = halved(dark)
    return [_fit_row(dark, half, reference, place.rect) for place in reference.form.rows]


def _fit_row(dark: Gray, half: Gray, reference: Reference, rect: Rect) -> Fit:
    reach = round(ROW_SEARCH * SCALE / 2)
    down, across = (slice(part.start // 2, part.stop // 2) for part in pixels(rect, reference.shape))
    wanted = reference.half[down, across]
    area = _cut(half, down.start - reach, across.start - reach, *(side + 2 * reach for side in wanted.shape))
    found = cv2.matchTemplate(area, wanted, cv2.TM_CCOEFF_NORMED)
    place = cv2.minMaxLoc(found)[3]
    around = (2 * (place[0] - reach), 2 * (place[1] - reach))
    return fit(dark, reference, rect, search=3 / SCALE, around=around)


def fit_box(dark: Gray, reference: Reference, box: Rect, row: Shift) -> Fit:
    """The box alone, near where its row lies: paper curls and feeders stretch."""
    return fit(dark, reference, box.grown(ROUND_BOX), search=BOX_SEARCH, around=row)


def has_outline(dark: Gray, box: Rect, shift: Shift, black: float) -> bool:
    """Whether every side of the box's outline is seen on most of its length."""
    down, across = pixels(box.grown(OUTLINE), dark.shape)
    area = _cut(
        dark,
        down.start + shift[1],
        across.start + shift[0],
        round((BOX + 2 * OUTLINE) * SCALE),
        round((BOX + 2 * OUTLINE) * SCALE),
    )
    deep = round(3 * OUTLINE * SCALE)
    sides = (
        area[:deep].max(axis=0),
        area[-deep:].max(axis=0),
        area[:, :deep].max(axis=1),
        area[:, -deep:].max(axis=1),
    )
    return all(float((side > OUTLINE_DARK * black).mean()) >= OUTLINE_SIDE for side in sides)


def has_stub(dark_left: Gray, reference: Reference) -> bool:
    """Whether the stub still hangs on the ballot: its words stand to the left of the tear line. Its code is not looked at."""
    words = Rect(9, 8, STUB - 14, 14)
    if dark_left.shape[1] < STUB * SCALE * 0.8:
        return False
    down, across = pixels(words, reference.stub.shape)
    wanted = reference.stub[down, across]
    if not wanted.any():
        return False
    found = cv2.matchTemplate(dark_left[: down.stop + 40], wanted, cv2.TM_CCOEFF_NORMED)
    return float(found.max()) > STUB_ALIKE


def _cut(gray: Gray, top: int, left: int, high: int, wide: int) -> Gray:
    """A part of a picture, white where it reaches over the edge."""
    part = np.zeros((high, wide), np.uint8)
    from_y, to_y = max(top, 0), min(top + high, gray.shape[0])
    from_x, to_x = max(left, 0), min(left + wide, gray.shape[1])
    if from_y < to_y and from_x < to_x:
        part[from_y - top : to_y - top, from_x - left : to_x - left] = gray[from_y:to_y, from_x:to_x]
    return part


def _correlation(ours: NDArray, theirs: NDArray) -> float:
    if ours.size < 2:
        return 0.0
    a, b = ours.astype(np.float32), theirs.astype(np.float32)
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm else 0.0
