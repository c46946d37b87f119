"""What was written on a ballot: ink beside the print, in connected pieces, each with the boxes that it touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.darkness import Levels
from surveys.paper.scans.fitting import Shift
from surveys.paper.scans.reference import Reference, pixels
from surveys.paper.scans.thresholds import (
    AROUND_ROW,
    HUGGING,
    LEAST_PIECE,
    NEAR,
    OUTLINE,
    PRINT_REACH,
    SCALE,
    SLIVER,
    THIN,
)
from surveys.printing.scan_marks import Rect

Gray = NDArray[np.uint8]
BoxKey = tuple[int, int]  # row, box


@dataclass(frozen=True)
class Piece:
    """A connected piece of ink: its bounding box in pixels, and the boxes whose outline or inside it touches."""

    label: int
    x: int
    y: int
    w: int
    h: int
    area: int
    boxes: tuple[BoxKey, ...]

    @property
    def extent(self) -> float:
        """Millimetres from corner to corner."""
        return float(np.hypot(self.w, self.h)) / SCALE

    @property
    def thickness(self) -> float:
        """Millimetres, of a piece that is one straight stroke; more of any other."""
        return self.area / SCALE**2 / self.extent


@dataclass(frozen=True, eq=False)
class Ink:
    """``mask``: ink; ``faint``: faint ink too; both without print and lines. ``lines``: what lines took out, ``line_dark``: how dark
    each of them is there (see `lines.darkness_along`)."""

    mask: Gray
    faint: Gray
    lines: Gray
    printed: Gray
    labels: NDArray[np.int32] = field(repr=False)
    pieces: tuple[Piece, ...]
    line_dark: Gray = field(repr=False)


def is_sliver(ink: Ink, piece: Piece) -> bool:
    """Whether a piece is what is left of print that lies off its place: thinner than a pen's stroke, or nearly so and at the print's
    edge on most of its length."""
    if piece.thickness < THIN:
        return True
    if piece.thickness >= SLIVER:
        return False
    top, left = max(piece.y - 1, 0), max(piece.x - 1, 0)
    here = slice(top, piece.y + piece.h + 1), slice(left, piece.x + piece.w + 1)
    mine = np.asarray(ink.labels[here] == piece.label, dtype=np.uint8)
    at_print = (cv2.dilate(mine, np.ones((3, 3), np.uint8)) > 0) & (ink.printed[here] > 0)
    along = at_print.any(axis=0 if piece.w >= piece.h else 1)
    return float(along.sum()) >= HUGGING * max(piece.w, piece.h)


def printed_here(reference: Reference, rows: Sequence[Shift], boxes: Mapping[BoxKey, Shift]) -> Gray:
    """The form's print as it lies on this ballot, every row and box at its own place."""
    mask = reference.printed.copy()
    for place, shift in zip(reference.form.rows, rows, strict=True):
        _paste(mask, reference.printed, place.rect.grown(AROUND_ROW), shift)
    for (row, box), shift in boxes.items():
        inside = reference.form.rows[row].boxes[box].rect
        _paste(mask, reference.printed, inside.grown(OUTLINE + PRINT_REACH), shift)
    return mask


def find_ink(dark: Gray, levels: Levels, printed: Gray, line_dark: Gray, boxes: Mapping[BoxKey, Rect]) -> Ink:
    """``line_dark``: over the lines that are taken out how dark they are, 0 elsewhere. ``boxes``: where each box lies on this ballot, in millimetres of its frame."""
    lines = np.asarray((line_dark > 0) * np.uint8(255), dtype=np.uint8)
    hidden = (printed > 0) | (lines > 0)
    mask = np.asarray(np.where(hidden, 0, (dark > levels.ink) * 255), dtype=np.uint8)
    faint = np.asarray(np.where(hidden, 0, (dark > levels.faint) * 255), dtype=np.uint8)
    count, labels, stats, _middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    owners: dict[int, list[BoxKey]] = {}
    for key, rect in boxes.items():
        part = labels[pixels(rect.grown(OUTLINE / 2 + PRINT_REACH + 2 / SCALE), labels.shape)]
        for label in np.unique(part):
            if label:
                owners.setdefault(int(label), []).append(key)
    pieces = tuple(
        _piece(label, stats[label], tuple(owners.get(label, ())))
        for label in range(1, count)
        if stats[label][cv2.CC_STAT_AREA] >= LEAST_PIECE
    )
    return Ink(mask, faint, lines, printed, np.asarray(labels, dtype=np.int32), pieces, line_dark)


def _piece(label: int, stats: NDArray[np.integer], boxes: tuple[BoxKey, ...]) -> Piece:
    """One row of OpenCV's table of pieces, told by name."""
    x, y, w, h, area = (int(each) for each in stats[:5])
    return Piece(label, x, y, w, h, area, boxes)


def near_mask(box: Rect, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    """The frame of `NEAR` millimetres round a box's outline: where it lies, and which of its pixels belong to it."""
    where = pixels(box.grown(OUTLINE / 2 + NEAR), shape)
    ring = np.ones((where[0].stop - where[0].start, where[1].stop - where[1].start), bool)
    inner = pixels(box.grown(OUTLINE / 2), shape)
    ring[
        inner[0].start - where[0].start : inner[0].stop - where[0].start,
        inner[1].start - where[1].start : inner[1].stop - where[1].start,
    ] = False
    return where, ring


def _paste(mask: Gray, printed: Gray, rect: Rect, shift: Shift) -> None:
    down, across = pixels(rect, mask.shape)
    top, left = down.start + shift[1], across.start + shift[0]
    high, wide = down.stop - down.start, across.stop - across.start
    to_y, to_x = max(top, 0), max(left, 0)
    part = printed[down, across][to_y - top : high, to_x - left : wide]
    room = mask[to_y : to_y + part.shape[0], to_x : to_x + part.shape[1]]
    room[:] = part[: room.shape[0], : room.shape[1]]
