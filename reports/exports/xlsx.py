"""Tables of figures as XLSX: one sheet a table, numbers as numbers, where they are from and their seal on the first."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format

from reports.exports.content import Figure, Sheet, Workbook, cleaned

LONGEST = 32_767  # characters a cell can hold
COUNT = "#,##0"
PLAIN_SHARE = re.compile(r"\d{1,3}(?:,(\d+))?%")
# A text stays a text, whatever it looks like.
PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def workbook_xlsx(book: Workbook) -> bytes:
    """The same content gives the same bytes."""
    book = cleaned(book)
    file = BytesIO()
    with xlsxwriter.Workbook(file, PLAIN) as out:
        out.set_properties(
            {
                "title": book.title[:250],
                "author": book.office[:250],
                "created": book.dated.replace(tzinfo=None, microsecond=0),
            }
        )
        forms = _Forms(out)
        _first_sheet(out, forms, book)
        for sheet in book.sheets:
            _sheet(out, forms, sheet)
    return file.getvalue()


class _Forms:
    def __init__(self, out: xlsxwriter.Workbook) -> None:
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        self.text = out.add_format({**font, "text_wrap": True})
        self.head = out.add_format({**font, "bold": True, "text_wrap": True, "border": 1, "align": "center"})
        self.title = out.add_format({**font, "bold": True, "font_size": 14})
        self.name = out.add_format({**font, "border": 1, "text_wrap": True})
        self.said = out.add_format({**font, "border": 1, "align": "right"})
        self._out, self._number = out, {**font, "border": 1, "align": "right"}
        self._numbers: dict[str, Format] = {}

    def number(self, form: str) -> Format:
        if form not in self._numbers:
            self._numbers[form] = self._out.add_format({**self._number, "num_format": form})
        return self._numbers[form]


def _first_sheet(out: xlsxwriter.Workbook, forms: _Forms, book: Workbook) -> None:
    page = out.add_worksheet("Nguồn")
    _one_page_wide(page)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 96)
    _write(page, 0, 0, book.title, forms.title)
    rows = [
        ("Đơn vị", book.office),
        ("Thời gian", book.stretch),
        ("Tình trạng", book.state),
        ("Mã niêm phong", book.seal_code),
        *(("Nguồn và cách đọc", text) for text in book.sources),
    ]
    for row, (name, text) in enumerate(rows, start=2):
        _write(page, row, 0, name, forms.text)
        _write(page, row, 1, text, forms.text)


def _sheet(out: xlsxwriter.Workbook, forms: _Forms, sheet: Sheet) -> None:
    page = out.add_worksheet(sheet.title[:31])
    page.set_column(0, 0, 44)
    page.set_column(1, len(sheet.columns), 15)
    page.freeze_panes(1, 1)
    page.set_row(0, 64)
    page.set_landscape()
    _one_page_wide(page)
    page.repeat_rows(0)
    for column, title in enumerate((sheet.first, *sheet.columns)):
        _write(page, 0, column, title, forms.head)
    for row, (name, figures) in enumerate(sheet.rows, start=1):
        _write(page, row, 0, name, forms.name)
        for column, figure in enumerate(figures, start=1):
            _figure(page, row, column, figure, forms)
    for row, note in enumerate(sheet.notes, start=len(sheet.rows) + 2):
        _write(page, row, 0, note, forms.text)


def _one_page_wide(page) -> None:
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&R&P/&N")


def _figure(page, row: int, column: int, figure: Figure, forms: _Forms) -> None:
    if figure.number is None:
        _write(page, row, column, figure.text, forms.said)
        return
    form = share_form(figure) if figure.is_share else COUNT
    page.write_number(row, column, figure.number, forms.number(form))


def share_form(figure: Figure) -> str:
    """The format under which the exact share looks as it is printed; where rounding shows something else, its very words."""
    found = PLAIN_SHARE.fullmatch(figure.text)
    if found and isinstance(figure.number, Decimal):
        decimals = len(found[1] or "")
        rounded = (figure.number * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if f"{rounded}%".replace(".", ",") == figure.text:
            return f"0{'.' if decimals else ''}{'0' * decimals}%"
    return f'"{figure.text}"'


def _write(page, row: int, column: int, text: str, form) -> None:
    """A text longer than a cell can hold ends in "…"; the writer would leave it out without a word."""
    page.write_string(row, column, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…", form)
