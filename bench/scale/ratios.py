"""The same pages over few ballots and over many, as ratios of processor time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.scale.pages import FIRST_AT_HOME
from bench.scale.place import Place

#: A page over many ballots may cost so many times what it costs over few.
MOST = 1.2
TURNS = 5
PAGES = {
    "scale-pages": (
        "month page, sealed", "year page, sealed", "month page, running", "national page, sealed",
        "national page, running", "head office's home", FIRST_AT_HOME, "counting room", "teller's list", "receipt check",
    ),
    "scale-public": ("front page", "public index", "public office", "public month"),
}  # fmt: skip


def by_turns(receipts: Mapping[Place, str]) -> dict[Place, dict[str, float]]:
    """Seconds of processor by page, the best of some turns, since a slow minute of the machine then meets all places.
    ``receipts``: of each place the one that its receipt page is asked about."""
    asked = [
        {place: place.ask("bench.scale.pages", receipt) for place, receipt in receipts.items()}
        for _turn in range(TURNS)
    ]
    return {place: least([turn[place] for turn in asked]) for place in receipts}


def least(turns: Sequence[dict[str, float]]) -> dict[str, float]:
    """The best of some turns, by page."""
    return {name: min(turn[name] for turn in turns) for name in turns[0]}


def decimal(value: float, places: int = 2) -> str:
    """3,14"""
    return f"{value:.{places}f}".replace(".", ",")
