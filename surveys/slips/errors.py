"""Why a transaction was not logged or a slip not issued."""

from __future__ import annotations

from surveys.reference.errors import IssuingRefused


class ReferenceConflict(IssuingRefused):
    """The reference names another event already."""


class SecondSupplement(IssuingRefused):
    """The dossier was sent back once before; the law allows one."""


class FinishedInFuture(IssuingRefused):
    """The end lies more than two minutes ahead."""


class StartedInFuture(IssuingRefused):
    """The start lies more than two minutes ahead."""


class FinishedBeforeStart(IssuingRefused):
    """The end lies before the start."""


class CounterClosed(IssuingRefused):
    """The counter takes no transactions on that day."""


class SlipNotReissuable(IssuingRefused):
    """Cancellation was asked for, or the time to answer is over."""


class TooLateToUndo(IssuingRefused):
    """An end is taken back within 60 seconds, and not once its slip is to be cancelled."""


class OnPaper(IssuingRefused):
    """A slip on paper cannot be called back by a fresh code; it can only be cancelled."""


class FactsFixed(IssuingRefused):
    """The transaction ended, had a slip, or belongs to another system."""
