"""Marks that are taken back, doubled, or joined with something; a person decides nearly all of them."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from bench.scans import marks, strokes
from bench.scans.handwriting import written
from bench.scans.pens import Canvas, draw, wobble
from bench.scans.rows import Row, any_pen, beside_of, other_than


# --- marks that are taken back, doubled, or joined with something ------------------------------------------------------
def stroke_at_box(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a stroke beside it that begins at its box."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    left, middle, wide = beside_of(row, at)
    draw(
        c,
        [wobble([(left - 0.5, middle), (left + wide, middle + rng.uniform(-1, 1))], rng)],
        any_pen(rng),
        rng,
    )


def stroke_out_of_box(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a stroke from its box up, down, or to a side."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    x, y = row.boxes[at]
    turn = int(rng.integers(4)) * np.pi / 2 + rng.normal(scale=0.12)
    out = np.array([np.cos(turn), np.sin(turn)])
    start = np.array([x + 4, y + 4]) + out * rng.uniform(2.0, 4.6)
    draw(c, [wobble([tuple(start), tuple(start + out * rng.uniform(4, 9))], rng)], any_pen(rng), rng)


def struck_mark(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and one line through it and its box: taken back."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    x, y = row.boxes[at]
    ends = [
        (x - rng.uniform(2, 4), y + 4 + rng.uniform(-1.5, 1.5)),
        (x + 8 + rng.uniform(2, 4), y + 4 + rng.uniform(-1.5, 1.5)),
    ]
    draw(c, [wobble(ends, rng)], any_pen(rng), rng)


def ringed_mark(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A cross with a ring round it: so one takes a cross back in examinations here."""
    x, y = row.boxes[at]
    draw(c, strokes.cross(x, y, rng.uniform(4, 6.5), rng), any_pen(rng), rng)
    wide = rng.uniform(6.5, 13)
    middle = x + 4 + rng.normal(scale=0.4), y + 4 + rng.normal(scale=0.4)
    draw(c, strokes.ring(*middle, wide, wide * rng.uniform(0.85, 1.15), rng), any_pen(rng), rng)


def ringed_and_another(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    ringed_mark(c, row, other_than(row, at, rng), rng)
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)


def mark_and_ring(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a ring round another level's word."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    marks.ring_word(c, row, other_than(row, at, rng), rng)


def mark_and_other_struck(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and the word of another level struck out."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    marks.struck_word(c, row, at, rng)


def struck_text(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and the criterion's own words struck out."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    left, middle = row.text
    ends = [
        (left + rng.uniform(-1, 2), middle),
        (left + rng.uniform(25, 50), middle + rng.uniform(-0.6, 0.6)),
    ]
    draw(c, [wobble(ends, rng)], any_pen(rng), rng)


def ring_word_and_box(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """One ring round a box and what stands beside it."""
    x, y = row.boxes[at]
    left, _middle, wide = beside_of(row, at)
    right = left + wide
    draw(
        c,
        strokes.ring((x + right) / 2, y + 4, right - x + rng.uniform(2, 4), rng.uniform(9, 12), rng),
        any_pen(rng),
        rng,
    )


def arrow(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and an arrow from its box to another one."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    (x, y), (to, _y) = row.boxes[at], row.boxes[other_than(row, at, rng)]
    side = 1 if to > x else -1
    start, end = x + 4 + side * rng.uniform(3, 5.5), to + 4 - side * rng.uniform(4, 6)
    line = [(start, y + 4), ((start + end) / 2, y + 4 + rng.uniform(-2, 2)), (end, y + 4)]
    head = [(end - side * 1.8, y + 2.6), (end, y + 4), (end - side * 1.8, y + 5.4)]
    draw(c, [wobble(line, rng), wobble(head, rng, by=0.1)], any_pen(rng), rng)


def large_cross(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.cross(*row.boxes[at], rng.uniform(9, 13), rng), any_pen(rng), rng)


def mark_and_speck(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    marks.dusty(c, row, at, rng)


def ditto(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """Two short strokes side by side: the same as above."""
    x, y = row.boxes[at]
    lines = [
        wobble([(x + left + 0.4, y + 2.5), (x + left, y + rng.uniform(4.6, 6))], rng, by=0.1)
        for left in (rng.uniform(2.5, 3.4), rng.uniform(4.4, 5.4))
    ]
    draw(c, lines, any_pen(rng), rng)


def open_ring(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A nought that its pen left wide open, like a C: it may deny the box."""
    x, y = row.boxes[at]
    middle = x + 4 + rng.normal(scale=0.3), y + 4 + rng.normal(scale=0.3)
    line = strokes.arc(*middle, rng.uniform(3, 6), rng.uniform(3.6, 6.4), rng.uniform(0.67, 0.95), rng)
    draw(c, [line], any_pen(rng), rng)


def minus(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    middle = y + 4 + rng.uniform(-0.6, 0.6)
    draw(
        c,
        [wobble([(x + 1.6, middle), (x + 6.4, middle + rng.uniform(-0.6, 0.6))], rng, by=0.12)],
        any_pen(rng),
        rng,
    )


def question(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A question mark: no machine tells its hook from a tick."""
    x, y = row.boxes[at]
    written(c, "?", x + 2, y + 5, rng.uniform(3, 4), rng)
