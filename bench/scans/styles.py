"""Ways to mark a row, and what the customer meant by each.

A style draws into a row and says the level that was meant (None: nothing that can be counted without a person).
``alone``: whether the machine may decide it by itself; where it may not, a decision is only tolerated if it is what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.scans import corrections, marks
from bench.scans.rows import Style

STYLES: Sequence[Style] = (
    Style("cross", 24, marks.cross, clear=True),
    Style("small cross", 5, marks.small_cross, clear=True),
    Style("tick", 20, marks.tick, clear=True),
    Style("V", 6, marks.vee, clear=True),
    Style("slash", 6, marks.slash, clear=True),
    Style("big dot", 2, marks.big_dot, clear=True),
    Style("retraced cross", 3, marks.retraced, clear=True),
    Style("marker", 3, marks.thick, clear=True),
    Style("filled", 3, marks.filled, clear=True),
    Style("scribble", 3, marks.scribble),
    Style("faint pencil", 4, marks.faint),
    Style("blank", 4, marks.blank, means="none", alone=False),
    Style("speck only", 1.5, marks.dusty, means="none", alone=False),
    Style("double", 2, marks.double, means="unclear", alone=False),
    Style("filled and another", 1.5, marks.corrected, alone=False),
    Style("scratched out and another", 1.5, marks.scratched, alone=False),
    Style("scratched out", 1, marks.scratched_only, means="unclear", alone=False),
    Style("ring round the word", 1, marks.ring_word, alone=False, over_word="answers"),
    Style("ring round the box", 1, marks.ring_box, alone=False),
    Style("word struck out", 1, marks.struck_word, alone=False, over_word="denies"),
    Style(
        "mark and its word struck out",
        0.7,
        marks.struck_and_marked,
        means="unclear",
        alone=False,
        over_word="denies",
    ),
    Style("word underlined", 0.7, marks.underlined, alone=False),
    Style("cross beside the box", 1, marks.beside, means="unclear", alone=False),
    Style("cross on the word", 0.7, marks.on_word, alone=False, over_word="either"),
    Style("second short stroke", 1.5, marks.second_stroke, alone=False),
    Style("rubbed out and another", 1, marks.rubbed_out, alone=False),
    Style("word that denies, in the box", 1, marks.bad_word, means="other", alone=False),
    Style("word that agrees, in the box", 0.5, marks.good_word, alone=False),
    Style("nought in the box", 0.5, marks.nought, means="unclear", alone=False),
    Style("remark across the row", 0.7, marks.over_the_row, alone=False),
    Style("stain on the row", 0.7, marks.stained, alone=False),
    Style("large cross", 0.7, corrections.large_cross),
    Style("mark and a speck elsewhere", 0.7, corrections.mark_and_speck),
    Style("ditto strokes", 0.4, corrections.ditto, alone=False),
    Style("mark and a stroke at its box", 0.5, corrections.stroke_at_box, means="unclear", alone=False),
    Style("mark and a stroke out of its box", 0.5, corrections.stroke_out_of_box, alone=False),
    Style("mark struck through", 0.5, corrections.struck_mark, means="unclear", alone=False),
    Style("ringed cross", 0.5, corrections.ringed_mark, means="unclear", alone=False),
    Style("ringed cross and another", 0.5, corrections.ringed_and_another, alone=False),
    Style(
        "mark and a ring round another word",
        0.5,
        corrections.mark_and_ring,
        means="unclear",
        alone=False,
        over_word="answers",
    ),
    Style(
        "mark and another word struck out",
        0.5,
        corrections.mark_and_other_struck,
        alone=False,
        over_word="denies",
    ),
    Style("mark and its criterion struck out", 0.5, corrections.struck_text, means="unclear", alone=False),
    Style("ring round box and word", 0.5, corrections.ring_word_and_box, alone=False),
    Style("mark and an arrow to another box", 0.4, corrections.arrow, means="unclear", alone=False),
    Style("minus in the box", 0.4, corrections.minus, means="unclear", alone=False),
    Style("nought left open", 0.5, corrections.open_ring, means="unclear", alone=False),
    Style("letter K in the box", 0.3, marks.letter_k, means="other", alone=False),
    Style("question mark in the box", 0.2, corrections.question, means="unclear", alone=False),
)
LINE_DOWN = "line down a column"
#: Over all rows of a ballot; ``share`` is of the ballots.
GESTURES: Sequence[Style] = (
    Style(LINE_DOWN, 0.008, marks.blank, alone=False),
    Style("marks crossed out together", 0.008, marks.blank, means="unclear", alone=False),
)
#: A mark that something over its table's head contradicts (`heads`); what it counts as, not a way to mark.
UNDER_A_HEAD = Style("mark that its table's head contradicts", 0, marks.blank, means="unclear", alone=False)
BY_NAME = {style.name: style for style in (*STYLES, *GESTURES, UNDER_A_HEAD)}
UNKNOWABLE = {"letter K in the box", "question mark in the box"}
