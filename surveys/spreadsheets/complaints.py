"""What is wrong with a table: by sheet, row and column, with the cell's text and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Complaint:
    """One thing to mend.

    ``row`` as the program that shows the table counts it, 0 for the whole file; ``column`` the heading, '' for the
    whole row; ``letter`` the column's letter; ``text`` what the cell shows; ``question`` names what a confirmation
    may answer ('' when only another file helps).
    """

    row: int
    column: str
    words: str
    sheet: str = ""
    letter: str = ""
    text: str = ""
    question: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words: "trang “So”, ô C2"; '' for the whole file."""
        sheet = f"trang “{self.sheet}”" if self.sheet else ""
        if not self.row:
            return sheet
        spot = f"ô {self.letter}{self.row}" if self.letter else f"dòng {self.row}"
        return f"{sheet}, {spot}" if sheet else spot

    def __str__(self) -> str:
        named = ": ".join(each for each in (self.place, self.column) if each)
        shown = f" (“{self.text}”)" if self.text else ""
        return f"{named}{shown}: {self.words}" if named else self.words


class TableRefused(Exception):
    """Nothing was stored; ``complaints`` in the order of the table."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("; ".join(str(each) for each in complaints[:3]))
        self.complaints = list(complaints)

    @property
    def questions(self) -> frozenset[str]:
        """What would have to be confirmed for the table to be taken; empty when a confirmation is not enough."""
        asked = frozenset(each.question for each in self.complaints)
        return frozenset() if "" in asked else asked


def whole(words: str) -> TableRefused:
    """The refusal of a whole file."""
    return TableRefused([Complaint(0, "", words)])


def grouped(n: int) -> str:
    """3809 → "3.809"."""
    return f"{n:,}".replace(",", ".")
