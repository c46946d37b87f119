"""One sheet of a workbook, read as a stream: only cells with content are kept, wherever they stand."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from math import isfinite

from surveys.spreadsheets.archive import Budget, broken
from surveys.spreadsheets.book import Cell, Damage, Kind, Sheet, column_of, letters_of
from surveys.spreadsheets.cleaning import has_invisible, unescape, visible
from surveys.spreadsheets.complaints import Complaint, grouped
from surveys.spreadsheets.legacy import damage_of
from surveys.spreadsheets.limits import TITLE_ROWS
from surveys.spreadsheets.markup import PartReader, is_true, whole_number
from surveys.spreadsheets.number_formats import day_of, shown_by, written
from surveys.spreadsheets.workbook import Frame, SheetPart, Style

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?", re.ASCII)
_SEEN = 0.5  # points of height, characters of width
_ERROR = re.compile(r"#[A-ZĐÀ-Ỹ][A-ZĐÀ-Ỹ0-9/_]*[!?]?|(?:Err|Lỗi):\d{3}|#{2,}")


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows instead of a value: #REF!, #N/A, Err:502, ####."""
    return bool(_ERROR.fullmatch(text))


class WorksheetReader(PartReader):
    """Collects the cells of one sheet; `sheet` gives them back."""

    def __init__(self, place: SheetPart, frame: Frame, budget: Budget) -> None:
        self._place, self._frame, self._budget, self._limits = place, frame, budget, budget.limits
        self._rows: dict[int, dict[int, Cell]] = {}
        self._hidden_rows: set[int] = set()
        self._hidden_columns: list[tuple[int, int]] = []
        self._cleaned: list[str] = []
        self._joined: list[tuple[int, int]] = []
        self._merged: list[tuple[int, int, int, int]] = []
        self._overflow: Complaint | None = None
        self._row = self._column = 0
        self._in_cell = self._phonetic = self._has_formula = False
        self._attributes: dict[str, str] = {}
        self._into: list[str] | None = None
        self._value: list[str] = []
        self._words: list[str] = []
        self._formula: list[str] = []

    def sheet(self) -> Sheet:
        rows = tuple(
            (number, tuple(cell for _at, cell in sorted(cells.items())))
            for number, cells in sorted(self._rows.items())
        )
        used = {cell.column for _number, cells in rows for cell in cells}
        hidden = [at for at in sorted(used) if any(low <= at <= high for low, high in self._hidden_columns)]
        return Sheet(
            self._place.name,
            self._place.hidden,
            rows,
            tuple(sorted(self._hidden_rows & set(self._rows))),
            tuple(hidden),
            tuple(self._cleaned),
            tuple(self._merged),
            self._overflow,
            joined=tuple(self._joined),
        )

    # ── The stream ─────────────────────────────────────────────────────────────────────

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._open(attributes)
        elif name == "row":
            self._open_row(attributes)
        elif name == "col" and _is_hidden(attributes, "width"):
            low, high = (whole_number(attributes.get(end, ""), most=_LAST_COLUMN) for end in ("min", "max"))
            if len(self._hidden_columns) < _LAST_COLUMN:
                self._hidden_columns.append((low, high))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif not self._in_cell:
            return
        elif name == "v":
            self._into = self._value
        elif name == "f":
            self._has_formula, self._into = True, self._formula
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self._into = self._words

    def end(self, name: str) -> None:
        if name == "c":
            self._close()
        elif name in ("v", "f", "t"):
            self._into = None
        elif name == "rPh":
            self._phonetic = False

    def text(self, words: str) -> None:
        if self._into is not None and sum(map(len, self._into)) <= self._limits.text * 7:
            self._budget.write(len(words))
            self._into.append(words)

    def _merge(self, reference: str) -> None:
        ends = [_REFERENCE.fullmatch(end) for end in reference.split(":")]
        if len(ends) == 2 and ends[0] and ends[1] and len(self._merged) < self._limits.rows:
            (top, left), (bottom, right) = ((int(end[2]), column_of(end[1])) for end in ends if end)
            self._merged.append((top, left, bottom, right))

    def _open_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", "")
        self._row = whole_number(given, most=_LAST_ROW) if given else self._row + 1
        self._column = 0
        if not 1 <= self._row <= _LAST_ROW:
            raise broken()
        if _is_hidden(attributes, "ht"):
            self._hidden_rows.add(self._row)

    def _open(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r", "")
        if reference:
            found = _REFERENCE.fullmatch(reference)
            if not found or int(found[2]) != self._row:
                raise broken()
            self._column = column_of(found[1])
        else:
            self._column += 1
        if not 1 <= self._column <= _LAST_COLUMN or not self._row:
            raise broken()
        self._in_cell, self._phonetic, self._has_formula, self._attributes = True, False, False, attributes
        self._into, self._value, self._words, self._formula = None, [], [], []

    def _close(self) -> None:
        self._in_cell, self._into = False, None
        kind = self._attributes.get("t", "n")
        if self._overflow or (not self._value and not self._words and not self._has_formula):
            return
        style = self._frame.style(self._attributes.get("s", ""))
        if cell := self._cell(kind, "".join(self._value), style):
            self._keep(cell)

    def _keep(self, cell: Cell) -> None:
        if cell.column in self._rows.get(cell.row, ()):
            raise broken(f"ô {cell.place} ghi hai lần")
        self._budget.cells += 1
        if cell.column > self._limits.columns:
            self._stop(f"Bảng rộng quá {self._limits.columns} cột.", cell.text, here=True)
        elif self._budget.cells > self._limits.cells:
            self._stop(f"Bảng có quá {grouped(self._limits.cells)} ô có chữ.")
        elif len(self._rows) >= self._limits.rows + TITLE_ROWS and cell.row not in self._rows:
            self._stop(too_many_rows(self._limits.rows))
        else:
            self._rows.setdefault(cell.row, {})[cell.column] = cell

    def _stop(self, words: str, text: str = "", *, here: bool = False) -> None:
        """Keep nothing more of this sheet; whoever needs the sheet is told why."""
        row, letter = (self._row, letters_of(self._column)) if here else (0, "")
        self._overflow = Complaint(row, "", words, self._place.name, letter, text[:60])

    # ── One cell ───────────────────────────────────────────────────────────────────────

    def _cell(self, kind: str, value: str, style: Style) -> Cell | None:
        if self._has_formula and kind != "str" and (not value.strip() or self._frame.recalculates):
            return self._made(Kind.UNCALCULATED, "=" + visible("".join(self._formula)[:600])[:60])
        if self._has_formula and kind == "str" and value and self._frame.recalculates:
            return self._made(Kind.UNCALCULATED, "=" + visible("".join(self._formula)[:600])[:60])
        if kind == "n":
            return self._number(value.strip(), style)
        if kind == "b":
            return self._made(Kind.BOOLEAN, "TRUE" if is_true(value.strip()) else "FALSE") if value else None
        if kind == "e":
            return self._made(Kind.ERROR, visible(value[:600])[:60] or "#N/A")
        if kind == "d":
            return self._iso_day(value.strip(), style)
        return self._text(kind, value, style)

    def _text(self, kind: str, value: str, style: Style) -> Cell | None:
        if kind == "s":
            at = whole_number(value.strip(), most=len(self._frame.shared) - 1) if value.strip() else -1
            text = self._frame.shared[at] if at >= 0 else ""
            self._budget.write(len(text))
        elif kind == "inlineStr":
            text = unescape("".join(self._words))
        elif kind == "str":
            text = unescape(value)
        else:
            raise broken()
        if len(text) > self._limits.text:
            self._stop(f"Ô dài quá {grouped(self._limits.text)} ký tự.", visible(text[:60]), here=True)
            return None
        shown = visible(text)
        if has_invisible(text):
            self._cleaned.append(f"{letters_of(self._column)}{self._row}")
        if not shown:
            return None
        if "\n" in text.strip():
            self._joined.append((self._row, self._column))
        if is_error(shown):
            return self._made(Kind.ERROR, shown)
        return self._made(Kind.TEXT, shown, form=style.format, damage=damage_of(text, font=style.font))

    def _number(self, value: str, style: Style) -> Cell | None:
        if not value:
            return None
        if not _NUMBER.fullmatch(value):
            raise broken()
        if not isfinite(float(value)):
            return self._made(Kind.ERROR, "####")
        number = Decimal(f"{float(value):.15g}")  # as Excel shows it: 1.1000000000000001 is 1.1
        shown = shown_by(style.format)
        if shown.is_date:
            day = day_of(number, since_1904=self._frame.since_1904)
            return self._day(day, style) if day else self._made(Kind.ERROR, "####")
        kind = Kind.TIME if shown.time else Kind.NUMBER
        return self._made(kind, written(number, style.format), f"{number:f}", style.format)

    def _iso_day(self, value: str, style: Style) -> Cell | None:
        found = _ISO_DAY.fullmatch(value)
        try:
            day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
        except ValueError as error:
            raise broken() from error
        if day is None:
            return self._made(Kind.TIME, visible(value[:600])[:60]) if value else None
        return self._day(day, style if shown_by(style.format).is_date else Style("d/m/yyyy"))

    def _day(self, day: date, style: Style) -> Cell:
        shown = shown_by(style.format)
        parts = [
            str(part)
            for part, is_shown in ((day.day, shown.day), (day.month, shown.month), (day.year, shown.year))
            if is_shown
        ]
        return self._made(Kind.DAY, "/".join(parts), day.isoformat(), style.format)

    def _made(
        self, kind: Kind, text: str, number: str = "", form: str = "", damage: Damage = Damage.NONE
    ) -> Cell:
        return Cell(self._place.name, self._row, self._column, kind, text, number, form, damage)


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """A row or column that is hidden, or so low or narrow that nobody sees it."""
    given = attributes.get(size, "")
    return is_true(attributes.get("hidden", "")) or bool(_NUMBER.fullmatch(given) and float(given) < _SEEN)


def too_many_rows(most: int) -> str:
    """The sentence for a table that is longer than allowed; nothing of it is read."""
    return f"Tệp có quá {grouped(most)} dòng. Hãy chia thành nhiều tệp."
