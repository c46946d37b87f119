"""Ways to mark a row, and what the customer meant by each.

A style draws into a row and says the level that was meant (None: nothing that can be counted without a person).
``alone``: whether the machine may decide it by itself; where it may not, a decision is only tolerated if it is what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from bench.scans import pens, strokes
from bench.scans.forms import PX
from bench.scans.pens import Canvas, Pen, draw, wobble

BoxXY = tuple[float, float]  # upper left corner of a box, millimetres of the canvas


@dataclass(frozen=True)
class Row:
    """A row on the canvas: its boxes (8 mm), the right end of each box's cell, its top and height."""

    boxes: tuple[BoxXY, ...]
    ends: tuple[float, ...]
    top: float
    height: float
    words_beside: bool


Draw = Callable[[Canvas, Row, int, Generator], None]


@dataclass(frozen=True)
class Style:
    """``means``: 'that' the level marked, 'none' a blank, 'unclear' what only a person can say, 'other' any level but
    the one drawn at."""

    name: str
    share: float
    draw: Draw
    means: str = "that"
    alone: bool = True
    clear: bool = False


def _word(row: Row, at: int) -> tuple[float, float, float]:
    """Where the level's word stands beside its box: left, middle height, width; without words the free part of the cell."""
    x, y = row.boxes[at]
    left = x + 8 + (4 if row.words_beside else 0.6)
    return left, y + 4, max(min(row.ends[at] - left - 1, 22.0), 2.0)


def _other(row: Row, at: int, rng: Generator) -> int:
    return int(rng.choice([k for k in range(len(row.boxes)) if k != at]))


def _pen(rng: Generator) -> Pen:
    return pens.pencil(rng) if rng.random() < 0.2 else pens.ball_pen(rng)


# --- clear marks --------------------------------------------------------------------------------------------------------
def cross(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.cross(*row.boxes[at], rng.uniform(5, 8.5), rng), _pen(rng), rng)


def small_cross(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(
        c,
        strokes.cross(x + rng.uniform(-1, 1), y + rng.uniform(-1, 1), rng.uniform(3, 4.2), rng),
        _pen(rng),
        rng,
    )


def tick(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.tick(*row.boxes[at], rng), _pen(rng), rng)


def vee(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.v(*row.boxes[at], rng), _pen(rng), rng)


def slash(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(c, strokes.slash(*row.boxes[at], rng), _pen(rng), rng)


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
    pen = _pen(rng)
    for _each in range(int(rng.integers(2, 4))):
        draw(c, strokes.cross(*row.boxes[at], rng.uniform(5, 7.5), rng), pen, rng)


def scribble(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    draw(
        c,
        strokes.scribble(*row.boxes[at], rng, rows=int(rng.integers(6, 11)), reach=rng.uniform(-0.6, 0.3)),
        _pen(rng),
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
    pen = _pen(rng)
    draw(c, strokes.simple(rng, *row.boxes[at]), pen, rng)
    draw(c, strokes.simple(rng, *row.boxes[_other(row, at, rng)]), pen, rng)


def corrected(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    filled(c, row, _other(row, at, rng), rng)
    cross(c, row, at, rng)


def scratched(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """Another box's mark scratched out, this one marked."""
    pen = _pen(rng)
    wrong = row.boxes[_other(row, at, rng)]
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
    left, middle, wide = _word(row, at)
    draw(c, strokes.ring(left + wide / 2, middle, wide + 3, rng.uniform(6, 9), rng), _pen(rng), rng)


def ring_box(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(c, strokes.ring(x + 4, y + 4, rng.uniform(11, 14), rng.uniform(10.5, 13), rng), _pen(rng), rng)


def struck_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """The word of another level struck out: what is meant is this one, but no box says so."""
    left, middle, wide = _word(row, _other(row, at, rng))
    draw(
        c,
        [wobble([(left - 0.5, middle + rng.uniform(-0.5, 0.5)), (left + wide, middle)], rng)],
        _pen(rng),
        rng,
    )


def struck_and_marked(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A box marked and its own word struck out."""
    draw(c, strokes.simple(rng, *row.boxes[at]), _pen(rng), rng)
    left, middle, wide = _word(row, at)
    draw(c, [wobble([(left - 0.5, middle), (left + wide, middle + rng.uniform(-1, 1))], rng)], _pen(rng), rng)


def underlined(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    left, middle, wide = _word(row, at)
    draw(c, [wobble([(left, middle + 2.6), (left + wide, middle + 2.6)], rng)], _pen(rng), rng)


def beside(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(c, strokes.cross(x - rng.uniform(6.5, 8), y, rng.uniform(3.5, 5), rng), _pen(rng), rng)


def on_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    left, middle, wide = _word(row, at)
    draw(c, strokes.cross(left + wide / 2 - 4, middle - 4, rng.uniform(5, 7), rng), _pen(rng), rng)


def second_stroke(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a short stroke in another box."""
    draw(c, strokes.simple(rng, *row.boxes[at]), _pen(rng), rng)
    x, y = row.boxes[_other(row, at, rng)]
    sx, sy, turn, long = (
        x + rng.uniform(2, 4),
        y + rng.uniform(2.5, 5),
        rng.uniform(0, 3.1),
        rng.uniform(1.5, 3.5),
    )
    draw(
        c,
        [wobble([(sx, sy), (sx + long * np.cos(turn), sy + long * np.sin(turn))], rng, by=0.1)],
        _pen(rng),
        rng,
    )


def rubbed_out(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[_other(row, at, rng)]
    draw(c, strokes.simple(rng, x, y), Pen(0.7, rng.uniform(170, 205), rng.uniform(0.5, 0.8), 0.15), rng)
    draw(c, strokes.simple(rng, *row.boxes[at]), pens.pencil(rng), rng)


WORDS = ("không", "ko", "Không", "chưa", "kém", "sai")
GOOD_WORDS = ("tốt", "ok", "có", "được", "đúng")
LETTERS = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX


def _written(c: Canvas, words: str, x: float, y: float, wide: float, rng: Generator) -> None:
    """Handwriting by the strokes of a script font, with accents left out, slanted and shaken."""
    plain = (
        words.replace("ô", "o")
        .replace("ư", "u")
        .replace("ợ", "o")
        .replace("é", "e")
        .replace("ố", "o")
        .replace("ó", "o")
    )
    plain = plain.replace("đ", "d").replace("ú", "u")
    (long, _high), _base = cv2.getTextSize(plain, LETTERS, 1.0, 1)
    scale = wide * PX / max(long, 1)
    pen = _pen(rng)
    size = int(wide * PX * 1.6), int(wide * PX * 1.2)
    ink = np.zeros((size[1], size[0]), np.uint8)
    cv2.putText(
        ink,
        plain,
        (int(size[0] * 0.15), int(size[1] * 0.6)),
        LETTERS,
        scale,
        255,
        max(2, round(pen.width * PX)),
        cv2.LINE_AA,
    )
    if words != plain:
        cv2.putText(
            ink, "^", (int(size[0] * 0.45), int(size[1] * 0.42)), LETTERS, scale * 0.6, 255, 3, cv2.LINE_AA
        )
    slant = np.array([[1, -0.2 + rng.normal(scale=0.1), 0], [rng.normal(scale=0.05), 1, 0]], np.float32)
    ink = cv2.warpAffine(ink, slant, size)
    top, left = round(y * PX - size[1] * 0.5), round(x * PX - size[0] * 0.12)
    part = c[max(top, 0) : top + size[1], max(left, 0) : left + size[0]]
    cover = ink[: part.shape[0], : part.shape[1]].astype(np.float32) / 255 * pen.cover
    part[:] = np.minimum(part, part * (1 - cover) + pen.gray * cover).astype(np.uint8)


def bad_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A word that denies the box it stands in."""
    x, y = row.boxes[at]
    _written(c, str(rng.choice(WORDS)), x + 0.4, y + rng.uniform(3.2, 5), rng.uniform(5.5, 7.6), rng)


def good_word(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    _written(c, str(rng.choice(GOOD_WORDS)), x + 0.4, y + rng.uniform(3.2, 5), rng.uniform(4.5, 7.4), rng)


def letter_k(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A K for "không": no machine tells it from a cross."""
    x, y = row.boxes[at]
    lines = [
        wobble([(x + 2.2, y + 1.2), (x + 2.2, y + 6.8)], rng),
        wobble([(x + 6.2, y + 1.2), (x + 2.4, y + 4.2), (x + 6.4, y + 6.8)], rng),
    ]
    draw(c, lines, _pen(rng), rng)


def nought(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    x, y = row.boxes[at]
    draw(c, strokes.ring(x + 4, y + 4, rng.uniform(3, 4.5), rng.uniform(4, 6), rng), _pen(rng), rng)


def over_the_row(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a remark written across the row."""
    draw(c, strokes.simple(rng, *row.boxes[at]), _pen(rng), rng)
    x, y = row.boxes[0]
    _written(c, "can nhanh hon", x + 3, y + 4 + rng.uniform(-2, 2), rng.uniform(25, 40), rng)


def stained(c: Canvas, row: Row, at: int, rng: Generator) -> None:
    """A mark, and a drop of tea or a stamp's edge over the row."""
    draw(c, strokes.simple(rng, *row.boxes[at]), _pen(rng), rng)
    x, y = row.boxes[int(rng.integers(len(row.boxes)))]
    size = rng.uniform(8, 16)
    ring = strokes.ring(x + rng.uniform(-4, 12), y + rng.uniform(0, 8), size, size, rng)
    draw(c, ring, Pen(rng.uniform(0.8, 2), rng.uniform(110, 190), rng.uniform(0.5, 0.9)), rng)


STYLES: Sequence[Style] = (
    Style("cross", 24, cross, clear=True),
    Style("small cross", 5, small_cross, clear=True),
    Style("tick", 20, tick, clear=True),
    Style("V", 6, vee, clear=True),
    Style("slash", 6, slash, clear=True),
    Style("big dot", 2, big_dot, clear=True),
    Style("retraced cross", 3, retraced, clear=True),
    Style("marker", 3, thick, clear=True),
    Style("filled", 3, filled, clear=True),
    Style("scribble", 3, scribble),
    Style("faint pencil", 4, faint),
    Style("blank", 4, blank, means="none", alone=False),
    Style("speck only", 1.5, dusty, means="none", alone=False),
    Style("double", 2, double, means="unclear", alone=False),
    Style("filled and another", 1.5, corrected, alone=False),
    Style("scratched out and another", 1.5, scratched, alone=False),
    Style("scratched out", 1, scratched_only, means="unclear", alone=False),
    Style("ring round the word", 1, ring_word, alone=False),
    Style("ring round the box", 1, ring_box, alone=False),
    Style("word struck out", 1, struck_word, alone=False),
    Style("mark and its word struck out", 0.7, struck_and_marked, means="unclear", alone=False),
    Style("word underlined", 0.7, underlined, alone=False),
    Style("cross beside the box", 1, beside, means="unclear", alone=False),
    Style("cross on the word", 0.7, on_word, alone=False),
    Style("second short stroke", 1.5, second_stroke, alone=False),
    Style("rubbed out and another", 1, rubbed_out, alone=False),
    Style("word that denies, in the box", 1, bad_word, means="other", alone=False),
    Style("word that agrees, in the box", 0.5, good_word, alone=False),
    Style("nought in the box", 0.5, nought, means="unclear", alone=False),
    Style("remark across the row", 0.7, over_the_row, alone=False),
    Style("stain on the row", 0.7, stained, alone=False),
    Style("letter K in the box", 0.3, letter_k, means="other", alone=False),
)
UNKNOWABLE = {"letter K in the box"}
