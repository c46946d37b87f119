"""What may stand in the way of a seal."""

from __future__ import annotations

from surveys.accounts.two_persons import ActRefused
from surveys.periods import Period


class SealingRefused(ActRefused):
    """Why nothing is signed now."""


class NotInTheTeam(SealingRefused):
    """Not of the counting team of this box, or a teller."""


class NotClosed(SealingRefused):
    """The closing mix has not been."""


class PaperPending(SealingRefused):
    """A pile is being keyed."""


class BoxNotEmpty(SealingRefused):
    """Ballots of the period wait for a mix."""


class DecisionPending(SealingRefused):
    """A damaged row waits for its second person."""


class DifferencesWithoutNote(SealingRefused):
    """A difference has no note yet."""


class CountsDoNotAddUp(SealingRefused):
    """An identity is broken, or the ledger is not what the mixes signed: the inspector is told, nothing is sealed."""

    def __init__(self, broken: list[str]) -> None:
        super().__init__("; ".join(broken))
        self.broken = broken


class EarlierPeriodUnsealed(SealingRefused):
    """Months seal in order."""

    def __init__(self, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class NotSealed(SealingRefused):
    """There is nothing to publish yet."""


class AlreadySealed(SealingRefused):
    """A sealed period never changes; a correction needs a reason."""


class NothingToCorrect(SealingRefused):
    """Nothing came to the period since its last version."""


class BadReason(SealingRefused):
    """A reason is one line of at most 200 characters; a first version has none."""
