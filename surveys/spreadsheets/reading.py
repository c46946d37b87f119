"""From the bytes of a file to a book of cells: what the child process does."""

from __future__ import annotations

from surveys.spreadsheets import delimited
from surveys.spreadsheets.archive import Archive, Budget
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import whole
from surveys.spreadsheets.limits import MIB, USUAL, Limits
from surveys.spreadsheets.markup import parse
from surveys.spreadsheets.workbook import frame_of
from surveys.spreadsheets.worksheet import WorksheetReader

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BIFF = (
    b"\x09\x08\x10\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x00\x04\x00",
)


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
    if content.startswith(_OLE):
        raise whole(_about_ole(content))
    if content.startswith(_OLD_BIFF):
        raise whole(_OLD_EXCEL)
    if content.startswith(b"%PDF"):
        raise whole("Đây là tệp PDF. Hãy gửi bảng ở dạng “.xlsx” hoặc CSV.")
    start = content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"mime-version:")):
        raise whole("Tệp là trang web hoặc XML mang tên Excel. Mở bằng Excel rồi lưu thành “.xlsx”.")


_OLD_EXCEL = "Tệp kiểu Excel cũ (.xls). Mở bằng Excel rồi lưu thành “.xlsx”."


def _about_ole(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."
    if "WordDocument".encode("utf-16-le") in content:
        return "Đây là tệp Word. Hãy chép bảng sang Excel rồi lưu thành “.xlsx”."
    return _OLD_EXCEL


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
