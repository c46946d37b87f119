"""From a book of cells to the rows of a declared table, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.spreadsheets.book import Book, Cell, Kind, Sheet, letters_of
from surveys.spreadsheets.columns import CODES_ARE_NUMBERS, Code, Whole, Wrong
from surveys.spreadsheets.complaints import Complaint, TableRefused, grouped, whole
from surveys.spreadsheets.declared import Column, Table
from surveys.spreadsheets.doubts import STOPS_ARE_THOUSANDS, lost_zeros, uncertain_thousands
from surveys.spreadsheets.headings import (
    heading_row,
    names_columns,
    no_heading,
    numbers_columns,
    passed_over,
    places_of,
)
from surveys.spreadsheets.lists import is_frame, is_running, likeliest, places_in_order
from surveys.spreadsheets.merged import Covered
from surveys.spreadsheets.worksheet import too_many_rows
from surveys.vietnamese import fold

#: Confirmed, only the sheet that people see is read, although another with the same headings is hidden.
ONLY_THE_VISIBLE = "visible"
#: Confirmed, a cell of several lines with separators in it is one cell, not rows behind an open quote.
ONE_CELL = "one-cell"
#: What a sender may confirm, in the words of the page.
QUESTIONS = {
    CODES_ARE_NUMBERS: "Các mã bằng số đúng như đang hiện, không thiếu số 0 ở đầu.",
    ONLY_THE_VISIBLE: "Chỉ đọc trang đang hiện, bỏ qua trang bị ẩn.",
    STOPS_ARE_THOUSANDS: "Dấu chấm là dấu hàng nghìn: 500.000 là năm trăm nghìn.",
    ONE_CELL: "Ô có nhiều dòng đúng là một ô, không phải nhiều dòng của bảng.",
}
MOST_COMPLAINTS = 500
MORE_BELOW = "Còn dòng phía dưới chưa kiểm tra. Hãy sửa các lỗi trên trước."
_SUMS = re.compile(
    r"(?:tong|cong)(?: cong| so| don)?(?: (?:ca )?(?:quy|nam|thang|ky|\d+ thang)\b.*)?|luy ke.*|(?:grand |sub)?total"
)


@dataclass(frozen=True)
class FilledRow:
    """One right row: values by heading, every heading there; ``cells`` those that are not empty."""

    sheet: str
    number: int
    values: dict[str, Any]
    cells: dict[str, Cell] = field(repr=False, default_factory=dict)
    letters: dict[str, str] = field(repr=False, default_factory=dict)

    def __getitem__(self, heading: str) -> Any:
        return self.values[heading]

    def complaint(self, heading: str, words: str, question: str = "") -> Complaint:
        """A complaint about this row by what the file cannot know; ``heading`` '' for the whole row."""
        cell = self.cells.get(heading)
        text = cell.text[:60] if cell else ""
        return Complaint(
            self.number, heading, words, self.sheet, self.letters.get(heading, ""), text, question
        )


@dataclass
class Filled:
    """A table as it was read: its right rows, what is wrong, and what a reader should know (``remarks``)."""

    table: Table
    rows: list[FilledRow]
    complaints: list[Complaint]
    remarks: list[str]

    def refuse_if_wrong(self) -> None:
        """Raises `TableRefused` with everything that is wrong, in the order of the table."""
        if self.complaints:
            raise TableRefused(sorted(self.complaints, key=lambda each: each.row))


def read_table(
    book: Book,
    table: Table,
    confirmed: Iterable[str] = (),
    *,
    known: Mapping[str, Collection[str]] | None = None,
) -> Filled:
    """Read the one sheet of a book that fits; ``known``: by heading the codes that stand already.

    Raises `TableRefused` where no sheet fits or more than one.
    """
    given = frozenset(confirmed)
    sheet, remarks = _chosen(book, table, given)
    if sheet.overflow:
        raise TableRefused([sheet.overflow])
    start = heading_row(sheet, table)
    if start is not None:
        places, foreign = places_of(sheet, start, table)
        remarks += passed_over(sheet, start, foreign)
        filled = _filled(sheet, start + 1, table, places, given)
    elif table.headed or names_columns(sheet, table):
        raise no_heading(sheet, table)
    else:
        places, passed, told = places_in_order(sheet, table)
        remarks += told
        filled = _filled(sheet, 0, table, places, given, passed)
    filled.complaints += _doubtful(filled, given, known or {})
    filled.remarks[:0] = remarks + _remarks_about(sheet, places, start)
    return filled


def read_tables(book: Book, tables: Sequence[Table], confirmed: Iterable[str] = ()) -> dict[str, Filled]:
    """Read several sheets by name. Raises `TableRefused` where one is missing or does not fit."""
    given = frozenset(confirmed)
    named: dict[str, list[Sheet]] = {}
    for sheet in book.sheets:
        named.setdefault(_folded(sheet.name), []).append(sheet)
    wrong: list[Complaint] = []
    filled: dict[str, Filled] = {}
    for table in tables:
        sheets = named.pop(_folded(table.sheet), [])
        if len(sheets) != 1:
            words = "Có hai trang cùng tên này." if sheets else "Thiếu trang này."
            wrong.append(Complaint(0, "", words, table.sheet))
            continue
        try:
            filled[table.sheet] = read_table(Book((sheets[0],)), table, given)
        except TableRefused as refused:
            wrong += [replace(each, sheet=table.sheet) for each in refused.complaints]
    if wrong:
        raise TableRefused(wrong)
    foreign = [sheet.name for sheets in named.values() for sheet in sheets if sheet.rows]
    for each in list(filled.values())[:1]:
        each.remarks[:0] = [f"Không đọc trang “{name}”." for name in foreign]
    return filled


# ── Which sheet ────────────────────────────────────────────────────────────────────────


def _chosen(book: Book, table: Table, confirmed: frozenset[str]) -> tuple[Sheet, list[str]]:
    with_content = [sheet for sheet in book.sheets if sheet.rows or sheet.overflow]
    if not with_content:
        raise whole("Tệp trống.")
    fitting = [sheet for sheet in with_content if not table.headed or heading_row(sheet, table) is not None]
    if not table.headed:
        fitting = [sheet for sheet in fitting if heading_row(sheet, table) is not None] or likeliest(fitting)
    seen = [sheet for sheet in fitting if not sheet.hidden]
    hidden = [sheet for sheet in fitting if sheet.hidden]
    if len(seen) > 1:
        names = ", ".join(f"“{sheet.name}”" for sheet in seen)
        raise whole(f"Tệp có {len(seen)} trang cùng có bảng: {names}. Mỗi lần chỉ gửi một trang.")
    if hidden and not (seen and ONLY_THE_VISIBLE in confirmed):
        raise TableRefused([_hidden(sheet, seen) for sheet in hidden])
    if not fitting:
        first = next((sheet for sheet in with_content if not sheet.hidden), with_content[0])
        return first, []
    others = [sheet for sheet in with_content if sheet is not seen[0]]
    return seen[0], [
        f"Không đọc trang “{sheet.name}”{' (trang ẩn)' if sheet.hidden else ''}." for sheet in others
    ]


def _hidden(sheet: Sheet, seen: list[Sheet]) -> Complaint:
    if not seen:
        return Complaint(0, "", "Trang này bị ẩn. Hãy bỏ ẩn, xem lại rồi gửi.", sheet.name)
    words = (
        f"Trang này bị ẩn và cũng có bảng như trang “{seen[0].name}”. Hãy xóa trang ẩn hoặc xác nhận bỏ qua."
    )
    return Complaint(0, "", words, sheet.name, question=ONLY_THE_VISIBLE)


# ── The rows ───────────────────────────────────────────────────────────────────────────


def _filled(
    sheet: Sheet,
    start: int,
    table: Table,
    places: dict[int, Column],
    confirmed: frozenset[str],
    passed: Collection[int] = (),
) -> Filled:
    filled = Filled(table, [], [], [])
    letters = {column.heading: letters_of(at) for at, column in places.items()}
    covered = Covered(sheet, {column.heading: at for at, column in places.items()})
    seen: dict[tuple[str, str], int] = {}
    opened = {number: (column, line) for number, column, line in sheet.opened}
    counted = 0
    headings = {cell.column: _folded(cell.text) for cell in sheet.rows[start - 1][1]} if start else {}
    foreign: list[tuple[int, Cell]] = []
    for at, (number, cells) in enumerate(sheet.rows[start:], start=start):
        own = {places[cell.column].heading: cell for cell in cells if cell.column in places}
        row = FilledRow(sheet.name, number, {}, own, letters)
        if not own:
            foreign += [(number, cell) for cell in cells if not is_running(cell)][:1]
            continue
        if what := _of_no_row(row, cells, table, headings, first=not counted):
            filled.remarks.append(what)
            continue
        counted += 1
        if ONE_CELL not in confirmed and number in opened:
            filled.complaints.append(_opened(sheet, number, *opened[number]))
            continue
        if counted > table.most_rows:
            raise _refused(sheet, table.too_many or too_many_rows(table.most_rows))
        wrong = _total(row) or _read_row(row, table, confirmed, filled.remarks, covered)
        wrong += _twice(row, table, seen)
        if not start and not table.headed:
            wrong += _too_wide(sheet, number, [cell for cell in cells if cell.column not in passed], places)
        elif sheet.separator:
            wrong += _spilled(sheet, start, at, cells)
        filled.complaints += wrong
        if not wrong:
            filled.rows.append(row)
        if len(filled.complaints) >= MOST_COMPLAINTS:
            filled.complaints.append(Complaint(number, "", MORE_BELOW, sheet.name))
            break
    filled.remarks += _nowhere(foreign)
    if not counted and not table.may_be_empty:
        has_heading = start or table.headed
        raise _refused(sheet, "Dưới dòng tiêu đề chưa có dòng nào." if has_heading else "Chưa có dòng nào.")
    return filled


def _refused(sheet: Sheet, words: str) -> TableRefused:
    return TableRefused([Complaint(0, "", words, sheet.name)])


def _of_no_row(
    row: FilledRow, cells: tuple[Cell, ...], table: Table, headings: dict[int, str], *, first: bool
) -> str:
    """What is said of a line that is left out since it is none of the table's rows; '' for a row."""
    if headings and first and numbers_columns(cells):
        return f"Không đọc dòng đánh số cột (dòng {row.number})."
    if headings and all(_folded(cell.text) == headings.get(cell.column) for cell in cells):
        return f"Không đọc dòng tiêu đề lặp lại (dòng {row.number})."
    if is_frame(cells) and not (table.headed and _total(row)):
        return f"Không đọc dòng {row.number} (“{cells[0].text[:60]}”): không thuộc danh sách."
    return ""


def _too_wide(sheet: Sheet, number: int, cells: Sequence[Cell], places: dict[int, Column]) -> list[Complaint]:
    more = next((cell for cell in cells if cell.column > max(places)), None)
    names = "”, “".join(column.heading for column in places.values())
    words = f"Dòng có hơn {len(places)} cột. Nếu danh sách có cột khác, hãy thêm dòng tiêu đề có “{names}”."
    return [Complaint(number, "", words, sheet.name, more.letter, more.text[:60])] if more else []


def _opened(sheet: Sheet, number: int, column: int, line: int) -> Complaint:
    """A quoted cell of several lines: it may have swallowed rows up to the next quote."""
    words = f"Dấu nháy kép mở ở dòng {line} của tệp bao nhiều dòng. Hãy đóng nó đúng chỗ, hoặc xác nhận đó là một ô."
    return Complaint(number, "", words, sheet.name, letters_of(column), question=ONE_CELL)


def _nowhere(foreign: Sequence[tuple[int, Cell]]) -> list[str]:
    """Lines with words in none of the table's columns: a note, or a row that slipped aside."""
    if not foreign:
        return []
    number, cell = foreign[0]
    return [
        f"Không đọc {_some(len(foreign), 'dòng')} chỉ có chữ ngoài các cột, trước hết dòng {number} (“{cell.text[:60]}”)."
    ]


def _spilled(sheet: Sheet, start: int, at: int, cells: Sequence[Cell]) -> list[Complaint]:
    """A cell right of every heading in a row of more fields: a sign inside a cell that parts cells has parted it."""
    if sheet.separator != "," and sheet.widths[at] <= sheet.widths[start - 1]:
        return []
    number = sheet.rows[at][0]
    last = max(cell.column for cell in sheet.rows[start - 1][1])
    more = next((cell for cell in cells if cell.column > last), None)
    sign = {",": "dấu phẩy", ";": "dấu chấm phẩy", "\t": "dấu tab"}.get(sheet.separator, sheet.separator)
    words = f"Dòng có hơn {last} cột của dòng tiêu đề. Nếu {sign} nằm trong ô, hãy đặt ô trong dấu nháy kép hoặc lưu thành .xlsx."
    return [Complaint(number, "", words, sheet.name, more.letter, more.text[:60])] if more else []


def _total(row: FilledRow) -> list[Complaint]:
    """A line of sums is nobody's."""
    for heading, cell in row.cells.items():
        if _SUMS.fullmatch(_folded(cell.text[:200]).rstrip(" :.")):
            return [row.complaint(heading, "Dòng cộng không phải là một dòng số liệu. Hãy xóa dòng này.")]
    return []


def _read_row(
    row: FilledRow, table: Table, confirmed: frozenset[str], remarks: list[str], covered: Covered
) -> list[Complaint]:
    wrong = []
    for column in table.columns:
        cell = row.cells.get(column.heading)
        if cell is None:
            row.values[column.heading] = column.type.blank
            if area := covered.by(row.number, column.heading):
                words = f"Ô nằm trong vùng gộp {area}. Hãy bỏ gộp ô rồi gõ đủ từng dòng."
                wrong.append(row.complaint(column.heading, words))
            elif column.empty:
                wrong.append(row.complaint(column.heading, column.empty))
            continue
        try:
            value = row.values[column.heading] = column.type.read(cell, confirmed)
        except Wrong as fact:
            wrong.append(
                Complaint(
                    row.number,
                    column.heading,
                    fact.words,
                    row.sheet,
                    cell.letter,
                    cell.text[:60],
                    fact.question,
                )
            )
        else:
            if remark := column.type.remark(cell, value):
                remarks.append(f"Ô {cell.place}: {remark}.")
    return wrong


def _twice(row: FilledRow, table: Table, seen: dict[tuple[str, str], int]) -> list[Complaint]:
    wrong = []
    for column in table.columns:
        value = row.values.get(column.heading)
        if not column.unique or value in (None, ""):
            continue
        key = (column.heading, str(value).casefold())
        if key in seen:
            words = f"Trùng {column.heading.lower()} với dòng {seen[key]}. Hãy sửa hoặc xóa một dòng."
            wrong.append(row.complaint(column.heading, words))
        else:
            seen[key] = row.number
    return wrong


def _doubtful(
    filled: Filled, confirmed: frozenset[str], known: Mapping[str, Collection[str]]
) -> list[Complaint]:
    """What is doubtful beside the other rows, as far as nobody has confirmed it."""
    wrong: list[Complaint] = []
    if CODES_ARE_NUMBERS not in confirmed:
        for column in filled.table.columns:
            if isinstance(column.type, Code) and not column.type.pattern:
                found = lost_zeros(
                    [row[column.heading] for row in filled.rows], known.get(column.heading, ())
                )
                told = [(filled.rows[at], words) for at, words in found.items()]
                wrong += [row.complaint(column.heading, words, CODES_ARE_NUMBERS) for row, words in told]
    if STOPS_ARE_THOUSANDS not in confirmed:
        counts = {column.heading for column in filled.table.columns if isinstance(column.type, Whole)}
        cells = [
            (row, heading, cell.text)
            for row in filled.rows
            for heading, cell in row.cells.items()
            if heading in counts and cell.kind is Kind.TEXT
        ]
        for at, words in uncertain_thousands([text for _row, _heading, text in cells]).items():
            row, heading, _text = cells[at]
            wrong.append(row.complaint(heading, words, STOPS_ARE_THOUSANDS))
    return wrong[:MOST_COMPLAINTS]


def _remarks_about(sheet: Sheet, places: Mapping[int, Column], start: int | None) -> list[str]:
    remarks = []
    first_row = sheet.rows[start or 0][0]
    if joined := [(row, at) for row, at in sheet.joined if row > first_row and at in places]:
        row, at = joined[0]
        remarks.append(
            f"{_some(len(joined), 'ô')} có nhiều dòng, đã đọc thành một dòng; trước hết ô {letters_of(at)}{row}."
        )
    if sheet.hidden_rows:
        remarks.append(
            f"Có đọc {_some(len(sheet.hidden_rows), 'dòng')} bị ẩn, trước hết dòng {sheet.hidden_rows[0]}."
        )
    if sheet.hidden_columns:
        first = letters_of(sheet.hidden_columns[0])
        remarks.append(f"Có đọc {_some(len(sheet.hidden_columns), 'cột')} bị ẩn, trước hết cột {first}.")
    if sheet.cleaned:
        count = _some(len(sheet.cleaned), "ô")
        remarks.append(f"Đã bỏ ký tự không nhìn thấy ở {count}, trước hết {sheet.cleaned[0]}.")
    return remarks


def _folded(name: str) -> str:
    return " ".join(fold(name).split())


def _some(n: int, noun: str) -> str:
    return f"{grouped(n)} {noun}"
