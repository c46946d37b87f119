"""The follow-up of the silent: what asking a few of them, drawn at random, proves about all of them.

Pure, exact whole numbers. An unreached or refusing person counts as dissatisfied at the low end. The bound stands
beside the month's figures and is never added to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from reports.arithmetic.distributions import hypergeometric_at_most, least
from reports.arithmetic.thresholds import FOLLOW_UP_ALPHA


def most_bad_among(group: int, asked: int, bad: int, alpha: Fraction = FOLLOW_UP_ALPHA) -> int:
    """The most dissatisfied among a group of whom ``asked`` were drawn and ``bad`` of these were dissatisfied.

    The greatest total with which so few would still be drawn with a chance above ``alpha`` (exact hypergeometric,
    one-sided). Raises ValueError when the numbers are no parts of each other.
    """
    if not 0 <= bad <= asked <= group:
        raise ValueError(f"{bad} of {asked} of {group} is no follow-up")
    surely_more = least(
        lambda total: hypergeometric_at_most(bad, group, total, asked) <= alpha, bad, group - (asked - bad)
    )
    return surely_more - 1


class LettersFault(StrEnum):
    """What befell the letters' box: some of its ballots were damaged, or nobody could open it. What is lost counts as not reached."""

    NONE = ""
    DAMAGED = "damaged"
    UNOPENED = "unopened"


@dataclass(frozen=True)
class ByLetter:
    """Of the called, those who were written to: ``sent``; ``answered`` and of these ``bad``, both 0 where fewer than ten answered."""

    sent: int
    answered: int
    bad: int
    fault: LettersFault = LettersFault.NONE


@dataclass(frozen=True)
class FollowUp:
    """A closed follow-up of a sealed period.

    asked: slips issued less cancelled; satisfied, dissatisfied: ballots of the period; silent: asked less returned.
    called: drawn of the silent; bad: of these dissatisfied, however asked; unreached: not reached or refusing.
    by_letter: the part that went by letter, None where all were telephoned.
    """

    asked: int
    satisfied: int
    dissatisfied: int
    silent: int
    called: int
    bad: int
    unreached: int
    by_letter: ByLetter | None = None

    def __post_init__(self) -> None:
        parts = (self.satisfied, self.dissatisfied, self.silent, self.called, self.bad, self.unreached)
        if min(parts) < 0 or self.satisfied + self.dissatisfied + self.silent > self.asked:
            raise ValueError(f"ballots and silent slips do not add up: {self}")
        if not self.bad + self.unreached <= self.called <= self.silent:
            raise ValueError(f"the called do not add up: {self}")
        if not 0 <= self.telephoned <= self.called - (self.by_letter.sent if self.by_letter else 0):
            raise ValueError(f"letters and calls do not add up: {self}")

    @property
    def telephoned(self) -> int:
        """Who answered by telephone."""
        return self.called - self.unreached - (self.by_letter.answered if self.by_letter else 0)

    @property
    def bad_by_telephone(self) -> int:
        return self.bad - (self.by_letter.bad if self.by_letter else 0)

    @property
    def most_bad(self) -> int:
        """How many of the silent may be dissatisfied, at 95 % confidence."""
        return most_bad_among(self.silent, self.called, self.bad + self.unreached)

    @property
    def low(self) -> Fraction:
        """The satisfied share of all asked is at least this, one-sided 95 %."""
        return Fraction(self.satisfied + self.silent - self.most_bad, self.asked)

    @property
    def high(self) -> Fraction:
        """The satisfied share of all asked is at most this, for certain."""
        return Fraction(self.asked - self.dissatisfied - self.bad, self.asked)
