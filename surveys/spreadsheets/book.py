"""What was read: sheets of rows of cells. It travels from the child as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from surveys.spreadsheets.complaints import Complaint


class Kind(StrEnum):
    """What a cell holds. An empty cell is not there at all."""

    TEXT = "t"
    NUMBER = "n"
    DAY = "d"
    TIME = "h"
    BOOLEAN = "b"
    ERROR = "e"
    UNCALCULATED = "f"


class Damage(StrEnum):
    """How a text lost its letters on the way."""

    NONE = ""
    TCVN3 = "tcvn3"
    VNI = "vni"
    TWICE_ENCODED = "twice"
    LOST = "lost"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with content.

    ``text``: as it is shown, cleaned, numbers with a decimal comma; ``number``: a plain decimal of at most 15
    significant digits for NUMBER, an ISO day for DAY, else ''; ``format``: the number format's code.
    """

    sheet: str
    row: int
    column: int
    kind: Kind
    text: str
    number: str = ""
    format: str = ""
    damage: Damage = Damage.NONE

    @property
    def letter(self) -> str:
        return letters_of(self.column)

    @property
    def place(self) -> str:
        return f"{self.letter}{self.row}"


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``rows``: (number, its cells from left to right), rows without content left out.

    ``hidden_rows`` and ``hidden_columns`` have content; ``cleaned``: cells that lost invisible characters, by place;
    ``merged``: (first row, first column, last row, last column) of cells made one; ``overflow``: why the sheet was not read
    to its end, so that it must not be taken; ``separator``: what parts the cells of a text; ``joined``: (row, column) of
    cells of several lines; ``opened``: those in which a separator follows, with the line of the file where their quote opens;
    ``widths``: the fields of each row of a text, empty ones too.
    """

    name: str
    hidden: bool = False
    rows: tuple[tuple[int, tuple[Cell, ...]], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    cleaned: tuple[str, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    overflow: Complaint | None = None
    separator: str = ""
    joined: tuple[tuple[int, int], ...] = ()
    opened: tuple[tuple[int, int, int], ...] = ()
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file: its sheets in the order of its tabs; text has one sheet without a name."""

    sheets: tuple[Sheet, ...] = field(default=())

    def lines(self) -> Iterator[str]:
        """JSON, a line for each sheet and each of its rows; together they go into `from_lines`."""
        for sheet in self.sheets:
            yield _line(_plain(sheet))
            for number, cells in sheet.rows:
                yield _line(
                    [number, [[c.column, c.kind, c.text, c.number, c.format, c.damage] for c in cells]]
                )

    @classmethod
    def from_lines(cls, lines: Iterator[bytes], count: int) -> Book:
        """The book of so many sheets, line by line, so that nothing lies here twice."""
        return cls(tuple(_sheet(json.loads(next(lines)), lines) for _sheet_number in range(count)))


def letters_of(column: int) -> str:
    """1 → "A", 27 → "AA"."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """ "A" → 1, "XFD" → 16384; capital letters only."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _line(plain: list[Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _plain(sheet: Sheet) -> list[object]:
    overflow = asdict(sheet.overflow) if sheet.overflow else None
    facts = (sheet.hidden_rows, sheet.hidden_columns, sheet.cleaned, sheet.merged)
    return [
        sheet.name,
        sheet.hidden,
        len(sheet.rows),
        *facts,
        overflow,
        sheet.separator,
        sheet.joined,
        sheet.opened,
        sheet.widths,
    ]


def _sheet(plain: list[Any], lines: Iterator[bytes]) -> Sheet:
    name, hidden, count, hidden_rows, hidden_columns, cleaned, merged, overflow, separator, *facts = plain
    joined, opened, widths = facts
    return Sheet(
        name,
        hidden,
        tuple(_row(name, json.loads(next(lines))) for _row_number in range(count)),
        tuple(hidden_rows),
        tuple(hidden_columns),
        tuple(cleaned),
        tuple(map(tuple, merged)),
        Complaint(**overflow) if overflow else None,
        separator,
        tuple(map(tuple, joined)),
        tuple(map(tuple, opened)),
        tuple(widths),
    )


def _row(sheet: str, plain: list[Any]) -> tuple[int, tuple[Cell, ...]]:
    number, cells = plain
    return number, tuple(
        Cell(sheet, number, column, Kind(kind), text, value, form, Damage(damage))
        for column, kind, text, value, form, damage in cells
    )
