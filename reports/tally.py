"""Counts that add up, the small-number rule, and shares as they are printed.

Pure: integers in, Decimal or printed strings out. Source: TRUST.md §5 (identities) and §7
(numbers); the wording of the strings is part of that page.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction

COUNTS_FROM = 10
PERCENT_FROM = 30
NOTHING_YET = "chưa có phiếu"


class DoesNotAddUp(ValueError):
    """Counts that contradict each other; nothing may be printed from them."""


class _Sum:
    """Add two tallies of the same kind field by field; sum() works too."""

    def __post_init__(self):
        if min(astuple(self)) < 0:
            raise DoesNotAddUp(f"A count is negative: {self}.")
        self.check()

    def __add__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(*map(int.__add__, astuple(self), astuple(other)))

    def __radd__(self, other):
        return self if other == 0 else NotImplemented


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Verdicts(_Sum):
    """What the released ballots say. ballots = valid + void, valid = satisfied + dissatisfied."""

    ballots: int = 0
    void: int = 0
    valid: int = 0
    satisfied: int = 0
    dissatisfied: int = 0

    def check(self) -> None:
        """Raise DoesNotAddUp when one of the two identities fails."""
        if self.ballots != self.valid + self.void:
            raise DoesNotAddUp(f"Ballots are not valid + void: {self}.")
        if self.valid != self.satisfied + self.dissatisfied:
            raise DoesNotAddUp(f"Valid is not satisfied + dissatisfied: {self}.")

    @classmethod
    def of(cls, *, satisfied: int, dissatisfied: int, void: int = 0) -> "Verdicts":
        """Build the sums from the three counts that do not follow from others."""
        valid = satisfied + dissatisfied
        return cls(valid + void, void, valid, satisfied, dissatisfied)


# ── Small numbers ──────────────────────────────────────────────────────────────────────


class Shown(Enum):
    """What may be shown of a group; the base (its valid ballots) decides, never an answer's count."""

    EMPTY = "chưa có phiếu"
    SMALL = "<10"
    ALONG = "ẩn kèm"
    COUNTS = "counts"
    PERCENT = "percent"

    @property
    def has_counts(self) -> bool:
        """False for groups whose figures stay away; the API calls those suppressed."""
        return self in (Shown.COUNTS, Shown.PERCENT)

    @property
    def is_hidden(self) -> bool:
        """True where ballots exist and are not told; nobody may get at them by subtraction."""
        return self in (Shown.SMALL, Shown.ALONG)


def shown(base: int) -> Shown:
    """Apply TRUST.md §7 to one group: <10 nothing, 10–29 counts, from 30 percentages.

    Without a single ballot there is nothing to protect, so an empty group says so.
    """
    if base >= PERCENT_FROM:
        return Shown.PERCENT
    if base >= COUNTS_FROM:
        return Shown.COUNTS
    return Shown.SMALL if base else Shown.EMPTY


def shown_together(bases: Sequence[int]) -> tuple[Shown, ...]:
    """Decide for groups printed beside their total, in the order given.

    While the total minus what is visible would tell a small group, the smallest visible
    group is hidden along with it; among equals the later one. When nothing visible is left
    and the labels alone would still tell (9 and 9 of 18), every hidden group says "ẩn kèm".
    A total under 10 is not shown itself, so nothing can be subtracted from it.
    """
    marks = [shown(base) for base in bases]
    if sum(bases) < COUNTS_FROM:
        return tuple(marks)
    while not _keeps_secrets(bases, marks):
        visible = [index for index, mark in enumerate(marks) if mark.has_counts]
        if not visible:
            return tuple(Shown.ALONG if mark.is_hidden else mark for mark in marks)
        marks[min(visible, key=lambda index: (bases[index], -index))] = Shown.ALONG
    return tuple(marks)


def _keeps_secrets(bases: Sequence[int], marks: Sequence[Shown]) -> bool:
    if Shown.SMALL not in marks:
        return True
    ranges = solved(sum(bases), bases, marks)
    hidden_ballots = sum(base for base, mark in zip(bases, marks, strict=True) if mark.is_hidden)
    told = any(low == high for (low, high), mark in zip(ranges, marks, strict=True) if mark is Shown.SMALL)
    return hidden_ballots >= COUNTS_FROM and not told


def solved(total: int, bases: Sequence[int], marks: Sequence[Shown]) -> tuple[tuple[int, int], ...]:
    """Return what a reader can work out: (least, most) ballots of every group.

    The reader knows the total, the groups that are shown, that "<10" means 1 to 9, and that
    a group hidden along with one of those has at least 10. Where all hidden groups are
    merely "ẩn kèm" the label says no more than that ballots exist.
    """
    hidden_sum = total - sum(b for b, mark in zip(bases, marks, strict=True) if not mark.is_hidden)
    least_along = COUNTS_FROM if Shown.SMALL in marks else 1
    labels = {Shown.SMALL: (1, COUNTS_FROM - 1), Shown.ALONG: (least_along, hidden_sum)}
    ends = [labels.get(mark) for mark in marks]
    low_sum = sum(end[0] for end in ends if end)
    high_sum = sum(end[1] for end in ends if end)
    return tuple(
        (base, base)
        if end is None
        else (max(end[0], hidden_sum - high_sum + end[1]), min(end[1], hidden_sum - low_sum + end[0]))
        for base, end in zip(bases, ends, strict=True)
    )


# ── Shares ─────────────────────────────────────────────────────────────────────────────


class Edge(Enum):
    """Why a share is not printed as its rounded value."""

    NONE = ""
    UNDER = "dưới "
    OVER = "trên "


@dataclass(frozen=True)
class Share:
    """A percentage ready to print: the rounded value, and whether it is only a limit.

    str() prints Vietnamese; other languages take value and edge.
    """

    value: Decimal
    edge: Edge = Edge.NONE

    def __str__(self) -> str:
        whole = self.edge is Edge.NONE and self.value in (0, 100)
        number = str(int(self.value)) if whole else str(self.value).replace(".", ",")
        return f"{self.edge.value}{number}%"


def grouped(number: int) -> str:
    """Print a count with dots between thousands: 3.809."""
    return f"{number:,}".replace(",", ".")


def shares(counts: Sequence[int]) -> tuple[Share, ...] | None:
    """Return the shares of counts that make up a whole, to one decimal; None without any.

    Largest remainder, so that they sum to 100; a tie goes to the smaller count. For two
    counts that is the rule of TRUST.md §7: the smaller rounded half up, the larger 100 − it.
    "dưới 0,1%" and "trên 99,9%" stand where 0 or 100 would claim none or all.
    """
    total = sum(counts)
    if min(counts, default=0) < 0:
        raise DoesNotAddUp(f"A count is negative: {counts}.")
    if total == 0:
        return None
    tenths = [count * 1000 // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: (-(counts[i] * 1000 % total), counts[i], i))
    for index in by_remainder[: 1000 - sum(tenths)]:
        tenths[index] += 1
    return tuple(_share(t, count, total, 10) for t, count in zip(tenths, counts, strict=True))


def _share(units: int, part: int, whole: int, units_per_percent: int) -> Share:
    """Turn rounded units into a Share; 0 and 100 only for none and all."""
    step = Decimal(1) / units_per_percent
    if units == 0 and part > 0:
        return Share(step, Edge.UNDER)
    if units == 100 * units_per_percent and part < whole:
        return Share(100 - step, Edge.OVER)
    return Share(units * step)


def share(part: int, whole: int) -> Share | None:
    """Return the first of the two shares part / rest, to one decimal; None when there is no whole."""
    if not 0 <= part <= whole:
        raise DoesNotAddUp(f"{part} is no part of {whole}.")
    both = shares((part, whole - part))
    return both and both[0]


def return_rate(returned: int, issued: int) -> Share | None:
    """Return the return rate, a whole percent everywhere (half up); None when nothing was issued.

    "dưới 1%" and "trên 99%" stand where 0 or 100 would claim none or all.
    """
    if not 0 <= returned <= issued:
        raise DoesNotAddUp(f"{returned} of {issued} cannot have come back.")
    if issued == 0:
        return None
    return _share(_half_up(Fraction(100 * returned, issued)), returned, issued, 1)


def _half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


def printed(figure: Share | None) -> str:
    """Print a share, or say that there is nothing to divide by."""
    return NOTHING_YET if figure is None else str(figure)


def share_fraction(part: int | Decimal, whole: int, *, least_base: int = PERCENT_FROM) -> str | None:
    """Return part ÷ whole as the API gives it, six decimals half up ("0.999383").

    None for a base under least_base (CONTRACT.md: 30), and always for 0.
    """
    if whole == 0 or whole < least_base:
        return None
    return fraction_text(Decimal(part) / whole)


def fraction_text(value: Decimal) -> str:
    """Return a fraction between 0 and 1 with exactly six decimals."""
    return str(value.quantize(Decimal("0.000001"), ROUND_HALF_UP))
