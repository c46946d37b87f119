"""What a table would store, before it does: every row, totals at the foot, differences from what stands.

The digest covers all of it. Whoever stores plans again and compares: a file that was changed, or a row that somebody
else stored meanwhile, gives another digest, and nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from surveys.spreadsheets.tables import Filled, FilledRow, Table

_DOMAIN = "phieu-dry-run-v1\n"


class Change(StrEnum):
    """What a row does to what stands."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"

    @property
    def words(self) -> str:
        return {"added": "thêm", "changed": "sửa", "same": "giữ nguyên"}[self.value]


@dataclass(frozen=True)
class DryRow:
    """One row as it will be stored, cell by cell as it is printed; ``before``: what stands, where it differs.

    ``sheet`` and ``number`` say where it comes from; ``key`` names it in what stands.
    """

    sheet: str
    number: int
    key: str
    cells: tuple[str, ...]
    change: Change
    before: tuple[str, ...] = ()

    @property
    def differing(self) -> list[tuple[str, str]]:
        """(now, before) of each cell; before is '' where nothing changes."""
        if not self.before:
            return [(cell, "") for cell in self.cells]
        return [
            (cell, "" if cell == old else old or "–")
            for cell, old in zip(self.cells, self.before, strict=True)
        ]


@dataclass(frozen=True)
class DryRun:
    """The whole of it.

    ``title`` names what it is stored in; ``heading`` is shown above it where there are several; ``totals`` stand under
    their headings, '' where a column has none, () without any.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[DryRow, ...]
    totals: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    heading: str = ""

    @property
    def stored(self) -> list[DryRow]:
        """The rows that change something."""
        return [row for row in self.rows if row.change is not Change.SAME]

    @property
    def digest(self) -> str:
        """Names exactly what is shown; hexadecimal SHA-256."""
        shown = [
            self.title,
            self.headings,
            [(row.sheet, row.number, row.key, row.cells, row.change, row.before) for row in self.rows],
            self.totals,
        ]
        text = json.dumps(shown, ensure_ascii=True, separators=(",", ":"))
        return sha256(_DOMAIN.encode() + text.encode()).hexdigest()

    def count(self, change: Change) -> int:
        return sum(row.change is change for row in self.rows)

    @property
    def added(self) -> int:
        return self.count(Change.ADDED)

    @property
    def changed(self) -> int:
        return self.count(Change.CHANGED)

    @property
    def same(self) -> int:
        return self.count(Change.SAME)


class DryRunChanged(Exception):
    """What would be stored is not what was shown; ``now`` are the dry runs as they would be shown now."""

    def __init__(self, now: Sequence[DryRun]) -> None:
        super().__init__("not what was shown")
        self.now = list(now)


def digest_of(plans: Sequence[DryRun]) -> str:
    """Names what several dry runs show together."""
    return sha256("\n".join([_DOMAIN, *(plan.digest for plan in plans)]).encode()).hexdigest()


def confirm(plans: Sequence[DryRun], digest: str) -> None:
    """Raises `DryRunChanged` unless ``digest`` is that of these dry runs."""
    if digest != digest_of(plans):
        raise DryRunChanged(plans)


def compared(
    *, sheet: str, number: int, key: str, cells: Sequence[str], standing: Mapping[str, Sequence[str]]
) -> DryRow:
    """A row beside what stands under its key: added, changed or the same."""
    before = standing.get(key)
    if before is None:
        return DryRow(sheet, number, key, tuple(cells), Change.ADDED)
    if tuple(before) == tuple(cells):
        return DryRow(sheet, number, key, tuple(cells), Change.SAME)
    return DryRow(sheet, number, key, tuple(cells), Change.CHANGED, tuple(before))


def dry_run_of(
    filled: Filled,
    *,
    title: str,
    key: Callable[[FilledRow], str],
    standing: Mapping[str, Sequence[str]] | None = None,
    heading: str = "",
) -> DryRun:
    """Every row of a table beside what stands (key → its cells as `cells_of` writes them)."""
    table = filled.table
    rows = tuple(
        compared(
            sheet=row.sheet,
            number=row.number,
            key=key(row),
            cells=cells_of(row, table),
            standing=standing or {},
        )
        for row in filled.rows
    )
    headings = tuple(column.heading for column in table.columns)
    return DryRun(title, headings, rows, _totals(filled.rows, table), tuple(filled.remarks), heading)


def cells_of(row: FilledRow | Mapping[str, object], table: Table) -> tuple[str, ...]:
    """Values by heading as the dry run shows them, in the order of the table's columns."""
    return tuple(column.type.written(row[column.heading]) for column in table.columns)


def _totals(rows: Sequence[FilledRow], table: Table) -> tuple[str, ...]:
    if not any(column.summed for column in table.columns):
        return ()
    return tuple(
        column.type.written(sum(row[column.heading] or 0 for row in rows)) if column.summed else ""
        for column in table.columns
    )
