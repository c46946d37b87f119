"""Dirt on a scanner's glass: a line at the same place of page after page. Creases lie elsewhere on every sheet."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.paper.scans.thresholds import (
    STREAK_PAGES,
    STREAK_SHARE_OF_PAGES,
    STREAK_STAYS,
)


def streaks_of(pages: Sequence[Sequence[float]]) -> list[float]:
    """Places (lines.Line.streak_at) of the streaks of a pile, from the lines of each page in the order of scanning."""
    found: list[float] = []
    for place in sorted({place for page in pages for place in page}):
        having = [
            number
            for number, page in enumerate(pages)
            if any(abs(each - place) <= STREAK_STAYS for each in page)
        ]
        long_enough = len(having) >= STREAK_PAGES and len(having) >= STREAK_SHARE_OF_PAGES * (
            having[-1] - having[0] + 1
        )
        if long_enough and not (found and abs(found[-1] - place) <= 2 * STREAK_STAYS):
            found.append(place)
    return found
