"""The decision by itself: one clear mark and nothing else, or a person."""

from dataclasses import replace

import pytest

from surveys.paper.scans.decision import decide
from surveys.paper.scans.measurement import BoxMeasures, RowMeasures
from surveys.paper.scans.results import Reason, Verdict

EMPTY = BoxMeasures(
    fill=0,
    extent=0,
    faint=0,
    near=0,
    reach=0,
    pieces=0,
    band=0,
    middle_band=0,
    loop=0,
    hollow=0,
    lost=0,
    loose=0,
    tails=0,
    tall=0,
    level=0,
    through=False,
    around=0,
    ringed=0,
    spilled=0,
    along=0,
    hidden=0,
    along_three=0,
    head=0,
    outline=True,
)
CROSS = replace(EMPTY, fill=0.2, extent=8.4, faint=8.4, near=0.01, pieces=1, tall=6.0)
ROW = RowMeasures(boxes=(CROSS, EMPTY), stray=0, shared=0, struck=0, struck_text=0, along=True, likeness=0.95)


def said(row: RowMeasures = ROW, *, bilevel: bool = False) -> tuple[Verdict, Reason]:
    decision = decide(row, bilevel=bilevel)
    return decision.verdict, decision.reason


def boxes(*each: BoxMeasures) -> RowMeasures:
    return replace(ROW, boxes=each)


def test_one_clear_mark_in_a_clean_row_is_decided():
    decision = decide(ROW, bilevel=False)
    assert (decision.verdict, decision.box) == (Verdict.LEVEL, 0)
    assert decide(boxes(EMPTY, EMPTY, CROSS), bilevel=True).box == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (replace(ROW, likeness=0.3), Reason.COVERED),
        (boxes(replace(CROSS, outline=False), EMPTY), Reason.COVERED),
        (boxes(CROSS, replace(EMPTY, lost=0.1)), Reason.LINE),
        (boxes(replace(CROSS, lost=0.02), EMPTY), Reason.LINE),
        (boxes(CROSS, replace(EMPTY, fill=0.01, extent=2.0, faint=2.0)), Reason.SECOND),
        (boxes(CROSS, replace(EMPTY, faint=1.2)), Reason.SECOND),
        (boxes(CROSS, replace(EMPTY, near=0.02)), Reason.BESIDE),
        (boxes(CROSS, replace(EMPTY, reach=0.5)), Reason.BESIDE),
        (replace(ROW, shared=5.0), Reason.BESIDE),
        (boxes(replace(CROSS, near=0.3), EMPTY), Reason.STRAYS),
        (boxes(replace(CROSS, reach=12.0), EMPTY), Reason.STRAYS),
        (replace(ROW, stray=1.0), Reason.ELSEWHERE),
        (boxes(replace(CROSS, level=2.0), EMPTY), Reason.JOINED),
        (boxes(replace(CROSS, through=True), EMPTY), Reason.JOINED),
        (boxes(replace(CROSS, around=0.25), EMPTY), Reason.JOINED),
        (boxes(replace(CROSS, along=4), EMPTY), Reason.JOINED),
        (boxes(replace(CROSS, along=0.7, along_three=0.5), EMPTY), Reason.JOINED),
        (boxes(replace(CROSS, ringed=0.7), EMPTY), Reason.LETTERS),
        (replace(ROW, struck=3.0), Reason.STRUCK),
        (replace(ROW, struck_text=3.0), Reason.STRUCK),
        (boxes(replace(CROSS, head=3.0), EMPTY), Reason.STRUCK),
        (boxes(replace(CROSS, head=0.15), replace(EMPTY, head=3.0)), Reason.STRUCK),
        (replace(boxes(CROSS, replace(EMPTY, head=3.0)), along=False), Reason.STRUCK),
        (boxes(EMPTY, replace(EMPTY, head=3.0)), Reason.STRUCK),
        (boxes(replace(CROSS, fill=0.9, tails=1), EMPTY), Reason.STRAYS),
        (boxes(replace(CROSS, fill=0.9, spilled=0.5), EMPTY), Reason.STRAYS),
        (boxes(replace(CROSS, spilled=0.5), EMPTY), Reason.JOINED),
        (boxes(replace(CROSS, hidden=0.5), EMPTY), Reason.LINE),
        (boxes(replace(CROSS, middle_band=1.5, band=2.5), EMPTY), Reason.LETTERS),
        (boxes(replace(CROSS, tall=2.5), EMPTY), Reason.LETTERS),
        (boxes(replace(CROSS, loop=4.0), EMPTY), Reason.LETTERS),
        (boxes(replace(CROSS, hollow=0.3), EMPTY), Reason.LETTERS),
        (boxes(replace(CROSS, pieces=2), EMPTY), Reason.LETTERS),
        (boxes(replace(CROSS, fill=0.7, loop=2.0), EMPTY), Reason.LETTERS),
        (boxes(replace(CROSS, fill=0.7, ringed=0.9), EMPTY), Reason.LETTERS),
        (boxes(EMPTY, replace(EMPTY, faint=4.0)), Reason.FAINT),
        (boxes(EMPTY, replace(EMPTY, fill=0.01, extent=1.5)), Reason.SMALL),
        (boxes(EMPTY, replace(EMPTY, near=0.05)), Reason.BESIDE),
        (replace(boxes(EMPTY, EMPTY), stray=3.0), Reason.ELSEWHERE),
        (replace(boxes(EMPTY, EMPTY), struck=3.0), Reason.STRUCK),
    ],
)
def test_anything_else_in_the_row_sends_it_to_a_person(row, reason):
    assert said(row) == (Verdict.DOUBTFUL, reason)


def test_another_column_s_word_that_is_only_struck_out_agrees_with_the_mark():
    assert said(boxes(replace(CROSS, head=0.05), replace(EMPTY, head=3.0))) == (Verdict.LEVEL, Reason.NONE)


def test_a_box_filled_to_its_outline_is_a_mark():
    assert said(boxes(replace(CROSS, fill=0.95, ringed=1.0, along=4.0), EMPTY)) == (
        Verdict.LEVEL,
        Reason.NONE,
    )


def test_blank_and_double_are_proposals_with_their_reason():
    assert said(boxes(EMPTY, EMPTY)) == (Verdict.BLANK, Reason.EMPTY)
    assert said(boxes(EMPTY, EMPTY), bilevel=True) == (Verdict.DOUBTFUL, Reason.PALE)
    assert said(boxes(CROSS, CROSS)) == (Verdict.DOUBLE, Reason.TWO_MARKS)
    assert said(boxes(CROSS, replace(CROSS, fill=0.8))) == (Verdict.DOUBLE, Reason.CORRECTED)


def test_a_weak_mark_has_a_lower_score_than_a_strong_one():
    weak = decide(boxes(replace(CROSS, fill=0.03), EMPTY), bilevel=False)
    assert weak.verdict is Verdict.LEVEL
    assert weak.score < decide(ROW, bilevel=False).score
