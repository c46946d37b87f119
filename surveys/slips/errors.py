"""Why a transaction was not logged or a slip not issued."""

from __future__ import annotations

from surveys.reference.errors import IssuingFact


class ReferenceConflict(IssuingFact):
    """The reference names another event already."""


class SecondSupplement(IssuingFact):
    """The dossier was sent back once before; the law allows one."""


class FinishedInFuture(IssuingFact):
    """The end lies more than two minutes ahead."""


class StartedInFuture(IssuingFact):
    """The start lies more than two minutes ahead."""


class FinishedBeforeStart(IssuingFact):
    """The end lies before the start."""


class CounterClosed(IssuingFact):
    """The counter takes no transactions on that day."""


class SlipNotReissuable(IssuingFact):
    """Cancellation was asked for, or the time to answer is over."""


class TooLateToUndo(IssuingFact):
    """An end is taken back within 60 seconds, and not once its slip is to be cancelled."""


class OnPaper(IssuingFact):
    """A slip on paper cannot be called back by a fresh code; it can only be cancelled."""


class FactsFixed(IssuingFact):
    """The transaction ended, had a slip, or belongs to another system."""
