"""Cells made one: what the empty ones under them mean, only people see."""

from __future__ import annotations

from bisect import bisect_right

from surveys.spreadsheets.book import Sheet, letters_of


class Covered:
    """Which empty cells of some columns, by heading, lie under another one that was merged over them."""

    def __init__(self, sheet: Sheet, columns: dict[str, int]) -> None:
        there = (
            {(cell.row, cell.column) for _n, cells in sheet.rows for cell in cells} if sheet.merged else ()
        )
        self._by_heading = {
            heading: sorted(area for area in sheet.merged if area[1] <= at <= area[3] and area[:2] in there)
            for heading, at in columns.items()
        }

    def by(self, row: int, heading: str) -> str:
        """The area that covers a row's cell: "A3:A4"; '' for none."""
        areas = self._by_heading.get(heading, [])
        at = bisect_right(areas, (row + 1,)) - 1
        if at < 0 or areas[at][2] < row:
            return ""
        top, left, bottom, right = areas[at]
        return f"{letters_of(left)}{top}:{letters_of(right)}{bottom}"
