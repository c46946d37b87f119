"""XLSX as spreadsheet programs write it: nothing is stored that its sender does not see."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZipFile

import pytest
import xlsxwriter
from openpyxl import Workbook

from surveys.periods import Month
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import ONLY_THE_VISIBLE
from tests.workbooks import ORGANISATIONS, PAST, Styled, Xml, links, sheet_xml, workbook, zipped

HEAD = ["Từ tháng", "Phát ra", "Thu về"]
CODES = ["Mã", "Tên tổ chức"]
MAY = Month(2021, 5)


def past(*line: object, **more) -> bytes:
    return workbook(HEAD, list(line), **more)


def cell(value: object, column: int = 1):
    """The one cell under a heading as it is read."""
    (sheet,) = read(workbook(["x"], [value])).sheets
    return sheet.rows[1][1][column - 1] if len(sheet.rows) > 1 else None


# ── Errors and formulas ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#SPILL!", "Err:502", "#####"]
)
@pytest.mark.parametrize(
    "form", ['<c r="{{r}}" t="e"><v>{0}</v></c>', '<c r="{{r}}" t="str"><f>A1</f><v>{0}</v></c>']
)
def test_a_cell_that_shows_an_error_is_refused(refused, error, form):
    assert refused(past("5/2021", Xml(form.format(error)), 268), PAST) == [
        f"trang “So”, ô B2: Phát ra (“{error}”): Ô báo lỗi {error}. Hãy sửa ô này rồi gửi lại."
    ]


def test_an_error_typed_as_text_or_outside_the_table_is_told_from_one_inside(refused, rows):
    assert "Ô báo lỗi #N/A" in refused(past("5/2021", "#N/A", 268), PAST)[0]
    with_note = workbook([*HEAD, "Ghi chú"], ["5/2021", 317, 268, Xml('<c r="{r}" t="e"><v>#REF!</v></c>')])
    assert rows(with_note, PAST) == [(MAY, None, 317, 268, None, None)]


@pytest.mark.parametrize(
    "formula",
    [
        '<c r="{r}"><f>C2-9</f><v></v></c>',
        '<c r="{r}"><f>C2-9</f></c>',
        '<c r="{r}" t="n"><f t="shared" si="0"/><v/></c>',
        '<c r="{r}" t="b"><f>C2-9</f><v> </v></c>',
    ],
)
def test_a_formula_without_its_result_is_refused(refused, formula):
    (said,) = refused(past("5/2021", Xml(formula), 268), PAST)
    assert said.startswith("trang “So”, ô B2: Phát ra (“=")
    assert "Công thức chưa được tính." in said


def test_a_result_that_its_own_program_does_not_believe_is_refused(refused):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("So")
        sheet.write_row(0, 0, HEAD)
        sheet.write_string(1, 0, "5/2021")
        sheet.write_formula(1, 1, "=C2+49")  # XlsxWriter stores 0 and asks Excel to calculate
        sheet.write_number(1, 2, 268)
    (said,) = refused(out.getvalue(), PAST)
    assert "(“=C2+49”): Công thức chưa được tính." in said


def test_a_formula_with_its_result_is_its_result_and_an_empty_one_is_empty(rows):
    line = [
        "5/2021",
        Xml('<c r="{r}"><f>C2+49</f><v>317</v></c>'),
        268,
        Xml('<c r="{r}" t="str"><f>IF(1,"","")</f><v></v></c>'),
    ]
    assert rows(workbook([*HEAD, "Không hợp lệ"], line), PAST) == [(MAY, None, 317, 268, None, None)]


# ── Sheets ─────────────────────────────────────────────────────────────────────────────


def test_the_visible_sheet_is_found_wherever_it_stands(rows, remarks):
    content = workbook(
        ["Ghi chú"], name="Đọc trước", more={"Số liệu": [HEAD, ["5/2021", 317, 268]], "Danh mục": [["a"], ["b"]]},
        hidden=["Danh mục"],
    )  # fmt: skip
    assert rows(content, PAST) == [(MAY, None, 317, 268, None, None)]
    assert remarks(content, PAST) == [
        "Không đọc trang “Đọc trước”.",
        "Không đọc trang “Danh mục” (trang ẩn).",
    ]


def test_two_visible_sheets_with_the_table_are_refused_by_name(refused):
    content = past("5/2021", 317, 268, more={"2022": [HEAD, ["5/2022", 1, 1]]})
    assert refused(content, PAST) == ["Tệp có 2 trang cùng có bảng: “So”, “2022”. Mỗi lần chỉ gửi một trang."]


def test_a_hidden_sheet_behind_is_asked_about_too_and_one_alone_is_refused(refused):
    behind = past("5/2021", 317, 268, more={"cũ": [HEAD, ["5/2021", 1, 1]]}, hidden=["cũ"])
    assert refused(behind, PAST)[0].startswith("trang “cũ”: Trang này bị ẩn và cũng có bảng")
    frame = read(behind)
    assert [sheet.hidden for sheet in frame.sheets] == [False, True]
    alone = workbook(HEAD, ["5/2021", 1, 1], hidden=["So"])
    for confirmed in ([], [ONLY_THE_VISIBLE]):
        assert refused(alone, PAST, confirmed) == ["trang “So”: Trang này bị ẩn. Hãy bỏ ẩn, xem lại rồi gửi."]


def test_an_empty_hidden_sheet_is_nobodys_business(rows, remarks):
    content = past("5/2021", 317, 268, more={"Sheet2": []}, hidden=["Sheet2"])
    assert remarks(content, PAST) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [('hidden="1"', 'hidden="1"'), ('ht="0" customHeight="1"', 'width="0" customWidth="1"')],
)
def test_hidden_rows_and_columns_are_read_and_said(remarks, row, column):
    line = "".join(
        f'<c r="{letter}{{n}}" t="inlineStr"><is><t>{{{at}}}</t></is></c>' for at, letter in enumerate("AB")
    )
    body = (
        '<row r="1">' + line.format("Mã", "Tên tổ chức", n=1) + '</row><row r="3" ' + row + ">"
        + line.format("KH1", "Một", n=3) + '</row><row r="4">' + line.format("KH2", "Hai", n=4) + "</row>"
    )  # fmt: skip
    sheet = sheet_xml(body).replace("<sheetData>", f'<cols><col min="2" max="9" {column}/></cols><sheetData>')
    content = workbook(parts={"xl/worksheets/sheet1.xml": sheet})
    assert remarks(content, ORGANISATIONS) == [
        "Có đọc 1 dòng bị ẩn, trước hết dòng 3.",
        "Có đọc 1 cột bị ẩn, trước hết cột B.",
    ]


# ── What is not there ──────────────────────────────────────────────────────────────────


def test_bordered_empty_rows_and_ghost_rows_are_not_counted(rows):
    ghosts = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(3, 30_000))
    content = past("5/2021", 317, 268)
    body = workbook(rows_xml={"So": _rows_of(content) + ghosts + '<row r="1048576"><c r="C1048576"/></row>'})
    assert rows(body, PAST) == [(MAY, None, 317, 268, None, None)]


def test_rows_of_blanks_and_of_formulas_that_show_nothing_are_not_counted(rows):
    blank = Xml('<c r="{r}" t="str"><f>IF(A9="","",A9)</f><v></v></c>')
    content = workbook(HEAD, ["5/2021", 317, 268], [" ", "\u00a0", "\u200b"], [blank, blank, blank])
    assert rows(content, PAST) == [(MAY, None, 317, 268, None, None)]


def test_a_declared_range_is_not_believed(rows):
    sheet = sheet_xml(_rows_of(past("5/2021", 317, 268))).replace(
        "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
    )
    assert len(rows(workbook(parts={"xl/worksheets/sheet1.xml": sheet}), PAST)) == 1


def test_an_empty_file_and_an_empty_table_are_said(refused):
    assert refused(workbook(), PAST) == ["Tệp trống."]
    assert refused(workbook([" "], ["\u200b"]), PAST) == ["Tệp trống."]
    assert refused(workbook(HEAD), PAST) == ["trang “So”: Dưới dòng tiêu đề chưa có dòng nào."]


# ── Numbers, days and texts as Excel keeps them ────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "shown", "number"),
    [
        (1.1000000000000001, "1,1", "1.1"),
        (0.1 + 0.2, "0,3", "0.3"),
        (317.0, "317", "317"),
        (1e21, "1000000000000000000000", "1000000000000000000000"),
        (Styled(0.853, "0.0%"), "85,3%", "0.853"),
        (Styled(1, "0%"), "100%", "1"),
        (Styled(3, "#,##0.000"), "3,000", "3"),
        (Styled(42, '00000;-0"x"'), "00042", "42"),
        (Styled(1234.5, '#,##0 "đồng"'), "1234,5", "1234.5"),
    ],
)
def test_a_number_is_read_as_it_is_shown(value, shown, number):
    found = cell(value)
    assert (found.kind, found.text, found.number) == ("n", shown, number)


@pytest.mark.parametrize(
    ("value", "kind", "shown", "day"),
    [
        (Styled(44317, "d/m/yyyy"), "d", "1/5/2021", "2021-05-01"),
        (Styled(44317.75, "yyyy-mm-dd hh:mm"), "d", "1/5/2021", "2021-05-01"),
        (Styled(45996, "d-mmm"), "d", "5/12", "2025-12-05"),
        (Styled(44317, '[$-42A]"tháng "m/yyyy'), "d", "5/2021", "2021-05-01"),
        (Styled(1, "d/m/yyyy"), "d", "1/1/1900", "1900-01-01"),
        (Styled(61, "d/m/yyyy"), "d", "1/3/1900", "1900-03-01"),
        (Styled(60, "d/m/yyyy"), "e", "####", ""),
        (Styled(-1, "d/m/yyyy"), "e", "####", ""),
        (Styled(99999999, "d/m/yyyy"), "e", "####", ""),
        (Xml('<c r="{r}" t="d"><v>2021-05-01T00:00:00</v></c>'), "d", "1/5/2021", "2021-05-01"),
    ],
)
def test_a_day_is_told_from_a_number_by_its_format(value, kind, shown, day):
    found = cell(value)
    assert (found.kind, found.text, found.number) == (kind, shown, day)


@pytest.mark.parametrize("code", ["h:mm", "[h]:mm:ss", "mm:ss.0", "h:mm AM/PM"])
def test_a_time_is_neither_day_nor_number(code):
    assert cell(Styled(0.5, code)).kind == "h"


def test_days_counted_from_1904_are_read_so(rows):
    assert rows(past(Styled(42855, "mmm-yy"), 317, 268), PAST)[0][0] == Month(2017, 4)
    apple = workbook(HEAD, [Styled(42855, "mmm-yy"), 317, 268], frame='<workbookPr date1904="1"/>')
    assert rows(apple, PAST)[0][0] == MAY


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Một_x000D_\nhai", "Một hai"),
        ("Một_x000d__x000A_hai", "Một hai"),
        ("_x200B_Một\u200b hai\u2060", "Một hai"),
        ("\ufeffMột\u00a0\u2003hai\u00ad", "Một hai"),
        ("M\u006f\u0302\u0323t hai", "Một hai"),
        ("Một_x005F_x000D_hai", "Một hai"),
        ("Một\thai\x0b", "Một hai"),
    ],
)
def test_what_no_screen_shows_is_taken_away(text, read_as):
    if "\x0b" in text:
        text = text.replace("\x0b", "_x000B_")
    assert cell(text).text == read_as


def test_shared_and_rich_texts_are_read_without_their_phonetic_guide():
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>x</t></si>'
        '<si><r><t>Kho </t></r><r><rPr><b/></rPr><t>bạc</t></r><rPh sb="0" eb="1"><t>đọc</t></rPh></si></sst>'
    )
    content = workbook(
        rows_xml={"So": '<row r="1"><c r="A1" t="s"><v>1</v></c><c t="s"><v>0</v></c></row>'},
        parts={"xl/sharedStrings.xml": shared},
    )
    assert [cell.text for cell in read(content).sheets[0].rows[0][1]] == ["Kho bạc", "x"]


def test_cells_and_rows_without_a_place_follow_each_other():
    content = workbook(
        rows_xml={"So": "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>"}
    )
    cells = [(cell.place, cell.text) for _number, line in read(content).sheets[0].rows for cell in line]
    assert cells == [("A1", "1"), ("C1", "3"), ("A2", "4")]


def test_the_strict_form_and_absolute_parts_are_read_too():
    book = '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>'
    sheet = '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    content = zipped(
        {
            "_rels/.rels": links(("r", "officeDocument", "/xl/book.xml")),
            "xl/_rels/book.xml.rels": links(("a", "worksheet", "/xl/Sheets/One.xml")),
            "xl/book.xml": book,
            "xl/sheets/one.xml": sheet,
        }
    )
    assert read(content).sheets[0].rows[0][1][0].text == "7"


def test_what_openpyxl_writes_is_read(rows):
    book, out = Workbook(), io.BytesIO()
    for line in (HEAD, [date(2021, 5, 1), 317, 268], ["6/2021", 300.0, "250"]):
        book.active.append(line)
    book.save(out)
    assert rows(out.getvalue(), PAST) == [
        (MAY, None, 317, 268, None, None),
        (Month(2021, 6), None, 300, 250, None, None),
    ]


# ── Limits ─────────────────────────────────────────────────────────────────────────────


def test_exactly_as_many_rows_as_allowed_are_read_and_one_more_is_said(rows, refused):
    def table(n: int) -> bytes:
        return workbook(CODES, *([f"KH{at}", "Một"] for at in range(n)))

    assert len(rows(table(20_000), ORGANISATIONS)) == 20_000
    assert refused(table(20_001), ORGANISATIONS) == [
        "trang “So”: Tệp có quá 20.000 dòng. Hãy chia thành nhiều tệp."
    ]


def test_a_cell_far_to_the_right_and_a_text_too_long_are_named(refused):
    near = _rows_of(workbook(CODES, ["KH1", "Một"]))
    far = workbook(rows_xml={"So": near + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'})
    assert refused(far, ORGANISATIONS) == ["trang “So”, ô XFD1048576 (“1”): Bảng rộng quá 200 cột."]
    (said,) = refused(workbook(CODES, ["KH1", "x" * 32_768]), ORGANISATIONS)
    assert said.startswith("trang “So”, ô B2 (“xxx")
    assert said.endswith("Ô dài quá 32.767 ký tự.")


def test_a_sheet_too_large_that_nobody_needs_hinders_nobody(rows):
    content = past("5/2021", 317, 268, more={"Dữ liệu": [["x"] * 201]})
    assert len(rows(content, PAST)) == 1


def _rows_of(content: bytes) -> str:
    text = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    return text.partition("<sheetData>")[2].partition("</sheetData>")[0]
