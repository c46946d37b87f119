"""Straight lines that cross most of a ballot and are no marks: creases, and streaks of dirt on a scanner's glass."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.registration import Pose
from surveys.paper.scans.thresholds import (
    LINE_GRAY,
    LINE_MOSTLY,
    LINE_OPEN,
    LINE_REACH,
    LINE_SEEN,
    LINE_SHARE,
    LINE_STEEPEST,
    LINES_APART,
    LINES_HALVED,
    MOST_LINES,
    SCALE,
    STREAK_ANGLE,
)

Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class Line:
    """From end to end in pixels of the ballot's frame. ``streak_at``: where it runs along a side of the page, its distance
    from the page's left side in millimetres (from its upper side, then negative)."""

    x1: float
    y1: float
    x2: float
    y2: float
    streak_at: float | None = None


def find_lines(dark: Gray, printed: Gray, faint: float) -> list[Line]:
    """Lines over at least `LINE_SHARE` of the ballot's width or height, nearly along one of its sides."""
    mask = np.asarray(np.where(printed > 0, 0, (dark > faint) * 255), dtype=np.uint8)
    halved = cv2.resize(mask, None, fx=1 / LINES_HALVED, fy=1 / LINES_HALVED, interpolation=cv2.INTER_AREA)
    small = np.asarray((halved > LINE_GRAY) * np.uint8(255), dtype=np.uint8)
    found: list[Line] = []
    for upright in (False, True):
        picture: Gray = small.T.copy() if upright else small
        found += [
            _turned(line) if upright else line for line in _across(picture, printed, dark.shape, upright)
        ]
    return found


def _across(small: Gray, printed: Gray, shape: tuple[int, ...], upright: bool) -> list[Line]:
    """Lines from left to right in a picture of half size."""
    wide = small.shape[1]
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (round(2 * SCALE / LINES_HALVED), 1))
    runs = cv2.morphologyEx(cv2.dilate(small, np.ones((2, 1), np.uint8)), cv2.MORPH_OPEN, kernel)
    if np.count_nonzero(runs.max(axis=0)) < LINE_SHARE / 2 * wide:
        return []
    steepest = np.radians(LINE_STEEPEST)
    found = cv2.HoughLines(
        runs,
        1,
        np.pi / 720,
        round(wide * LINE_SHARE * 0.5),
        min_theta=np.pi / 2 - steepest,
        max_theta=np.pi / 2 + steepest,
    )
    if found is None:
        return []
    open_paper = printed.T if upright else printed
    lines: list[Line] = []
    left = small.copy()
    for rho, theta in np.asarray(found).reshape(-1, 2)[:MOST_LINES]:
        line = _whole(float(rho), float(theta), wide)
        if not any(_same(line, other) for other in lines) and _is_seen(line, left, open_paper):
            lines.append(line)
            ends = (0, round(line.y1 / LINES_HALVED)), (wide, round(line.y2 / LINES_HALVED))
            cv2.line(
                left, *ends, 0, thickness=round(2 * LINE_REACH * SCALE / LINES_HALVED)
            )  # no second line from the same dark
    return lines


def _whole(rho: float, theta: float, wide: int) -> Line:
    """From edge to edge: what is left of a crease beyond its dark part is no mark either."""
    left = rho / np.sin(theta)
    right = (rho - wide * np.cos(theta)) / np.sin(theta)
    return Line(0.0, float(left * LINES_HALVED), float(wide * LINES_HALVED), float(right * LINES_HALVED))


def _same(line: Line, other: Line) -> bool:
    middle = (line.x1 + line.x2) / 2
    slope = (other.y2 - other.y1) / max(other.x2 - other.x1, 1.0)
    return abs(other.y1 + slope * (middle - other.x1) - (line.y1 + line.y2) / 2) < LINES_APART * SCALE


def _is_seen(line: Line, small: Gray, printed: Gray) -> bool:
    xs = np.arange(line.x1, line.x2, LINES_HALVED)
    ys = np.interp(xs, (line.x1, line.x2), (line.y1, line.y2))
    across, down = (xs / LINES_HALVED).astype(int), (ys / LINES_HALVED).astype(int)
    across, down = np.clip(across, 0, small.shape[1] - 1), np.clip(down, 0, small.shape[0] - 1)
    is_open = (
        printed[
            np.clip(ys.astype(int), 0, printed.shape[0] - 1), np.clip(xs.astype(int), 0, printed.shape[1] - 1)
        ]
        == 0
    )
    near = cv2.dilate(small, np.ones((3, 1), np.uint8))[down, across] > 0
    return bool(is_open.sum() > LINE_OPEN * len(xs) and near[is_open].mean() >= LINE_SEEN)


def _turned(line: Line) -> Line:
    return Line(line.y1, line.x1, line.y2, line.x2)


def zone_of(lines: list[Line], shape: tuple[int, ...]) -> Gray:
    """What is taken out with the lines."""
    zone = np.zeros(shape, np.uint8)
    for line in lines:
        ends = (round(line.x1), round(line.y1)), (round(line.x2), round(line.y2))
        cv2.line(zone, *ends, 255, thickness=round(2 * LINE_REACH * SCALE))
    return zone


def darkness_along(lines: list[Line], dark: Gray, printed: Gray) -> Gray:
    """Over each line's zone how dark that line is where no print is near, at least 1; the darker one where two cross."""
    found = np.zeros(dark.shape, np.uint8)
    for line in lines:
        zone = zone_of([line], dark.shape)
        axis = 0 if abs(line.x2 - line.x1) > abs(line.y2 - line.y1) else 1
        is_open = (zone > 0).any(axis=axis) & ~((zone > 0) & (printed > 0)).any(axis=axis)
        ridge = np.where(zone > 0, dark, 0).max(axis=axis)[is_open]
        level = max(float(np.percentile(ridge, LINE_MOSTLY)), 1.0) if ridge.size else 1.0
        np.maximum(found, np.where(zone > 0, round(level), 0), out=found, casting="unsafe")
    return found


def with_streaks(lines: list[Line], pose: Pose) -> list[Line]:
    """The lines, those along a side of the page with their place on it."""
    return [Line(line.x1, line.y1, line.x2, line.y2, _streak_at(line, pose)) for line in lines]


def _streak_at(line: Line, pose: Pose) -> float | None:
    ends = np.array([[(line.x1, line.y1), (line.x2, line.y2)]], np.float32)
    (x1, y1), (x2, y2) = cv2.perspectiveTransform(ends, pose.matrix)[0]
    angle, scale = abs(np.degrees(np.arctan2(y2 - y1, x2 - x1))) % 180, pose.pixels_a_millimetre
    if abs(angle - 90) < STREAK_ANGLE:
        return round(float((x1 + x2) / 2 / scale), 2)
    if min(angle, 180 - angle) < STREAK_ANGLE:
        return -round(float((y1 + y2) / 2 / scale), 2)
    return None
