"""What a table should hold: its columns, their names and types, and how many rows."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.spreadsheets.columns import CellType
from surveys.spreadsheets.limits import USUAL


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``needed``: the heading must be there; ``empty``: the sentence for an empty cell, '' where a cell may be empty;
    ``unique``: no two rows alike, capitals aside; ``summed``: has a total at the foot of the dry run; ``also``: other
    words by which people call it.
    """

    heading: str
    type: CellType
    needed: bool = True
    empty: str = ""
    unique: bool = False
    summed: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What a sheet must hold.

    ``sheet``: its name, '' for the one that has the headings; not ``headed``: without a row of headings the columns are
    told by their order; ``too_many``: the sentence where a table is longer than ``most_rows``.
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
