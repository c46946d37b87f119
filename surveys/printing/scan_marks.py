"""The places on a paper ballot that a machine looks for: corner marks, code, boxes. Printer and reader share this module.

Lengths are millimetres from the upper end of the tear line, right and down: the stub lies to the left, at negative x.
Nothing here tells one ballot of a form from another: the marks of the upper and the lower ballot of a page are the same.
Sources: ArUco dictionary 4X4_50 of OpenCV; ISO/IEC 18004 for the code.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

STUB = 57.0  # width of the stub, to the left of the tear line
WIDTH = 153.0  # of the ballot
HALF, WHOLE = 148.5, 297.0  # height of a ballot on half a page of A4, and on a whole one
BOX = 8.0
MARK = 7.0
MARK_FROM_EDGE = 5.0
MARK_QUIET = 1.5
CODE_MODULE = 0.5
CODE_QUIET = 2.0
CODE_VERSION = 2  # 25 modules a side: room for 38 letters at level M
CODE_SIDE = 25 * CODE_MODULE
PREFIX = "KB3"

#: White cells of the four marks, ids 0 to 3, rows of 4 × 4 inside a black border of one cell; clockwise from the upper left.
MARK_CELLS = (
    ("1011", "0101", "0011", "0010"),
    ("0000", "1111", "1001", "1010"),
    ("0011", "0011", "0010", "1101"),
    ("1001", "1001", "0100", "0110"),
)


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def grown(self, by: float) -> Rect:
        return Rect(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)


@dataclass(frozen=True)
class BoxPlace:
    """A box and the level that a mark in it means."""

    level: int
    rect: Rect


@dataclass(frozen=True)
class RowPlace:
    """One criterion: the cell row that must be clean beside the one mark, and its boxes from left to right."""

    criterion: str
    rect: Rect
    boxes: tuple[BoxPlace, ...]


@dataclass(frozen=True)
class BallotForm:
    """One printed form. ``code`` is what its QR says, '' where it bears neither code nor corner marks."""

    code: str
    height: float
    rows: tuple[RowPlace, ...]
    comment: Rect
    qr: Rect

    @property
    def marks(self) -> tuple[Rect, ...]:
        """The four corner marks, ids 0 to 3; none on a form from before they were printed."""
        return mark_places(self.height) if self.code else ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> BallotForm:
        facts = json.loads(text)
        rows = tuple(
            RowPlace(
                row["criterion"],
                Rect(**row["rect"]),
                tuple(BoxPlace(box["level"], Rect(**box["rect"])) for box in row["boxes"]),
            )
            for row in facts["rows"]
        )
        return cls(facts["code"], facts["height"], rows, Rect(**facts["comment"]), Rect(**facts["qr"]))


def mark_places(height: float) -> tuple[Rect, ...]:
    """Clockwise from the upper left."""
    left = top = MARK_FROM_EDGE
    right, bottom = WIDTH - MARK_FROM_EDGE - MARK, height - MARK_FROM_EDGE - MARK
    return tuple(
        Rect(x, y, MARK, MARK) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
    )


def form_code(*, version: int, office: str, content: str) -> str:
    """What the QR of every ballot of one form says: questionnaire version, office, and a digest of all that is printed.

    Letters of the QR's alphanumeric set only. An office code too long for the symbol is told by its digest.
    """
    digest = sha256(content.encode()).hexdigest()[:6].upper()
    if len(office) > 16:
        office = sha256(office.encode()).hexdigest()[:12].upper()
    return f"{PREFIX}/{version}/{office}/{digest}"


def parse_code(text: str) -> tuple[int, str] | None:
    """(questionnaire version, office code) of a code of ours, or None."""
    parts = text.split("/")
    if len(parts) != 4 or parts[0] != PREFIX or not parts[1].isdecimal():
        return None
    return int(parts[1]), parts[2]
