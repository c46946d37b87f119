"""Text of cells as people see it: without what no screen shows, on one line."""

from __future__ import annotations

import re
from unicodedata import normalize

#: Formatting characters (Unicode category Cf), variation selectors, the grapheme joiner: they are on no screen.
_INVISIBLE = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
#: Braille blank, Hangul fillers: blanks on every screen and none for `str.split`.
_BLANK_LOOKING = "\u2800\u3164\uffa0\u115f\u1160"
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# Halves of surrogate pairs and code points that Unicode promises never to be characters.
_NO_CHARACTER = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_TAKEN_AWAY = re.compile(f"[{_INVISIBLE}{_NO_CHARACTER}]")
_MADE_BLANK = re.compile(f"[{_BLANK_LOOKING}{_CONTROL}]|_x(?:000[9AaDd]|005[Ff]|200[B-Db-d]|2060|FEFF|feff)_")
_HIDDEN = re.compile(f"[{_INVISIBLE}{_BLANK_LOOKING}]")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """XLSX writes control characters as _xHHHH_ (ECMA-376 part 1, ST_Xstring)."""
    return _ESCAPE.sub(lambda found: _letter(int(found[1], 16)), text) if "_x" in text else text


def visible(text: str) -> str:
    """NFC, one line, single blanks; no invisible, control or formatting character and no escape of one.

    Private use and unassigned characters stay: they are seen, if only as a box.
    """
    return normalize("NFC", " ".join(_TAKEN_AWAY.sub("", _MADE_BLANK.sub(" ", text)).split()))


def has_invisible(text: str) -> bool:
    """Whether `visible` takes away more than blanks and line breaks."""
    return bool(_HIDDEN.search(text))


def _letter(code: int) -> str:
    return "" if 0xD800 <= code <= 0xDFFF else chr(code)
