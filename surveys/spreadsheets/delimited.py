"""CSV and pasted text: whatever encoding and separator a spreadsheet program wrote, or a complaint."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence

from surveys.spreadsheets.archive import COPY_THE_TABLE
from surveys.spreadsheets.book import Cell, Damage, Kind, Sheet, letters_of
from surveys.spreadsheets.cleaning import has_invisible, visible
from surveys.spreadsheets.complaints import Complaint, TableRefused, grouped, whole
from surveys.spreadsheets.legacy import damage_of, words_about
from surveys.spreadsheets.limits import TITLE_ROWS, Limits
from surveys.spreadsheets.worksheet import is_error, too_many_rows

SEPARATORS = "\t;,|"
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NOT_UTF8 = "Tệp không phải UTF-8. Trong Excel, chọn Lưu thành “CSV UTF-8” hoặc “.xlsx”."
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[;,\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_FORMULA = re.compile(r"=\s*[-+(]*(?:[A-ZÀ-Ỹ_.]+\d*\(|\$?[A-Z]{1,3}\$?\d)", re.IGNORECASE)
# The mark of UTF-8, also where a program took it for text of Windows-1252 or wrote it twice.
_STRAY_MARKS = "\ufeff\ufffe"
_MISREAD_MARK = "ï»¿"


def sheet_of(content: bytes, limits: Limits) -> Sheet:
    """The one sheet of a text file. Raises `TableRefused`."""
    return sheet_of_text(decoded(content), limits)


def sheet_of_text(text: str, limits: Limits) -> Sheet:
    """The one sheet of pasted text. Raises `TableRefused`."""
    text = _without_marks(text).replace("\0", "")
    named = _SEPARATOR_LINE.match(text)
    separator = named[1] if named else separator_of(text)
    if named:
        text = _without_marks(text[named.end() :])
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    facts = _Facts(separator)
    overflow, count, begun = None, 0, 1
    written = list(io.StringIO(text, newline=""))
    above = named[0].count("\n") if named else 0
    try:
        lines = csv.reader(iter(written), delimiter=separator, strict=True)
        for number, line in enumerate(lines, start=1):
            cells = _cells(line, number, facts.cleaned, limits)
            if lines.line_num > begun:
                facts.look_into(line, number, begun + above)
            begun = lines.line_num + 1
            if not cells:
                continue
            count += len(cells)
            if overflow := _overflow(len(rows), count, cells, limits):
                break
            rows.append((number, cells))
            facts.widths.append(len(line))
    except csv.Error as error:
        if "field larger" in str(error) and lines.line_num <= begun:
            raise whole(f"Tệp CSV bị hỏng: có ô dài quá {grouped(limits.text)} ký tự.") from error
        is_open = "expected after" not in str(error)
        raise _open_quote(written[begun - 1 :], begun + above, separator, is_open=is_open) from error
    return facts.sheet(rows, overflow)


class _Facts:
    """What a reader should know of cells: those that lost invisible characters, those of several lines."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self.cleaned: list[str] = []
        self.joined: list[tuple[int, int]] = []
        self.opened: list[tuple[int, int, int]] = []
        self.widths: list[int] = []

    def sheet(self, rows: list[tuple[int, tuple[Cell, ...]]], overflow: Complaint | None) -> Sheet:
        return Sheet(
            "",
            rows=tuple(rows),
            cleaned=tuple(self.cleaned),
            overflow=overflow,
            separator=self._separator,
            joined=tuple(self.joined),
            opened=tuple(self.opened),
            widths=tuple(self.widths),
        )

    def look_into(self, line: list[str], number: int, begun: int) -> None:
        """A record of several lines of the file, of which ``begun`` is the first."""
        at = begun
        for column, raw in enumerate(line, start=1):
            first, *others = raw.splitlines() or [""]
            if others and raw.strip() != first.strip():
                self.joined.append((number, column))
                if any(self._separator in other for other in others):
                    self.opened.append((number, column, at))
            at += _breaks(raw)


def _breaks(raw: str) -> int:
    return len(_LINE_BREAK.findall(raw))


def _open_quote(left: list[str], begun: int, separator: str, *, is_open: bool) -> TableRefused:
    """A quote that nothing closes, or that something else than a separator follows; ``left``: the file from that line on."""
    start = io.StringIO("".join(left)[:100_000], newline="")  # less than a cell may have at all
    cells = next(csv.reader(start, delimiter=separator), [""])
    at = begun + sum(_breaks(cell) for cell in cells[:-1])
    what = (
        f"Dấu nháy kép mở ở dòng {at} chưa đóng"
        if is_open or _breaks(cells[-1].rstrip())
        else f"Dấu nháy kép ở dòng {at} đặt sai chỗ"
    )
    return whole(f"{what}. Hãy đóng hoặc xóa dấu nháy đó, hay lưu tệp thành “.xlsx”.")


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 or UTF-32, with or without a mark. Raises `TableRefused`."""
    name = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "") or _unmarked(content)
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise _undecodable(content) from error


def separator_of(text: str) -> str:
    """What parts the cells: the sign that most of the first lines have outside quotes; tab before ; before , before |."""
    lines = [line for line in _outside_quotes(text[:200_000]).splitlines()[:50] if line.strip(" ;,\t|")]
    return max(SEPARATORS, key=lambda sign: sum(sign in line for line in lines)) if lines else ";"


def looks_like_formula(text: str) -> bool:
    """Whether a text is a formula that was written out instead of its result: "=SUM(A1:A3)", "=C2-D2"."""
    return bool(_FORMULA.match(text))


def empty_table(headings: Sequence[str], examples: Sequence[Sequence[str]] = ()) -> bytes:
    """The table to fill in, as CSV that Excel opens with its diacritics; no cell of it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([defused(cell) for cell in row] for row in (headings, *examples))
    return out.getvalue().encode("utf-8-sig")


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in FORMULA_SIGNS else text


def fused(text: str) -> str:
    """What was written before `defused`."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_SIGNS else text


def _cells(line: list[str], number: int, cleaned: list[str], limits: Limits) -> tuple[Cell, ...]:
    cells = []
    for column, raw in enumerate(line, start=1):
        if not raw:
            continue
        kept = _KEPT_AS_TEXT.fullmatch(raw.strip())
        text = kept[1] if kept else raw
        if has_invisible(text):
            cleaned.append(f"{letters_of(column)}{number}")
        if shown := visible(text):
            kind, damage, shown = _kind(shown), damage_of(text), fused(shown)
            if len(shown) > limits.text:
                shown, kind, damage = shown[: limits.text + 1], Kind.TEXT, Damage.NONE
            cells.append(Cell("", number, column, kind, shown, damage=damage))
    return tuple(cells)


def _kind(shown: str) -> Kind:
    if is_error(shown):
        return Kind.ERROR
    return Kind.UNCALCULATED if looks_like_formula(shown) else Kind.TEXT


def _overflow(rows: int, count: int, cells: tuple[Cell, ...], limits: Limits) -> Complaint | None:
    last = cells[-1]
    if last.column > limits.columns:
        words = f"Bảng rộng quá {limits.columns} cột."
        return Complaint(last.row, "", words, "", last.letter, last.text[:60])
    if long := next((cell for cell in cells if len(cell.text) > limits.text), None):
        words = f"Ô dài quá {grouped(limits.text)} ký tự."
        return Complaint(long.row, "", words, "", long.letter, long.text[:60])
    if count > limits.cells:
        return Complaint(0, "", f"Bảng có quá {grouped(limits.cells)} ô có chữ.")
    if rows >= limits.rows + TITLE_ROWS:
        return Complaint(0, "", too_many_rows(limits.rows))
    return None


def _without_marks(text: str) -> str:
    while text[:1] and (text[0] in _STRAY_MARKS or text.startswith(_MISREAD_MARK)):
        text = text[3:] if text.startswith(_MISREAD_MARK) else text[1:]
    return text


def _unmarked(content: bytes) -> str:
    """UTF-16 without a mark shows by its zero bytes, which stand on one side of every ASCII letter."""
    start = content[:20_000]
    if b"\0" not in start:
        return "utf-8"
    high, low = start[0::2].count(0), start[1::2].count(0)
    if max(high, low) < len(start) / 10 or min(high, low) * 8 > max(high, low):
        raise whole(f"Tệp không phải bảng XLSX hay CSV. {COPY_THE_TABLE}")
    return "utf-16-be" if high > low else "utf-16-le"


def _undecodable(content: bytes) -> TableRefused:
    """Which old code page it may be; fonts of before Unicode show in their bytes."""
    for line in content[:200_000].decode("latin-1").splitlines()[:200]:
        if (damage := damage_of(line)) in (Damage.TCVN3, Damage.VNI):
            return whole(words_about(damage))
    return whole(_NOT_UTF8)


def _outside_quotes(text: str) -> str:
    return re.sub(r'"[^"]*"', "x", text)
