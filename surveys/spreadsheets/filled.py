"""Tables that people fill in (CSV, XLSX): read into rows of text, with complaints by row and column.

Excel writes CSV with its own separator, often a semicolon, and with or without a mark of UTF-8; people rename no heading
but lose capitals and diacritics. All of that is forgiven; anything else is told by row and column.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.core.cache import cache
from django.utils.translation import gettext as _

from surveys.vietnamese import clean_text, fold

LARGEST = 2 * 1024 * 1024
MOST_ROWS = 20_000
HELD_SECONDS = 30 * 60
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Complaint:
    """One thing to mend: the row as the program that shows the table counts it, the heading ('' = the whole row)."""

    row: int
    column: str
    words: str


class TableRefused(Exception):
    """Nothing was stored; ``complaints`` in the order of the table."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__(f"{len(complaints)} complaints")
        self.complaints = list(complaints)


@dataclass(frozen=True)
class Row:
    """One filled-in row; ``cells`` by heading, every heading there, '' for an empty cell."""

    number: int
    cells: dict[str, str]


def template(headings: Sequence[str], examples: Sequence[Sequence[str]] = ()) -> bytes:
    """The empty table to fill in, as CSV that Excel opens with its diacritics; no cell of it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([defused(cell) for cell in row] for row in (headings, *examples))
    return out.getvalue().encode("utf-8-sig")


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in FORMULA_SIGNS else text


def hold(raw: bytes, *, owner: int) -> str:
    """Keep a table between its dry run and the word to store it; the token opens it for its owner alone."""
    token = sha256(raw).hexdigest()[:32]
    cache.set(f"table-{owner}-{token}", zlib.compress(raw), HELD_SECONDS)
    return token


def held(token: str, *, owner: int) -> bytes | None:
    """The table, or None when it is another's, or too old."""
    packed = cache.get(f"table-{owner}-{token[:32]}") if token.isalnum() else None
    return zlib.decompress(packed) if packed else None


def read(raw: bytes, *, required: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """The rows under the headings, in any order of columns. Raises `TableRefused`."""
    if len(raw) > LARGEST:
        raise _whole(_("Tệp lớn quá 2 MB."))
    lines = _xlsx(raw) if raw.startswith(ZIP) else _csv(raw)
    if len(lines) > MOST_ROWS:
        raise _whole(_("Tệp có quá 20.000 dòng."))
    start = next((n for n, line in enumerate(lines) if any(line)), None)
    if start is None:
        raise _whole(_("Tệp trống."))
    places = _places(lines[start], start + 1, required, optional)
    rows = [
        Row(
            number,
            {name: line[at] if at is not None and at < len(line) else "" for name, at in places.items()},
        )
        for number, line in enumerate(lines[start + 1 :], start=start + 2)
        if any(line)
    ]
    if not rows:
        raise _whole(_("Dưới dòng tiêu đề chưa có dòng nào."))
    return rows


def whole_number(text: str) -> int | None:
    """A count as people write it: "3809", "3.809", "3 809"; None for anything else."""
    digits = text.replace("\u00a0", " ")
    if digits.isascii() and digits.isdigit():
        return int(digits) if len(digits) <= 9 else None
    head, *groups = digits.replace(" ", ".").split(".")
    grouped = groups and 1 <= len(head) <= 3 and all(len(each) == 3 for each in groups)
    joined = head + "".join(groups)
    return int(joined) if grouped and joined.isascii() and joined.isdigit() and len(joined) <= 9 else None


def _places(
    headings: Sequence[str], number: int, required: Sequence[str], optional: Sequence[str]
) -> dict[str, int | None]:
    told = [each[1:] if each[:1] == "'" and each[1:2] in FORMULA_SIGNS else each for each in headings]
    known = {" ".join(fold(each).split()): at for at, each in reversed(list(enumerate(told)))}
    places = {name: known.get(" ".join(fold(name).split())) for name in (*required, *optional)}
    missing = [name for name in required if places[name] is None]
    if missing:
        raise TableRefused([Complaint(number, name, _("Thiếu cột này ở dòng tiêu đề.")) for name in missing])
    foreign = [each for at, each in enumerate(headings) if each and at not in places.values()]
    if foreign:
        raise TableRefused(
            [Complaint(number, each[:60], _("Cột này không có trong mẫu.")) for each in foreign]
        )
    return places


def _csv(raw: bytes) -> list[list[str]]:
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(
            _("Tệp không phải UTF-8. Trong Excel, chọn Lưu thành “CSV UTF-8” hoặc “.xlsx”.")
        ) from error
    first = text.lstrip().split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _whole(_("Tệp CSV bị hỏng: có dấu nháy kép chưa đóng.")) from error
    return [[_cleaned(cell) for cell in line] for line in lines]


def _xlsx(raw: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook  # a large library, for a rare page

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        lines = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise _whole(_("Tệp XLSX không mở được.")) from error
    return [[_as_text(cell) for cell in line] for line in lines]


def _as_text(cell: object) -> str:
    """A cell as it would be typed: whole numbers without a fraction, a day as its month, as Excel turns 5/2023 into one."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | datetime):
        return f"{cell.month}/{cell.year}"
    return _cleaned(str(cell))


def _cleaned(cell: str) -> str:
    return " ".join(clean_text(cell).split())


def _whole(words: str) -> TableRefused:
    return TableRefused([Complaint(0, "", words)])
