"""The frame of an XLSX workbook: its sheets and their state, shared texts, number formats and fonts.

Source: ECMA-376 part 1, chapters 12 and 18; both its namespaces, transitional and strict, are read alike.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from surveys.spreadsheets.archive import Archive, Budget, broken, resolved, too_many_letters
from surveys.spreadsheets.cleaning import unescape
from surveys.spreadsheets.complaints import TableRefused, whole
from surveys.spreadsheets.file_kinds import about_packed
from surveys.spreadsheets.markup import PartReader, attribute, is_true, parse, whole_number
from surveys.spreadsheets.number_formats import BUILT_IN, GENERAL

_MOST_STYLES = 65_500
_MOST_SHARED_LETTERS = 16_000_000


@dataclass(frozen=True)
class SheetPart:
    """Where a sheet stands in the file."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Style:
    """What a cell's style says that matters: the number format's code, the font's name."""

    format: str = GENERAL
    font: str = ""


@dataclass(frozen=True)
class Frame:
    """``recalculates``: stored results of formulas are not to be believed, the program that wrote them said so."""

    sheets: list[SheetPart]
    shared: list[str]
    styles: list[Style] = field(default_factory=list)
    since_1904: bool = False
    recalculates: bool = False

    def style(self, index: str) -> Style:
        if not index:
            return self.styles[0] if self.styles else Style()
        number = whole_number(index, most=_MOST_STYLES)
        return self.styles[number] if number < len(self.styles) else Style()


def frame_of(archive: Archive, budget: Budget) -> Frame:
    """Read everything but the sheets' own parts. Raises `TableRefused`."""
    part = _main_part(archive, budget)
    if part.endswith(".bin"):
        raise whole("Tệp kiểu .xlsb. Mở bằng Excel rồi lưu thành “.xlsx”.")
    main = _MainReader()
    parse(archive.pieces(part), main, budget)
    folder, name = posixpath.split(part)
    links = _links(archive, budget, f"{folder}/_rels/{name}.rels", folder)
    sheets = []
    for title, link, hidden in main.sheets:
        kind, target = links.get(link, ("", ""))
        if kind == "worksheet":
            sheets.append(SheetPart(title, target, hidden))
    if len(sheets) > budget.limits.sheets:
        raise whole(f"Tệp có quá {budget.limits.sheets} trang tính.")
    by_kind = dict(links.values())
    shared, styles = _SharedReader(budget.limits.text), _StylesReader()
    if by_kind.get("sharedStrings", "") in archive:
        parse(archive.pieces(by_kind["sharedStrings"]), shared, budget)
    if by_kind.get("styles", "") in archive:
        parse(archive.pieces(by_kind["styles"]), styles, budget)
    return Frame(sheets, shared.texts, styles.styles, main.since_1904, main.recalculates)


def _main_part(archive: Archive, budget: Budget) -> str:
    if "_rels/.rels" not in archive:
        raise _other_zip(archive)
    links = _links(archive, budget, "_rels/.rels", "")
    part = next((target for kind, target in links.values() if kind == "officeDocument"), "")
    if not part or part.startswith("word/") or part.startswith("ppt/"):
        raise _other_zip(archive)
    return part


def _other_zip(archive: Archive) -> TableRefused:
    sentence = about_packed(archive.names)
    return whole(sentence) if sentence else broken()


def _links(archive: Archive, budget: Budget, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Relationship's id → (the last word of its type, the part); what lies outside the file is left out."""
    reader = _LinksReader()
    parse(archive.pieces(part), reader, budget)
    return {link: (kind, resolved(target, folder)) for link, kind, target in reader.links}


class _LinksReader(PartReader):
    def __init__(self) -> None:
        self.links: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.links.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))


class _MainReader(PartReader):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.since_1904 = self.recalculates = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", "")[:60], attribute(attributes, "id"), hidden))
        elif name == "workbookPr":
            self.since_1904 = is_true(attributes.get("date1904", ""))
        elif name == "calcPr":
            self.recalculates = is_true(attributes.get("fullCalcOnLoad", ""))


class _SharedReader(PartReader):
    """Shared texts, each cut behind the limit so that the sheet's reader sees that it is too long."""

    def __init__(self, longest: int) -> None:
        self.texts: list[str] = []
        self._longest = longest
        self._pieces: list[str] = []
        self._inside = self._phonetic = False
        self._size = self._total = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces, self._size = [], 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._inside = not self._phonetic

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append(unescape("".join(self._pieces))[: self._longest + 1])
        elif name == "rPh":
            self._phonetic = False
        elif name == "t":
            self._inside = False

    def text(self, words: str) -> None:
        if self._inside and self._size <= self._longest * 7:  # a letter may be written as _xHHHH_
            self._pieces.append(words)
            self._size += len(words)
            self._total += len(words)
            if self._total > _MOST_SHARED_LETTERS:
                raise too_many_letters()


class _StylesReader(PartReader):
    def __init__(self) -> None:
        self.styles: list[Style] = []
        self._codes: dict[str, str] = {str(number): code for number, code in BUILT_IN.items()}
        self._fonts: list[str] = []
        self._in_fonts = self._in_formats = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and len(self._codes) < _MOST_STYLES:
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", GENERAL)[:255]
        elif name in ("fonts", "cellXfs"):
            self._in_fonts, self._in_formats = name == "fonts", name == "cellXfs"
        elif name == "font" and self._in_fonts and len(self._fonts) < _MOST_STYLES:
            self._fonts.append("")
        elif name == "name" and self._in_fonts and self._fonts:
            self._fonts[-1] = attributes.get("val", "")[:60]
        elif name == "xf" and self._in_formats and len(self.styles) < _MOST_STYLES:
            font = attributes.get("fontId", "")
            known = font.isascii() and font.isdigit() and len(font) < 7 and int(font) < len(self._fonts)
            code = self._codes.get(attributes.get("numFmtId", "0"), GENERAL)
            self.styles.append(Style(code, self._fonts[int(font)] if known else ""))

    def end(self, name: str) -> None:
        if name == "fonts":
            self._in_fonts = False
        elif name == "cellXfs":
            self._in_formats = False
