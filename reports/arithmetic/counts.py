"""Counts that add up, the small-number rule, and shares as they are printed.

Pure: integers in, Decimal or printed strings out. Source: docs/spec/trust.md §5 (identities) and §7
(numbers); the wording of the strings is part of that page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


class DoesNotAddUp(ValueError):
    """Counts that contradict each other; nothing may be printed from them."""


class _Sum:
    """Add two tallies of the same kind field by field; sum() works too.

    A page of a year adds thousands: hence slots and plain integers, no copies.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        if min(self.counts()) < 0:
            raise DoesNotAddUp(f"A count is negative: {self}.")
        self.check()

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(*map(int.__add__, self.counts(), other.counts()))

    def __radd__(self, other: object) -> Self:
        return self if other == 0 else NotImplemented

    def counts(self) -> tuple[int, ...]:
        """All counts in the order of the fields."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise `DoesNotAddUp` when the counts contradict each other."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Participation(_Sum):
    """What the register knows: who was handed a ballot and who returned one, never how.

    issued includes the cancelled ones; paper is the part of returned that came on paper.
    """

    transactions: int = 0
    issued: int = 0
    cancelled: int = 0
    expired: int = 0
    returned: int = 0
    paper: int = 0

    def counts(self) -> tuple[int, ...]:
        return self.transactions, self.issued, self.cancelled, self.expired, self.returned, self.paper

    def check(self) -> None:
        """Raise DoesNotAddUp when more slips ended than were issued, or more paper than returns."""
        if self.returned + self.expired + self.cancelled > self.issued:
            raise DoesNotAddUp(f"More slips ended than were issued: {self}.")
        if self.paper > self.returned:
            raise DoesNotAddUp(f"More paper than returned ballots: {self}.")

    @property
    def not_returned(self) -> int:
        """Slips that could have come back and did not: open or expired."""
        return self.issued - self.returned - self.cancelled

    @property
    def asked(self) -> int:
        """Issued less cancelled: the base of the bounds over everybody who was asked."""
        return self.issued - self.cancelled

    @property
    def is_settled(self) -> bool:
        """True when issued = returned + expired + cancelled, as sealing demands."""
        return self.issued == self.returned + self.expired + self.cancelled


@dataclass(frozen=True, slots=True)
class Verdicts(_Sum):
    """What the released ballots say. ballots = valid + void, valid = satisfied + dissatisfied."""

    ballots: int = 0
    void: int = 0
    valid: int = 0
    satisfied: int = 0
    dissatisfied: int = 0

    def counts(self) -> tuple[int, ...]:
        return self.ballots, self.void, self.valid, self.satisfied, self.dissatisfied

    def check(self) -> None:
        """Raise DoesNotAddUp when one of the two identities fails."""
        if self.ballots != self.valid + self.void:
            raise DoesNotAddUp(f"Ballots are not valid + void: {self}.")
        if self.valid != self.satisfied + self.dissatisfied:
            raise DoesNotAddUp(f"Valid is not satisfied + dissatisfied: {self}.")

    @classmethod
    def of(cls, *, satisfied: int, dissatisfied: int, void: int = 0) -> Verdicts:
        """Build the sums from the three counts that do not follow from others."""
        valid = satisfied + dissatisfied
        return cls(valid + void, void, valid, satisfied, dissatisfied)
