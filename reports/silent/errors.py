"""Why nothing is drawn or closed."""

from __future__ import annotations


class SilentRefused(Exception):
    """A fact about a follow-up that stands in the way."""


class PeriodCorrected(SilentRefused):
    """A correction voided the follow-up."""


class TooLate(SilentRefused):
    """More than sixty days since the seal."""


class BeaconToCome(SilentRefused):
    """The public number is not drawn yet."""


class DrawnAlready(SilentRefused):
    """A follow-up is drawn once."""


class NotDrawn(SilentRefused):
    """Nobody is drawn yet."""


class AskedAlready(SilentRefused):
    """The totals stand."""


class TotalsDoNotFit(SilentRefused):
    """More answers than slips drawn."""


class TooFewReached(SilentRefused):
    """Of fewer than ten nothing is told."""


class ListChanged(SilentRefused):
    """The register's expired slips do not fit the published digest."""


class NotOfTheDrawn(SilentRefused):
    """A letter to a place that the draw does not have."""


class TooFewLetters(SilentRefused):
    """Of fewer than ten letters no answer could ever be told."""


class LettersSentAlready(SilentRefused):
    """Letters go once, and not after the totals."""


class TooLateForLetters(SilentRefused):
    """Less than a week would be left to answer."""


class LettersOut(SilentRefused):
    """The letters may still be answered, or are not counted yet."""


class TooFewTelephoned(SilentRefused):
    """The letters count by themselves; of fewer than ten calls nothing is told."""
