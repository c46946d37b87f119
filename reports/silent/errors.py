"""Why nothing is drawn or closed."""

from __future__ import annotations


class SilentFact(Exception):
    """A fact about a follow-up that stands in the way."""


class PeriodCorrected(SilentFact):
    """A correction voided the follow-up."""


class TooLate(SilentFact):
    """More than sixty days since the seal."""


class BeaconToCome(SilentFact):
    """The public number is not drawn yet."""


class DrawnAlready(SilentFact):
    """A follow-up is drawn once."""


class NotDrawn(SilentFact):
    """Nobody is drawn yet."""


class AskedAlready(SilentFact):
    """The totals stand."""


class TotalsDoNotFit(SilentFact):
    """More answers than slips drawn."""


class TooFewReached(SilentFact):
    """Of fewer than ten nothing is told."""


class ListChanged(SilentFact):
    """The register's expired slips do not fit the published digest."""


class NotOfTheDrawn(SilentFact):
    """A letter to a place that the draw does not have."""


class TooFewLetters(SilentFact):
    """Of fewer than ten letters no answer could ever be told."""


class LettersSentAlready(SilentFact):
    """Letters go once, and not after the totals."""


class TooLateForLetters(SilentFact):
    """Less than a week would be left to answer."""


class LettersOut(SilentFact):
    """The letters may still be answered, or are not counted yet."""


class TooFewTelephoned(SilentFact):
    """The letters count by themselves; of fewer than ten calls nothing is told."""
