"""The bench's own truth: which drawn marks are clear no more because something stands over the head of their table."""

import pytest

from bench.scans import heads
from bench.scans.heads import OverHead, contradicted
from bench.scans.rows import Truth
from bench.scans.sheets import row_at
from bench.scans.styles import BY_NAME, UNDER_A_HEAD
from tests.surveys.paper.scans.drawing import Ballot

BEST, MIDDLE, WORST = 3, 2, 1  # the levels of the grid's columns, two rows to a head


def told(style: str, *levels: int | None, column: int = 2) -> list[tuple[str, int | None]]:
    """What ticks in the rows of these levels count as when, for the first row, ``style`` was drawn over a column's word."""
    truths = [Truth("tick", level, folded=False) for level in levels]
    form = Ballot("grid").form
    return [
        (each.style, each.level) for each in contradicted(truths, [OverHead(0, column, BY_NAME[style])], form)
    ]


TICK, UNDER = "tick", UNDER_A_HEAD.name


def test_a_struck_word_contradicts_the_marks_below_it_in_its_own_table_but_not_its_own_row_s():
    assert told("word struck out", WORST, WORST, WORST, WORST) == [
        (TICK, WORST),
        (UNDER, None),
        (TICK, WORST),
        (TICK, WORST),
    ]
    assert told("word struck out", BEST, BEST, BEST, BEST) == [(TICK, BEST)] * 4


def test_a_ringed_word_contradicts_the_marks_in_other_columns():
    assert told("ring round the word", None, WORST)[1] == (TICK, WORST)
    assert told("ring round the word", None, BEST)[1] == (UNDER, None)


def test_a_crossed_word_may_mean_either_and_a_mark_elsewhere_is_no_clear_one():
    assert told("cross on the word", None, WORST)[1] == (UNDER, None)
    assert told("cross on the word", None, BEST)[1] == (UNDER, BEST)


@pytest.mark.parametrize("style", ["word struck out", "cross on the word", "ring round the word"])
def test_the_column_that_something_is_drawn_over_is_told_by_what_changed(style):
    ballot = Ballot("grid", seed=7)
    row = row_at(ballot.form, 1)
    before = heads.band(ballot.canvas, row).copy()
    assert heads.column_of(before, ballot.canvas, row) is None
    ballot.mark(1, 1, style)
    column = heads.column_of(before, ballot.canvas, row)
    assert column == 1 if style != "word struck out" else column in {0, 2}
