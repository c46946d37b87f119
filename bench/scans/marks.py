"""What is drawn into a row: clear marks, and what a person decides."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from bench.scans import pens, strokes
from bench.scans.handwriting import written
from bench.scans.pens import Canvas, Pen, draw, wobble
from bench.scans.rows import Row, any_pen, other_than, word_of


# --- clear marks --------------------------------------------------------------------------------------------------------
def cross(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.cross(*row.boxes[at], rng.uniform(5, 8.5), rng), any_pen(rng), rng)


def small_cross(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(
        c,
        strokes.cross(x + rng.uniform(-1, 1), y + rng.uniform(-1, 1), rng.uniform(3, 4.2), rng),
        any_pen(rng),
        rng,
    )


def tick(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.tick(*row.boxes[at], rng), any_pen(rng), rng)


def vee(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.v(*row.boxes[at], rng), any_pen(rng), rng)


def slash(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.slash(*row.boxes[at], rng), any_pen(rng), rng)


def big_dot(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    cx, cy, size = x + rng.uniform(3, 5), y + rng.uniform(3, 5), rng.uniform(1.5, 2.6)
    draw(
        c,
        strokes.ring(cx, cy, size, size, rng) + strokes.ring(cx, cy, size / 2, size / 2, rng),
        Pen(0.9, 40, 1.0),
        rng,
    )


def retraced(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    pen = any_pen(rng)
    for _each in range(int(rng.integers(2, 4))):
        draw(c, strokes.cross(*row.boxes[at], rng.uniform(5, 7.5), rng), pen, rng)


def scribble(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(
        c,
        strokes.scribble(*row.boxes[at], rng, rows=int(rng.integers(6, 11)), reach=rng.uniform(-0.6, 0.3)),
        any_pen(rng),
        rng,
    )


def thick(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.simple(rng, *row.boxes[at]), pens.marker(rng), rng)


def filled(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.filled(*row.boxes[at], rng), Pen(rng.uniform(0.7, 1.0), rng.uniform(20, 100), 0.95), rng)


def faint(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.simple(rng, *row.boxes[at]), pens.faint_pencil(rng), rng)


# --- what a person decides ------------------------------------------------------------------------------------------------
def blank(_c: Canvas, _row: Row, _at: int, _rng: Generator) -> None:
    return


def dusty(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A speck or a pen's dot in a box, nothing else."""
    x, y = row.boxes[at]
    at_x, at_y = x + rng.uniform(2, 6), y + rng.uniform(2, 6)
    draw(c, [np.array([(at_x, at_y), (at_x + 0.1, at_y + 0.1)])], Pen(rng.uniform(0.3, 0.8), 60, 0.9), rng)


def double(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    pen = any_pen(rng)
    draw(c, strokes.simple(rng, *row.boxes[at]), pen, rng)
    draw(c, strokes.simple(rng, *row.boxes[other_than(row, at, rng)]), pen, rng)


def corrected(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    filled(c, row, other_than(row, at, rng), rng)
    cross(c, row, at, rng)


def scratched(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """Another box's mark scratched out, this one marked."""
    pen = any_pen(rng)
    wrong = row.boxes[other_than(row, at, rng)]
    draw(
        c,
        strokes.simple(rng, *wrong) + strokes.scribble(*wrong, rng, rows=9, reach=rng.uniform(0.5, 2)),
        pen,
        rng,
    )
    draw(c, strokes.simple(rng, *row.boxes[at]), pen, rng)


def scratched_only(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    lines = strokes.simple(rng, x, y) + strokes.scribble(x, y, rng, rows=10, reach=rng.uniform(1.2, 2.5))
    draw(c, lines, Pen(rng.uniform(0.5, 0.8), 60, 0.9), rng)


def ring_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    left, middle, wide = word_of(row, at)
    draw(c, strokes.ring(left + wide / 2, middle, wide + 3, rng.uniform(6, 9), rng), any_pen(rng), rng)


def ring_box(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(c, strokes.ring(x + 4, y + 4, rng.uniform(11, 14), rng.uniform(10.5, 13), rng), any_pen(rng), rng)


def struck_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """The word of another level struck out: what is meant is this one, but no box says so."""
    left, middle, wide = word_of(row, other_than(row, at, rng))
    draw(
        c,
        [wobble([(left - 0.5, middle + rng.uniform(-0.5, 0.5)), (left + wide, middle)], rng)],
        any_pen(rng),
        rng,
    )


def struck_and_marked(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A box marked and its own word struck out."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    left, middle, wide = word_of(row, at)
    draw(
        c,
        [wobble([(left - 0.5, middle), (left + wide, middle + rng.uniform(-1, 1))], rng)],
        any_pen(rng),
        rng,
    )


def underlined(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    left, middle, wide = word_of(row, at)
    draw(c, [wobble([(left, middle + 2.6), (left + wide, middle + 2.6)], rng)], any_pen(rng), rng)


def beside(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(c, strokes.cross(x - rng.uniform(6.5, 8), y, rng.uniform(3.5, 5), rng), any_pen(rng), rng)


def on_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    left, middle, wide = word_of(row, at)
    draw(c, strokes.cross(left + wide / 2 - 4, middle - 4, rng.uniform(5, 7), rng), any_pen(rng), rng)


def second_stroke(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a short stroke in another box."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    x, y = row.boxes[other_than(row, at, rng)]
    sx, sy, turn, long = (
        x + rng.uniform(2, 4),
        y + rng.uniform(2.5, 5),
        rng.uniform(0, 3.1),
        rng.uniform(1.5, 3.5),
    )
    draw(
        c,
        [wobble([(sx, sy), (sx + long * np.cos(turn), sy + long * np.sin(turn))], rng, by=0.1)],
        any_pen(rng),
        rng,
    )


def rubbed_out(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[other_than(row, at, rng)]
    draw(c, strokes.simple(rng, x, y), Pen(0.7, rng.uniform(170, 205), rng.uniform(0.5, 0.8), 0.15), rng)
    draw(c, strokes.simple(rng, *row.boxes[at]), pens.pencil(rng), rng)


WORDS = ("không", "ko", "Không", "chưa", "kém", "sai")
GOOD_WORDS = ("tốt", "ok", "có", "được", "đúng")


def bad_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A word that denies the box it stands in."""
    x, y = row.boxes[at]
    written(c, str(rng.choice(WORDS)), x + 0.4, y + rng.uniform(3.2, 5), rng.uniform(5.5, 7.6), rng)


def good_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    written(c, str(rng.choice(GOOD_WORDS)), x + 0.4, y + rng.uniform(3.2, 5), rng.uniform(4.5, 7.4), rng)


def letter_k(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A K for "không": no machine tells it from a cross."""
    x, y = row.boxes[at]
    lines = [
        wobble([(x + 2.2, y + 1.2), (x + 2.2, y + 6.8)], rng),
        wobble([(x + 6.2, y + 1.2), (x + 2.4, y + 4.2), (x + 6.4, y + 6.8)], rng),
    ]
    draw(c, lines, any_pen(rng), rng)


def nought(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(c, strokes.ring(x + 4, y + 4, rng.uniform(3, 4.5), rng.uniform(4, 6), rng), any_pen(rng), rng)


def over_the_row(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a remark written across the row."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    x, y = row.boxes[0]
    written(c, "can nhanh hon", x + 3, y + 4 + rng.uniform(-2, 2), rng.uniform(25, 40), rng)


def stained(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a drop of tea or a stamp's edge over the row."""
    draw(c, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    x, y = row.boxes[int(rng.integers(len(row.boxes)))]
    size = rng.uniform(8, 16)
    ring = strokes.ring(x + rng.uniform(-4, 12), y + rng.uniform(0, 8), size, size, rng)
    draw(c, ring, Pen(rng.uniform(0.8, 2), rng.uniform(110, 190), rng.uniform(0.5, 0.9)), rng)
