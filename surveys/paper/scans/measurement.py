"""What the ink on a ballot measures, box by box and row by row; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.edges import Edges
from surveys.paper.scans.ink import BoxKey, Ink, Piece, is_sliver, near_mask
from surveys.paper.scans.reference import Reference, grown, pixels
from surveys.paper.scans.shapes import bands, hollow, loop, pieces_of
from surveys.paper.scans.thresholds import (
    ACROSS,
    BROAD,
    FLAT_ANGLE,
    FROM_MIDDLE,
    INSIDE,
    LETTER_PIECE,
    LINE_DARKER,
    MIDDLE_OF_SIDE,
    OUTLINE,
    PRINT_REACH,
    RIM,
    SCALE,
    SECTOR_INK,
    SECTORS,
    SLENDER,
    UPRIGHT_ANGLE,
)
from surveys.printing.scan_marks import Rect, RowPlace

Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class BoxMeasures:
    """Shares of an area, or millimetres.

    ``fill``, ``extent``, ``faint``: ink 1 mm inside the outline, its longest piece, the longest piece of faint ink.
    ``near``: ink in the frame round the outline. ``reach``: how far ink that touches the box leaves it. ``pieces``: of a
    letter's size inside. ``band``: height of the scan lines that cross many strokes; ``middle_band``: those of them in the
    middle half of the ink. ``loop``: the largest round hole, mm². ``hollow``: see
    `shapes.hollow`. ``lost``: share of the box that lines took out.
    ``loose``: mm of the largest piece outside that touches the outline where no ink is inside: no tail of a mark. ``tails``: how
    many pieces leave the box. ``tall``: height of the ink inside, mm. ``level``: mm of the longest stroke that leaves the box
    level or upright, as no tail of a tick or cross does. ``through``: whether two tails leave the box by the middles of opposite
    sides: a line through it. ``around``: share of the directions from the box in which ink lies
    near it, ``ringed``: in which it lies in the box near the outline. ``spilled``, ``along``, ``hidden``, ``along_three``: see
    `edges.Edges`. ``head``: mm² of ink on the words over the box's column (see `struck_words`).
    """

    fill: float
    extent: float
    faint: float
    near: float
    reach: float
    pieces: int
    band: float
    middle_band: float
    loop: float
    hollow: float
    lost: float
    loose: float
    tails: int
    tall: float
    level: float
    through: bool
    around: float
    ringed: float
    spilled: float
    along: float
    hidden: float
    along_three: float
    head: float
    outline: bool


@dataclass(frozen=True)
class RowMeasures:
    """``stray``: mm of the largest piece of ink in the row that touches no box. ``shared``: mm of ink that touches two.
    ``struck``: mm² of ink between the letters of a level's word. ``struck_text``: the same of the criterion's words, of the
    part that has most. ``likeness``: of the row's print with the form's. ``along``: see `words.Head.is_along`."""

    boxes: tuple[BoxMeasures, ...]
    stray: float
    shared: float
    struck: float
    struck_text: float
    along: bool
    likeness: float


def measure_box(ink: Ink, box: Rect, key: BoxKey, *, edge: Edges, head: float, outline: bool) -> BoxMeasures:
    inside = pixels(box.grown(-INSIDE), ink.mask.shape)
    mask, whole = ink.mask[inside], ink.mask[pixels(box, ink.mask.shape)]
    where, ring = near_mask(box, ink.mask.shape)
    open_paper = ring & (ink.printed[where] == 0)
    extent, count = pieces_of(mask)
    band, middle = bands(mask)
    loose, tails, level, through = _outside(ink, box, key)
    return BoxMeasures(
        fill=float((mask > 0).mean()) if mask.size else 0.0,
        extent=extent,
        faint=pieces_of(ink.faint[inside])[0],
        near=float((ink.mask[where] > 0)[open_paper].mean()) if open_paper.any() else 0.0,
        reach=_reach(ink.pieces, box, key),
        pieces=count,
        band=band,
        middle_band=middle,
        loop=loop(mask),
        hollow=hollow(whole),
        lost=float((ink.lines[pixels(box.grown(-OUTLINE / 2 - PRINT_REACH), ink.lines.shape)] > 0).mean()),
        loose=loose,
        tails=tails,
        tall=float(mask.any(axis=1).sum()) / SCALE,
        level=level,
        through=through,
        around=_directions(ink.mask[where], ring),
        ringed=_directions(whole, _far_from_middle(whole.shape)),
        spilled=edge.spilled,
        along=edge.along,
        hidden=edge.hidden,
        along_three=edge.along_three,
        head=head,
        outline=outline,
    )


def measure_row(
    ink: Ink,
    boxes: Sequence[BoxMeasures],
    place: RowPlace,
    number: int,
    *,
    struck: float,
    struck_text: float,
    along: bool,
    likeness: float,
) -> RowMeasures:
    down, across = pixels(place.rect, ink.mask.shape)
    touching = [
        piece
        for piece in ink.pieces
        if piece.y < down.stop
        and piece.y + piece.h > down.start
        and piece.x < across.stop
        and piece.x + piece.w > across.start
    ]
    strays = [
        _part(ink, piece, (down, across))
        for piece in touching
        if not piece.boxes and not is_sliver(ink, piece)
    ]
    shared = [
        piece.extent
        for piece in touching
        if len(piece.boxes) > 1 and any(row == number for row, _box in piece.boxes)
    ]
    return RowMeasures(
        boxes=tuple(boxes),
        stray=max(strays, default=0.0),
        shared=max(shared, default=0.0),
        struck=struck,
        struck_text=struck_text,
        along=along,
        likeness=likeness,
    )


def struck_words(
    dark: Gray, ink: Ink, level: float, reference: Reference, rect: Rect, shifts: Sequence[tuple[int, int]]
) -> float:
    """mm² of ink on the letters of a place: closer to them than `find_ink` looks, where no print is, and what it found near them.

    Of several ``shifts`` the one that explains most of the ink as print counts. Under a crease only what is darker is ink.
    """
    down, across = pixels(rect, reference.shape)
    if not reference.letters[down, across].any():
        return 0.0
    between, near = reference.round_words(rect)
    found = []
    for right, below in set(shifts):
        top, left = max(down.start + below, 0), max(across.start + right, 0)
        here = (slice(top, top + between.shape[0]), slice(left, left + between.shape[1]))
        high, wide = dark[here].shape
        in_line = ink.lines[here] > 0
        is_dark = dark[here] > np.maximum(LINE_DARKER * ink.line_dark[here], level)
        is_ink = (ink.mask[here] > 0) | is_dark & in_line & (ink.printed[here] == 0)
        bar = is_dark & between[:high, :wide] | is_ink & near[:high, :wide]
        found.append(float(bar.sum()) / SCALE**2)
    return min(found)


def _reach(pieces: Sequence[Piece], box: Rect, key: BoxKey) -> float:
    """How far ink that touches the box lies beyond its outline, in millimetres."""
    edge = box.grown(OUTLINE / 2)
    far = 0.0
    for piece in pieces:
        if key in piece.boxes:
            left, top = piece.x / SCALE, piece.y / SCALE
            right, bottom = (piece.x + piece.w) / SCALE, (piece.y + piece.h) / SCALE
            far = max(far, edge.x - left, edge.y - top, right - edge.right, bottom - edge.bottom)
    return far


def _outside(ink: Ink, box: Rect, key: BoxKey) -> tuple[float, int, float, bool]:
    """Millimetres of the largest piece that touches the box from outside and goes on nowhere inside, how many go on,
    millimetres of the longest of these that is level or upright, and whether two leave by the middles of opposite sides."""
    interior = pixels(box.grown(-OUTLINE / 2 - PRINT_REACH), ink.mask.shape)
    around = pixels(box.grown(OUTLINE / 2 + PRINT_REACH + 2 / SCALE), ink.mask.shape)
    down, across = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(interior, around, strict=True))
    pieces = [piece for piece in ink.pieces if key in piece.boxes and piece.extent >= LETTER_PIECE]
    if not pieces:
        return 0.0, 0, 0.0, False
    labels = ink.labels[around]
    ends = np.zeros(labels.shape, np.uint8)
    ends[down, across] = ink.mask[interior]
    ends[down.start + RIM : down.stop - RIM, across.start + RIM : across.stop - RIM] = 0
    near = grown(ends, ACROSS) > 0
    loose, tails, level = 0.0, 0, 0.0
    sides: set[str] = set()
    for piece in pieces:
        mine = labels == piece.label
        if mine[down, across].any():
            continue
        if (mine & near).any():
            tails += 1
            level = max(level, _level(ink, piece))
            sides.add(_side(mine))
        else:
            loose = max(loose, piece.extent)
    return loose, tails, level, {"left", "right"} <= sides or {"top", "bottom"} <= sides


def _side(mine: NDArray[np.bool_]) -> str:
    """By the middle of which side of a box a tail leaves it, '' near a corner, as the strokes of a cross do."""
    ys, xs = np.nonzero(mine)
    down, across = (
        float(each.mean()) / side * 2 - 1 for each, side in zip((ys, xs), mine.shape, strict=True)
    )
    if abs(down) < MIDDLE_OF_SIDE < abs(across):
        return "left" if across < 0 else "right"
    if abs(across) < MIDDLE_OF_SIDE < abs(down):
        return "top" if down < 0 else "bottom"
    return ""


def _level(ink: Ink, piece: Piece) -> float:
    """Millimetres of a piece that is a stroke nearly along or nearly upright, 0 of any other."""
    part = ink.labels[piece.y : piece.y + piece.h, piece.x : piece.x + piece.w] == piece.label
    points = np.argwhere(part).astype(np.float64)
    if len(points) < 2:
        return 0.0
    spread, ways = np.linalg.eigh(np.cov(points.T))
    long, wide = (float(np.sqrt(12 * max(each, 0.0))) / SCALE for each in spread[::-1])
    if long < SLENDER * wide or wide > BROAD:
        return 0.0
    down, across = np.abs(ways[:, 1])
    angle = float(np.degrees(np.arctan2(down, across)))
    return piece.extent if angle < FLAT_ANGLE or angle > 90 - UPRIGHT_ANGLE else 0.0


def _directions(mask: Gray, where: NDArray[np.bool_]) -> float:
    """Share of the directions from the middle of a place in which there is ink in a part of it."""
    ys, xs = np.nonzero((mask > 0) & where)
    if not ys.size:
        return 0.0
    turns = np.arctan2(ys - where.shape[0] / 2, xs - where.shape[1] / 2)
    counts = np.bincount(((turns + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS, minlength=SECTORS)
    return float((counts >= SECTOR_INK).mean())


def _far_from_middle(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    ys, xs = np.ogrid[: shape[0], : shape[1]]
    return np.asarray(np.hypot(ys - shape[0] / 2, xs - shape[1] / 2) >= FROM_MIDDLE * SCALE)


def _part(ink: Ink, piece: Piece, where: tuple[slice, slice]) -> float:
    """Millimetres of a piece within a place."""
    down, across = where
    part = ink.labels[down, across][
        max(piece.y - down.start, 0) : piece.y + piece.h - down.start,
        max(piece.x - across.start, 0) : piece.x + piece.w - across.start,
    ]
    ys, xs = np.nonzero(part == piece.label)
    return float(np.hypot(np.ptp(xs) + 1, np.ptp(ys) + 1)) / SCALE if xs.size else 0.0
