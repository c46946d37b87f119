"""What may stand in the way of a word on signals."""

from __future__ import annotations


class StuffingRefused(Exception):
    """Why nothing is entered."""


class ExplanationMissing(StuffingRefused):
    """Two different signals are closed only after a written explanation."""


class CountNotPossible(StuffingRefused):
    """The period has not begun yet, or is not one that the office counts by."""


class NotClosedYet(StuffingRefused):
    """Slips of the period may still come back."""


class DrawnAlready(StuffingRefused):
    """The list of a period is drawn once."""


class NothingToDraw(StuffingRefused):
    """The period has no transactions."""
