"""What may stand in the way of a word on signals."""

from __future__ import annotations


class StuffingFact(Exception):
    """Why nothing is entered."""


class ExplanationMissing(StuffingFact):
    """Two different signals are closed only after a written explanation."""


class CountNotPossible(StuffingFact):
    """The period has not begun yet, or is not one that the office counts by."""


class NotClosedYet(StuffingFact):
    """Slips of the period may still come back."""


class DrawnAlready(StuffingFact):
    """The list of a period is drawn once."""


class NothingToDraw(StuffingFact):
    """The period has no transactions."""
