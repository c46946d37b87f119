"""Bounds and intervals round outwards, so that what is printed is true: the low end down, the high end up.

Pure. Shares are not bounds and keep their half-up rule. Used by every page, chart, paper, workbook and interface.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = Fraction | Decimal | float | int
MOST_DECIMALS = 3
API_DECIMALS = 6


@dataclass(frozen=True)
class End:
    """One end as printed, without the sign of percent, and the fraction of 1 that this says; None for "trên 0"."""

    text: str
    number: Decimal | None


def ends(low: Number, high: Number, decimals: int = 1) -> tuple[End, End]:
    """Two fractions of 1 as percentages without their sign: ("85,00", "99,95"), ("84,5", "100").

    An end that is not 0 or 1 and would read so gets a decimal more, and the other end with it, up to three; then it
    reads "trên 0" or "dưới 100". Raises ValueError unless 0 ≤ low ≤ high ≤ 1.
    """
    exact_low, exact_high = Fraction(low), Fraction(high)
    if not 0 <= exact_low <= exact_high <= 1:
        raise ValueError(f"{low} and {high} are no ends of shares")
    while decimals < MOST_DECIMALS and (_reads_none(exact_low, decimals) or _reads_all(exact_high, decimals)):
        decimals += 1
    first, last = _end(_floor(exact_low, decimals), decimals), _end(_ceiling(exact_high, decimals), decimals)
    return (
        End(f"trên {first.text}", None) if _reads_none(exact_low, decimals) else first,
        End(f"dưới {last.text}", None) if _reads_all(exact_high, decimals) else last,
    )


def printed_ends(low: Number, high: Number, decimals: int = 1) -> tuple[str, str]:
    """The two ends as printed."""
    first, last = ends(low, high, decimals)
    return first.text, last.text


def printed_range(low: Number, high: Number, decimals: int = 1) -> str:
    """ "85,00–99,95%"."""
    return "–".join(printed_ends(low, high, decimals)) + "%"


def printed_low(low: Number, decimals: int = 1) -> str:
    """The low end of a one-sided bound: "99,2"."""
    return printed_ends(low, 1, decimals)[0]


def printed_high(high: Number, decimals: int = 1) -> str:
    """The high end of a one-sided bound: "1,7"."""
    return printed_ends(0, high, decimals)[1]


def api_ends(low: Number, high: Number) -> tuple[str, str]:
    """Two fractions of 1 with exactly six decimals, the low one rounded down, the high one up."""
    return (
        _decimal(_floor(Fraction(low), API_DECIMALS - 2), API_DECIMALS),
        _decimal(_ceiling(Fraction(high), API_DECIMALS - 2), API_DECIMALS),
    )


def _floor(value: Fraction, decimals: int) -> int:
    """In units of the last decimal of a percentage."""
    return math.floor(value * 100 * Fraction(10) ** decimals)


def _ceiling(value: Fraction, decimals: int) -> int:
    return math.ceil(value * 100 * Fraction(10) ** decimals)


def _reads_none(low: Fraction, decimals: int) -> bool:
    return low > 0 and _floor(low, decimals) == 0


def _reads_all(high: Fraction, decimals: int) -> bool:
    return high < 1 and _ceiling(high, decimals) == 100 * 10**decimals


def _end(units: int, decimals: int) -> End:
    number = Decimal(units).scaleb(-decimals - 2)
    if units in (0, 100 * 10**decimals):
        return End(str(units // 10**decimals), number)
    return End(_decimal(units, decimals).replace(".", ","), number)


def _decimal(units: int, decimals: int) -> str:
    return str(Decimal(units).scaleb(-decimals).quantize(Decimal(1).scaleb(-decimals)))
