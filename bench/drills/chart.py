"""Plain SVG for the documentation: bars beside their names, legible on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, NAME, ROW, TOP, SIZE = 720, 220, 34, 44, 15


@dataclass(frozen=True)
class Bar:
    """``figure`` is what is printed at its end."""

    name: str
    value: float
    figure: str


def bars(title: str, rows: Sequence[Bar]) -> str:
    """An SVG document, the longest bar over the whole width."""
    most = max(row.value for row in rows) or 1.0
    room = WIDTH - NAME - 110
    height = TOP + ROW * len(rows) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'font-family="sans-serif" font-size="{SIZE}">',
        "<style>text{fill:#1f2328}rect{fill:#1a5fb4}@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#78aeed}}</style>",
        f'<text x="0" y="22" font-weight="bold">{escape(title)}</text>',
    ]
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        length = max(1.0, room * row.value / most)
        parts += [
            f'<text x="{NAME - 10}" y="{y + 20}" text-anchor="end">{escape(row.name)}</text>',
            f'<rect x="{NAME}" y="{y + 5}" width="{length:.1f}" height="{ROW - 12}" rx="2"/>',
            f'<text x="{NAME + length + 8:.1f}" y="{y + 20}">{escape(row.figure)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
