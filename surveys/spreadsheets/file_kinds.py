"""What a file is that is no table of ours, told by its first bytes whatever its name, and what to do with it."""

from __future__ import annotations

import re

_NO_TABLE = "Hãy gửi bảng ở dạng “.xlsx” hoặc CSV."
_COPY_OVER = "Hãy chép bảng sang Excel rồi lưu thành “.xlsx”."
_OLD_EXCEL = "Tệp kiểu Excel cũ (.xls). Mở bằng Excel rồi lưu thành “.xlsx”."
_WORD = f"Đây là tệp Word. {_COPY_OVER}"
_PACKED = "Đây là tệp nén. Hãy giải nén rồi gửi riêng bảng ở trong."
_PICTURE = f"Đây là ảnh. Hãy gõ bảng vào Excel; ảnh không đọc được. {_NO_TABLE}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINS = {
    b"{\\rtf": f"Đây là tệp RTF (văn bản). {_COPY_OVER}",
    b"\x09\x08\x10\x00": _OLD_EXCEL, b"\x09\x08\x08\x00": _OLD_EXCEL, b"\x09\x04\x06\x00": _OLD_EXCEL,
    b"\x09\x02\x06\x00": _OLD_EXCEL, b"\x09\x00\x04\x00": _OLD_EXCEL,
    b"Rar!\x1a\x07": _PACKED, b"7z\xbc\xaf\x27\x1c": _PACKED, b"\x1f\x8b": _PACKED, b"BZh": _PACKED, b"\xfd7zXZ\0": _PACKED,
    b"\x89PNG": _PICTURE, b"\xff\xd8\xff": _PICTURE, b"GIF8": _PICTURE, b"II*\0": _PICTURE, b"MM\0*": _PICTURE,
}  # fmt: skip
_WEB = re.compile(r"\s*<(?:html|!doctype html|table|meta|head|body|\?xml)|\s*mime-version:", re.IGNORECASE)
_JSON = re.compile(r'\s*(?:\{\s*"|\[\s*[{\[])')


def about(content: bytes) -> str:
    """The sentence for a file that is no workbook and no text; '' for what may be one of them."""
    if content.startswith(_OLE):
        return _about_ole(content)
    if sentence := next((words for start, words in _BEGINS.items() if content.startswith(start)), ""):
        return sentence
    if content[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif") or content[8:12] == b"WEBP":
        return _PICTURE
    if b"%PDF-" in content[:1_024]:
        return f"Đây là tệp PDF. {_NO_TABLE}"
    start = _text_of(content[:2_000])
    if _WEB.match(start):
        return "Tệp là trang web hoặc XML mang tên Excel. Mở bằng Excel rồi lưu thành “.xlsx”."
    return f"Đây là tệp JSON, không phải bảng. {_NO_TABLE}" if _JSON.match(start) else ""


def about_packed(names: list[str]) -> str:
    """The same of a ZIP that is no workbook, by the names of its parts in small letters."""
    if "content.xml" in names and "mimetype" in names:
        return "Tệp kiểu OpenDocument. Mở rồi lưu thành “.xlsx”."
    if any(name.startswith("word/") for name in names):
        return _WORD
    if any(name.startswith("ppt/") for name in names):
        return f"Đây là tệp PowerPoint. {_COPY_OVER}"
    if any(name.endswith(".iwa") for name in names):
        return "Tệp kiểu Numbers. Mở bằng Numbers rồi xuất thành “.xlsx”."
    return (
        _PACKED if any(re.search(r"\.[a-z]{3,4}$", name) for name in names) and _has_no_parts(names) else ""
    )


def _has_no_parts(names: list[str]) -> bool:
    return "[content_types].xml" not in names


def _text_of(start: bytes) -> str:
    """The first letters, whichever way they are written."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", "ignore")
    return start.decode("utf-8-sig", "ignore")


def _about_ole(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."
    return _WORD if "WordDocument".encode("utf-16-le") in content else _OLD_EXCEL
