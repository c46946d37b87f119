"""One page: which ballots of ours lie on it, and what each says."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans import fitting
from surveys.paper.scans.ballots import Seen, look
from surveys.paper.scans.darkness import darkness_of
from surveys.paper.scans.pages import Page
from surveys.paper.scans.reference import Reference
from surveys.paper.scans.registration import Mark, Pose, find_marks, flatten, pose_by_print, poses_by_marks
from surveys.paper.scans.results import BallotProblem, BallotReading, PageOutcome, PageReading
from surveys.paper.scans.thresholds import (
    DARK_PIXEL,
    EMPTY_PAGE,
    LEAST_MARKS,
    MOST_FORMS_BY_PRINT,
    OURS,
    OUTSIDE_DARK,
    OUTSIDE_LETTER,
    OUTSIDE_PAPER,
    OVERLAPPING,
    PAGE_EDGE,
    PAPER_OUTSIDE,
)
from surveys.printing.scan_marks import Rect

Gray = NDArray[np.uint8]


def read_page(page: Page, references: Sequence[Reference]) -> tuple[PageReading, list[Seen]]:
    """What is said of a page, and the ballots as they were seen, for crops and for finding the same sheet twice."""
    gray = page.gray
    if is_empty(gray):
        return PageReading(PageOutcome.EMPTY), []
    if page.bilevel:
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.8), dtype=np.uint8)
    poses, stray_marks = poses_by_marks(find_marks(gray), _heights(references))
    if not poses:
        poses = _by_print(gray, references)
    if not poses:
        return PageReading(PageOutcome.NOT_OURS, mirrored=_is_mirrored(gray, references)), []
    seen = [look(gray, pose, references, bilevel=page.bilevel) for pose in poses]
    outside = _pieces_outside(gray, poses)
    more_there = outside > PAPER_OUTSIDE or stray_marks
    if more_there and len(poses) == 1 and not any(_is_untorn(each) for each in seen):
        more = _by_print(_without(gray, poses), references)
        seen += [look(gray, pose, references, bilevel=page.bilevel) for pose in more]
        poses = [each.pose for each in seen]
        outside = _pieces_outside(gray, poses)
        stray_marks = [mark for mark in stray_marks if not any(_is_on(mark, pose) for pose in poses)]
    if outside > PAPER_OUTSIDE or stray_marks or _overlap([each.pose for each in seen]):
        seen = [_as_overlap(each) for each in seen]
    return PageReading(PageOutcome.BALLOTS, tuple(each.reading for each in seen)), seen


def is_empty(gray: Gray) -> bool:
    """Hardly any pixel below a fixed gray; only of a page that was decoded."""
    inner = gray[_inner(gray.shape)]
    return bool((inner < DARK_PIXEL).mean() < EMPTY_PAGE)


def _inner(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The page but for its edges, where scanners leave shadows and the lid shows as a line."""
    high, wide = (round(side * PAGE_EDGE) for side in shape)
    inner = np.zeros(shape, bool)
    inner[high : shape[0] - high, wide : shape[1] - wide] = True
    return inner


def _heights(references: Sequence[Reference]) -> list[float]:
    """Half pages first: the outer marks of two ballots on one page stand like those of one that is twice as high."""
    return sorted({each.form.height for each in references if each.form.code})


def _by_print(gray: Gray, references: Sequence[Reference]) -> list[Pose]:
    """The ballot that one of the forms' print is found on; the best of the forms."""
    found: list[tuple[float, Pose]] = []
    for reference in references[:MOST_FORMS_BY_PRINT]:
        pose = pose_by_print(gray, reference)
        if pose is not None:
            alike = fitting.likeness(darkness_of(flatten(gray, pose)), reference)
            if alike >= OURS:
                found.append((alike, pose))
    return [max(found, key=lambda each: each[0])[1]] if found else []


def _is_mirrored(gray: Gray, references: Sequence[Reference]) -> bool:
    flipped = np.ascontiguousarray(gray[:, ::-1])
    marks = find_marks(flipped)
    return len(marks) >= LEAST_MARKS and bool(poses_by_marks(marks, _heights(references))[0])


def _pieces_outside(gray: Gray, poses: Sequence[Pose]) -> int:
    """Pieces of ink of a letter's size on paper that belongs to no ballot found."""
    scale = poses[0].pixels_a_millimetre
    small = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    side = round(6 * scale / 2) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ballot = np.zeros(small.shape, np.uint8)
    for pose in poses:
        corners = pose.on_page(Rect(-2, -2, 157, pose.height + 4)) / 2
        cv2.fillConvexPoly(ballot, np.round(corners).astype(np.int32), 255)
    light = float(np.median(paper[ballot > 0])) if ballot.any() else 255.0
    dark = (small < paper * OUTSIDE_DARK) & (paper > OUTSIDE_PAPER * light) & (ballot == 0)
    dark &= _inner(dark.shape)
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    tall = stats[1:count, cv2.CC_STAT_HEIGHT] * 2 / scale
    wide = stats[1:count, cv2.CC_STAT_WIDTH] * 2 / scale
    least, most = OUTSIDE_LETTER
    longer = np.maximum(tall, wide)
    return int(((longer > least) & (longer < most)).sum())


def _without(gray: Gray, poses: Sequence[Pose]) -> Gray:
    """The page with the ballots found painted over."""
    left = gray.copy()
    for pose in poses:
        cv2.fillConvexPoly(left, np.round(pose.outline).astype(np.int32), 255)
    return left


def _overlap(poses: Sequence[Pose]) -> bool:
    """Whether two ballots lie over one another: that cannot be on paper that lies flat."""
    for k, one in enumerate(poses):
        for other in poses[k + 1 :]:
            shared, _points = cv2.intersectConvexConvex(one.outline, other.outline)
            if shared > OVERLAPPING * min(cv2.contourArea(one.outline), cv2.contourArea(other.outline)):
                return True
    return False


def _is_on(mark: Mark, pose: Pose) -> bool:
    x, y = mark.corners.mean(axis=0)
    return cv2.pointPolygonTest(pose.outline, (float(x), float(y)), measureDist=False) >= 0


def _is_untorn(seen: Seen) -> bool:
    return seen.reading.problem is BallotProblem.UNTORN


def _as_overlap(seen: Seen) -> Seen:
    if seen.reading.problem is not BallotProblem.NONE:
        return seen
    reading = BallotReading(
        seen.reading.form, BallotProblem.OVERLAP, likeness=seen.reading.likeness, marks=seen.reading.marks
    )
    return Seen(reading, seen.pose, seen.flat, seen.reference)
