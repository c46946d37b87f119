"""Where a form's words stand on a ballot, and what is drawn over them.

A word above a column is the word of every row of its table, so what is drawn there does not say which row it was meant for. A
stroke along the word denies that column: it puts in doubt the rows that are marked there and agrees with a mark in another
column. A ring, a cross, a line under the word or writing may be an answer to any row: it puts all rows of the table in doubt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans import fitting
from surveys.paper.scans.darkness import Levels
from surveys.paper.scans.ink import Ink
from surveys.paper.scans.measurement import struck_words
from surveys.paper.scans.reference import Reference, pixels
from surveys.paper.scans.thresholds import (
    ALONG_WORDS,
    FLAT_STROKE,
    HEAD_FRAME,
    HEAD_ROOM,
    LETTER_PIECE,
    PART_SEARCH,
    PRINT_BLACK,
    SCALE,
    STRUCK_ALONG,
    TEXT_LEFT,
    TEXT_SEARCH,
    THIN,
)
from surveys.printing.scan_marks import WIDTH, Rect

Gray = NDArray[np.uint8]
Placed = tuple[Rect, tuple[fitting.Shift, ...]]


@dataclass(frozen=True)
class Head:
    """The words above a table. ``struck``: mm² of ink on each column's. ``is_along``: whether all that is drawn there lies flat
    among the letters, as a stroke through a word does."""

    struck: tuple[float, ...]
    is_along: bool = True


class Words:
    """The words of one ballot as they are asked for, row by row; a table's head is looked at once."""

    def __init__(
        self, dark: Gray, ink: Ink, levels: Levels, reference: Reference, rows: Sequence[fitting.Fit]
    ) -> None:
        self.dark, self.ink, self.levels, self.reference, self.rows = dark, ink, levels, reference, rows
        self._heads: dict[int, Head] = {}

    def struck_beside(self, number: int) -> float:
        """mm² of ink on the words between the boxes of a row, where the words of the levels may stand."""
        place = self.reference.form.rows[number]
        rights = [*(box.rect.x - 2.5 for box in place.boxes[1:]), place.rect.right - 1]
        cells = [
            Rect(
                box.rect.right + 2.5,
                place.rect.y + 1,
                max(right - box.rect.right - 2.5, 0.1),
                place.rect.h - 2,
            )
            for box, right in zip(place.boxes, rights, strict=True)
        ]
        return max(self._struck(cell, self.rows[number]) for cell in cells)

    def struck_text(self, number: int) -> float:
        """mm² of ink on the criterion's words: left of its row, or above it where the levels' words stand beside the boxes."""
        place = self.reference.form.rows[number].rect
        rect = Rect(TEXT_LEFT, place.y + 1, place.x - TEXT_LEFT - 1, place.h - 2)
        if has_words_beside(place):
            top, high = words_above(self.reference, number)
            rect = Rect(TEXT_LEFT, top, WIDTH - 2 * TEXT_LEFT, high)
        return self._struck(rect, self.rows[number])

    def head(self, number: int) -> Head:
        """The head of the table that a row belongs to; nothing where the words stand beside the boxes."""
        place = self.reference.form.rows[number]
        if has_words_beside(place.rect):
            return Head((0.0,) * len(place.boxes))
        first = _first_of_table(self.reference, number)
        if first not in self._heads:
            columns = _columns(self.reference, first)
            struck = tuple(self._struck(column, self.rows[first]) for column in columns)
            self._heads[first] = Head(struck, self._is_along(columns, self.rows[first].shift))
        return self._heads[first]

    def _struck(self, rect: Rect, near: fitting.Fit) -> float:
        """The most ink on any part of a line of words."""
        return max(
            (
                struck_words(self.dark, self.ink, self.levels.ink, self.reference, *each)
                for each in _placed(self.dark, self.reference, rect, near)
            ),
            default=0.0,
        )

    def _is_along(self, columns: Sequence[Rect], shift: fitting.Shift) -> bool:
        """Of faint ink too. A crease may hide a part of a ring or a cross, never all that is high or lies off the letters."""
        for column in columns:
            top, bottom = _letters(self.reference, column)
            for middle, high in _pieces(self.ink, column.grown(0.5)):
                y = middle - shift[1] / SCALE
                if high > FLAT_STROKE or not top + ALONG_WORDS[0] <= y <= bottom - ALONG_WORDS[1]:
                    return False
        return True


def has_words_beside(row: Rect) -> bool:
    """Whether the words of the levels stand beside the boxes of a row, not above its table."""
    return row.x < TEXT_LEFT + 9


def words_above(reference: Reference, number: int) -> tuple[float, float]:
    """Upper edge and height of what stands over a row, at most `HEAD_ROOM`."""
    top = reference.form.rows[number].rect.y
    bottom = reference.form.rows[number - 1].rect.bottom if number else 0.0
    room = min(top - bottom - 1, HEAD_ROOM)
    return top - room, room - 0.8


def _columns(reference: Reference, first: int) -> list[Rect]:
    """Of each box of a table's first row, where the words over its column stand."""
    place = reference.form.rows[first]
    top, high = words_above(reference, first)
    wide = place.boxes[1].rect.x - place.boxes[0].rect.x
    return [Rect(box.rect.x + box.rect.w / 2 - wide / 2 + 0.5, top, wide - 1, high) for box in place.boxes]


def _letters(reference: Reference, column: Rect) -> tuple[float, float]:
    """From where to where down the ballot the letters of a head stand, in millimetres: below its frame's upper line."""
    here = pixels(column, reference.shape)
    frame = (reference.darkness[here] > PRINT_BLACK).mean(axis=1) > HEAD_FRAME
    top = int(np.flatnonzero(frame).max(initial=0))
    lines = np.flatnonzero(reference.letters[here][top:].any(axis=1)) + top + here[0].start
    return (float(lines[0]) / SCALE, float(lines[-1]) / SCALE) if lines.size else (0.0, 0.0)


def _pieces(ink: Ink, rect: Rect) -> Iterator[tuple[float, float]]:
    """The middle height down the ballot and the height of each piece of ink in a place that is a pen's, in millimetres."""
    here = pixels(rect, ink.faint.shape)
    count, _labels, stats, middles = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(ink.faint[here]), connectivity=8
    )
    for k in range(1, count):
        extent = float(np.hypot(stats[k, cv2.CC_STAT_WIDTH], stats[k, cv2.CC_STAT_HEIGHT])) / SCALE
        if extent >= LETTER_PIECE and stats[k, cv2.CC_STAT_AREA] / SCALE**2 >= THIN * extent:
            middle = (here[0].start + float(middles[k][1])) / SCALE
            yield middle, float(stats[k, cv2.CC_STAT_HEIGHT]) / SCALE


def _placed(dark: Gray, reference: Reference, rect: Rect, near: fitting.Fit) -> list[Placed]:
    """A line of words in parts, each with how far the line and the part lie off: a hair's breadth looks like ink."""
    whole = fitting.fit(dark, reference, rect, search=TEXT_SEARCH, around=near.shift).shift
    n = max(math.ceil(rect.w / STRUCK_ALONG), 1)
    parts = [Rect(rect.x + k * rect.w / n, rect.y, rect.w / n, rect.h) for k in range(n)]
    return [
        (part, (whole, fitting.fit(dark, reference, part, search=PART_SEARCH, around=whole).shift))
        for part in parts
        if reference.letters[pixels(part, reference.shape)].any()
    ]


def _first_of_table(reference: Reference, number: int) -> int:
    """The first of the rows that touch one another, which have one head."""
    rows = reference.form.rows
    while number and rows[number].rect.y - rows[number - 1].rect.bottom < 1:
        number -= 1
    return number
