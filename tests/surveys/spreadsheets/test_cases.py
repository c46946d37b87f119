"""Files that real people sent, each with the sentence that a clerk would need."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveys.periods import Month
from surveys.spreadsheets.columns import Email, Text
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.process import read as read_in_child
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import ONLY_THE_VISIBLE, Column, Filled, Table, read_tables
from tests.workbooks import ORGANISATIONS, PAST, QUESTIONNAIRE

CASES = Path(__file__).parents[2] / "files" / "cases"
MAY = Month(2021, 5)
INVITED = Table((Column("Tổ chức", Text(200)), Column("Thư điện tử", Email())), headed=False)


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def questionnaire(name: str) -> dict[str, Filled]:
    return read_tables(read(case(name)), QUESTIONNAIRE)


def complaints(name: str) -> list[str]:
    return [str(each) for table in questionnaire(name).values() for each in table.complaints]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "past-3.000-english-excel.xlsx",
            [
                "trang “So”, ô C2: Phát ra (“3,000”): Ô hiện ba chữ số lẻ: là 3 hay 3.000? "
                "Hãy gõ lại liền các chữ số, không dùng dấu phân cách.",
                "trang “So”, ô D2: Thu về (“2,000”): Ô hiện ba chữ số lẻ: là 2 hay 2.000? "
                "Hãy gõ lại liền các chữ số, không dùng dấu phân cách.",
                "trang “So”, ô F2: Hài lòng mọi tiêu chí (“2,000”): Ô hiện ba chữ số lẻ: là 2 hay 2.000? "
                "Hãy gõ lại liền các chữ số, không dùng dấu phân cách.",
            ],
        ),
        (
            "past-5-12-became-a-day.xlsx",
            [
                "trang “So”, ô A2: Từ tháng (“5/12”): Excel đã đổi ô này thành ngày 5/12/2025. "
                "Hãy định dạng cột là Văn bản (Text) rồi gõ lại tháng, như 5/2021."
            ],
        ),
        (
            "past-error-cells.xlsx",
            [
                "trang “So”, ô E2: Không hợp lệ (“#REF!”): Ô báo lỗi #REF!. Hãy sửa ô này rồi gửi lại.",
                "trang “So”, ô F2: Hài lòng mọi tiêu chí (“#N/A”): Ô báo lỗi #N/A. Hãy sửa ô này rồi gửi lại.",
            ],
        ),
        (
            "past-formula-not-calculated.xlsx",
            [
                "trang “So”, ô E2: Không hợp lệ (“=C2-D2-9”): Công thức chưa được tính. "
                "Hãy mở tệp bằng Excel, lưu lại rồi gửi, hoặc gõ thẳng giá trị.",
                "trang “So”, ô F2: Hài lòng mọi tiêu chí (“=D2-40”): Công thức chưa được tính. "
                "Hãy mở tệp bằng Excel, lưu lại rồi gửi, hoặc gõ thẳng giá trị.",
            ],
        ),
        (
            "past-hidden-first-sheet.xlsx",
            [
                "trang “cu”: Trang này bị ẩn và cũng có bảng như trang “So 2021”. "
                "Hãy xóa trang ẩn hoặc xác nhận bỏ qua."
            ],
        ),
        (
            "past-share-0.853.xlsx",
            ["trang “So”, ô D2: Thu về (“85,3%”): 85,3% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."],
        ),
        (
            "past-share-0.999-satisfied.xlsx",
            [
                "trang “So”, ô F2: Hài lòng mọi tiêu chí (“99,9%”): 99,9% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."
            ],
        ),
    ],
)
def test_a_month_that_excel_changed_is_refused_with_the_sentence_that_mends_it(refused, name, said):
    assert refused(case(name), PAST) == said


@pytest.mark.parametrize(
    "name", ["past-blank-rows-below.csv", "past-double-bom.csv", "past-sep-line.csv", "past-zwsp.csv"]
)
def test_a_month_with_what_nobody_sees_is_read(rows, name):
    assert rows(case(name), PAST) == [(MAY, None, 317, 268, 0, 268)]


def test_what_was_invisible_is_said(remarks):
    assert remarks(case("past-zwsp.csv"), PAST) == ["Đã bỏ ký tự không nhìn thấy ở 2 ô, trước hết A2."]
    assert remarks(case("past-blank-rows-below.csv"), PAST) == []


def test_the_hidden_sheet_is_passed_over_once_that_is_confirmed(rows):
    stored = rows(case("past-hidden-first-sheet.xlsx"), PAST, [ONLY_THE_VISIBLE])
    assert stored == [(MAY, None, 417, 368, 0, 367)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "org-code-20-digits.xlsx",
            [
                "trang “Sheet”, ô A2: Mã (“37130123456789000000”): Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối "
                "bằng số 0. Hãy định dạng cột là Văn bản (Text) rồi gõ lại mã."
            ],
        ),
        (
            "org-leading-zeros.xlsx",
            ["trang “Sheet”, ô A3: Mã (“0100109106”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng."],
        ),
        (
            "org-zwsp.csv",
            [
                "ô A3: Mã (“KH901”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.",
                "ô A4: Mã (“kh901”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.",
                "ô A5: Mã (“KH901”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.",
            ],
        ),
    ],
)
def test_a_code_that_excel_changed_or_that_comes_twice_is_refused(refused, name, said):
    assert refused(case(name), ORGANISATIONS) == said


def test_a_foreign_column_is_ignored_and_said(rows, remarks):
    assert rows(case("org-stt-column.xlsx"), ORGANISATIONS) == [("KH777", "Trường B")]
    assert remarks(case("org-stt-column.xlsx"), ORGANISATIONS) == ["Không đọc cột không có trong mẫu: “STT”."]


def test_more_questions_than_allowed_are_said_and_none_is_cut():
    with pytest.raises(TableRefused) as refused:
        questionnaire("q-220-questions.xlsx")
    (complaint,) = refused.value.complaints
    assert str(complaint) == "trang “cau_hoi”: Mẫu phiếu phải có dưới 200 câu hỏi."


def test_a_question_that_shows_an_error_is_refused():
    assert complaints("q-error-cell.xlsx") == [
        "trang “cau_hoi”, ô C2: cau_hoi (“#REF!”): Ô báo lỗi #REF!. Hãy sửa ô này rồi gửi lại."
    ]


@pytest.mark.parametrize("name", ["q-hai_long-1-0.xlsx", "q-hai_long-true-false.xlsx"])
def test_nought_and_false_are_no(name):
    scale = questionnaire(name)["thang_do"]
    assert scale.complaints == []
    assert [row["hai_long"] for row in scale.rows] == [False, False, False, True, True, True, True]


def test_a_weight_as_excel_stores_it_is_rounded_to_the_columns_decimals():
    sections = questionnaire("q-weight-1.1-as-excel-stores.xlsx")["phan"]
    assert [str(row["trong_so"]) for row in sections.rows[:2]] == ["1.100", "1.000"]
    assert not any("làm tròn" in remark for remark in sections.remarks)


def test_an_escaped_carriage_return_is_a_blank():
    first = questionnaire("q-x000D.xlsx")["cau_hoi"].rows[0]
    assert first["cau_hoi"] == "Nơi tiếp nhận dễ tìm chỗ ngồi đủ dùng"


def test_what_only_a_questionnaires_logic_finds_is_read_as_it_stands():
    levels = [row["khi_muc"] for row in questionnaire("q-khi_muc-9.xlsx")["cau_hoi"].rows]
    assert [each for each in levels if each is not None] == [9]
    points = [row["diem"] for row in questionnaire("q-points-one-missing.xlsx")["thang_do"].rows[:5]]
    assert points == [0, 25, None, 75, 100]


def test_invitations_are_read_whatever_parts_their_fields(rows):
    assert rows(case("invite-pasted-from-excel.txt"), INVITED) == [
        ("Công ty C", "c@x.vn"),
        ("Công ty G", "g@x.vn"),
    ]
    assert rows(case("invite-one-refused.txt"), INVITED)[2] == ("Đơn vị 2", "bad@x.vn")
    assert rows(case("invite-duplicates.txt"), INVITED) == [
        ("Công ty A", "a@x.vn"),
        ("Công ty A", "a@x.vn"),
        ("Cong ty A", "A@x.vn"),
    ]
    assert len(rows(case("invite-600-names.txt"), INVITED)) == 600


@pytest.mark.parametrize("name", ["api-dotnet-min.json", "api-future-start.json"])
def test_what_is_no_table_is_refused(refused, name):
    assert refused(case(name), ORGANISATIONS) == [
        "Đây là tệp JSON, không phải bảng. Hãy gửi bảng ở dạng “.xlsx” hoặc CSV."
    ]


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_the_child_process_reads_every_file_alike(name):
    def told(reader):
        try:
            return reader(case(name))
        except TableRefused as refused:
            return refused.complaints

    assert told(read_in_child) == told(read)
