"""What may stand in the way of a pile."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from surveys.accounts.two_persons import ActRefused


class PaperRefused(ActRefused):
    """Why the pile is not taken further."""


class MayNotCount(PaperRefused):
    """Not of this box's counting team, by role or lent to it, or a teller: who hands out ballots must not count them."""


class CounterOfAnotherOffice(PaperRefused):
    """The counter feeds another box."""


class PeriodClosed(PaperRefused):
    """The closing mix has been; paper that turns up now is a correction."""


class NotClosedYet(PaperRefused):
    """A late pile of a period that is not closed: its paper is entered as any other."""


class TooManyPatterns(PaperRefused):
    """The questionnaire has more ways to answer than can be counted by hand."""


class PileEnded(PaperRefused):
    """The pile is in the box, or was given up."""


class TwoKeyAlready(PaperRefused):
    """Two others key this pile."""


class SecondMissing(PaperRefused):
    """Both must have keyed to the end, and one person counts once."""


class NotAKeyer(PaperRefused):
    """Only the two who keyed compare and confirm."""


class StillDifferent(PaperRefused):
    """The two have not keyed the same."""


class ChangedMeanwhile(PaperRefused):
    """What the page showed is not what stands now."""


class MoreCommentsThanSheets(PaperRefused):
    """A pattern has more comments than sheets."""


class MoreSheetsThanStubs(PaperRefused):
    """A sheet too many: somebody's paper was put in twice, or is not ours."""

    def __init__(self, *, sheets: int, stubs: int) -> None:
        super().__init__(f"{sheets} sheets, {stubs} stubs")
        self.sheets, self.stubs = sheets, stubs


class StubProblem(Enum):
    UNKNOWN = "unknown"  # nothing of this office; other offices' stubs too, since nobody is told about those
    OTHER_COUNTER = "other counter"
    OTHER_PERIOD = "other period"
    TWICE = "twice"
    # Used, cancelled, expired, or handed out otherwise: one answer, because a used one may have been used by phone.
    UNUSABLE = "unusable"


class StubsRefused(PaperRefused):
    """Some stubs cannot be taken: (as it was typed, why)."""

    def __init__(self, problems: Sequence[tuple[str, StubProblem]]) -> None:
        super().__init__(f"{len(problems)} stubs")
        self.problems = problems
