"""Dirt on a scanner's glass: a line at the same place of page after page. Creases lie elsewhere on every sheet."""

from __future__ import annotations

from collections.abc import Sequence

SAME = 0.5  # mm within which a streak stays
LEAST_PAGES = 3
LEAST_SHARE = 0.6  # of the pages from the first to the last that has it


def streaks_of(pages: Sequence[Sequence[float]]) -> list[float]:
    """Places (lines.Line.streak_at) of the streaks of a pile, from the lines of each page in the order of scanning."""
    found: list[float] = []
    for place in sorted({place for page in pages for place in page}):
        having = [
            number for number, page in enumerate(pages) if any(abs(each - place) <= SAME for each in page)
        ]
        long_enough = len(having) >= LEAST_PAGES and len(having) >= LEAST_SHARE * (having[-1] - having[0] + 1)
        if long_enough and not (found and abs(found[-1] - place) <= 2 * SAME):
            found.append(place)
    return found
