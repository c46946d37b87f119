"""Tables that a real LibreOffice saved (tests/libreoffice_tables.py): the kinds of test_cases, typed anew."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from surveys.periods import Month
from surveys.spreadsheets.columns import CODES_ARE_NUMBERS
from surveys.spreadsheets.process import read as read_in_child
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import ONLY_THE_VISIBLE
from tests.workbooks import ORGANISATIONS, PAST, QUESTIONNAIRE, zipped

FILES = Path(__file__).parents[2] / "files" / "libreoffice"
MAY = Month(2021, 5)
SCALE = QUESTIONNAIRE[-1]


def saved(name: str) -> bytes:
    return (FILES / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "past-errors.xlsx",
            [
                "ô E2: Không hợp lệ (“#DIV/0!”): Ô báo lỗi #DIV/0!.",
                "ô F2: Hài lòng mọi tiêu chí (“#N/A”): Ô báo lỗi #N/A.",
            ],
        ),
        (
            "past-errors.csv",
            [
                "ô E2: Không hợp lệ (“#DIV/0!”): Ô báo lỗi #DIV/0!.",
                "ô F2: Hài lòng mọi tiêu chí (“#N/A”): Ô báo lỗi #N/A.",
            ],
        ),
        (
            "past-reference-error.xlsx",
            [
                "ô D2: Thu về (“#REF!”): Ô báo lỗi #REF!.",
                "ô F2: Hài lòng mọi tiêu chí (“#VALUE!”): Ô báo lỗi #VALUE!.",
            ],
        ),
        (
            "past-shares.xlsx",
            [
                "ô D2: Thu về (“85,3%”): 85,3% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
                "ô F2: Hài lòng mọi tiêu chí (“0,999”): 0,999 là số lẻ hoặc tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
            ],
        ),
        (
            "past-thousands.xlsx",
            [
                "ô C2: Phát ra (“3,125”): Số lẻ 3,125: có phải 3.125 bị đọc nhầm dấu phân cách?",
                "ô D2: Thu về (“3,000”): Ô hiện ba chữ số lẻ: là 3 hay 3.000?",
                "ô F2: Hài lòng mọi tiêu chí (“2,000”): Ô hiện ba chữ số lẻ: là 2 hay 2.000?",
            ],
        ),
        ("past-day.xlsx", ["ô A2: Từ tháng (“5/12”): Excel đã đổi ô này thành ngày 5/12/2025."]),
        ("past-day-second.xlsx", ["ô B2: Đến tháng (“5/12”): Excel đã đổi ô này thành ngày 5/12/2025."]),
        (
            "past-shares-typed.xlsx",
            [
                "ô D2: Thu về (“85,3%”): 85,3% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
                "ô F2: Hài lòng mọi tiêu chí (“50%”): 50% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
            ],
        ),
        ("past-hidden-only.xlsx", ["trang “Sổ”: Trang này bị ẩn. Hãy bỏ ẩn, xem lại rồi gửi."]),
        ("past-hidden-first.xlsx", ["Trang này bị ẩn và cũng có bảng như trang “Sổ 2021”."]),
        ("past-two-sheets.xlsx", ["Tệp có 2 trang cùng có bảng: “So”, “2022”."]),
        (
            "past-merged-months.xlsx",
            [
                "ô A2: Từ tháng (“Năm 2021”): Không phải là tháng. Quý hay năm thì ghi tháng đầu và tháng cuối, như 1/2021 và 3/2021.",
                "ô A3: Từ tháng: Ô nằm trong vùng gộp A2:A3. Hãy bỏ gộp ô rồi gõ đủ từng dòng.",
            ],
        ),
        (
            "past-units-in-headings.xlsx",
            [
                "ô C1: Phát ra (“Phát ra (phiếu)”): Thiếu cột này. Nếu là cột C, hãy sửa tên cột thành “Phát ra”.",
                "ô D1: Thu về (“Thu về (phiếu)”): Thiếu cột này. Nếu là cột D, hãy sửa tên cột thành “Thu về”.",
            ],
        ),
    ],
)
def test_a_month_that_was_changed_on_the_way_is_refused(refused, name, said):
    told = refused(saved(name), PAST)
    assert len(told) == len(said)
    assert all(sentence in complaint for sentence, complaint in zip(said, told, strict=True))


def test_results_of_formulas_are_read_and_empty_ones_are_empty(rows):
    assert rows(saved("past-formulas.xlsx"), PAST) == [
        (MAY, None, 317, 268, 0, 268),
        (Month(2021, 6), None, 300, 250, None, None),
    ]


def test_months_kept_as_days_are_the_months_that_are_shown(rows):
    assert rows(saved("past-months.xlsx"), PAST) == [(MAY, Month(2021, 7), 317, 268, None, None)]


@pytest.mark.parametrize(
    "name",
    [
        "past-bordered.xlsx",
        "past-blank-below.xlsx",
        "past-blank-below.csv",
        "past-separator.xlsx",
        "past-separator.csv",
        "past-invisible.xlsx",
        "past-invisible.csv",
    ],
)
def test_what_nobody_sees_or_means_is_no_row(rows, name):
    assert rows(saved(name), PAST) == [(MAY, None, 317, 268, 0, 268)]


def test_a_line_of_column_numbers_is_passed_over_and_said(rows, remarks):
    assert rows(saved("past-numbered-columns.xlsx"), PAST) == [(MAY, None, 317, 268, 0, 268)]
    assert remarks(saved("past-numbered-columns.xlsx"), PAST) == ["Không đọc dòng đánh số cột (dòng 2)."]


def test_invisible_characters_of_a_month_are_said_whatever_form_the_file_has(remarks):
    for name in ("past-invisible.xlsx", "past-invisible.csv"):
        assert remarks(saved(name), PAST) == ["Đã bỏ ký tự không nhìn thấy ở 4 ô, trước hết A2."]


@pytest.mark.parametrize(
    ("name", "mark"), [("past-blank-below.csv", b"\xef\xbb\xbf" * 2), ("past-invisible.csv", b"\xff\xfe" * 2)]
)
def test_a_mark_that_a_second_program_wrote_again_is_no_letter(rows, name, mark):
    assert rows(mark + saved(name), PAST) == [(MAY, None, 317, 268, 0, 268)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("past-formulas.xlsx", "ô E2: Không hợp lệ (“=C2-D2-49”): Công thức chưa được tính."),
        ("past-errors.xlsx", "ô E2: Không hợp lệ (“=1/0”): Công thức chưa được tính."),
    ],
)
def test_a_formula_whose_result_was_lost_on_the_way_is_refused(refused, name, said):
    with ZipFile(io.BytesIO(saved(name))) as file:
        parts = {part: file.read(part) for part in file.namelist()}
    first = "xl/worksheets/sheet1.xml"
    parts[first] = re.sub(rb'( t="e")?><f( [^>]*)?>([^<]*)</f><v>[^<]*</v>', rb"><f>\3</f>", parts[first])
    assert said in refused(zipped(parts), PAST)[0]


def test_the_visible_sheet_is_read_once_confirmed(rows):
    assert rows(saved("past-hidden-first.xlsx"), PAST, [ONLY_THE_VISIBLE]) == [(MAY, None, 417, 368, 0, 367)]


def test_thousands_written_as_text_are_thousands(rows):
    assert rows(saved("past-thousands.csv"), PAST) == [(MAY, None, 3125, 3000, 0, 2000)]


def test_codes_keep_their_zeros_and_digits_or_are_asked_about(rows, refused):
    (asked,) = refused(saved("organisations-leading-zeros.xlsx"), ORGANISATIONS)
    assert asked.startswith("trang “Sheet1”, ô A3: Mã (“100109107”): Excel giữ mã này như một số")
    confirmed = rows(saved("organisations-leading-zeros.xlsx"), ORGANISATIONS, [CODES_ARE_NUMBERS])
    assert [code for code, _name in confirmed] == ["0100109106", "100109107", "0100109108"]
    (lost,) = refused(saved("organisations-long-codes.xlsx"), ORGANISATIONS)
    assert "ô A2: Mã (“37130123456789000000”): Mã có hơn 15 chữ số" in lost
    (lost,) = refused(saved("organisations-long-codes.csv"), ORGANISATIONS)
    assert "ô A2: Mã (“3.7130123456789E+019”): Excel đã rút gọn mã" in lost


@pytest.mark.parametrize("name", ["organisations-twice.xlsx", "organisations-twice.csv"])
def test_codes_that_nobody_tells_apart_come_twice(refused, name):
    said = [each.rpartition("ô ")[2] for each in refused(saved(name), ORGANISATIONS)]
    assert said == [
        "A3: Mã (“KH901”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.",
        "A4: Mã (“kh901”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.",
    ]


@pytest.mark.parametrize("name", ["organisations-numbered.xlsx", "organisations-numbered.csv"])
def test_numbers_of_the_lines_are_ignored_and_said(rows, remarks, name):
    assert rows(saved(name), ORGANISATIONS) == [("KH1", "Trường A"), ("KH2", "Trường B")]
    assert remarks(saved(name), ORGANISATIONS) == ["Không đọc cột không có trong mẫu: “TT”."]


def test_foreign_columns_and_invisible_characters_are_said(rows, remarks):
    assert rows(saved("organisations-foreign-columns.xlsx"), ORGANISATIONS) == [
        ("KH1", "Trường A"),
        ("KH2", "Trường B"),
    ]
    assert remarks(saved("organisations-foreign-columns.xlsx"), ORGANISATIONS) == [
        "Không đọc cột không có trong mẫu: “STT”, “Ghi chú”."
    ]
    assert rows(saved("organisations-invisible.xlsx"), ORGANISATIONS) == [
        ("KH1", "Trường A"),
        ("KH2", "Trường B"),
    ]
    assert remarks(saved("organisations-invisible.xlsx"), ORGANISATIONS) == [
        "1 ô có nhiều dòng, đã đọc thành một dòng; trước hết ô B3.",
        "Đã bỏ ký tự không nhìn thấy ở 3 ô, trước hết A2.",
    ]


def test_an_old_font_is_recognised_by_name_and_letters(refused):
    assert [
        each.partition("): ")[2] for each in refused(saved("organisations-vntime.xlsx"), ORGANISATIONS)
    ] == ["Chữ gõ bằng phông TCVN3 (ABC, .VnTime). Hãy chuyển sang Unicode rồi gửi lại."] * 2


def test_true_and_false_and_noise_are_read_as_shown(rows):
    assert rows(saved("scale-yes-no.xlsx"), SCALE) == [
        ("s", 1, "Không", False, Decimal("0.30")),
        ("s", 2, "Có", True, Decimal("100.00")),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("organisations-leading-zeros.xls", "Tệp kiểu Excel cũ (.xls). Mở bằng Excel rồi lưu thành “.xlsx”."),
        ("organisations-leading-zeros.ods", "Tệp kiểu OpenDocument. Mở rồi lưu thành “.xlsx”."),
    ],
)
def test_other_formats_are_recognised_and_refused_with_advice(refused, name, said):
    assert refused(saved(name), ORGANISATIONS) == [said]


def test_the_child_reads_them_alike():
    for path in sorted(FILES.glob("*.xlsx"))[::4]:
        assert read_in_child(path.read_bytes()) == read(path.read_bytes())


NOUGHTS = "Mã có thể đã mất số 0 ở đầu: cột này có mã như “0100109106”."
OTHERWISE = "Định dạng của ô hiện khác số mà ô giữ. Hãy đặt định dạng là Chung (General) rồi xem lại số."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("past-format-noughts.xlsx", [f"Phát ra (“317”): {OTHERWISE}", f"Thu về (“268”): {OTHERWISE}"]),
        (
            "past-quarters.xlsx",
            [
                "(“Quý I/2021”): Không phải là tháng. Quý hay năm thì ghi tháng đầu",
                "(“Cộng quý II”): Dòng cộng",
            ],
        ),
        (
            "organisations-lost-noughts.xlsx",
            ["(“100109107”): Excel giữ mã này như một số, số 0 ở đầu (nếu có) đã mất."],
        ),
        ("organisations-lost-noughts.csv", [f"A3: Mã (“100109107”): {NOUGHTS}"]),
        ("organisations-lost-letters.csv", ["B1 (“T?n t? ch?c”): Chữ có dấu đã mất khi lưu tệp."]),
    ],
)
def test_what_a_cell_does_not_show_or_a_code_page_swallowed_is_refused(refused, name, said):
    told = refused(saved(name), PAST if name.startswith("past") else ORGANISATIONS)
    assert len(told) == len(said)
    assert all(sentence in complaint for sentence, complaint in zip(said, told, strict=True)), told


def test_a_column_that_nobody_sees_is_read_and_said(remarks):
    assert remarks(saved("organisations-no-width.xlsx"), ORGANISATIONS) == [
        "Có đọc 1 cột bị ẩn, trước hết cột B."
    ]
