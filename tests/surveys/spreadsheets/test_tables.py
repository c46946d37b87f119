"""From cells to the rows of a table: headings, foreign columns, what comes twice, what has to be confirmed."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from surveys.spreadsheets.columns import CODES_ARE_NUMBERS, Email, Text
from surveys.spreadsheets.complaints import Complaint, TableRefused
from surveys.spreadsheets.doubts import STOPS_ARE_THOUSANDS
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import (
    MOST_COMPLAINTS,
    ONE_CELL,
    ONLY_THE_VISIBLE,
    QUESTIONS,
    Column,
    Table,
    read_table,
    read_tables,
)
from tests.workbooks import ORGANISATIONS, PAST, QUESTIONNAIRE, Xml, csv_of, workbook, zipped

HEAD = "Mã;Tên tổ chức"
PAST_HEAD = ("Từ tháng", "Đến tháng", "Phát ra", "Thu về", "Không hợp lệ", "Hài lòng mọi tiêu chí")
INVITED = Table(
    (Column("Tổ chức", Text(200), empty="Chưa có tên."), Column("Thư điện tử", Email())), headed=False
)


@pytest.mark.parametrize(
    "head", ["ma;TEN TO CHUC", "Tên tổ chức ;Mã", "MÃ;Tên  tổ  chức", "\u200bMã;Tên tổ\u00a0chức"]
)
def test_headings_are_known_without_capitals_diacritics_and_order(rows, head):
    line = "Một;KH1" if head.startswith("Tên") else "KH1;Một"
    assert rows(csv_of(head, line), ORGANISATIONS) == [("KH1", "Một")]


def test_a_title_above_the_headings_is_passed_over_and_said(rows, remarks):
    content = csv_of("DANH SÁCH TỔ CHỨC;", ";", "Ngày 15/3/2023;", HEAD, "KH1;Một")
    assert rows(content, ORGANISATIONS) == [("KH1", "Một")]
    assert remarks(content, ORGANISATIONS) == ["Không đọc 2 dòng trên dòng tiêu đề (dòng 4)."]


@pytest.mark.parametrize("foreign", ["STT", "Địa chỉ", "Ghi chú"])
def test_foreign_columns_are_ignored_and_said(rows, remarks, foreign):
    content = csv_of(f"{foreign};{HEAD}", "1;KH1;Một", "2;KH2;Hai")
    assert rows(content, ORGANISATIONS) == [("KH1", "Một"), ("KH2", "Hai")]
    assert remarks(content, ORGANISATIONS) == [f"Không đọc cột không có trong mẫu: “{foreign}”."]


def test_a_column_without_a_heading_is_ignored_and_said(remarks):
    assert remarks(csv_of(f"{HEAD};;", "KH1;Một;x", "KH2;Hai;;y"), ORGANISATIONS) == [
        "Không đọc cột không có trong mẫu: C (không có tên), D (không có tên)."
    ]


def test_a_line_with_words_in_no_column_of_the_table_is_left_out_and_said(rows, remarks):
    raw = csv_of(f"STT;{HEAD};", "1;KH1;Một;", "Nhóm: Trường học;;;", "2;;;", ";;;KH2", "3;KH3;Ba;")
    assert [code for code, _name in rows(raw, ORGANISATIONS)] == ["KH1", "KH3"]
    assert "Không đọc 2 dòng chỉ có chữ ngoài các cột, trước hết dòng 3 (“Nhóm: Trường học”)." in remarks(
        raw, ORGANISATIONS
    )


@pytest.mark.parametrize("line", ["A;B;1", "(1);(2);(3)"])
def test_a_line_that_numbers_the_columns_is_left_out_and_said(rows, remarks, line):
    raw = csv_of(f"STT;{HEAD}", line, "1;KH1;Một")
    assert rows(raw, ORGANISATIONS) == [("KH1", "Một")]
    assert "Không đọc dòng đánh số cột (dòng 2)." in remarks(raw, ORGANISATIONS)


@pytest.mark.parametrize(
    "words", ["Cộng quý I", "Tổng năm", "Cộng", "Tổng cộng cả năm 2021", "Grand Total", "Lũy kế"]
)
def test_a_line_of_sums_is_told_as_one(refused, words):
    (said,) = refused(csv_of("Từ tháng;Phát ra;Thu về", "1/2021;1;1", f"{words};1;1"), PAST)
    assert said == f"ô A3: Từ tháng (“{words}”): Dòng cộng không phải là một dòng số liệu. Hãy xóa dòng này."


def test_numbers_in_a_foreign_column_make_no_row(rows):
    assert rows(csv_of(f"STT;{HEAD}", "1;KH1;Một", "2;;", "3;;"), ORGANISATIONS) == [("KH1", "Một")]


@pytest.mark.parametrize(
    "heading", ["Hài lòng mọi tiêu chuẩn", "Hai long moi tieu trí", "Không hợp lý", "Số phiếu không hợp lệ"]
)
def test_a_heading_that_is_nearly_one_of_the_tables_is_asked_about_and_not_ignored(refused, heading):
    (said,) = refused(csv_of(f"Từ tháng;Phát ra;Thu về;{heading}", "5/2021;317;268;3"), PAST)
    assert said.startswith(f"ô D1: {heading} (“{heading}”): Có phải là cột “")


def test_two_columns_of_one_name_are_refused(refused):
    assert refused(csv_of("Mã;Tên tổ chức;ma", "KH1;Một;KH2"), ORGANISATIONS) == [
        "ô C1: Mã (“ma”): Có hai cột cùng tên này. Hãy xóa một cột."
    ]


def test_missing_columns_are_named_at_the_row_that_comes_nearest(refused):
    assert refused(csv_of("Danh sách", "Mã;Địa chỉ", "KH1;HB"), ORGANISATIONS) == [
        "dòng 2: Tên tổ chức: Thiếu cột này ở dòng tiêu đề."
    ]


@pytest.mark.parametrize("second", ["KH1", "kh1", "KH1\u200b", " KH1 ", "\ufeffKH1"])
def test_a_code_that_differs_only_in_what_nobody_tells_apart_comes_twice(refused, second):
    (said,) = refused(csv_of(HEAD, "KH1;Một", f"{second};Hai"), ORGANISATIONS)
    assert said.endswith("Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.")


def test_everything_wrong_is_told_in_the_order_of_the_table(refused):
    raw = csv_of(HEAD, "KH1;Một", ";Hai", "KH1;Ba", "KH4;", f"KH5;{'x' * 201}")
    assert refused(raw, ORGANISATIONS) == [
        "ô A3: Mã: Chưa có mã.",
        "ô A4: Mã (“KH1”): Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng.",
        "ô B5: Tên tổ chức: Chưa có tên.",
        f"ô B6: Tên tổ chức (“{'x' * 60}”): Dài quá 200 ký tự.",
    ]


def test_a_table_that_is_wrong_all_over_is_told_so_much_that_can_be_mended(refused):
    said = refused(csv_of(HEAD, *([";x"] * 2000)), ORGANISATIONS)
    assert len(said) == MOST_COMPLAINTS + 1
    assert said[-1] == "dòng 501: Còn dòng phía dưới chưa kiểm tra. Hãy sửa các lỗi trên trước."


def test_a_refusal_that_a_confirmation_answers_asks_for_it_and_no_other_does():
    content = workbook(["Mã", "Tên tổ chức"], [1001, "Một"], [1002, "Hai"])
    with pytest.raises(TableRefused) as asked:
        read_table(read(content), ORGANISATIONS).refuse_if_wrong()
    assert asked.value.questions == {CODES_ARE_NUMBERS}
    confirmed = read_table(read(content), ORGANISATIONS, asked.value.questions)
    assert [row["Mã"] for row in confirmed.rows] == ["1001", "1002"]
    assert TableRefused([*asked.value.complaints, Complaint(4, "Mã", "Chưa có mã.")]).questions == frozenset()
    assert {CODES_ARE_NUMBERS, ONLY_THE_VISIBLE, STOPS_ARE_THOUSANDS, ONE_CELL} == set(QUESTIONS)


def test_a_complaint_of_the_importer_knows_the_cell():
    (row,) = read_table(read(workbook(["Mã", "Tên tổ chức"], ["KH1", "Một"])), ORGANISATIONS).rows
    assert str(row.complaint("Mã", "Đã có.")) == "trang “So”, ô A2: Mã (“KH1”): Đã có."
    assert str(row.complaint("", "Trùng.")) == "trang “So”, dòng 2: Trùng."


# ── Without headings ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("first", [[], ["Tổ chức;Thư điện tử"]])
def test_a_list_without_headings_is_read_by_the_order_of_its_fields(rows, first):
    assert rows(csv_of(*first, "Công ty A;a@x.vn", "Công ty B"), INVITED) == [
        ("Công ty A", "a@x.vn"),
        ("Công ty B", ""),
    ]


def test_a_third_field_and_a_bad_address_are_told_by_line(refused):
    assert refused(csv_of("Công ty A;a@x.vn;0912", "Công ty @B;b@@x.vn"), INVITED) == [
        "ô C1 (“0912”): Dòng có hơn 2 cột. Nếu danh sách có cột khác, hãy thêm dòng tiêu đề có “Tổ chức”, “Thư điện tử”.",
        "ô B2: Thư điện tử (“b@@x.vn”): Không phải là một địa chỉ thư điện tử.",
    ]


# ── Several sheets ─────────────────────────────────────────────────────────────────────

SHEETS = {
    "mau_phieu": [["ma", "ten", "cau_hoi_chung"], ["t1", "Mẫu", "Ý kiến"]],
    "phan": [["ma", "ten", "trong_so"], ["a", "Phần", 1]],
    "cau_hoi": [["ma", "cau_hoi", "thang_do", "trong_so", "khong_ap_dung", "khi_muc"], ["q", "Hỏi", "s", 1]],
    "cau_hoi_mo": [["ma", "cau_hoi"]],
    "thang_do": [["thang_do", "gia_tri", "nhan", "hai_long", "diem"], ["s", 1, "Có", "x", None]],
}


def many(sheets: dict[str, list[list[object]]], hidden=()) -> bytes:
    (first, lines), *rest = sheets.items()
    return workbook(*lines, name=first, more=dict(rest), hidden=hidden)


def refusal(content: bytes) -> list[str]:
    with pytest.raises(TableRefused) as refused:
        read_tables(read(content), QUESTIONNAIRE)
    return [str(each) for each in refused.value.complaints]


def test_sheets_are_found_by_name_in_any_order_and_foreign_ones_are_said():
    backwards = dict(reversed(SHEETS.items())) | {"Ghi chú": [["x"]]}
    filled = read_tables(read(many(backwards)), QUESTIONNAIRE)
    assert {name: len(each.rows) for name, each in filled.items()} == {
        "mau_phieu": 1, "phan": 1, "cau_hoi": 1, "cau_hoi_mo": 0, "thang_do": 1,
    }  # fmt: skip
    assert filled["mau_phieu"].remarks == ["Không đọc trang “Ghi chú”."]


def test_missing_and_hidden_and_headless_sheets_are_told_together():
    sheets = {name: lines for name, lines in SHEETS.items() if name != "phan"} | {"thang_do": [["x"]]}
    assert refusal(many(sheets, hidden=["cau_hoi"])) == [
        "trang “phan”: Thiếu trang này.",
        "trang “cau_hoi”: Trang này bị ẩn. Hãy bỏ ẩn, xem lại rồi gửi.",
        *(
            f"trang “thang_do”, dòng 1: {name}: Thiếu cột này ở dòng tiêu đề."
            for name in SHEETS["thang_do"][0]
        ),
    ]


def test_two_sheets_of_one_name_are_refused():
    assert refusal(many(SHEETS | {"Phan": [["ma"]]})) == ["trang “phan”: Có hai trang cùng tên này."]


def test_an_error_is_told_with_its_sheet():
    lines = [SHEETS["phan"][0], ["a", Xml('<c r="{r}" t="e"><v>#N/A</v></c>'), 1]]
    filled = read_tables(read(many(SHEETS | {"phan": lines})), QUESTIONNAIRE)
    assert [str(each) for each in filled["phan"].complaints] == [
        "trang “phan”, ô B2: ten (“#N/A”): Ô báo lỗi #N/A. Hãy sửa ô này rồi gửi lại."
    ]


# ── What forms of people look like ─────────────────────────────────────────────────────


HEADINGS = ["Từ tháng", "Đến tháng", "Phát ra", "Thu về", "Không hợp lệ"]


def merged(reference: str, *lines: list) -> bytes:
    """A sheet with one merged area, as the file names it behind the rows."""
    with ZipFile(io.BytesIO(workbook(HEADINGS, *lines))) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = "xl/worksheets/sheet1.xml"
    cells = f'</sheetData><mergeCells><mergeCell ref="{reference}"/></mergeCells>'.encode()
    return zipped(parts | {name: parts[name].replace(b"</sheetData>", cells)})


@pytest.mark.parametrize(
    ("reference", "lines", "said"),
    [
        ("A2:A3", [["5/2021", None, 317, 268, 0], [None, None, 10, 8, 0]], "ô A3: Từ tháng: Ô nằm trong vùng gộp A2:A3."),
        ("E2:E4", [["5/2021", None, 9, 8, 1], ["6/2021", None, 9, 8], ["7/2021", None, 9, 8, 0]], "ô E3: Không hợp lệ: Ô nằm trong vùng gộp E2:E4."),
        ("C2:D2", [["5/2021", None, 317]], "ô D2: Thu về: Ô nằm trong vùng gộp C2:D2."),
    ],
)  # fmt: skip
def test_a_cell_that_another_was_merged_over_is_asked_for(refused, reference, lines, said):
    (first, *_more) = refused(merged(reference, *lines), PAST)
    assert first == f"trang “So”, {said} Hãy bỏ gộp ô rồi gõ đủ từng dòng."


def test_a_merged_title_and_merged_empty_cells_take_nothing_away(rows):
    assert rows(merged("E2:E3", ["5/2021", None, 9, 8], ["6/2021", None, 9, 8]), PAST)[1][2:] == (
        9,
        8,
        None,
        None,
    )
    assert rows(merged("XFD1:A9", ["5/2021", None, 9, 8]), PAST)[0][2:4] == (9, 8)


def test_a_heading_that_is_nearly_the_right_one_is_pointed_at(refused):
    text = "Từ tháng;Phát ra (phiếu);Thu vê (b);Không hợp lệ\n5/2021;317;268;0"
    assert refused(text.encode(), PAST) == [
        "ô B1: Phát ra (“Phát ra (phiếu)”): Thiếu cột này. Nếu là cột B, hãy sửa tên cột thành “Phát ra”.",
        "ô C1: Thu về (“Thu vê (b)”): Thiếu cột này. Nếu là cột C, hãy sửa tên cột thành “Thu về”.",
    ]


def test_a_heading_far_below_the_top_is_found_and_said(refused):
    above = "Kho bạc Nhà nước\n" * 29
    assert refused(f"{above}Từ tháng;Phát ra;Thu về\n5/2021;317;268".encode(), PAST) == [
        "dòng 30: Dòng tiêu đề nằm dưới hơn 20 dòng khác. Hãy xóa các dòng phía trên nó."
    ]


def test_the_row_that_numbers_the_columns_is_passed_over_and_said(rows, remarks):
    content = workbook(HEADINGS, ["(1)", "(2)", "(3)", "(4)", "(5)"], ["5/2021", None, 317, 268, 0])
    assert rows(content, PAST)[0][2:4] == (317, 268)
    assert remarks(content, PAST) == ["Không đọc dòng đánh số cột (dòng 2)."]


def test_a_comma_inside_a_cell_of_a_separated_file_is_told_and_never_cut_off(refused):
    said = "Dòng có hơn 2 cột của dòng tiêu đề. Nếu dấu phẩy nằm trong ô, hãy đặt ô trong dấu nháy kép hoặc lưu thành .xlsx."
    (told,) = refused(
        b"M\xc3\xa3,T\xc3\xaan t\xe1\xbb\x95 ch\xe1\xbb\xa9c\nKH1,C\xc3\xb4ng ty A, chi nh\xc3\xa1nh 2\n",
        ORGANISATIONS,
    )
    assert told == f"ô C2 (“chi nhánh 2”): {said}"
    (told,) = refused(csv_of(HEAD, "KH1;Công ty A; chi nhánh 2"), ORGANISATIONS)
    assert told == f"ô C2 (“chi nhánh 2”): {said.replace('phẩy', 'chấm phẩy', 1)}"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("37130123456789000000", "Mã có hơn 15 chữ số"),
        ("1,001", "Mã có dấu phân cách hàng nghìn"),
        ("1001.0", "Mã đã thành số lẻ"),
        ("05-Dec", "Excel đã đổi mã thành ngày"),
        ("TRUE", "Excel đã đổi mã thành đúng, sai"),
        ("'0100109106", "Mã bắt đầu bằng dấu nháy đơn"),
    ],
)
def test_a_code_that_a_spreadsheet_spoilt_before_it_wrote_the_text_is_refused(refused, code, said):
    (told,) = refused(csv_of(HEAD, f"{code};Trường A"), ORGANISATIONS)
    assert said in told


@pytest.mark.parametrize("code", ["37130123456789012345", "0100109106", "1.005.429", "KH-05", "100"])
def test_a_code_that_is_whole_is_taken_as_it_stands(rows, code):
    assert rows(csv_of(HEAD, f"{code};Trường A"), ORGANISATIONS) == [(code, "Trường A")]


def test_a_heading_that_is_repeated_at_a_page_break_is_no_organisation(rows, remarks):
    content = csv_of(HEAD, "KH1;A", HEAD, "KH2;B")
    assert rows(content, ORGANISATIONS) == [("KH1", "A"), ("KH2", "B")]
    assert remarks(content, ORGANISATIONS) == ["Không đọc dòng tiêu đề lặp lại (dòng 3)."]


@pytest.mark.parametrize("words", ["Tổng cộng", "TỔNG CỘNG:", "Cộng"])
def test_a_line_of_sums_is_nobodys(refused, words):
    said = "Dòng cộng không phải là một dòng số liệu. Hãy xóa dòng này."
    assert [said in each for each in refused(csv_of(HEAD, "KH1;A", f"{words};2"), ORGANISATIONS)] == [True]
    assert [
        said in each
        for each in refused(
            csv_of(";".join(PAST_HEAD), "5/2021;;317;268;0;268", f"{words};;317;268;0;268"), PAST
        )
    ] == [True]
