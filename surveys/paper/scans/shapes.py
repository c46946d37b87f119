"""What the shape of the ink in a box tells: how many strokes, letters, rings."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.thresholds import (
    BAY,
    BAYS,
    CROSSINGS,
    LETTER_PIECE,
    MIDDLE_LINE,
    OPEN_RING,
    ROUND_HOLE,
    SCALE,
)

Gray = NDArray[np.uint8]
Points = NDArray[np.int32]


def pieces_of(mask: Gray) -> tuple[float, int]:
    """Millimetres of the longest piece, and how many are of a letter's size."""
    if not mask.any():
        return 0.0, 0
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    extents = np.hypot(stats[1:count, cv2.CC_STAT_WIDTH], stats[1:count, cv2.CC_STAT_HEIGHT]) / SCALE
    return float(extents.max()), int((extents >= LETTER_PIECE).sum())


def bands(mask: Gray) -> tuple[float, float]:
    """Millimetres of scan lines that cross `CROSSINGS` strokes or more: all, and in the middle half of the ink."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return 0.0, 0.0
    dark = np.pad((mask > 0).astype(np.int8), ((0, 0), (1, 0)))
    crowded = (np.diff(dark, axis=1) == 1).sum(axis=1) >= CROSSINGS
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    quarter = (bottom - top) // 4
    return float(crowded.sum()) / SCALE, float(crowded[top + quarter : bottom - quarter].sum()) / SCALE


def loop(mask: Gray) -> float:
    """mm² of the largest hole that is as round as a letter's; a ring that is not quite closed has one too."""
    side = 2 * round(OPEN_RING / 2 * SCALE) + 1
    closed = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    )
    contours, tree = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return 0.0
    largest = 0.0
    for contour, links in zip(contours, np.asarray(tree).reshape(-1, 4), strict=True):
        if links[3] < 0 or len(contour) < 8:
            continue
        area, around = float(cv2.contourArea(contour)), float(cv2.arcLength(contour, True))
        if around and 4 * np.pi * area / around**2 > ROUND_HOLE:
            largest = max(largest, area / SCALE**2)
    return largest


def hollow(mask: Gray) -> float:
    """Share of the smallest triangle round a stroke's middle line that the line's convex hull leaves free, where the ink has one
    bay or two: nearly 0 of a tick or a V, which are triangles, 0,4 of a ring left open, whatever its height and width."""
    count, labels, stats, _middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return 0.0
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    if not 0 < _bays(np.asarray((labels == largest) * 255, np.uint8)) <= BAYS:
        return 0.0
    hull = cv2.convexHull(_middle_line(mask))
    area, _triangle = cv2.minEnclosingTriangle(np.asarray(hull, np.float32))
    return 1 - cv2.contourArea(hull) / area if area else 0.0


def _bays(piece: Gray) -> int:
    """How many deep bays a piece of ink has within its convex hull: a tick or an open ring one, a cross four."""
    contours, _tree = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    corners = cv2.convexHull(outline, returnPoints=False)
    if len(corners) < 4:
        return 0
    bays = cv2.convexityDefects(outline, np.sort(corners, axis=0))
    return 0 if bays is None else int((bays.reshape(-1, 4)[:, 3] > BAY * SCALE * 256).sum())


def _middle_line(mask: Gray) -> Points:
    """The points of the ink that lie deep in it, by the depth of its strokes: a stroke without its width."""
    deep = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 5)
    ridge = (deep > 0) & (deep >= cv2.dilate(deep, np.ones((3, 3), np.uint8)) - 1e-6)
    return np.argwhere(deep >= MIDDLE_LINE * float(np.median(deep[ridge]))).astype(np.int32)[:, None]
