"""The paper ballot as it is drawn: boxes out of every crease, marks and code with paper around them, one form for all."""

import unicodedata

import cv2
import numpy as np
import pytest
import segno

from bench.scans import forms
from bench.scans.forms import FIVE, FOUR, PX, TEXTS, THREE, TWO
from surveys.printing.ballot_layout import BallotText, CriterionText, DoesNotFit, lay_out
from surveys.printing.scan_marks import (
    HALF,
    MARK_QUIET,
    STUB,
    WHOLE,
    WIDTH,
    BallotForm,
    Rect,
    form_code,
    mark_places,
    parse_code,
)
from surveys.printing.type_metrics import Face, width, wrap

SHAPES = [(levels, count) for levels in (TWO, THREE, FOUR, FIVE) for count in (2, 3, 5, 10)]


def text(levels=TWO, count=2, **facts) -> BallotText:
    asked = {
        "version": 7,
        "office": "HOA-BINH",
        "office_lines": (("KHO BẠC NHÀ NƯỚC HÒA BÌNH", False), ("PHÒNG KẾ TOÁN NHÀ NƯỚC", True)),
        "period": "Kỳ phát: tháng 11/2026",
        "title": "PHIẾU ĐÁNH GIÁ MỨC ĐỘ HÀI LÒNG",
        "how": (
            "Đề nghị ông/bà đánh dấu X vào một ô ở mỗi tiêu chí.",
            "Nếu nhầm: tô kín ô sai, đánh X vào ô đúng.",
        ),
        "criterion": "Tiêu chí",
        "criteria": tuple(CriterionText(f"c{k}", TEXTS[k % len(TEXTS)], levels) for k in range(count)),
        "comment": "Ý kiến của ông/bà (không bắt buộc):",
        "notes": "Phiếu không ghi tên và không có số. " * 6,
    }
    return BallotText(**asked | facts)


def overlap(one: Rect, other: Rect) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


@pytest.mark.parametrize(("levels", "count"), SHAPES)
def test_no_box_lies_where_a_ballot_folded_in_half_has_its_crease(levels, count):
    form = lay_out(text(levels, count)).form
    boxes = [box.rect for row in form.rows for box in row.boxes]
    assert len(boxes) == len(levels) * count
    for box in boxes:
        assert box.bottom <= form.height / 2 - 4 or box.y >= form.height / 2 + 4
        assert box.right <= WIDTH / 2 - 3 or box.x >= WIDTH / 2 + 3


@pytest.mark.parametrize(("levels", "count"), SHAPES)
def test_everything_keeps_off_the_corner_marks_the_code_and_one_another(levels, count):
    ballot = lay_out(text(levels, count))
    form = ballot.form
    quiet = [place.grown(MARK_QUIET) for place in form.marks]
    code = form.qr.grown(2.0)
    for place in [row.rect for row in form.rows] + [form.comment, code]:
        assert 0 < place.x < place.right < WIDTH
        assert not any(overlap(place, mark) for mark in quiet)
    assert not any(
        overlap(one.rect, other.rect) for one in form.rows for other in form.rows if one is not other
    )
    assert not overlap(code, form.comment)
    assert form.comment.y >= form.rows[-1].rect.bottom + 5
    for line in ballot.drawing.texts:
        long = width(line.words, line.face, line.size / (25.4 / 72))
        left = line.x - {"start": 0, "middle": long / 2, "end": long}[line.anchor]
        words = Rect(left, line.y - line.size * 0.75, long, line.size * 0.75)
        assert words.right < WIDTH - 4
        assert not any(overlap(words, place) for place in (*quiet, code))


def test_two_criteria_share_a_page_with_another_ballot_and_ten_take_the_whole():
    assert lay_out(text(TWO, 2)).form.height == lay_out(text(FIVE, 3)).form.height == HALF
    assert lay_out(text(FIVE, 10)).form.height == WHOLE
    with pytest.raises(DoesNotFit):
        lay_out(text(FIVE, 30))


def test_equal_levels_have_equal_cells_and_boxes_in_a_column_stand_under_one_another():
    form = lay_out(text(FIVE, 4)).form
    columns = [[row.boxes[k].rect.x for row in form.rows] for k in range(5)]
    assert all(max(column) == min(column) for column in columns)
    steps = np.diff([column[0] for column in columns])
    assert steps.max() - steps.min() < 0.01


def test_the_code_tells_form_version_and_office_and_changes_with_the_order_of_the_levels():
    code = lay_out(text()).form.code
    assert parse_code(code) == (7, "HOA-BINH")
    assert code == lay_out(text(period="Kỳ phát: tháng 12/2026")).form.code
    others = [text(tuple(reversed(TWO))), text(count=3), text(version=8), text(office="SON-LA")]
    assert len({code, *(lay_out(each).form.code for each in others)}) == 5


def test_the_longest_office_code_still_fits_the_symbol():
    code = form_code(version=99_999, office="X" * 32, content="")
    segno.make_qr(code, version=2, error="m", boost_error=False, mode="alphanumeric")
    assert parse_code(code) is not None
    assert parse_code("https://example.vn/P/ABC") is None


def test_a_form_survives_its_way_to_the_reader():
    form = lay_out(text(FOUR, 3)).form
    assert BallotForm.from_json(form.to_json()) == form


def test_the_corner_marks_are_those_of_the_dictionary_in_any_reader():
    page = forms.make("test-layout", TWO, 2).page
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, numbers, _rejected = detector.detectMarkers(page[: int(HALF * PX)])
    found = {
        int(number): each.reshape(4, 2).mean(axis=0) / PX
        for number, each in zip(numbers.ravel(), corners, strict=True)
    }
    for number, place in enumerate(mark_places(HALF)):
        assert found[number] == pytest.approx((STUB + place.x + 3.5, place.y + 3.5), abs=0.3)


def test_two_ballots_of_one_pad_differ_in_no_pixel_right_of_the_tear_line():
    page = forms.make("test-layout", TWO, 2).page
    high, tear = int(HALF * PX), int((STUB + 0.5) * PX)
    # Half a page is no whole number of pixels: the lower ballot is drawn up to one pixel off.
    upper, lower = page[20 : high - 20, tear:], page[high + 20 : 2 * high - 20, tear:]
    found = cv2.matchTemplate(lower, upper[5:-5, 5:-5], cv2.TM_CCOEFF_NORMED)
    assert found.max() > 0.995
    stubs = page[:high, : tear - 20], page[high : 2 * high, : tear - 20]
    assert (stubs[0] == stubs[1]).mean() > 0.9


@pytest.mark.parametrize("words", ["Hài lòng", "Không hài lòng", "ĐỊNH DẠNG", "ưu tiên, ở ngoài"])
def test_a_letter_with_accents_is_as_wide_as_without(words):
    assert width(words, Face.BOLD, 11) == width(unicodedata.normalize("NFD", words), Face.BOLD, 11)
    plain = unicodedata.normalize("NFD", "Hai long")
    assert width("Hài lòng", Face.REGULAR, 10) == pytest.approx(width(plain, Face.REGULAR, 10))


def test_lines_break_at_spaces_within_their_room():
    lines = wrap(TEXTS[0] + " " + "x" * 90, Face.REGULAR, 10, 50)
    assert " ".join(lines) == TEXTS[0] + " " + "x" * 90
    assert all(width(line, Face.REGULAR, 10) <= 50 for line in lines[:-1])
