"""From a book of cells to the rows of a declared table, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from surveys.spreadsheets.book import Book, Cell, Damage, Sheet, letters_of
from surveys.spreadsheets.columns import CODES_ARE_NUMBERS, CellType, Wrong
from surveys.spreadsheets.complaints import Complaint, TableRefused, grouped, whole
from surveys.spreadsheets.delimited import fused
from surveys.spreadsheets.legacy import words_about
from surveys.spreadsheets.limits import TITLE_ROWS, USUAL
from surveys.spreadsheets.worksheet import too_many_rows
from surveys.vietnamese import fold

#: Confirmed, only the sheet that people see is read, although another with the same headings is hidden.
ONLY_THE_VISIBLE = "visible"
#: What a sender may confirm, in the words of the page.
QUESTIONS = {
    CODES_ARE_NUMBERS: "Các mã bằng số đúng như đang hiện, không thiếu số 0 ở đầu.",
    ONLY_THE_VISIBLE: "Chỉ đọc trang đang hiện, bỏ qua trang bị ẩn.",
}
MOST_COMPLAINTS = 500
_ALIKE = 0.8
#: Of the columns that are not in the pattern so many are asked whether a misspelt one is meant, by their first letters.
MOST_COMPARED, LONGEST_COMPARED = 30, 60


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``needed``: the heading must be there; ``empty``: the sentence for an empty cell, '' where a cell may be empty;
    ``unique``: no two rows alike, capitals aside; ``summed``: has a total at the foot of the dry run.
    """

    heading: str
    type: CellType
    needed: bool = True
    empty: str = ""
    unique: bool = False
    summed: bool = False


@dataclass(frozen=True)
class Table:
    """What a sheet must hold.

    ``sheet``: its name, '' for the one that has the headings; not ``headed``: the columns are told by their order, and
    a first row of headings is passed over; ``too_many``: the sentence where a table is longer than ``most_rows``.
    """

    columns: tuple[Column, ...]
    sheet: str = ""
    most_rows: int = USUAL.rows
    too_many: str = ""
    may_be_empty: bool = False
    headed: bool = True

    @property
    def needed(self) -> list[str]:
        return [column.heading for column in self.columns if column.needed]


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

    def complaint(self, heading: str, words: str) -> Complaint:
        """A complaint about this row by what the file cannot know; ``heading`` '' for the whole row."""
        cell = self.cells.get(heading)
        text = cell.text[:60] if cell else ""
        return Complaint(self.number, heading, words, self.sheet, self.letters.get(heading, ""), text)


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


def read_table(book: Book, table: Table, confirmed: Iterable[str] = ()) -> Filled:
    """Read the one sheet of a book that fits. Raises `TableRefused` where there is none or more than one."""
    given = frozenset(confirmed)
    sheet, remarks = _chosen(book, table, given)
    if sheet.overflow:
        raise TableRefused([sheet.overflow])
    start = _heading_row(sheet, table)
    if not table.headed:
        filled = _filled(sheet, 0 if start is None else start + 1, table, _in_order(table), given)
    elif start is None:
        raise _no_heading(sheet, table)
    else:
        places, foreign = _places(sheet, start, table)
        remarks += _passed_over(sheet, start, [*foreign, *_unnamed(sheet, start)])
        filled = _filled(sheet, start + 1, table, places, given)
    filled.remarks[:0] = remarks + _remarks_about(sheet)
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
    fitting = [sheet for sheet in with_content if not table.headed or _heading_row(sheet, table) is not None]
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


# ── Which columns ──────────────────────────────────────────────────────────────────────


def _heading_row(sheet: Sheet, table: Table) -> int | None:
    """The index of the row that has every heading that must be there."""
    wanted = {_folded(heading) for heading in table.needed}
    for index, (_number, cells) in enumerate(sheet.rows[: TITLE_ROWS + 1]):
        if wanted <= {_folded(cell.text) for cell in cells}:
            return index
    return None


def _no_heading(sheet: Sheet, table: Table) -> TableRefused:
    """What is missing in the row that comes nearest, or what happened to its letters."""
    wanted = {_folded(heading): heading for heading in table.needed}
    rows = sheet.rows[: TITLE_ROWS + 1]
    number, cells = max(rows, key=lambda row: len(wanted.keys() & {_folded(c.text) for c in row[1]}))
    if damaged := next((cell for _n, row in rows for cell in row if cell.damage is not Damage.NONE), None):
        words = words_about(damaged.damage)
        return TableRefused(
            [Complaint(damaged.row, "", words, sheet.name, damaged.letter, damaged.text[:60])]
        )
    there = {_folded(cell.text) for cell in cells}
    return TableRefused(
        [
            Complaint(number, heading, "Thiếu cột này ở dòng tiêu đề.", sheet.name)
            for folded, heading in wanted.items()
            if folded not in there
        ]
    )


def _places(sheet: Sheet, start: int, table: Table) -> tuple[dict[int, Column], list[str]]:
    """Column number → column, and the headings that are none of the table's. Raises `TableRefused`."""
    number, cells = sheet.rows[start]
    known = {_folded(column.heading): column for column in table.columns}
    places: dict[int, Column] = {}
    foreign: list[Cell] = []
    wrong: list[Complaint] = []
    for cell in cells:
        column = known.get(_folded(cell.text))
        if column is None:
            foreign.append(cell)
        elif column in places.values():
            words = "Có hai cột cùng tên này. Hãy xóa một cột."
            wrong.append(Complaint(number, column.heading, words, sheet.name, cell.letter, cell.text))
        else:
            places[cell.column] = column
    unused = [column.heading for column in table.columns if column not in places.values()]
    for cell in foreign[:MOST_COMPARED]:
        if near := _near(cell.text[:LONGEST_COMPARED], unused):
            words = f"Có phải là cột “{near}”? Hãy sửa tên cột, hoặc xóa cột này."
            wrong.append(Complaint(number, cell.text[:60], words, sheet.name, cell.letter, cell.text[:60]))
    if wrong:
        raise TableRefused(wrong)
    return places, [f"“{cell.text[:60]}”" for cell in foreign]


def _unnamed(sheet: Sheet, start: int) -> list[str]:
    """Columns that have cells and no heading."""
    named = {cell.column for cell in sheet.rows[start][1]}
    used = {cell.column for _number, cells in sheet.rows[start + 1 :] for cell in cells}
    return [f"{letters_of(column)} (không có tên)" for column in sorted(used - named)]


def _near(heading: str, unused: list[str]) -> str:
    folded = _folded(heading)
    scored = [(SequenceMatcher(None, folded, _folded(name)).ratio(), name) for name in unused]
    ratio, name = max(scored, default=(0.0, ""))
    return name if ratio >= _ALIKE else ""


def _in_order(table: Table) -> dict[int, Column]:
    return dict(enumerate(table.columns, start=1))


def _passed_over(sheet: Sheet, start: int, foreign: list[str]) -> list[str]:
    remarks = []
    if start:
        remarks.append(f"Không đọc {start} dòng trên dòng tiêu đề (dòng {sheet.rows[start][0]}).")
    if foreign:
        remarks.append(f"Không đọc cột không có trong mẫu: {', '.join(foreign)}.")
    return remarks


def _folded(text: str) -> str:
    return " ".join(fold(fused(text)).split())


# ── The rows ───────────────────────────────────────────────────────────────────────────


def _filled(
    sheet: Sheet, start: int, table: Table, places: dict[int, Column], confirmed: frozenset[str]
) -> Filled:
    filled = Filled(table, [], [], [])
    letters = {column.heading: letters_of(at) for at, column in places.items()}
    seen: dict[tuple[str, str], int] = {}
    counted = 0
    for number, cells in sheet.rows[start:]:
        own = {places[cell.column].heading: cell for cell in cells if cell.column in places}
        if not own:
            continue
        counted += 1
        if counted > table.most_rows:
            raise TableRefused(
                [Complaint(0, "", table.too_many or too_many_rows(table.most_rows), sheet.name)]
            )
        row = FilledRow(sheet.name, number, {}, own, letters)
        wrong = _read_row(row, table, confirmed, filled.remarks) + _twice(row, table, seen)
        if not table.headed:
            wrong += _too_wide(sheet, number, cells, places)
        filled.complaints += wrong
        if not wrong:
            filled.rows.append(row)
        if len(filled.complaints) >= MOST_COMPLAINTS:
            words = "Còn dòng phía dưới chưa kiểm tra. Hãy sửa các lỗi trên trước."
            filled.complaints.append(Complaint(number, "", words, sheet.name))
            break
    if not counted and not table.may_be_empty:
        words = "Dưới dòng tiêu đề chưa có dòng nào." if table.headed else "Chưa có dòng nào."
        raise TableRefused([Complaint(0, "", words, sheet.name)])
    return filled


def _too_wide(sheet: Sheet, number: int, cells: Sequence[Cell], places: dict[int, Column]) -> list[Complaint]:
    more = next((cell for cell in cells if cell.column not in places), None)
    words = f"Dòng có hơn {len(places)} cột."
    return [Complaint(number, "", words, sheet.name, more.letter, more.text[:60])] if more else []


def _read_row(row: FilledRow, table: Table, confirmed: frozenset[str], remarks: list[str]) -> list[Complaint]:
    wrong = []
    for column in table.columns:
        cell = row.cells.get(column.heading)
        if cell is None:
            row.values[column.heading] = column.type.blank
            if column.empty:
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
            words = f"Trùng {column.heading.lower()} với dòng {seen[key]}."
            wrong.append(row.complaint(column.heading, words))
        else:
            seen[key] = row.number
    return wrong


def _remarks_about(sheet: Sheet) -> list[str]:
    remarks = []
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


def _some(n: int, noun: str) -> str:
    return f"{grouped(n)} {noun}"
