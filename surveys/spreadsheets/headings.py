"""Which row of a sheet is its heading, and which column is which; where it cannot be told, what to mend."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from surveys.spreadsheets.book import Cell, Damage, Sheet, letters_of
from surveys.spreadsheets.complaints import Complaint, TableRefused
from surveys.spreadsheets.declared import Column, Table
from surveys.spreadsheets.delimited import fused
from surveys.spreadsheets.legacy import words_about
from surveys.spreadsheets.limits import TITLE_ROWS
from surveys.vietnamese import fold

_ALIKE = 0.8
#: Of the columns that are not in the pattern so many are asked whether a misspelt one is meant, by their first letters.
MOST_COMPARED, LONGEST_COMPARED = 30, 60
#: No heading of ours is longer; what is, is none of them.
LONGEST_FOLDED = 400
#: How the running number of a row is headed.
NUMBERS = {"stt", "tt", "so tt", "so thu tu", "no", "no."}
_ASIDE, _NUMBER_OF_COLUMN = re.compile(r"\(.*?\)"), re.compile(r"\(\d{1,2}\)")


def heading_row(sheet: Sheet, table: Table) -> int | None:
    """The index of the row that has every heading that must be there."""
    wanted = [_names(column) for column in table.columns if column.needed]
    return next(
        (
            index
            for index, (_number, cells) in enumerate(sheet.rows[: TITLE_ROWS + 1])
            if _has_all(cells, wanted)
        ),
        None,
    )


def names_columns(sheet: Sheet, table: Table) -> bool:
    """Whether the first row is one of headings, though not all are there that must be."""
    known = NUMBERS.union(*map(_names, table.columns))
    return any(_folded(cell.text) in known for cell in sheet.rows[0][1])


def no_heading(sheet: Sheet, table: Table) -> TableRefused:
    """What is missing in the row that comes nearest, where the headings stand, or what happened to their letters."""
    wanted = [column for column in table.columns if column.needed]
    rows, below = sheet.rows[: TITLE_ROWS + 1], sheet.rows[TITLE_ROWS + 1 :]
    if damaged := next((cell for _n, row in rows for cell in row if cell.damage is not Damage.NONE), None):
        words = words_about(damaged.damage)
        return TableRefused(
            [Complaint(damaged.row, "", words, sheet.name, damaged.letter, damaged.text[:60])]
        )
    low = next((number for number, cells in below if _has_all(cells, list(map(_names, wanted)))), 0)
    if low:
        words = f"Dòng tiêu đề nằm dưới hơn {TITLE_ROWS} dòng khác. Hãy xóa các dòng phía trên nó."
        return TableRefused([Complaint(low, "", words, sheet.name)])
    number, cells = max(rows, key=lambda row: sum(_has_all(row[1], [_names(column)]) for column in wanted))
    missing = [column for column in wanted if not _has_all(cells, [_names(column)])]
    return TableRefused([_missing(column, number, cells, sheet) for column in missing])


def places_of(sheet: Sheet, start: int, table: Table) -> tuple[dict[int, Column], list[str]]:
    """Column number → column, and the headings that are none of the table's. Raises `TableRefused`."""
    number, cells = sheet.rows[start]
    known = {name: column for column in table.columns for name in _names(column)}
    places: dict[int, Column] = {}
    foreign: list[Cell] = []
    wrong: list[Complaint] = []
    for cell in cells:
        column = known.get(_folded(cell.text))
        if column is None:
            foreign.append(cell)
        elif column in places.values():
            other = next(each for each in cells if places.get(each.column) is column)
            same = _folded(other.text) == _folded(cell.text)
            words = f"Cột này và cột {other.letter} (“{other.text[:60]}”) đều là “{column.heading}”. Hãy xóa một cột."
            words = "Có hai cột cùng tên này. Hãy xóa một cột." if same else words
            wrong.append(Complaint(number, column.heading, words, sheet.name, cell.letter, cell.text))
        else:
            places[cell.column] = column
    unused = [column for column in table.columns if column not in places.values()]
    for cell in foreign[:MOST_COMPARED]:
        if near := next((column for column in unused if _near(cell, column)), None):
            words = f"Có phải là cột “{near.heading}”? Hãy sửa tên cột, hoặc xóa cột này."
            wrong.append(Complaint(number, cell.text[:60], words, sheet.name, cell.letter, cell.text[:60]))
    if wrong:
        raise TableRefused(wrong)
    return places, [*(f"“{cell.text[:60]}”" for cell in foreign), *_unnamed(sheet, start)]


def passed_over(sheet: Sheet, start: int, foreign: list[str]) -> list[str]:
    """What a reader should know of the rows above the heading and of columns that are not in the pattern."""
    remarks = []
    if start:
        remarks.append(f"Không đọc {start} dòng trên dòng tiêu đề (dòng {sheet.rows[start][0]}).")
    if foreign:
        remarks.append(f"Không đọc cột không có trong mẫu: {', '.join(foreign)}.")
    return remarks


def numbers_columns(cells: tuple[Cell, ...]) -> bool:
    """Whether a row says the numbers of the columns under their headings, as forms do: (1), (2), (3)."""
    texts = [cell.text for cell in cells]
    if all(_NUMBER_OF_COLUMN.fullmatch(text) for text in texts):
        return True
    letters = [text for text in texts if len(text) == 1 and text.isalpha()]  # A, B, 1, 2
    counted = [*"ABCDEFGHIJ"[: len(letters)], *map(str, range(1, len(texts) - len(letters) + 1))]
    return len(texts) > 2 and bool(letters) and texts == counted


def _names(column: Column) -> frozenset[str]:
    return frozenset(map(_folded, (column.heading, *column.also)))


def _has_all(cells: tuple[Cell, ...], wanted: list[frozenset[str]]) -> bool:
    there = {_folded(cell.text) for cell in cells}
    return all(names & there for names in wanted)


def _missing(column: Column, number: int, cells: tuple[Cell, ...], sheet: Sheet) -> Complaint:
    near = next((cell for cell in cells[:MOST_COMPARED] if _near(cell, column)), None)
    if near is None:
        return Complaint(number, column.heading, "Thiếu cột này ở dòng tiêu đề.", sheet.name)
    words = f"Thiếu cột này. Nếu là cột {near.letter}, hãy sửa tên cột thành “{column.heading}”."
    return Complaint(number, column.heading, words, sheet.name, near.letter, near.text[:60])


def _near(cell: Cell, column: Column) -> bool:
    """Whether a heading is nearly the column's, what stands in brackets aside, or has it in it: "Phát ra (phiếu)", "Số phiếu phát ra"."""
    written = _folded(cell.text[:LONGEST_COMPARED])
    texts = {written, _folded(_ASIDE.sub(" ", cell.text[:LONGEST_COMPARED]))}
    return any(
        SequenceMatcher(None, text, name).ratio() >= _ALIKE or (" " in name and f" {name} " in f" {text} ")
        for text in texts
        for name in _names(column)
    )


def _unnamed(sheet: Sheet, start: int) -> list[str]:
    """Columns that have cells and no heading."""
    named = {cell.column for cell in sheet.rows[start][1]}
    used = {cell.column for _number, cells in sheet.rows[start + 1 :] for cell in cells}
    return [f"{letters_of(column)} (không có tên)" for column in sorted(used - named)]


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    return " ".join(fold(fused(text[:LONGEST_FOLDED])).split())
