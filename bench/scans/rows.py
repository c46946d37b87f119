"""A row of a ballot as it is marked: its boxes, its words, and what a way to mark it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numpy.random import Generator

from bench.scans import pens
from bench.scans.pens import Canvas, Pen

BoxXY = tuple[float, float]  # upper left corner of a box, millimetres of the canvas


@dataclass(frozen=True)
class Row:
    """A row on the canvas: its boxes (8 mm), the right end of each box's cell, its top and height; where the levels stand in
    a head over the boxes, the middle of its line; the left end and the middle height of the criterion's words."""

    boxes: tuple[BoxXY, ...]
    ends: tuple[float, ...]
    top: float
    height: float
    words_beside: bool
    head: float
    text: BoxXY


Draw = Callable[[Canvas, Row, int, Generator], None]


@dataclass(frozen=True)
class Style:
    """``means``: 'that' the level marked, 'none' a blank, 'unclear' what only a person can say, 'other' any level but
    the one drawn at. ``over_word``: what it draws over a level's word 'denies' or 'answers' that level, or may do 'either'."""

    name: str
    share: float
    draw: Draw
    means: str = "that"
    alone: bool = True
    clear: bool = False
    over_word: str = ""


@dataclass(frozen=True)
class Truth:
    """What was drawn in a row. ``level`` is what was meant, None where nothing can be counted without a person."""

    style: str
    level: int | None
    folded: bool


def word_of(row: Row, at: int) -> tuple[float, float, float]:
    """Where the level's word stands, beside its box or in the head over it: left, middle height, width."""
    x, y = row.boxes[at]
    if row.words_beside:
        return x + 12, y + 4, max(min(row.ends[at] - x - 13, 22.0), 2.0)
    wide = min(2 * (row.ends[at] - x - 4), 20.0) - 4
    return x + 4 - wide / 2, row.head, wide


def beside_of(row: Row, at: int) -> tuple[float, float, float]:
    """The same beside the box, also where no word stands there."""
    x, y = row.boxes[at]
    left = x + 8 + (4 if row.words_beside else 0.6)
    return left, y + 4, max(min(row.ends[at] - left - 1, 22.0), 2.0)


def other_than(row: Row, at: int, rng: Generator) -> int:
    return int(rng.choice([k for k in range(len(row.boxes)) if k != at]))


def any_pen(rng: Generator) -> Pen:
    return pens.pencil(rng) if rng.random() < 0.2 else pens.ball_pen(rng)
