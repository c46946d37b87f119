"""Shares and their rounding: integers in, `Decimal` out, printed at the edge (docs/spec/trust.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction

from reports.arithmetic.counts import DoesNotAddUp
from reports.arithmetic.suppression import PERCENT_FROM

NOTHING_YET = "chưa có phiếu"
NOTHING_ISSUED = "chưa phát phiếu"


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
    counts that is the rule of docs/spec/trust.md §7: the smaller rounded half up, the larger 100 − it.
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
    return both[0] if both else None


def return_rate(returned: int, issued: int) -> Share | None:
    """Return the return rate, a whole percent everywhere (half up); None when nothing was issued.

    "dưới 1%" and "trên 99%" stand where 0 or 100 would claim none or all.
    """
    if not 0 <= returned <= issued:
        raise DoesNotAddUp(f"{returned} of {issued} cannot have come back.")
    if issued == 0:
        return None
    return _share(_half_up(Fraction(100 * returned, issued)), returned, issued, 1)


def rate_text(returned: int, issued: int) -> str:
    """Return "85%"; "11/13" while fewer than 30 were issued; "chưa phát phiếu" where none was."""
    rate = return_rate(returned, issued)
    if rate is None:
        return NOTHING_ISSUED
    return str(rate) if issued >= PERCENT_FROM else f"{returned}/{issued}"


def rate_beside(returned: int, issued: int) -> str:
    """Return " (85%)", to stand behind both counts; '' while fewer than 30 were issued."""
    return f" ({return_rate(returned, issued)})" if issued >= PERCENT_FROM else ""


def _half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


def printed(figure: Share | None) -> str:
    """Print a share, or say that there is nothing to divide by."""
    return NOTHING_YET if figure is None else str(figure)


def share_fraction(part: int | Decimal, whole: int, *, least_base: int = PERCENT_FROM) -> str | None:
    """Return part ÷ whole as the API gives it, six decimals half up ("0.999383").

    None for a base under least_base (docs/spec/contract.md: 30), and always for 0.
    """
    if whole == 0 or whole < least_base:
        return None
    return fraction_text(Decimal(part) / whole)


def fraction_text(value: Decimal) -> str:
    """Return a fraction between 0 and 1 with exactly six decimals."""
    return str(value.quantize(Decimal("0.000001"), ROUND_HALF_UP))
