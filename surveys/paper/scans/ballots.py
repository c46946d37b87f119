"""One ballot, from where it lies on the page to what its rows say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from surveys.paper.scans import fitting
from surveys.paper.scans.darkness import Levels, darkness_of, settle
from surveys.paper.scans.decision import Decision, decide
from surveys.paper.scans.edges import Surface, edges
from surveys.paper.scans.ink import BoxKey, Ink, find_ink, is_sliver, printed_here
from surveys.paper.scans.lines import Line, darkness_along, find_lines, with_streaks
from surveys.paper.scans.measurement import RowMeasures, measure_box, measure_row
from surveys.paper.scans.reference import Reference, pixels
from surveys.paper.scans.registration import Pose, flatten, pose_by_print
from surveys.paper.scans.results import BallotProblem, BallotReading, RowReading, Verdict
from surveys.paper.scans.thresholds import (
    CODE_AREA_X,
    CODE_AREA_Y,
    COMMENT_EXTENT,
    COMMENT_PIECES,
    COMMENT_REACH,
    HEAD,
    OURS,
    SAME_BALLOT,
    SCALE,
    SURE,
    WRITING,
    ZONE,
)
from surveys.paper.scans.words import Words
from surveys.printing.scan_marks import STUB, WIDTH, Rect, parse_code

Gray = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Seen:
    """A ballot that was looked at: what is said of it, its flattened picture, its pen strokes, and where its boxes lie."""

    reading: BallotReading
    pose: Pose
    flat: Gray
    reference: Reference | None = None
    ink: Ink | None = None
    measures: tuple[RowMeasures, ...] = ()
    places: Mapping[BoxKey, Rect] = field(default_factory=dict)


def look(gray: Gray, pose: Pose, references: Sequence[Reference], *, bilevel: bool) -> Seen:
    """Read the ballot that lies at ``pose``."""
    flat = flatten(gray, pose)
    dark = darkness_of(flat)
    code = read_code(flat)
    reference, problem = _form(code, dark, references, pose)
    if reference is None:
        return Seen(BallotReading(code, problem, marks=pose.marks), pose, flat)
    alike = fitting.likeness(dark, reference)
    if alike < SURE and pose.marks:
        other = pose_by_print(gray, reference)
        if other is not None and _is_same_place(other, pose):
            other_flat = flatten(gray, other)
            other_dark = darkness_of(other_flat)
            if (better := fitting.likeness(other_dark, reference)) > alike:
                pose, flat, dark, alike = other, other_flat, other_dark, better
    if alike < OURS:
        return Seen(BallotReading(code, BallotProblem.UNKNOWN, likeness=alike), pose, flat)
    problem = _whole_problem(gray, pose, reference)
    reading = BallotReading(reference.form.code, problem, likeness=round(alike, 3), marks=pose.marks)
    if problem is not BallotProblem.NONE:
        return Seen(reading, pose, flat, reference)
    return _read(reading, Seen(reading, pose, flat, reference), dark, bilevel=bilevel)


def read_code(flat: Gray) -> str:
    """What the form's code says, or ''. Nothing left of the tear line is in this picture."""
    area = flat[round(CODE_AREA_Y * SCALE) :, round(CODE_AREA_X * SCALE) :]
    for size in (1.0, 2.0):
        picture = (
            area if size == 1.0 else cv2.resize(area, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
        )
        found = zxingcpp.read_barcodes(
            np.ascontiguousarray(picture), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
        ours = [each.text for each in found if parse_code(each.text)]
        if ours:
            return ours[0]
    return ""


def _form(
    code: str, dark: Gray, references: Sequence[Reference], pose: Pose
) -> tuple[Reference | None, BallotProblem]:
    """The form whose code the ballot bears; where no code is read, the one whose whole print it has."""
    of_height = [each for each in references if each.form.height == pose.height]
    if code:
        named = parse_code(code)
        for reference in references:
            if reference.form.code == code:
                return reference, BallotProblem.NONE
        offices = {parsed[1] for each in references if (parsed := parse_code(each.form.code))}
        known = named is not None and named[1] in offices
        return None, BallotProblem.OTHER_VERSION if known else BallotProblem.FOREIGN
    likely = [each for each in of_height if _has_head(dark, each, pose)]
    if not likely:
        return None, BallotProblem.UNKNOWN
    return max(likely, key=lambda each: fitting.likeness(dark, each)), BallotProblem.NONE


def _has_head(dark: Gray, reference: Reference, pose: Pose) -> bool:
    """Whether the head with the office's name is this form's: what a code would say, seen from the print."""
    head = fitting.zones_of(reference)[0]
    return fitting.fit(dark, reference, head.rect, search=1.5).likeness >= HEAD


def _is_same_place(one: Pose, other: Pose) -> bool:
    return (
        float(np.linalg.norm(one.outline.mean(axis=0) - other.outline.mean(axis=0)))
        < SAME_BALLOT * one.pixels_a_millimetre
    )


def _whole_problem(gray: Gray, pose: Pose, reference: Reference) -> BallotProblem:
    """What forbids to read any row."""
    high, wide = gray.shape
    for place in reference.form.rows:
        corners = pose.on_page(place.rect.grown(1))
        if corners.min() < 0 or corners[:, 0].max() > wide or corners[:, 1].max() > high:
            return BallotProblem.CUT_OFF
    if fitting.has_stub(darkness_of(_stub_of(gray, pose)), reference):
        return BallotProblem.UNTORN
    return BallotProblem.NONE


def _stub_of(gray: Gray, pose: Pose) -> Gray:
    """The place where the stub hung, only to see whether it still hangs there."""
    shift = np.array([[1, 0, -STUB * SCALE], [0, 1, 0], [0, 0, 1]], np.float64)
    moved = Pose(pose.matrix @ shift, pose.height, pose.marks)
    return flatten(gray, moved, wide=STUB)


def _read(reading: BallotReading, seen: Seen, dark: Gray, *, bilevel: bool) -> Seen:
    reference = seen.reference
    assert reference is not None  # noqa: S101 - the caller has found the form
    dark, levels = settle(dark, reference, bilevel=bilevel)
    rows = fitting.fit_rows(dark, reference)
    head, *_middle, foot = fitting.zones_of(reference)
    ends = [fitting.fit(dark, reference, zone.rect, search=1.0).likeness for zone in (head, foot)]
    if min(ends) < ZONE:
        covered = BallotReading(
            reading.form, BallotProblem.COVERED, likeness=reading.likeness, marks=reading.marks
        )
        return Seen(covered, seen.pose, seen.flat, reference)
    boxes = {
        (r, b): fitting.fit_box(dark, reference, box.rect, rows[r].shift)
        for r, place in enumerate(reference.form.rows)
        for b, box in enumerate(place.boxes)
    }
    shifts = {key: each.shift for key, each in boxes.items()}
    printed = printed_here(reference, [row.shift for row in rows], shifts)
    lines = with_streaks(find_lines(dark, printed, levels.faint), seen.pose)
    places = _places(reference, shifts)
    ink = find_ink(dark, levels, printed, darkness_along(lines, dark, printed), places)
    measures = _measured(dark, levels, reference, rows, shifts, places, ink)
    decisions = [decide(row, bilevel=bilevel) for row in measures]
    read = _as_reading(reading, reference, decisions, ink, lines)
    return Seen(read, seen.pose, seen.flat, reference, ink, tuple(measures), places)


def _places(reference: Reference, shifts: dict[BoxKey, fitting.Shift]) -> dict[BoxKey, Rect]:
    places = {}
    for (row, box), (right, down) in shifts.items():
        rect = reference.form.rows[row].boxes[box].rect
        places[row, box] = Rect(rect.x + right / SCALE, rect.y + down / SCALE, rect.w, rect.h)
    return places


def _measured(
    dark: Gray,
    levels: Levels,
    reference: Reference,
    rows: Sequence[fitting.Fit],
    shifts: dict[BoxKey, fitting.Shift],
    places: dict[BoxKey, Rect],
    ink: Ink,
) -> list[RowMeasures]:
    measures = []
    at_outline = edges(Surface(dark, ink.lines, ink.printed, max(levels.black, 1.0)), places)
    words = Words(dark, ink, levels, reference, rows)
    for r, place in enumerate(reference.form.rows):
        head = words.head(r)
        boxes = [
            measure_box(
                ink,
                places[r, b],
                (r, b),
                edge=at_outline[r, b],
                head=over,
                outline=fitting.has_outline(dark, box.rect, shifts[r, b], levels.black),
            )
            for b, (box, over) in enumerate(zip(place.boxes, head.struck, strict=True))
        ]
        row = measure_row(
            ink,
            boxes,
            place,
            r,
            struck=words.struck_beside(r),
            struck_text=words.struck_text(r),
            along=head.is_along,
            likeness=rows[r].likeness,
        )
        measures.append(row)
    return measures


def _as_reading(
    reading: BallotReading,
    reference: Reference,
    decisions: Sequence[Decision],
    ink: Ink,
    lines: Sequence[Line],
) -> BallotReading:
    rows = tuple(
        RowReading(
            place.criterion,
            decision.verdict,
            decision.reason,
            place.boxes[decision.box].level if decision.verdict is Verdict.LEVEL else None,
            decision.score,
        )
        for place, decision in zip(reference.form.rows, decisions, strict=True)
    )
    return BallotReading(
        form=reading.form,
        problem=BallotProblem.NONE,
        rows=rows,
        comment=_has_comment(ink, reference),
        writing=_has_writing(ink, reference),
        streaks=tuple(line.streak_at for line in lines if line.streak_at is not None),
        likeness=reading.likeness,
        marks=reading.marks,
    )


def _has_comment(ink: Ink, reference: Reference) -> bool:
    down, across = pixels(reference.form.comment, ink.mask.shape)
    inside = [
        piece
        for piece in ink.pieces
        if down.start <= piece.y + piece.h / 2 <= down.stop
        and across.start <= piece.x + piece.w / 2 <= across.stop
    ]
    return sum(piece.extent >= COMMENT_EXTENT for piece in inside) >= COMMENT_PIECES


def _has_writing(ink: Ink, reference: Reference) -> bool:
    """Ink of a word's size that is in no row, touches no box, and is not where a comment is written."""
    allowed = np.zeros(ink.mask.shape, bool)
    for rect in (*(row.rect for row in reference.form.rows), reference.form.comment.grown(COMMENT_REACH)):
        allowed[pixels(rect, allowed.shape)] = True
    edge = round(3 * SCALE)
    return any(
        piece.extent >= WRITING
        and not piece.boxes
        and edge < piece.x < WIDTH * SCALE - edge - piece.w
        and edge < piece.y < ink.mask.shape[0] - edge - piece.h
        and not allowed[piece.y + piece.h // 2, piece.x + piece.w // 2]
        and not is_sliver(ink, piece)
        for piece in ink.pieces
    )
