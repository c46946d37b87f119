"""What is drawn in a row and what the machine says of it: it decides clear marks only."""

import cv2
import numpy as np
import pytest

from bench.scans import pens, strokes
from bench.scans.paper import crease
from bench.scans.rows import word_of
from bench.scans.sheets import row_at
from surveys.paper.scans.pages import open_pages
from surveys.paper.scans.results import Reason, Verdict
from surveys.printing.scan_marks import STUB, Rect
from tests.surveys.paper.scans.drawing import Ballot, read


def verdicts(style: str, seed: int) -> list[tuple[Verdict, int | None]]:
    """Of the row with the style at its second box, and of the plainly marked row below it."""
    reading, _seen = read(Ballot(seed=seed).mark(0, 1, style).mark(1, 0).file())
    return [(row.verdict, row.level) for row in reading.ballots[0].rows]


@pytest.mark.parametrize("style", ["cross", "small cross", "tick", "V", "slash", "filled", "marker"])
def test_a_clear_mark_is_decided(style):
    assert verdicts(style, 11) == [(Verdict.LEVEL, 0), (Verdict.LEVEL, 1)]


@pytest.mark.parametrize(
    "style",
    [
        "ring round the word",
        "ring round the box",
        "word struck out",
        "word underlined",
        "cross beside the box",
        "cross on the word",
        "second short stroke",
        "scratched out",
        "scratched out and another",
        "remark across the row",
        "nought in the box",
        "word that denies, in the box",
        "mark and its word struck out",
        "mark and another word struck out",
        "mark and its criterion struck out",
        "mark and a stroke at its box",
        "mark struck through",
        "ringed cross",
        "mark and a ring round another word",
        "mark and an arrow to another box",
    ],
)
@pytest.mark.parametrize("seed", [21, 22])
def test_what_only_a_person_can_say_is_never_decided(style, seed):
    (verdict, _level), below = verdicts(style, seed)
    assert verdict in {Verdict.DOUBTFUL, Verdict.DOUBLE}
    assert below == (Verdict.LEVEL, 1)


def test_an_empty_row_and_two_marks_are_proposed_and_not_decided():
    assert verdicts("blank", 1)[0] == (Verdict.BLANK, None)
    assert verdicts("double", 1)[0] == (Verdict.DOUBLE, None)


@pytest.mark.parametrize("wide", [6.5, 7.5, 8.0, 8.5, 9.0, 9.5, 11.0])
def test_a_ring_round_a_cross_is_seen_also_where_it_runs_on_the_outline(wide):
    ballot = Ballot(seed=3).mark(0, 0).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    middle = STUB + box.x + 4, box.y + 4
    pens.draw(
        ballot.canvas, strokes.ring(*middle, wide, wide, ballot.rng), pens.Pen(0.5, 60, 0.9), ballot.rng
    )
    rows = read(ballot.file())[0].ballots[0].rows
    assert [row.verdict for row in rows] == [Verdict.DOUBTFUL, Verdict.LEVEL]


def test_a_nought_that_is_not_quite_closed_is_no_mark():
    ballot = Ballot(seed=3).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    turns = np.linspace(0.25, 2 * np.pi - 0.25, 40)  # 1,2 mm open, less the pen's own width
    ring = np.stack([STUB + box.x + 4 + 2.4 * np.cos(turns), box.y + 4 + 2.4 * np.sin(turns)], axis=1)
    pens.draw(ballot.canvas, [ring], pens.Pen(0.5, 60, 0.9), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [row.verdict for row in rows] == [Verdict.DOUBTFUL, Verdict.LEVEL]


def test_a_line_through_a_pale_mark_takes_it_back_also_where_it_hardly_leaves_the_box():
    ballot = Ballot(seed=3).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    x, y = STUB + box.x, box.y
    mark = np.array([(x + 2, y + 1.2), (x + 4, y + 6.8), (x + 6, y + 1.2)])
    pens.draw(ballot.canvas, [mark], pens.Pen(0.6, 150, 0.8), ballot.rng)
    line = np.array([(x - 1.8, y + 3.0), (x + 9.8, y + 3.2)])
    pens.draw(ballot.canvas, [line], pens.Pen(0.9, 90, 0.9), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert (rows[0].verdict, rows[0].reason) == (Verdict.DOUBTFUL, Reason.JOINED)


def test_a_box_scratched_out_to_just_beyond_its_outline_is_not_a_filled_one():
    ballot = Ballot(seed=3).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    corners = [(STUB + box.x + (-0.25, 8.25)[k % 2], box.y + 0.6 + k * 0.4) for k in range(18)]
    pens.draw(ballot.canvas, [np.array(corners)], pens.Pen(0.5, 60, 0.95), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [(row.verdict, row.reason) for row in rows] == [
        (Verdict.DOUBTFUL, Reason.STRAYS),
        (Verdict.LEVEL, Reason.NONE),
    ]


@pytest.mark.parametrize("start", [0.0, 1.2, 2.6, 4.1, 5.5])
@pytest.mark.parametrize("gap", [0.8, 1.4, 2.0])
def test_a_nought_left_wide_open_is_no_mark_whichever_way_it_opens(start, gap):
    ballot = Ballot(seed=3).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    turns = np.linspace(start, start + 2 * np.pi - gap, 40)
    ring = np.stack([STUB + box.x + 4 + 2.1 * np.cos(turns), box.y + 4 + 2.6 * np.sin(turns)], axis=1)
    pens.draw(ballot.canvas, [ring], pens.Pen(0.5, 60, 0.9), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [(row.verdict, row.reason) for row in rows] == [
        (Verdict.DOUBTFUL, Reason.LETTERS),
        (Verdict.LEVEL, Reason.NONE),
    ]


@pytest.mark.parametrize(
    "corners",
    [
        [(2.2, 4.8), (3.2, 7.1), (9.0, -0.5)],
        [(1.2, 4.4), (2.6, 6.6), (3.4, 7.2), (4.2, 6.4), (8.6, 0.6)],
    ],
)
@pytest.mark.parametrize("wide", [0.5, 0.8, 0.9])
def test_a_tick_of_a_broad_pen_is_no_nought_left_open_however_far_its_tail_goes(corners, wide):
    ballot = Ballot(seed=3).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    line = np.array([(STUB + box.x + x, box.y + y) for x, y in corners])
    pens.draw(ballot.canvas, [line], pens.Pen(wide, 60, 0.9), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [(row.verdict, row.level) for row in rows] == [(Verdict.LEVEL, 1), (Verdict.LEVEL, 1)]


@pytest.mark.parametrize(("thick", "reason"), [(1, Reason.NONE), (4, Reason.ELSEWHERE)])
def test_a_sliver_of_a_frame_in_a_row_is_no_mark_and_a_stroke_of_a_pen_there_is(thick, reason):
    ballot = Ballot(seed=3).mark(0, 0).mark(1, 0)
    data = ballot.file()
    page = open_pages(data).page(0).gray.copy()
    row = ballot.form.rows[0].rect
    ends = read(data)[1][0].pose.on_page(Rect(row.right - 12, row.bottom - 1.2, 9, 1))[:2].round().astype(int)
    cv2.line(page, ends[0], ends[1], 90, thick)
    _done, drawn = cv2.imencode(".png", page)
    assert [each.reason for each in read(bytes(drawn))[0].ballots[0].rows] == [reason, Reason.NONE]


def test_a_stroke_through_a_head_that_follows_a_crease_sends_the_rows_below_it_to_a_person():
    ballot = Ballot("grid", seed=4)
    for row in range(4):
        ballot.mark(row, 0)
    drawn = row_at(ballot.form, 0)
    left, middle, wide = word_of(drawn, 0)
    y = middle + 0.8
    crease(ballot.canvas, 57, y, 210, y, np.random.default_rng(4))
    pens.draw(
        ballot.canvas, [np.array([(left - 1, y), (left + wide + 1, y)])], pens.Pen(0.3, 60, 0.9), ballot.rng
    )
    (seen,) = read(ballot.file(), "grid")[0].ballots
    assert not seen.writing
    assert [row.reason for row in seen.rows] == [Reason.STRUCK] * 2 + [Reason.NONE] * 2  # two rows to a head


def over_the_criterion(*, stroke: bool) -> Reason:
    """Why a marked row goes to a person whose criterion's words a crease follows, and a stroke along it or none."""
    ballot = Ballot(seed=5).mark(0, 0).mark(1, 0)
    left, middle = row_at(ballot.form, 1).text
    y = middle + 0.2
    crease(ballot.canvas, 57, y, 210, y, np.random.default_rng(9))
    crease(ballot.canvas, 57, y + 30, 210, y + 30, np.random.default_rng(2))
    if stroke:
        line = np.array([(left, y), (left + 30, y)])
        pens.draw(ballot.canvas, [line], pens.Pen(0.5, 110, 0.7), ballot.rng)
    first, second = read(ballot.file())[0].ballots[0].rows
    assert first.reason is Reason.NONE
    return second.reason


def test_a_crease_over_a_criterion_s_words_is_no_stroke_through_them_and_a_stroke_along_it_is_one():
    assert over_the_criterion(stroke=False) is Reason.NONE
    assert over_the_criterion(stroke=True) is Reason.STRUCK


def test_a_crease_on_an_outline_hides_no_more_of_the_box_than_the_outline_does():
    ballot = Ballot("grid", seed=4)
    for row in range(4):
        ballot.mark(row, 0)
    x = STUB + ballot.form.rows[0].boxes[1].rect.right - 0.05
    crease(ballot.canvas, x, 0, x, ballot.form.height, np.random.default_rng(4))
    (seen,) = read(ballot.file(), "grid")[0].ballots
    assert [row.reason for row in seen.rows] == [Reason.NONE] * 4


def test_a_broad_stroke_that_leaves_a_box_by_the_middle_of_one_side_alone_takes_its_mark_back():
    ballot = Ballot(seed=3).mark(0, 0).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    line = np.array([(STUB + box.x - 1.4, box.y + 3.6), (STUB + box.x + 5, box.y + 3.4)])
    pens.draw(ballot.canvas, [line], pens.Pen(1.0, 90, 0.9), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [row.reason for row in rows] == [Reason.JOINED, Reason.NONE]


@pytest.mark.parametrize("wide", [7.6, 8.0, 8.4, 8.8])
def test_a_gray_ring_on_the_outline_is_seen_although_black_hides_most_of_it(wide):
    ballot = Ballot(seed=3).mark(0, 0).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    middle = STUB + box.x + 4.1, box.y + 3.9
    ring = strokes.ring(*middle, wide, wide, ballot.rng)
    pens.draw(ballot.canvas, ring, pens.Pen(0.45, 100, 0.8), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [row.verdict for row in rows] == [Verdict.DOUBTFUL, Verdict.LEVEL]


@pytest.mark.parametrize(("wide", "off"), [(8.0, 0.1), (8.1, 0.0), (8.2, 0.0), (8.2, 0.1)])
def test_a_fine_ring_on_the_outline_is_seen_by_the_little_that_three_sides_show_of_it(wide, off):
    ballot = Ballot(seed=3).mark(0, 0).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    turns = np.linspace(0, 2 * np.pi, 60)
    x, y = STUB + box.x + 4 + off, box.y + 4 - off
    ring = np.stack([x + wide / 2 * np.cos(turns), y + wide / 2 * np.sin(turns)], axis=1)
    pens.draw(ballot.canvas, [ring], pens.Pen(0.35, 90, 0.95), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [row.reason for row in rows] == [Reason.JOINED, Reason.NONE]


@pytest.mark.parametrize("wide", [5.5, 6.6])
def test_a_broad_pale_ring_within_the_box_is_seen_behind_its_cross(wide):
    ballot = Ballot(seed=3).mark(0, 0).mark(1, 0)
    box = ballot.form.rows[0].boxes[0].rect
    ring = strokes.ring(STUB + box.x + 4, box.y + 4, wide, wide, ballot.rng)
    pens.draw(ballot.canvas, ring, pens.Pen(0.95, 150, 0.7), ballot.rng)
    rows = read(ballot.file())[0].ballots[0].rows
    assert [row.verdict for row in rows] == [Verdict.DOUBTFUL, Verdict.LEVEL]


def with_a_crease_beside_its_box(stroke: list[tuple[float, float]]) -> list[Reason]:
    """Of four marked rows; the crease runs close by the right side of the first and third marked box, and a stroke is drawn
    near the first, from and to millimetres right of and below the middle of that side."""
    ballot = Ballot("grid", seed=4)
    for row in range(4):
        ballot.mark(row, 2 * (row % 2))
    box = ballot.form.rows[0].boxes[0].rect
    x, y = STUB + box.right, box.y + box.h / 2
    if stroke:
        line = np.array([(x + right, y + below) for right, below in stroke])
        pens.draw(ballot.canvas, [line], pens.Pen(0.5, 60, 0.9), ballot.rng)
    crease(ballot.canvas, x + 0.95, 0, x + 0.95, ballot.form.height, np.random.default_rng(4))
    return [row.reason for row in read(ballot.file(), "grid")[0].ballots[0].rows]


def test_a_crease_beside_an_outline_hides_nothing_where_no_ink_comes_to_it():
    assert with_a_crease_beside_its_box([]) == [Reason.NONE] * 4


@pytest.mark.parametrize(
    "stroke",
    [
        [(-3.0, 0.0), (1.2, 0.1)],  # it ends within the crease
        [(0.4, 0.0), (3.6, 0.1)],  # it begins at the outline and goes on behind the crease
    ],
)
def test_a_crease_beside_an_outline_may_hide_a_stroke_out_of_the_box(stroke):
    first, *others = with_a_crease_beside_its_box(stroke)
    assert first in {Reason.LINE, Reason.JOINED, Reason.BESIDE}
    assert others == [Reason.NONE] * 3


def table(*columns: int) -> Ballot:
    """Four rows of three levels, two and two under a head, each marked in its column."""
    ballot = Ballot("grid", seed=4)
    for row, column in enumerate(columns):
        ballot.mark(row, column)
    return ballot


def over_the_third_word(ballot: Ballot, draw) -> tuple[bool, bool, list[Reason]]:
    """Something drawn over the word above the third column of the upper table: whether it is writing, whether it is a stroke along
    the word, and of each row why it goes to a person. ``draw``: (left end, middle height, width of the word) → lines."""
    lines = draw(*word_of(row_at(ballot.form, 0), 2))
    pens.draw(ballot.canvas, lines, pens.Pen(0.5, 60, 0.9), ballot.rng)
    _reading, (seen,) = read(ballot.file(), "grid")
    return seen.reading.writing, seen.measures[0].along, [row.reason for row in seen.reading.rows]


def through(left: float, middle: float, wide: float) -> list[np.ndarray]:
    return [np.array([(left + 2, middle), (left + wide - 2, middle + 0.3)])]


def test_a_struck_word_over_another_column_leaves_the_marks_of_its_table_to_the_machine():
    assert over_the_third_word(table(0, 1, 0, 0), through) == (False, True, [Reason.NONE] * 4)


def test_a_struck_word_over_a_column_sends_the_marks_below_it_to_a_person_and_no_others():
    reasons = [Reason.NONE, Reason.STRUCK, Reason.NONE, Reason.NONE]
    assert over_the_third_word(table(0, 2, 0, 2), through) == (False, True, reasons)


def ring(high: float):
    def draw(left: float, middle: float, wide: float) -> list[np.ndarray]:
        return strokes.ring(left + wide / 2, middle, 14.0, high, np.random.default_rng(1))

    return draw


def crossed(left: float, middle: float, wide: float) -> list[np.ndarray]:
    return strokes.cross(left + wide / 2 - 4, middle - 4, 5.0, np.random.default_rng(1))


def underlined(left: float, middle: float, wide: float) -> list[np.ndarray]:
    return [np.array([(left + 5, middle + 2.2), (left + 7.5, middle + 2.2)])]


def across(left: float, middle: float, wide: float) -> list[np.ndarray]:
    return [np.array([(left + 5.5, middle - 2.4), (left + 5.6, middle + 1.8)])]


@pytest.mark.parametrize("draw", [ring(5.2), ring(6.9), crossed, underlined, across])
def test_what_may_answer_over_another_column_sends_all_rows_of_its_table_to_a_person(draw):
    writing, along, reasons = over_the_third_word(table(0, 1, 0, 0), draw)
    assert not along
    assert writing or reasons == [Reason.STRUCK] * 2 + [Reason.NONE] * 2


@pytest.mark.parametrize("below", [-1.6, 0.0, 1.2])
def test_a_crease_over_a_head_makes_no_struck_word_of_a_ring_and_no_ring_of_a_struck_word(below):
    def creased() -> Ballot:
        ballot = table(0, 1, 0, 0)
        y = word_of(row_at(ballot.form, 0), 2)[1] + below
        crease(ballot.canvas, 57, y, 210, y, np.random.default_rng(4))
        return ballot

    assert not over_the_third_word(creased(), ring(5.6))[1]
    assert over_the_third_word(creased(), through) == (False, True, [Reason.NONE] * 4)
