"""How large a table may be, and what reading it may cost."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one file. Sizes in bytes, times in seconds, the rest are numbers of things.

    ``unpacked``, ``elements``, ``letters`` and ``cells`` hold for all parts of a workbook together and are counted on what
    really comes out of the packed stream; ``rows`` and ``cells`` count what has content, so that borders below a table cost
    only elements. ``answer``: what the child may hand back.
    """

    packed: int = 2 * MIB
    unpacked: int = 64 * MIB
    parts: int = 2_000
    elements: int = 2_000_000
    depth: int = 64
    sheets: int = 60
    rows: int = 20_000
    columns: int = 200
    cells: int = 200_000
    text: int = 32_767
    letters: int = 8_000_000
    answer: int = 32 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    memory: int = 512 * MIB

    def as_text(self) -> str:
        """One line for the child's command line."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Limits:
        """The limits of `as_text`."""
        return cls(**json.loads(text))


USUAL = Limits()
#: Rows above the heading (a title, a date) that a sheet may have beside ``rows``.
TITLE_ROWS = 20
