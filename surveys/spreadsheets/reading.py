"""From the bytes of a file to a book of cells: what the child process does."""

from __future__ import annotations

from surveys.spreadsheets import delimited
from surveys.spreadsheets.archive import Archive, Budget
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import whole
from surveys.spreadsheets.file_kinds import about
from surveys.spreadsheets.limits import MIB, USUAL, Limits
from surveys.spreadsheets.markup import parse
from surveys.spreadsheets.workbook import frame_of
from surveys.spreadsheets.worksheet import WorksheetReader

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


def read(content: bytes, limits: Limits = USUAL) -> Book:
    """The sheets of a file. Raises `TableRefused`, and MemoryError where the process may have no more."""
    check(content, limits)
    if content.startswith((_ZIP, _EMPTY_ZIP)):
        return _workbook(content, limits)
    return Book((delimited.sheet_of(content, limits),))


def check(content: bytes, limits: Limits = USUAL) -> None:
    """What can be told without reading: too large, or no table of ours. Raises `TableRefused`."""
    if len(content) > limits.packed:
        raise whole(f"Tệp lớn quá {limits.packed // MIB} MB.")
    if not content.strip():
        raise whole("Tệp trống.")
    if sentence := about(content):
        raise whole(sentence)


def _workbook(content: bytes, limits: Limits) -> Book:
    budget = Budget(limits)
    archive = Archive(content, budget)
    frame = frame_of(archive, budget)
    sheets = []
    for place in frame.sheets:
        reader = WorksheetReader(place, frame, budget)
        parse(archive.pieces(place.part), reader, budget)
        sheets.append(reader.sheet())
    return Book(tuple(sheets))
