"""A document as plain data: what it says, in order. PDF and DOCX are two renderings of it, so their words cannot differ.

Figures arrive printed (reports.month.figures); nothing here computes. Lengths are millimetres.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from reports.exports.drawing import Drawing
from surveys.vietnamese import clean_text

LEFT, CENTRE, RIGHT = "left", "centre", "right"
WHOLE_UP_TO = 10  # rows
_ENDLESS = re.compile(r"\S{64}(?=\S)")
T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    text: str
    side: str = LEFT
    bold: bool = False
    across: int = 1
    down: int = 1


@dataclass(frozen=True)
class Table:
    """``head`` and ``rows`` are rows of cells; in ``head`` a cell may reach down. ``widths``: one a column, sum 165."""

    caption: str
    unit: str  # behind the caption, in italics
    widths: tuple[int, ...]
    head: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page."""
        return len(self.rows) <= WHOLE_UP_TO


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    text: str

    @property
    def announces(self) -> bool:
        """Whether it ends in a colon, and so stays on the page of what follows."""
        return self.text.endswith(":")


@dataclass(frozen=True)
class Basis:
    """One line of *căn cứ*, in italics."""

    text: str


@dataclass(frozen=True)
class Chart:
    caption: str
    unit: str
    drawing: Drawing
    said: str  # the sentence for those who do not see it


Block = Heading | Paragraph | Basis | Table | Chart


@dataclass(frozen=True)
class Signer:
    """Who signs: the lines of authority and office, and the names beside each other below."""

    lines: tuple[str, ...]
    names: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class SealMark:
    """The seal's code as text and as QR; ``address`` is what the QR holds."""

    code: str
    address: str
    before: str
    after: str


@dataclass(frozen=True)
class Attached:
    """A file that the PDF carries with it; ``said`` tells what it is."""

    name: str
    said: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document in the layout of Nghị định 30/2020/NĐ-CP. ``dated`` goes into the files' properties."""

    name: str  # of the file
    heading: str  # BIÊN BẢN, BÁO CÁO
    subject: tuple[str, ...]
    parent: tuple[str, ...]
    issuer: tuple[str, ...]
    number: str
    place_and_date: str  # '' on minutes
    replaces: str
    sent_to: str
    blocks: tuple[Block, ...]
    signers: tuple[tuple[Signer, ...], ...]  # rows of blocks side by side
    recipients: tuple[str, ...]
    recipients_beside: bool  # beside the only signature, or under all of them
    seal: SealMark | None
    watermark: str
    author: str
    dated: datetime
    attached: tuple[Attached, ...] = ()  # of the PDF

    @property
    def title(self) -> str:
        """One line for the file's properties."""
        return " ".join((self.heading.capitalize(), *self.subject))


def cleaned(value: T) -> T:
    """The same content with every text fit to be printed: NFC, one line, no control or direction marks."""
    return with_each_text(value, lambda text: clean_text(text).replace("\n", " "))


def breakable(value: T) -> T:
    """The same content with a place to break after every 64 letters without a blank.

    Setting one word of 40.000 letters would take a minute; nobody's word is that long.
    """
    return with_each_text(value, lambda text: _ENDLESS.sub(lambda run: f"{run[0]}\u200b", text))


def with_each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_each_text(each, change) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: with_each_text(getattr(value, field.name), change) for field in fields(value)}
        return replace(value, **changed)
    return value


def words_of(document: Document) -> Iterator[str]:
    """Every text of the document in reading order, as a reader of either rendering must find it."""
    yield from (
        *document.parent,
        *document.issuer,
        document.number,
        document.place_and_date,
        document.heading,
        *document.subject,
    )
    yield from (document.replaces, document.sent_to)
    for block in document.blocks:
        yield from _words_of_block(block)
    signed = [word for row in document.signers for signer in row for word in (*signer.lines, *signer.names)]
    yield from (
        (*document.recipients, *signed) if document.recipients_beside else (*signed, *document.recipients)
    )
    if document.seal:
        yield from (document.seal.before, document.seal.code, document.seal.after)


def _words_of_block(block: Block) -> Iterable[str]:
    if isinstance(block, Table):
        cells = (cell.text for row in (*block.head, *block.rows) for cell in row)
        return (block.caption, block.unit, *cells, *block.notes)
    return (block.caption, block.unit) if isinstance(block, Chart) else (block.text,)


# ── Tables of figures ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Figure:
    """One figure: what is printed, and the number it is; None where no number is told."""

    text: str
    number: int | Decimal | None = None

    @property
    def is_share(self) -> bool:
        return isinstance(self.number, Decimal)


@dataclass(frozen=True)
class Sheet:
    """A table of figures: the first column names the rows, ``columns`` the others."""

    code: str
    title: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Workbook:
    name: str
    title: str
    office: str
    stretch: str
    state: str
    seal_code: str
    sources: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    dated: datetime


# ── The poster ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Deed:
    """What was said, what became of it ("Đã làm"), what was done, and until or since when."""

    said: str
    state: str
    done: str
    day: str


@dataclass(frozen=True, kw_only=True)
class Poster:
    """For the wall beside the counter.

    ``dots``: the sign of each of a hundred; empty where shares are not told, or where the room is needed for deeds:
    then the ``figures`` stand there, with the ``lead`` where it says why some are missing.
    """

    name: str
    title: tuple[str, ...]
    stretch: str
    office: str
    department: str
    lead: str
    lead_stands_alone: bool
    figures: tuple[tuple[str, str], ...]  # the number, what it counts
    dots: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]  # the sign, what it stands for
    small: str
    deeds_title: str
    deeds: tuple[Deed, ...]
    no_deeds: str
    foot: str
    seal: SealMark | None
    sealed: str
    watermark: str
    dated: datetime
