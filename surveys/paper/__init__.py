"""Paper into the box: a pile keyed by two persons, compared, settled, confirmed by both.

Source: docs/spec/trust.md §4.

A stub names a slip of the register; a sheet bears no number and is counted by its pattern. Nothing joins the two but
the pile, and its particulars are erased the moment it is entered.
"""

from surveys.paper.comparing import Comparison, Row, compare
from surveys.paper.errors import (
    ChangedMeanwhile,
    CounterOfAnotherOffice,
    MayNotCount,
    MoreCommentsThanSheets,
    MoreSheetsThanStubs,
    NotAKeyer,
    NotClosedYet,
    PaperRefused,
    PeriodClosed,
    PileEnded,
    SecondMissing,
    StillDifferent,
    StubProblem,
    StubsRefused,
    TooManyPatterns,
    TwoKeyAlready,
)
from surveys.paper.patterns import Pattern, patterns_of
from surveys.paper.piles import (
    Unsettled,
    confirm,
    expired,
    give_up,
    key,
    open_pile,
    scrub_piles,
    take_place,
    unsettled,
    waiting,
    write_comments,
)
from surveys.paper.stubs import stubs_of

__all__ = [
    "ChangedMeanwhile",
    "Comparison",
    "CounterOfAnotherOffice",
    "MayNotCount",
    "MoreCommentsThanSheets",
    "MoreSheetsThanStubs",
    "NotAKeyer",
    "NotClosedYet",
    "PaperRefused",
    "Pattern",
    "PeriodClosed",
    "PileEnded",
    "Row",
    "SecondMissing",
    "StillDifferent",
    "StubProblem",
    "StubsRefused",
    "TooManyPatterns",
    "TwoKeyAlready",
    "Unsettled",
    "compare",
    "confirm",
    "expired",
    "give_up",
    "key",
    "open_pile",
    "patterns_of",
    "scrub_piles",
    "stubs_of",
    "take_place",
    "unsettled",
    "waiting",
    "write_comments",
]
