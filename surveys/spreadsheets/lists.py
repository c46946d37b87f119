"""Lists that were made for people: columns told without headings, and lines that are titles, sums or signatures."""

from __future__ import annotations

import re
from itertools import pairwise

from surveys.spreadsheets.book import Cell, Kind, Sheet, letters_of
from surveys.spreadsheets.complaints import TableRefused, whole
from surveys.spreadsheets.declared import Column, Table
from surveys.vietnamese import fold

_RUNNING = re.compile(r"(\d{1,6})[.)]?")
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})[.)]?")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_PHONE = re.compile(r"\+?\d[\d .-]{7,15}\d", re.ASCII)
#: How lines begin that stand above or below a list; "Tổng công ty" is somebody.
_FRAME = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap ?[-–] ?tu do|danh sach\b|bang ke\b|phu luc\b|mau so ?\d|bieu so ?\d|kinh gui\b|noi nhan\b"
    r"|tong cong(?! ty\b)|tong so\b|cong ?:|nguoi lap\b|nguoi ky\b|\(?ky(?: va|,| ten|\)|$)|\(?da ky\)?$|ghi chu ?:"
    r"|(?:[^\d,]{2,40},? ?)?ngay [\d.…]{1,6} ?thang [\d.…]{1,6}(?: ?nam\b|$)"
)


def is_frame(cells: tuple[Cell, ...]) -> bool:
    """Whether a line belongs to the paper around the list: its title, the country's name, a sum, a date, a signature."""
    words = " ".join(fold(" ".join(cell.text[:200] for cell in cells)).split())
    return "@" not in words and bool(_FRAME.match(words))


def places_in_order(sheet: Sheet, table: Table) -> tuple[dict[int, Column], set[int], list[str]]:
    """Column number → column where there are no headings, the columns that are passed over, and what is said of them.

    Running numbers and telephone numbers are. Raises `TableRefused` where commas part the names themselves.
    """
    rows = [cells for _number, cells in sheet.rows if not is_frame(cells)]
    used = sorted({cell.column for cells in rows for cell in cells})
    if not used:
        return dict(enumerate(table.columns, start=1)), set(), []
    by_column = {at: [cell for cells in rows for cell in cells if cell.column == at] for at in used}
    said = []
    if _is_numbering(rows, used[0], by_column):
        said.append(f"Không đọc cột {letters_of(used[0])}: số thứ tự.")
        del by_column[used[0]]
    for at in list(by_column)[1:]:
        if all(_is_phone(cell) for cell in by_column[at]):
            said.append(f"Không đọc cột {letters_of(at)}: số điện thoại.")
            del by_column[at]
    if sheet.separator == "," and len(by_column) > 1 and not _has_address(sheet):
        raise _names_with_commas()
    places = [*by_column, *range(max(used) + 1, max(used) + len(table.columns))]
    return dict(zip(places, table.columns, strict=False)), set(used) - set(by_column), said


def likeliest(sheets: list[Sheet]) -> list[Sheet]:
    """Of several lists those with an address in them, if any."""
    return [sheet for sheet in sheets if _has_address(sheet)] or sheets


def _has_address(sheet: Sheet) -> bool:
    return any("@" in cell.text for _number, cells in sheet.rows for cell in cells)


def _names_with_commas() -> TableRefused:
    words = "Dấu phẩy ngăn tên với địa chỉ thư, nhưng danh sách không có địa chỉ nào."
    return whole(f"{words} Nếu dấu phẩy nằm trong tên, hãy đặt từng tên trong dấu nháy kép.")


def _is_numbering(rows: list[tuple[Cell, ...]], first: int, by_column: dict[int, list[Cell]]) -> bool:
    """Whether the first column counts the others up, gaps allowed; without it names must be left."""
    if len(by_column) < 2 or not any(len(cells) > 1 for cells in rows):
        return False
    lines = [cells for cells in rows if len(cells) > 1 or is_running(cells[0])]  # a title stands alone
    numbers = [_running_number(cells[0]) if cells[0].column == first else 0 for cells in lines]
    counted_up = all(numbers) and all(one < next_one for one, next_one in pairwise(numbers))
    runs = counted_up and numbers[-1] - numbers[0] == len(numbers) - 1
    names = [cell for at, cells in by_column.items() if at != first for cell in cells if "@" not in cell.text]
    return runs or (counted_up and len(names) >= len(lines))


def is_running(cell: Cell) -> bool:
    """Whether a cell is but a number in front of a row."""
    return _running_number(cell) > 0


def _running_number(cell: Cell) -> int:
    """The number in front of a row, Roman ones too; 0 where it has none."""
    if cell.kind not in (Kind.TEXT, Kind.NUMBER):
        return 0
    if found := _RUNNING.fullmatch(cell.number or cell.text):
        return int(found[1])
    if not (roman := _ROMAN.fullmatch(cell.text)):
        return 0
    values = [_ROMAN_VALUES[letter] for letter in roman[1] + roman[2]]
    return sum(-one if one < after else one for one, after in pairwise([*values, 0]))


def _is_phone(cell: Cell) -> bool:
    digits = sum(each.isdigit() for each in cell.text)
    return cell.kind in (Kind.TEXT, Kind.NUMBER) and 9 <= digits <= 12 and bool(_PHONE.fullmatch(cell.text))
