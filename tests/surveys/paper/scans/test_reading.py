"""Pages of every kind that lands on a scanner: what is read, and what is said of the rest."""

import cv2
import numpy as np
import pytest

from bench.scans import paper
from bench.scans.forms import PX
from bench.scans.paper import PROFILES
from surveys.paper.scans.crops import place_of
from surveys.paper.scans.pages import open_pages
from surveys.paper.scans.reference import pixels
from surveys.paper.scans.results import BallotProblem, PageOutcome, Reason, Verdict
from surveys.printing.scan_marks import STUB, Rect
from tests.surveys.paper.scans.drawing import (
    BED,
    Ballot,
    as_pdf,
    as_tiff,
    levels,
    read,
    reference,
    scanned,
    white,
)


def problems(reading) -> list[BallotProblem]:
    return [ballot.problem for ballot in reading.ballots]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_ballot_is_read_whichever_way_it_lies(turn):
    reading, _seen = read(Ballot().mark(0, 0).mark(1, 1, "tick").file(turn=turn))
    assert levels(reading) == [[1, 0]]
    assert reading.ballots[0].is_sure


@pytest.mark.parametrize("profile", ["office 300", "phone", "hard"])
def test_a_clear_mark_is_never_read_as_another_by_any_device(profile):
    reading, _seen = read(Ballot(seed=5).mark(0, 1).mark(1, 0).file(profile=PROFILES[profile]))
    assert [row.level for row in reading.ballots[0].rows] in ([0, 1], [0, None], [None, 1], [None, None])
    assert reading.outcome is PageOutcome.BALLOTS


@pytest.mark.parametrize("corner", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_ballot_shifted_into_a_corner_of_the_glass_is_read(corner):
    sheet = Ballot().mark(0, 0).mark(1, 1).paper()
    glass = np.full((int(297 * PX), int(210 * PX)), BED, np.uint8)
    down, across = (int(k * (a - b)) for k, a, b in zip(corner, glass.shape, sheet.shape, strict=True))
    glass[down : down + sheet.shape[0], across : across + sheet.shape[1]] = sheet
    _done, data = cv2.imencode(".png", cv2.resize(glass, (1654, 2339), interpolation=cv2.INTER_AREA))
    assert levels(read(bytes(data))[0]) == [[1, 0]]


def test_two_ballots_on_an_uncut_page_are_read_both():
    ballot = Ballot().mark(0, 0).mark(1, 0)
    ballot.canvas[int(148.5 * PX) :] = (
        Ballot().mark(0, 1).mark(1, 1).canvas[: ballot.canvas.shape[0] - int(148.5 * PX)]
    )
    reading, _seen = read(ballot.file(ballots=2))
    assert sorted(levels(reading)) == [[0, 0], [1, 1]]


def test_ten_criteria_of_five_levels_take_a_whole_page_and_are_read():
    ballot = Ballot("whole")
    for row in range(10):
        ballot.mark(row, row % 5)
    reading, _seen = read(ballot.file(turn=2), "whole")
    assert levels(reading) == [[5 - row % 5 for row in range(10)]]


def test_the_order_of_the_pages_changes_nothing():
    files = [
        Ballot(seed=2).mark(0, 0).mark(1, 0).file(),
        white(),
        Ballot(seed=3).mark(0, 1).mark(1, 0).file(turn=2),
    ]
    said = []
    for order in (files, files[::-1]):
        pages = open_pages(as_pdf(*order))
        from surveys.paper.scans.reading import read_page
        from tests.surveys.paper.scans.drawing import reference

        readings = [read_page(pages.page(number), [reference()])[0] for number in range(pages.count)]
        said.append(sorted((str(each.outcome), levels(each)) for each in readings))
    assert said[0] == said[1] == [("ballots", [[0, 1]]), ("ballots", [[1, 1]]), ("empty", [])]


def test_frames_of_a_tiff_are_read_like_pages_of_a_pdf():
    data = as_tiff(Ballot(seed=2).mark(0, 0).mark(1, 1).file(), white())
    assert levels(read(data)[0]) == [[1, 0]]


def test_an_empty_back_is_empty_and_no_ballot():
    reading, _seen = read(white())
    assert (reading.outcome, reading.ballots) == (PageOutcome.EMPTY, ())


def test_a_sheet_of_another_paper_is_not_ours():
    other = np.full((1750, 1240), 250, np.uint8)
    for line in range(20):
        cv2.putText(other, "Giay de nghi thanh toan", (80, 90 + line * 80), 0, 1.4, 30, 3)
    _done, data = cv2.imencode(".png", other)
    reading, _seen = read(bytes(data))
    assert reading.outcome is PageOutcome.NOT_OURS


def test_another_office_s_ballot_is_told_by_its_code_and_not_read():
    reading, _seen = read(Ballot("foreign").mark(0, 0).mark(1, 0).file())
    assert problems(reading) == [BallotProblem.FOREIGN]
    assert reading.ballots[0].rows == ()


def test_a_ballot_with_the_levels_the_other_way_round_is_another_version_and_not_read():
    reading, _seen = read(Ballot("reversed").mark(0, 0).mark(1, 0).file())
    assert problems(reading) == [BallotProblem.OTHER_VERSION]


def test_it_is_read_where_its_own_form_is_known():
    reading, _seen = read(Ballot("reversed").mark(0, 0).mark(1, 0).file(), "test-2x2", "reversed")
    assert levels(reading) == [[0, 0]]


def test_a_ballot_whose_stub_still_hangs_on_it_is_not_read_and_its_code_not_decoded():
    reading, seen = read(Ballot().mark(0, 0).mark(1, 0).file(untorn=True))
    assert problems(reading) == [BallotProblem.UNTORN]
    assert seen[0].ink is None


def test_a_mirrored_picture_is_said_to_be_one():
    page = open_pages(Ballot().mark(0, 0).mark(1, 1).file()).page(0).gray
    _done, data = cv2.imencode(".png", page[:, ::-1])
    reading, _seen = read(bytes(data))
    assert (reading.outcome, reading.mirrored) == (PageOutcome.NOT_OURS, True)


def test_a_ballot_with_a_corner_torn_off_is_read_by_the_other_three_marks():
    ballot = Ballot().mark(0, 0).mark(1, 1)
    sheet = ballot.paper()
    cv2.fillPoly(sheet, [np.array([(0, 0), (260, 0), (0, 260)])], BED)
    reading, _seen = read(scanned(sheet, ballot.rng))
    assert levels(reading) == [[1, 0]]
    assert reading.ballots[0].marks == 3


def test_half_a_ballot_is_cut_off_and_not_read():
    ballot = Ballot().mark(0, 0).mark(1, 1)
    page = open_pages(ballot.file()).page(0).gray
    _reading, seen = read(ballot.file())
    left = int(seen[0].pose.outline[:, 0].min()) + int(30 * seen[0].pose.pixels_a_millimetre)
    _done, data = cv2.imencode(".png", page[:, left:])
    reading, _seen = read(bytes(data))
    assert reading.outcome is PageOutcome.NOT_OURS or problems(reading) == [BallotProblem.CUT_OFF]


def test_two_ballots_over_one_another_are_never_taken_for_one():
    lower, upper = Ballot().mark(0, 0).mark(1, 0), Ballot().mark(0, 1).mark(1, 1)
    under, over = lower.paper(), upper.paper()
    both = np.full((under.shape[0] + int(30 * PX), under.shape[1] + int(12 * PX)), BED, np.uint8)
    both[int(30 * PX) :, : under.shape[1]] = under
    both[: over.shape[0], int(12 * PX) :] = over
    reading, _seen = read(scanned(both, lower.rng))
    assert not any(ballot.is_sure for ballot in reading.ballots)


def test_a_broken_line_along_the_pages_edge_is_the_scanner_s_lid_and_no_second_ballot():
    page = open_pages(Ballot().mark(0, 0).mark(1, 1).file()).page(0).gray.copy()
    for y in range(0, page.shape[0], 90):
        page[y : y + 60, 5:8] = 60
    _done, drawn = cv2.imencode(".png", page)
    assert read(bytes(drawn))[0].ballots[0].problem is BallotProblem.NONE


def test_letters_of_another_paper_beside_a_ballot_send_it_to_a_person():
    page = open_pages(Ballot().mark(0, 0).mark(1, 1).file()).page(0).gray.copy()
    outline = read(Ballot().mark(0, 0).mark(1, 1).file())[1][0].pose.outline
    below = int(outline[:, 1].max()) + 60
    cv2.putText(page, "TO KHAI THUE GIA TRI GIA TANG", (200, below), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 40, 3)
    _done, drawn = cv2.imencode(".png", page)
    assert read(bytes(drawn))[0].ballots[0].problem is BallotProblem.OVERLAP


def test_ink_in_the_comment_is_seen_and_does_not_disturb_the_rows():
    ballot = Ballot().mark(0, 0).mark(1, 1)
    place = ballot.form.comment
    at = int((57 + place.x + 5) * PX), int((place.y + 9) * PX)
    cv2.putText(ballot.canvas, "cam on can bo nhiet tinh", at, 0, 1.3, 60, 6)
    reading, _seen = read(ballot.file())
    assert levels(reading) == [[1, 0]]
    assert (reading.ballots[0].comment, reading.ballots[0].writing) == (True, False)


def test_a_name_across_the_head_sends_the_ballot_to_a_person():
    ballot = Ballot().mark(0, 0).mark(1, 1)
    cv2.putText(ballot.canvas, "Nguyen Van An", (int(75 * PX), int(31 * PX)), 0, 1.6, 60, 6)
    reading, _seen = read(ballot.file())
    assert not reading.ballots[0].is_sure


@pytest.mark.parametrize(("thick", "is_writing"), [(1, False), (3, True)])
def test_a_sliver_of_a_frame_that_lies_off_its_place_is_no_writing_and_a_thin_stroke_is(thick, is_writing):
    data = Ballot().mark(0, 0).mark(1, 1).file()
    page = open_pages(data).page(0).gray.copy()
    ends = read(data)[1][0].pose.on_page(Rect(40, 34, 12, 1))[:2].round().astype(int)
    cv2.line(page, ends[0], ends[1], 120, thick)
    _done, drawn = cv2.imencode(".png", page)
    assert read(bytes(drawn))[0].ballots[0].writing is is_writing


@pytest.mark.parametrize(("off", "is_writing"), [(0.5, False), (0.9, True)])
def test_what_shows_of_a_line_at_the_edge_of_print_is_print_and_a_stroke_beside_it_is_not(off, is_writing):
    ballot = Ballot().mark(0, 0).mark(1, 1)
    data = ballot.file()
    page = open_pages(data).page(0).gray.copy()
    row = ballot.form.rows[0].rect
    ends = read(data)[1][0].pose.on_page(Rect(row.x + 30, row.bottom + off, 12, 1))[:2]
    first, last = (tuple((each * 16).round().astype(int)) for each in ends)
    cv2.line(page, first, last, 110, 2, cv2.LINE_AA, 4)
    _done, drawn = cv2.imencode(".png", page)
    assert read(bytes(drawn))[0].ballots[0].writing is is_writing


def test_a_crease_over_a_box_sends_its_row_to_a_person():
    ballot = Ballot().mark(0, 0).mark(1, 0)
    y = ballot.form.rows[0].rect.y + 6
    for _each in range(3):
        paper.crease(ballot.canvas, 57, y, 210, y, np.random.default_rng(4))
    reading, _seen = read(ballot.file())
    row = reading.ballots[0].rows[0]
    assert (row.verdict, row.reason) == (Verdict.DOUBTFUL, Reason.LINE)


def test_a_crease_where_the_form_expects_it_hides_nothing():
    ballot = Ballot().mark(0, 0).mark(1, 0)
    paper.crease(ballot.canvas, 57, 74.6, 210, 73.9, np.random.default_rng(4))
    assert levels(read(ballot.file())[0]) == [[1, 1]]


def test_a_streak_over_a_column_of_boxes_is_told_with_its_place():
    ballot = Ballot().mark(0, 0).mark(1, 0)
    _reading, seen = read(ballot.file())
    x, _y = seen[0].pose.on_page(ballot.form.rows[0].boxes[1].rect).mean(axis=0)
    reading, _seen = read(Ballot().mark(0, 0).mark(1, 0).file(streak_at=x / 1654))
    (place,) = reading.ballots[0].streaks
    assert abs(place - x / 200 * 25.4) < 4
    assert {row.reason for row in reading.ballots[0].rows} == {Reason.LINE}


def test_black_and_white_never_proposes_a_blank():
    rows = read(Ballot().mark(0, 0).file(profile=PROFILES["bilevel"]))[0].ballots[0].rows
    assert rows[1].verdict is Verdict.DOUBTFUL
    assert read(Ballot().mark(0, 0).file())[0].ballots[0].rows[1].verdict is Verdict.BLANK


@pytest.mark.parametrize("name", ["test-2x2", "grid"])
def test_a_row_is_shown_with_the_words_over_it_and_no_other_row_s_boxes(name):
    known = reference(name)
    rows = known.form.rows
    shown = [place_of(known, number) for number in range(len(rows))]
    for number, (top, row) in enumerate(zip(shown, rows, strict=True)):
        if not number or row.rect.y - rows[number - 1].rect.bottom > 1:
            over = Rect(0, top.y, 150, row.rect.y - top.y)
            above = Rect(0, row.rect.y - 9, 150, 8)
            assert (
                known.letters[pixels(over, known.shape)].sum()
                >= known.letters[pixels(above, known.shape)].sum()
                > 0
            )
    for number, place in enumerate(shown):
        assert not any(
            place.y < box.rect.y + box.rect.h / 2 < place.bottom
            for other, row in enumerate(rows)
            if other != number
            for box in row.boxes
        )


def test_much_writing_where_a_comment_belongs_covers_nothing():
    ballot = Ballot("whole")
    for row in range(10):
        ballot.mark(row, 0)
    place = ballot.form.comment
    for line in range(5):
        at = round((STUB + place.x + 4) * PX), round((place.y + 10 + line * 9) * PX)
        cv2.putText(
            ballot.canvas, "Cam on can bo rat nhiet tinh", at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.4, 30, 9
        )
    (seen,) = read(ballot.file(), "whole")[0].ballots
    assert (seen.problem, seen.comment) == (BallotProblem.NONE, True)
