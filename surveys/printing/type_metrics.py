"""Widths of Liberation Serif, which are those of Times New Roman: where a line of text breaks is known without setting it.

Advance widths in thousandths of an em from the `hmtx` tables of static/fonts/liberation. A Vietnamese letter is as wide as
the letter beneath its accents, except the horned ones and đ, which stand in the table.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

POINT = 25.4 / 72  # millimetres
FIRST = 32  # the code of the first width


class Face(StrEnum):
    REGULAR = "regular"
    BOLD = "bold"
    ITALIC = "italic"


# fmt: off
WIDTHS: dict[Face, tuple[int, ...]] = {
    Face.REGULAR: (
        250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500,
        500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722,
        556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500,
        500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
    ),
    Face.BOLD: (
        250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500,
        500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944, 722, 778,
        611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500,
        556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
    ),
    Face.ITALIC: (
        250, 333, 420, 500, 500, 833, 778, 214, 333, 333, 500, 675, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500,
        500, 500, 333, 333, 675, 675, 675, 500, 920, 611, 611, 667, 722, 611, 611, 722, 722, 333, 444, 667, 556, 833, 667, 722,
        611, 722, 611, 500, 556, 722, 611, 833, 611, 556, 556, 389, 278, 389, 422, 500, 333, 500, 500, 444, 500, 444, 278, 500,
        500, 278, 278, 444, 278, 722, 500, 500, 500, 500, 389, 389, 278, 500, 444, 667, 444, 444, 389, 400, 275, 400, 541,
    ),
}
# fmt: on
OTHERS: dict[str, tuple[int, int, int]] = {
    "đ": (500, 556, 500),
    "Đ": (722, 722, 722),
    "ơ": (529, 554, 534),
    "Ơ": (722, 778, 722),
    "ư": (542, 600, 545),
    "Ư": (776, 796, 754),
    "–": (500, 500, 500),
    "·": (333, 333, 250),
    "…": (1000, 1000, 889),
    "“": (444, 500, 556),
    "”": (444, 500, 556),
    "’": (333, 333, 333),
}
HORN = "\u031b"
#: Of a letter that no table knows: as wide as the widest, so that a line is never too long for its place.
UNKNOWN = 1000


def width(text: str, face: Face, points: float) -> float:
    """Millimetres that the text takes in one line."""
    return (
        sum(_advance(letter, face) for letter in unicodedata.normalize("NFC", text)) / 1000 * points * POINT
    )


def wrap(text: str, face: Face, points: float, room: float) -> tuple[str, ...]:
    """The text in lines of at most ``room`` millimetres, broken at spaces; a word wider than that stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", face, points) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _advance(letter: str, face: Face) -> int:
    base, *accents = list(unicodedata.normalize("NFD", letter))
    if HORN in accents:
        base = unicodedata.normalize("NFC", base + HORN)
    if base in OTHERS:
        return OTHERS[base][tuple(Face).index(face)]
    place = ord(base) - FIRST
    return WIDTHS[face][place] if 0 <= place < len(WIDTHS[face]) else UNKNOWN
