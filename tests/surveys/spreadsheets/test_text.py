"""CSV and pasted text, however a program wrote it."""

from __future__ import annotations

import codecs

import pytest

from surveys.periods import Month
from surveys.spreadsheets.delimited import decoded, empty_table, separator_of
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import ONE_CELL
from tests.workbooks import ORGANISATIONS, PAST, csv_of

HEAD = "Từ tháng;Phát ra;Thu về"
LINE = "5/2021;317;268"
READ = [(Month(2021, 5), None, 317, 268, None, None)]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-8", codecs.BOM_UTF8 * 2),
        ("utf-8", codecs.BOM_UTF8 * 3),
        ("utf-8", "ï»¿".encode()),
        ("utf-8", codecs.BOM_UTF8 + "ï»¿".encode()),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", codecs.BOM_UTF16_LE * 2),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_every_unicode_form_is_read_with_and_without_a_mark(rows, encoding, mark):
    assert rows(mark + f"{HEAD}\r\n{LINE}\r\n".encode(encoding), PAST) == READ


@pytest.mark.parametrize(
    "first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;", "sep=;;;", "sep=;\r\n\ufeff"], ids=repr
)
def test_a_line_that_names_the_separator_is_no_row(rows, first):
    assert rows(csv_of(first, HEAD, LINE), PAST) == READ


def test_the_named_separator_holds_whatever_else_is_more_frequent(rows):
    assert rows(csv_of("sep=|", HEAD.replace(";", "|"), LINE.replace(";", "|")), PAST) == READ
    assert rows(csv_of("sep=\t", "Mã\tTên tổ chức", "KH1\tMột; hai; ba, bốn"), ORGANISATIONS) == [
        ("KH1", "Một; hai; ba, bốn")
    ]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_separators_and_line_ends_are_told_by_themselves(rows, sign, end):
    assert rows(f"{HEAD}{end}{LINE}{end}".replace(";", sign).encode(), PAST) == READ


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Mã,Tên\nKH1,A; B\nKH2,C", ","),
        ("Công ty A, B; a@x.vn\nCông ty C; c@x.vn", ";"),
        ("Công ty A; B, C\ta@x.vn\nCông ty\tc@x.vn", "\t"),
        ('"Mã; số",Tên\n"a;b",c', ","),
        ('"Công ty A","a@x.vn"\n"Công ty B","b@x.vn"', ","),
        ('"Mã"\t"Tên"\n"KH1"\t"A; B"', "\t"),
        ('"Công ty A";\n"Công ty B";', ";"),
        ("một cột\nhai", "\t"),
        ("", ";"),
    ],
)
def test_the_separator_is_what_most_lines_have(text, sign):
    assert separator_of(text) == sign


def test_quoted_cells_keep_separators_line_breaks_and_quotes(rows):
    raw = csv_of("Mã;Tên tổ chức", 'KH1;"Một; ""hai""\r\nba"', 'KH2;Công ty "An Phú"')
    assert rows(raw, ORGANISATIONS) == [("KH1", 'Một; "hai" ba'), ("KH2", 'Công ty "An Phú"')]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['KH2;"chưa đóng'], "Dấu nháy kép mở ở dòng 3 chưa đóng"),
        (['KH2;"chưa đóng', "KH3;Ba", "KH4;Bốn"], "Dấu nháy kép mở ở dòng 3 chưa đóng"),
        (['"KH', '2";"chưa đóng', "KH3;Ba"], "Dấu nháy kép mở ở dòng 4 chưa đóng"),
        (['KH2;"Trường', 'B"', 'KH3;"chưa đóng', ""], "Dấu nháy kép mở ở dòng 5 chưa đóng"),
        (['KH2;"chưa đóng', 'KH3;"Ba"'], "Dấu nháy kép mở ở dòng 3 chưa đóng"),
        (
            ['KH2;"chưa đóng', *(f"KH{n};Tên dài của một tổ chức" for n in range(5_000))],
            "Dấu nháy kép mở ở dòng 3 chưa đóng",
        ),
        (['KH2;"An Phú" Hòa Bình'], "Dấu nháy kép ở dòng 3 đặt sai chỗ"),
    ],
)
def test_a_quote_that_is_open_or_in_the_wrong_place_is_told_by_its_line(refused, lines, said):
    assert refused(csv_of("Mã;Tên tổ chức", "KH1;Một", *lines), ORGANISATIONS) == [
        f"{said}. Hãy đóng hoặc xóa dấu nháy đó, hay lưu tệp thành “.xlsx”."
    ]


@pytest.mark.parametrize(
    ("lines", "at"), [(['KH2;"Trường B', 'KH3;Trường C"', "KH4;D"], "B"), (['KH2;B;"tốt', 'KH3;C;xấu"'], "C")]
)
def test_rows_that_a_quote_swallowed_up_to_the_next_one_are_asked_about(rows, refused, lines, at):
    raw = csv_of("sep=;", "Mã;Tên tổ chức;Ghi chú", "KH1;Một", *lines)
    words = (
        "Dấu nháy kép mở ở dòng 4 của tệp bao nhiều dòng. Hãy đóng nó đúng chỗ, hoặc xác nhận đó là một ô."
    )
    assert refused(raw, ORGANISATIONS) == [f"ô {at}3: {words}"]
    assert [row[0] for row in rows(raw, ORGANISATIONS, [ONE_CELL])][:2] == ["KH1", "KH2"]


def test_a_cell_of_several_lines_is_read_as_one_and_said(rows, remarks):
    raw = csv_of("Mã;Tên tổ chức;Ghi chú", 'KH1;"Trường', 'A";"tốt', 'lắm"', "KH2;Hai;")
    assert rows(raw, ORGANISATIONS) == [("KH1", "Trường A"), ("KH2", "Hai")]
    assert (
        remarks(raw, ORGANISATIONS)
        == [
            "1 ô có nhiều dòng, đã đọc thành một dòng; trước hết ô B2.",
            "Không đọc cột không có trong mẫu: “Ghi chú”.",
        ][::-1]
    )


def test_rows_are_counted_as_excel_counts_them_and_empty_ones_are_none(refused):
    raw = csv_of("sep=;", "Mã;Tên tổ chức", "KH1;Một", ";;", "", "\u200b; ", ";Hai")
    assert refused(raw, ORGANISATIONS) == ["ô A6: Mã: Chưa có mã."]


def test_a_code_kept_as_text_by_a_formula_is_that_code(rows):
    assert rows(csv_of("Mã;Tên tổ chức", '="0100109106";Một', '"=""007""";Hai'), ORGANISATIONS) == [
        ("0100109106", "Một"),
        ("007", "Hai"),
    ]


@pytest.mark.parametrize("formula", ["=C2-D2-9", "=SUM(C2:C9)", "=-A1", "= $B$2", "=TỔNG(A1)"])
def test_a_formula_that_was_written_out_is_no_value(refused, formula):
    (said,) = refused(csv_of(HEAD, f"5/2021;{formula};268"), PAST)
    assert "Công thức chưa được tính." in said


@pytest.mark.parametrize("name", ["=", "= Một", "=1+1", "@sao", "-", "+84"])
def test_a_name_that_only_begins_like_one_is_a_name(rows, name):
    assert rows(csv_of("Mã;Tên tổ chức", f"KH1;{name}"), ORGANISATIONS) == [("KH1", name)]


@pytest.mark.parametrize("text", ["TRUE", "1/5/2021"])
def test_what_a_spreadsheet_made_of_a_name_is_no_name(refused, text):
    (said,) = refused(csv_of("Mã;Tên tổ chức", f"KH1;{text}"), ORGANISATIONS)
    assert said.endswith("Ô không phải là chữ. Hãy định dạng cột là Văn bản (Text) rồi gõ lại.")


@pytest.mark.parametrize("name", ["-Trường A", "@B", "=Một"])
def test_a_name_that_the_product_itself_wrote_so_that_it_is_no_formula_comes_back_as_it_was(rows, name):
    assert rows(empty_table(["Mã", "Tên tổ chức"], [["KH1", name]]), ORGANISATIONS) == [("KH1", name)]


@pytest.mark.parametrize("error", ["#REF!", "#TÊN?", "#N/A", "Err:502", "########"])
def test_an_error_that_was_written_out_is_refused(refused, error):
    (said,) = refused(csv_of(HEAD, f"5/2021;{error};268"), PAST)
    assert said.endswith(f"Ô báo lỗi {error}. Hãy sửa ô này rồi gửi lại.")


@pytest.mark.parametrize("code", ["3.71301E+19", "3,71301E+19", "3.7E19"])
def test_a_long_code_that_excel_shortened_is_refused(refused, code):
    (said,) = refused(csv_of("Mã;Tên tổ chức", f"{code};Một"), ORGANISATIONS)
    assert "Excel đã rút gọn mã, các chữ số cuối đã mất." in said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "Tệp trống."),
        (b"\xef\xbb\xbf \r\n", "Tệp trống."),
        (b"\xef\xbb\xbf;;;\r\n;;", "Tệp trống."),
        (
            "Mã;Tên tổ chức\r\nKH1;Trường học".encode("cp1258", "replace") + b"\xd5\xd2",
            "Tệp không phải UTF-8.",
        ),
        ("Mã;Tên".encode() + b"\xff", "Tệp không phải UTF-8."),
        (bytes(range(256)) * 4, "Tệp không phải bảng XLSX hay CSV."),
        (b"x" * (2 * 1024 * 1024 + 1), "Tệp lớn quá 2 MB."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Tệp kiểu Excel cũ (.xls)."),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "Tệp kiểu Excel cũ (.xls)."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "Tệp có mật khẩu.",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "Đây là tệp Word."),
        (b"%PDF-1.7 ...", "Đây là tệp PDF."),
        (b"<html><table><tr><td>M\xc3\xa3</td></tr></table>", "Tệp là trang web hoặc XML mang tên Excel."),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "Tệp là trang web hoặc XML mang tên Excel."),
    ],
)
def test_what_is_no_table_is_recognised_and_refused_with_advice(refused, raw, said):
    (complaint,) = refused(raw, ORGANISATIONS)
    assert complaint.startswith(said)


def test_more_lines_than_allowed_are_said_and_empty_ones_are_not_counted(rows, refused):
    lines = [f"KH{n};Một" for n in range(20_000)]
    head = "Mã;Tên tổ chức"
    assert len(rows(csv_of(head, *lines, *[";"] * 30_000), ORGANISATIONS)) == 20_000
    assert refused(csv_of(head, *lines, "KH;Một"), ORGANISATIONS) == [
        "Tệp có quá 20.000 dòng. Hãy chia thành nhiều tệp."
    ]
    assert refused(csv_of(head, *lines, *lines), ORGANISATIONS) == [
        "Tệp có quá 20.000 dòng. Hãy chia thành nhiều tệp."
    ]


def test_a_line_too_wide_and_a_cell_too_long_are_named(refused):
    assert refused(csv_of("Mã;Tên tổ chức", "KH1;Một" + ";" * 198 + ";x"), ORGANISATIONS) == [
        "ô GS2 (“x”): Bảng rộng quá 200 cột."
    ]
    (said,) = refused(csv_of("Mã;Tên tổ chức", f"KH1;{'x' * 32_768}"), ORGANISATIONS)
    assert said.endswith("Ô dài quá 32.767 ký tự.")
    (said,) = refused(csv_of("Mã;Tên tổ chức", f"KH1;{'x' * 200_000}"), ORGANISATIONS)
    assert said == "Tệp CSV bị hỏng: có ô dài quá 32.767 ký tự."


def test_text_decodes_to_the_same_whatever_form_it_has():
    text = "Mã;Tên tổ chức\r\nKH1;Đơn vị 🏦"
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert decoded(text.encode(encoding)) == text


def test_the_cells_know_their_place():
    (sheet,) = read(csv_of("Mã;Tên tổ chức", ";Một")).sheets
    (cell,) = sheet.rows[1][1]
    assert (cell.place, cell.letter, cell.row, cell.text) == ("B2", "B", 2, "Một")
