"""Counting the pilot's year again from its rows, and reading what each surface prints of it.

A second implementation: nothing of the product's arithmetic is used here. What a file or page prints as a number is held
against the rows of register and box; what it prints as a text, against the reason for it.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import docx
import lxml.html
from openpyxl import load_workbook
from pypdf import PdfReader

from surveys.choices import SlipState
from surveys.models import Ballot, Criterion, Level, Slip, VoidMark

MONTHS = (
    *("2022-06", "2022-07", "2022-08", "2022-09", "2022-10", "2022-11", "2022-12"),
    *("2023-01", "2023-02", "2023-03", "2023-04", "2023-05", "2023-06"),
)
#: Every month, quarters, half-years, what there is of 2022, twelve months and the article's year.
STRETCHES = (
    *MONTHS,
    *("2022-07..2022-09", "2022-10..2022-12", "2023-01..2023-03", "2023-04..2023-06"),
    *("2022-07..2022-12", "2022-06..2022-12", "2023-01..2023-06", "2022-06..2023-05", "2022-06..2023-06"),
)
#: Columns of every table that tell of slips, by the count they print.
OF_SLIPS = {"Phát ra": "issued", "Hủy": "cancelled", "Không thu về": "silent", "Thu về": "returned"}
OF_BALLOTS = {"Hợp lệ": "valid", "Không hợp lệ": "void", "Hài lòng": "good", "Không hài lòng": "bad"}
SHARES = {
    "Tỷ lệ thu về": ("returned", "issued", 100),
    "Tỷ lệ hài lòng": ("good", "valid", 1000),
    "Tỷ lệ không hài lòng": ("bad", "valid", 1000),
}
BOUNDS = {"Trên mọi phiếu phát ra: hài lòng từ": 0, "Trên mọi phiếu phát ra: hài lòng đến": 1}
NOTHING = "–"


@dataclass
class Tally:
    """What the rows of one group come to."""

    issued: int = 0
    cancelled: int = 0
    returned: int = 0
    valid: int = 0
    void: int = 0
    good: int = 0

    @property
    def silent(self) -> int:
        return self.issued - self.cancelled - self.returned

    @property
    def bad(self) -> int:
        return self.valid - self.good


@dataclass
class Rows:
    """Every slip and every released ballot of an office, read once."""

    slips: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    ballots: list[tuple[str, str, str, dict[str, int], bool]] = field(default_factory=list)
    satisfied: frozenset[int] = frozenset()

    @classmethod
    def of(cls, office) -> Rows:
        void = set(VoidMark.objects.values_list("ballot", flat=True))
        columns = ("period", "counter__name", "procedure__short_name", "channel", "state")
        slips_of = Slip.objects.filter(office=office, counter__isnull=False)
        slips = list(slips_of.values_list(*columns))
        ballots = [
            (period, counter, procedure, json.loads(answers), key in void)
            for key, period, counter, procedure, answers in Ballot.objects.filter(office=office).values_list(
                "pk", "period", "counter", "procedure", "answers"
            )
        ]
        scales = Criterion.objects.filter(version__in=slips_of.values("questionnaire")).values("scale")
        levels = Level.objects.filter(counts_as_satisfied=True, scale__in=scales)
        good = frozenset(levels.values_list("value", flat=True))
        return cls(slips, ballots, good)

    def tally(self, within: Callable[[str], bool], place: int = 0, name: str = "", code: str = "") -> Tally:
        """Of the periods ``within``, those with the name (slips) or code (ballots) at a place of the row."""
        found = Tally()
        for row in self.slips:
            if within(row[0]) and (not name or row[place] == name):
                found.issued += 1
                found.cancelled += row[4] == SlipState.CANCELLED
                found.returned += row[4] == SlipState.USED
        for row in self.ballots:
            if within(row[0]) and (not name or (place in (1, 2) and row[place] == code)):
                found.void += row[4]
                found.valid += not row[4]
                found.good += not row[4] and self.is_good(row[3])
        return found

    def is_good(self, answers: dict[str, int]) -> bool:
        told = [level for level in answers.values() if level is not None]
        return bool(told) and all(level in self.satisfied for level in told)


def of_slips(rows: Rows, within: Callable[[str], bool], channel: str | None) -> Tally:
    """The slips of one way of handing out, None: of all; what came of them in the box is known of all together alone."""
    slips = [row for row in rows.slips if within(row[0]) and channel in (None, row[3])]
    cancelled, returned = (
        sum(row[4] == state for row in slips) for state in (SlipState.CANCELLED, SlipState.USED)
    )
    return Tally(issued=len(slips), cancelled=cancelled, returned=returned)


# ── Reading ────────────────────────────────────────────────────────────────────────────

Cell = tuple[str, str, str]  # table, row, column


def of_csv(content: bytes) -> dict[Cell, tuple[str, str]]:
    """By cell, the number and what is printed."""
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return {
        (line["bang"], line["dong"], line["chi_tieu"]): (line["so"], line["chu_in"].removeprefix("'"))
        for line in lines
    }


def of_xlsx(content: bytes) -> dict[Cell, object]:
    """By cell, the value that the program finds; the heads are the row after which each table's rows stand."""
    found: dict[Cell, object] = {}
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        head: list[str] = []
        for row in sheet.iter_rows(values_only=True):
            filled = [value for value in row if value is not None]
            if not head and len(filled) > 1 and row[0] and row[1]:
                head = [str(value) for value in row if value]
            elif head and row[0] and row[1] is not None:
                for title, value in zip(head[1:], row[1:], strict=False):
                    found[sheet.title, str(row[0]), title] = value
    return found


def of_page(content: bytes, heading: str) -> dict[tuple[str, str], str]:
    """Of the first table under a heading's id, what is printed by row and column."""
    page = lxml.html.fromstring(content)
    [table] = page.xpath(f'//*[@aria-labelledby="{heading}"]//table')[:1]
    titles = [_text(cell) for cell in table.xpath("./thead/tr/th")]
    found = {}
    for row in table.xpath("./tbody/tr"):
        name, *cells = row.xpath("./th|./td")
        for title, cell in zip(titles[1:], cells, strict=False):
            found[_text(name), title] = _text(cell)
    return found


def of_rows(table) -> dict[str, list[str]]:
    """Of a table as lxml has it, each row's cells by its heading."""
    rows = [row.xpath("./th|./td") for row in table.xpath("./tbody/tr")]
    return {_text(name): [_text(cell) for cell in cells] for name, *cells in rows}


def of_docx(content: bytes, caption: str) -> Iterator[list[str]]:
    """The rows of the table whose rows hold a text."""
    for table in docx.Document(io.BytesIO(content)).tables:
        rows = [[cell.text.strip() for cell in row.cells] for row in table.rows]
        if any(caption in cell for row in rows for cell in row):
            yield from rows
            return


def of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def _text(element) -> str:
    """What one reads, without what stands below in small type."""
    parts = [element.text or ""]
    for child in element:
        if "below" not in (child.get("class") or ""):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return " ".join("".join(parts).split())


# ── Holding against the rows ───────────────────────────────────────────────────────────


def check(
    cells: dict[Cell, tuple[str, str]], table: str, row: str, truth: Tally, *, slips: bool = True
) -> int:
    """Every figure of one row; how many cells were held against the rows."""
    held = 0
    for (sheet, name, column), (number, printed) in cells.items():
        if (sheet, name) != (table, row) or not number:
            held += (sheet, name) == (table, row) and _has_reason(printed, truth)
            continue
        if column in OF_SLIPS and slips:
            assert int(number) == getattr(truth, OF_SLIPS[column]), (table, row, column, number, truth)
        elif column in OF_BALLOTS:
            assert int(number) == getattr(truth, OF_BALLOTS[column]), (table, row, column, number, truth)
        elif column in SHARES:
            part, whole = (getattr(truth, each) for each in SHARES[column][:2])
            steps = SHARES[column][2]
            assert abs(Decimal(number) - Decimal(part) / whole) < Decimal("1e-12"), (row, column)
            assert is_rounded(printed, Fraction(part, whole), steps), (row, column, printed)
        elif column in BOUNDS:
            asked = truth.issued - truth.cancelled
            ends = Fraction(truth.good, asked), 1 - Fraction(truth.bad, asked)
            gap = (ends[0] - Fraction(number), Fraction(number) - ends[1])[BOUNDS[column]]
            assert 0 <= gap < Fraction(1, 1000), (row, column, number)
        else:
            continue
        held += 1
    return held


def _has_reason(printed: str, truth: Tally) -> bool:
    """A figure that is not told: few, hidden along with few, a share without thirty ballots, nothing handed out."""
    if printed == "<10":
        assert truth.valid < 10
    elif printed == "dưới 30 phiếu":
        assert truth.valid < 30
    elif "/" in printed:
        assert int(printed.split("/")[1]) < 30
    else:
        assert printed in (NOTHING, "ẩn kèm", "chưa có phiếu", "chưa mở riêng", "chưa phát phiếu"), printed
    return True


def is_rounded(printed: str, share: Fraction, steps: int) -> bool:
    """Half up; of two shares to one decimal the smaller one, the larger is what is left."""
    if share in (0, 1):
        return printed == f"{100 * share}%"
    if steps == 1000 and 2 * share > 1:
        share = 1 - share
        text = Fraction(printed.split()[-1].removesuffix("%").replace(",", ".")) / 100
        return 1 - text == max(_half_up(share, steps), Fraction(1, steps))
    text = Fraction(printed.split()[-1].removesuffix("%").replace(",", ".")) / 100
    return text == min(max(_half_up(share, steps), Fraction(1, steps)), 1 - Fraction(1, steps))


def _half_up(share: Fraction, steps: int) -> Fraction:
    return Fraction(math.floor(share * steps + Fraction(1, 2)), steps)


def same(cells: dict[Cell, tuple[str, str]], workbook: dict[Cell, object]) -> int:
    """The workbook holds the very cells of the list: its numbers as numbers, its texts as they are printed."""
    for key, (number, printed) in cells.items():
        value = workbook[key]
        if isinstance(value, str):
            assert value == printed, (key, value, printed)
        else:
            assert abs(Decimal(str(value)) - Decimal(number)) < Decimal("1e-12"), (key, value, number)
    return len(cells)


def printed_alike(
    cells: dict[Cell, tuple[str, str]],
    table: str,
    page: dict[tuple[str, str], str],
    columns: dict[str, str],
    names: Iterable[str],
) -> int:
    """What a page prints is what the list prints; "–" may stand for a reason that is no figure."""
    held = 0
    for name in names:
        for title, column in columns.items():
            shown, (number, printed) = page[name, title], cells[table, name, column]
            assert shown == printed or (shown == NOTHING and not number), (table, name, title, shown, printed)
            held += 1
    return held
