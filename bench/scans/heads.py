"""Which marks are contradicted by something over the head of their table that was drawn for another row.

A word above a column is the word of every row below it. Whoever strikes it out, rings it or crosses it for one row leaves the
marks of the others under it, and nothing on the paper says that they were not meant: such a mark is no clear one any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.scans.forms import PX
from bench.scans.pens import Canvas
from bench.scans.rows import Row, Style, Truth
from bench.scans.styles import BY_NAME, UNDER_A_HEAD
from surveys.printing.scan_marks import BallotForm

AROUND_HEAD = 2.5  # mm above and below the middle of a head's line


@dataclass(frozen=True)
class OverHead:
    """What was drawn over a head, for which row and over which column."""

    row: int
    column: int
    style: Style


def band(canvas: Canvas, row: Row) -> Canvas:
    """The line of words over a row's table."""
    top, bottom = (round((row.head + off) * PX) for off in (-AROUND_HEAD, AROUND_HEAD))
    return canvas[top:bottom]


def column_of(before: Canvas, canvas: Canvas, row: Row) -> int | None:
    """The column over whose word most was drawn since, None where nothing was."""
    changed = (band(canvas, row) != before).sum(axis=0)
    half = (row.boxes[1][0] - row.boxes[0][0]) / 2
    ink = [int(changed[round((x + 4 - half) * PX) : round((x + 4 + half) * PX)].sum()) for x, _y in row.boxes]
    return int(np.argmax(ink)) if max(ink) else None


def contradicted(truths: Sequence[Truth], over: Sequence[OverHead], form: BallotForm) -> tuple[Truth, ...]:
    """The truths of a ballot, those of marks that a head contradicts without what was meant."""
    told = list(truths)
    for each in over:
        first = first_of_table(form, each.row)
        for number, truth in enumerate(truths):
            if number == each.row or first_of_table(form, number) != first or truth.level is None:
                continue
            is_own = form.rows[number].boxes[each.column].level == truth.level
            if is_own == (each.style.over_word == "denies") or each.style.over_word == "either":
                told[number] = _told(truth, is_known=each.style.over_word == "either" and not is_own)
    return tuple(told)


def _told(truth: Truth, *, is_known: bool) -> Truth:
    style = UNDER_A_HEAD.name if BY_NAME[truth.style].alone else truth.style
    return replace(truth, style=style, level=truth.level if is_known else None)


def first_of_table(form: BallotForm, number: int) -> int:
    """The first of the rows that touch one another, which have one head."""
    while number and abs(form.rows[number - 1].rect.bottom - form.rows[number].rect.y) < 1:
        number -= 1
    return number
