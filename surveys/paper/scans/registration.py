"""Where a ballot lies on a page: by its corner marks, else by the features of its print. Both are blind to rotation.

A pose maps the ballot's own frame (thresholds.SCALE pixels a millimetre) to the page's pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.reference import Reference
from surveys.paper.scans.thresholds import (
    LEAST_MARKS,
    MARK_CORRECTED,
    MARK_LEAST_SIDE,
    MARK_MOST_SIDE,
    MARK_RESIDUAL,
    SAME_PLACE,
    SCALE,
    SHRUNK_BELOW,
    SIFT_INLIERS,
    SIFT_PIXELS,
    SIFT_RATIO,
    SIFT_SIZE,
    SKEWED_SIDES,
)
from surveys.printing.scan_marks import MARK, WIDTH, Rect, mark_places

Gray = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True)
class Mark:
    """One corner mark seen on the page; ``corners`` clockwise from its own upper left, in pixels."""

    number: int
    corners: Points


@dataclass(frozen=True, eq=False)
class Pose:
    """``matrix``: 3 × 3, ballot frame to page. ``marks``: how many corner marks it rests on, 0 for print."""

    matrix: NDArray[np.float64]
    height: float
    marks: int

    def on_page(self, rect: Rect) -> Points:
        """The four corners of a place on the ballot, in pixels of the page."""
        corners = np.array([(x, y) for x, y in _corners(rect)], np.float32) * SCALE
        return np.asarray(cv2.perspectiveTransform(corners[None], self.matrix)[0], dtype=np.float32)

    @property
    def outline(self) -> Points:
        return self.on_page(Rect(0, 0, WIDTH, self.height))

    @property
    def pixels_a_millimetre(self) -> float:
        sides = np.linalg.norm(self.outline - np.roll(self.outline, -1, axis=0), axis=1)
        return float(sides.sum() / (2 * (WIDTH + self.height)))

    @property
    def is_sound(self) -> bool:
        """A convex figure, not mirrored, whose opposite sides are nearly equal."""
        outline = self.outline
        sides = np.linalg.norm(outline - np.roll(outline, -1, axis=0), axis=1)
        if not np.isfinite(outline).all() or sides.min() < 1:
            return False
        ways = np.roll(outline, -1, axis=0) - outline
        nexts = np.roll(ways, -1, axis=0)
        turns = ways[:, 0] * nexts[:, 1] - ways[:, 1] * nexts[:, 0]
        ratios = np.array([sides[0] / sides[2], sides[1] / sides[3]])
        skewed = np.maximum(ratios, 1 / ratios).max() > SKEWED_SIDES
        shape = (sides[0] + sides[2]) / (sides[1] + sides[3]) * self.height / WIDTH
        return bool((turns > 0).all() and not skewed and 1 / SKEWED_SIDES < shape < SKEWED_SIDES)


def find_marks(gray: Gray) -> list[Mark]:
    """Every corner mark on the page."""
    corners, numbers, _rejected = _detector().detectMarkers(gray)
    if numbers is None:
        return []
    found = zip(np.asarray(numbers).ravel(), corners, strict=True)
    return [
        Mark(int(number), np.asarray(each, np.float32).reshape(4, 2)) for number, each in found if number < 4
    ]


def poses_by_marks(marks: Sequence[Mark], heights: Iterable[float]) -> tuple[list[Pose], list[Mark]]:
    """One pose for every ballot that shows enough marks, and the marks that belong to none."""
    poses: list[Pose] = []
    left = list(marks)
    for height in heights:
        for group in _groups(left, height):
            pose = _pose(group, height)
            if pose is not None:
                poses.append(pose)
                taken = {id(mark) for mark in group}
                left = [mark for mark in left if id(mark) not in taken]
    return poses, left


def pose_by_print(gray: Gray, reference: Reference) -> Pose | None:
    """By the print's features, where marks are missing, torn off or written over; takes several times as long."""
    small = cv2.resize(gray, None, fx=SIFT_SIZE, fy=SIFT_SIZE, interpolation=cv2.INTER_AREA)
    points, features = _sift().detectAndCompute(small, None)
    known, wanted = _features_of(reference)
    if features is None or wanted is None or len(points) < SIFT_INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(wanted, features, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < SIFT_RATIO * pair[1].distance]
    if len(good) < SIFT_INLIERS:
        return None
    source = np.array([known[match.queryIdx] for match in good], np.float32)
    target = np.array([points[match.trainIdx].pt for match in good], np.float32) / SIFT_SIZE
    cv2.setRNGSeed(1)
    matrix, inliers = cv2.findHomography(source, target, cv2.RANSAC, SIFT_PIXELS)
    if matrix is None or inliers.sum() < SIFT_INLIERS:
        return None
    pose = Pose(np.asarray(matrix, np.float64), reference.form.height, marks=0)
    return pose if pose.is_sound else None


def flatten(gray: Gray, pose: Pose, *, wide: float = WIDTH) -> Gray:
    """The ballot in its own frame, ``wide`` millimetres of it, white where the page ends."""
    size = (round(wide * SCALE), round(pose.height * SCALE))
    shrink = SCALE / max(pose.pixels_a_millimetre, 0.1)
    matrix = pose.matrix
    if shrink < SHRUNK_BELOW:
        gray = np.asarray(
            cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
        matrix = np.diag([shrink, shrink, 1.0]) @ matrix
    flat = cv2.warpPerspective(
        gray,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return np.asarray(flat, dtype=np.uint8)


# --- marks --------------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _detector() -> cv2.aruco.ArucoDetector:
    asked = cv2.aruco.DetectorParameters()
    asked.adaptiveThreshWinSizeMin, asked.adaptiveThreshWinSizeMax, asked.adaptiveThreshWinSizeStep = (
        13,
        53,
        20,
    )
    asked.minMarkerPerimeterRate, asked.maxMarkerPerimeterRate = MARK_LEAST_SIDE, MARK_MOST_SIDE
    asked.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    asked.cornerRefinementWinSize = 4
    asked.errorCorrectionRate = MARK_CORRECTED
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), asked)


def _groups(marks: Sequence[Mark], height: float) -> Iterator[list[Mark]]:
    """Marks that expect the middle of a ballot at one place, each number once, the largest groups first."""
    centres = [_expected_centre(mark, height) for mark in marks]
    near: list[list[int]] = []
    for first, centre in enumerate(centres):
        reach = SAME_PLACE * _size(marks[first]) / MARK
        near.append([k for k, other in enumerate(centres) if np.linalg.norm(other - centre) < reach])
    taken: set[int] = set()
    for group in sorted(near, key=len, reverse=True):
        free = {marks[k].number: k for k in group if k not in taken}
        if len(free) >= LEAST_MARKS:
            taken |= set(free.values())
            yield [marks[k] for k in free.values()]


def _size(mark: Mark) -> float:
    return float(np.linalg.norm(mark.corners - np.roll(mark.corners, -1, axis=0), axis=1).mean())


def _expected_centre(mark: Mark, height: float) -> Points:
    """Where the ballot's middle lies, if the page is flat and seen straight on."""
    place = mark_places(height)[mark.number]
    across = (mark.corners[1] - mark.corners[0] + mark.corners[2] - mark.corners[3]) / (2 * MARK)
    down = (mark.corners[3] - mark.corners[0] + mark.corners[2] - mark.corners[1]) / (2 * MARK)
    middle = mark.corners.mean(axis=0)
    away = WIDTH / 2 - (place.x + MARK / 2), height / 2 - (place.y + MARK / 2)
    return np.asarray(middle + away[0] * across + away[1] * down, dtype=np.float32)


def _pose(group: Sequence[Mark], height: float) -> Pose | None:
    """The map that all marks agree on; a mark that is off its place is left out if three remain."""
    while len(group) >= LEAST_MARKS:
        places = mark_places(height)
        source = np.array([c for mark in group for c in _corners(places[mark.number])], np.float32) * SCALE
        target = np.concatenate([mark.corners for mark in group])
        matrix, _mask = cv2.findHomography(source, target, 0)
        if matrix is None:
            return None
        pose = Pose(np.asarray(matrix, np.float64), height, marks=len(group))
        off = np.linalg.norm(cv2.perspectiveTransform(source[None], matrix)[0] - target, axis=1)
        if off.max() <= MARK_RESIDUAL * max(pose.pixels_a_millimetre, 0.1):
            return pose if pose.is_sound else None
        worst = int(off.reshape(-1, 4).max(axis=1).argmax())
        group = [mark for k, mark in enumerate(group) if k != worst]
    return None


def _corners(rect: Rect) -> tuple[tuple[float, float], ...]:
    return (rect.x, rect.y), (rect.right, rect.y), (rect.right, rect.bottom), (rect.x, rect.bottom)


# --- print --------------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _sift() -> cv2.SIFT:
    return cv2.SIFT.create(nfeatures=3000)


@lru_cache(maxsize=16)
def _features_of(reference: Reference) -> tuple[list[tuple[float, float]], NDArray | None]:
    """Places (pixels of the ballot's frame) and features of the blank form."""
    blank = cv2.resize(
        255 - reference.darkness, None, fx=SIFT_SIZE, fy=SIFT_SIZE, interpolation=cv2.INTER_AREA
    )
    points, features = _sift().detectAndCompute(blank, None)
    return [(point.pt[0] / SIFT_SIZE, point.pt[1] / SIFT_SIZE) for point in points], features
