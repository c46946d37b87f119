"""The words in the cells of an XLSX file, sheet by sheet; nothing is computed and nothing outside the file is opened."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

MOST_UNPACKED = 5_000_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile("[A-Z]+")


class NotAWorkbook(Exception):
    """The content is no XLSX file, or is larger than any that is typed by hand."""


def read(content: bytes, *, most_rows: int) -> dict[str, list[list[str]]]:
    """Sheet name to rows of texts; an empty cell is ''. Raises `NotAWorkbook`."""
    try:
        with ZipFile(BytesIO(content)) as file:
            if sum(member.file_size for member in file.infolist()) > MOST_UNPACKED:
                raise NotAWorkbook("too large")
            return _read(file, most_rows)
    except (BadZipFile, KeyError, IndexError, ValueError, etree.XMLSyntaxError) as error:
        raise NotAWorkbook("no workbook") from error


def _read(file: ZipFile, most_rows: int) -> dict[str, list[list[str]]]:
    shared = []
    if "xl/sharedStrings.xml" in file.namelist():
        shared = [_words(item) for item in _parsed(file, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]
    targets = {one.get("Id"): one.get("Target") for one in _parsed(file, "xl/_rels/workbook.xml.rels")}
    sheets = {}
    for sheet in _parsed(file, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)].removeprefix("/").removeprefix("xl/")
        rows = _parsed(file, f"xl/{target}").iter(f"{_MAIN}row")
        sheets[sheet.get("name")] = [
            _row(row, shared) for row, _n in zip(rows, range(most_rows), strict=False)
        ]
    return sheets


def _row(row, shared: list[str]) -> list[str]:
    cells: dict[int, str] = {}
    for position, cell in enumerate(row.iter(f"{_MAIN}c")):
        column = _number(cell.get("r")) if cell.get("r") else position
        cells[column] = _text(cell, shared)
    return [cells.get(column, "") for column in range(min(max(cells, default=-1) + 1, 100))]


def _text(cell, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _words(cell)
    value = cell.findtext(f"{_MAIN}v", "")
    if cell.get("t") == "s":
        return shared[int(value)]
    return value.removesuffix(".0")


def _words(element) -> str:
    """The text runs of an element; readings beside the letters are left out."""
    return "".join(
        t.text or "" for t in element.iter(f"{_MAIN}t") if t.getparent().tag != f"{_MAIN}rPh"
    ).strip()


def _number(reference: str) -> int:
    number = 0
    for letter in _COLUMN.match(reference)[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _parsed(file: ZipFile, name: str):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(file.read(name), parser)
