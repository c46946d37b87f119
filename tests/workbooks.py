"""Workbooks built from their XML, so that a test says exactly what stands in a file; and tables like the product's own."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from surveys.spreadsheets.book import Book, Sheet, letters_of
from surveys.spreadsheets.columns import Code, Fraction, MonthOfYear, Text, Whole, YesNo
from surveys.spreadsheets.tables import Column, Table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"

BALLOTS = {"what": "số phiếu"}
PAST = Table(
    (
        Column("Từ tháng", MonthOfYear(), empty="Chưa có tháng."),
        Column("Đến tháng", MonthOfYear(), needed=False),
        Column("Phát ra", Whole(**BALLOTS), empty="Chưa có số phiếu.", summed=True),
        Column("Thu về", Whole(**BALLOTS), empty="Chưa có số phiếu.", summed=True),
        Column("Không hợp lệ", Whole(**BALLOTS), needed=False, summed=True),
        Column("Hài lòng mọi tiêu chí", Whole(**BALLOTS), needed=False, summed=True),
    )
)
ORGANISATIONS = Table(
    (
        Column("Mã", Code(40), empty="Chưa có mã.", unique=True),
        Column("Tên tổ chức", Text(200), empty="Chưa có tên."),
    )
)
GRAMMAR = {
    "pattern": "[a-z][a-z0-9_]{0,19}",
    "grammar": "Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.",
}
QUESTIONNAIRE = (
    Table(
        (
            Column("ma", Code(40), empty="Chưa có mã."),
            Column("ten", Text(160)),
            Column("cau_hoi_chung", Text(160)),
        ),
        "mau_phieu",
    ),
    Table(
        (
            Column("ma", Code(20, **GRAMMAR), unique=True),
            Column("ten", Text(160)),
            Column("trong_so", Fraction(3)),
        ),
        "phan",
    ),
    Table(
        (
            Column("ma", Code(20, **GRAMMAR), unique=True),
            Column("cau_hoi", Text(300), empty="Chưa có câu hỏi."),
            Column("thang_do", Code(40)),
            Column("trong_so", Fraction(3)),
            Column("khong_ap_dung", YesNo()),
            Column("khi_muc", Whole(most=99, what="số của mức", example="4")),
        ),
        "cau_hoi",
        most_rows=199,
        too_many="Mẫu phiếu phải có dưới 200 câu hỏi.",
    ),
    Table((Column("ma", Code(20, **GRAMMAR)), Column("cau_hoi", Text(300))), "cau_hoi_mo", may_be_empty=True),
    Table(
        (
            Column("thang_do", Code(40)),
            Column("gia_tri", Whole(most=99, what="số của mức", example="4")),
            Column("nhan", Text(60)),
            Column("hai_long", YesNo()),
            Column("diem", Fraction(2, most=Decimal(100))),
        ),
        "thang_do",
    ),
)


class Styled:
    """A cell with a number format or font: ``Styled(0.853, "0.0%")``."""

    def __init__(self, value: object, format: str = "General", font: str = "") -> None:
        self.value, self.format, self.font = value, format, font


class Xml(str):
    """A cell as it stands in the file; {r} is its place."""

    __slots__ = ()


def workbook(
    *rows: Sequence[object],
    name: str = "So",
    more: Mapping[str, Sequence[Sequence[object]]] | None = None,
    hidden: Sequence[str] = (),
    frame: str = "",
    parts: Mapping[str, str | bytes] | None = None,
    rows_xml: Mapping[str, str] | None = None,
) -> bytes:
    """An XLSX file. ``more``: further sheets by name; ``frame``: XML behind the list of sheets; ``parts`` replace or add
    parts by name; ``rows_xml``: a sheet's rows as XML instead of its cells."""
    styles: dict[tuple[str, str], int] = {("General", "Calibri"): 0}
    sheets = {name: rows, **(more or {})}
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": links(("rId1", "officeDocument", "xl/workbook.xml")),
    }
    for at, (title, lines) in enumerate(sheets.items(), start=1):
        body = (rows_xml or {}).get(title) or "".join(
            _row(number, line, styles) for number, line in enumerate(lines, 1)
        )
        files[f"xl/worksheets/sheet{at}.xml"] = sheet_xml(body)
    states = {title: ' state="hidden"' if title in hidden else "" for title in sheets}
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{at}"{states[title]} r:id="rId{at}"/>'
        for at, title in enumerate(sheets, 1)
    )
    files["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>{frame}</workbook>'
    )
    files["xl/_rels/workbook.xml.rels"] = links(
        *((f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)),
        ("rId900", "styles", "styles.xml"),
        ("rId901", "sharedStrings", "sharedStrings.xml"),
    )
    files["xl/styles.xml"] = _styles_xml(styles)
    return zipped(files | dict(parts or {}))


def zipped(files: Mapping[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def sheet_xml(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def links(*each: tuple[str, str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="{link}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for link, kind, target in each
    )
    return f'<Relationships xmlns="{_LINKS}">{inside}</Relationships>'


def csv_of(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def _row(number: int, line: Sequence[object], styles: dict[tuple[str, str], int]) -> str:
    cells = "".join(_cell(f"{letters_of(at)}{number}", value, styles) for at, value in enumerate(line, 1))
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: object, styles: dict[tuple[str, str], int]) -> str:
    style = 0
    if isinstance(value, Styled):
        key = (value.format, value.font or "Calibri")
        style, value = styles.setdefault(key, len(styles)), value.value
    if value is None:
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, Xml):
        return value.format(r=place)
    if isinstance(value, bool):
        return f'<c r="{place}" s="{style}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'
    text = escape(str(value))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _styles_xml(styles: Mapping[tuple[str, str], int]) -> str:
    formats = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode={quoteattr(code)}/>'
        for (code, _font), at in styles.items()
    )
    fonts = "".join(f"<font><name val={quoteattr(font)}/></font>" for _code, font in styles)
    used = "".join(f'<xf numFmtId="{200 + at}" fontId="{at}"/>' for at in styles.values())
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts>{fonts}</fonts><cellXfs>{used}</cellXfs></styleSheet>'


class Watched:
    """A book that calls ``seen`` whenever somebody reads its sheets."""

    def __init__(self, book: Book, seen: Callable[[], object]) -> None:
        self._book, self._seen = book, seen

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        self._seen()
        return self._book.sheets
