"""Intervals and bounds that hold at a satisfaction of 99,9%.

Pure: integers in; Decimal for what is printed, floats for chances.
Chances go through lgamma, so that a year of a whole region costs milliseconds; nothing here
depends on their last digits. Rules of display: docs/spec/trust.md §7.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from reports.arithmetic.outward_rounding import printed_range

Z95 = Decimal("1.959963984540054")
DIGITS = 40


# ── Intervals and bounds ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Interval:
    """Two fractions between 0 and 1, low ≤ high."""

    low: Decimal
    high: Decimal

    def printed(self, decimals: int = 2) -> str:
        """Print as percentages, rounded outwards: "99,77–99,99%", "98,35–100%".

        decimals is one more than the share beside it has; the rule: reports.arithmetic.outward_rounding.
        """
        return printed_range(self.low, self.high, decimals)


def wilson(part: int, whole: int) -> Interval | None:
    """Return the 95% Wilson score interval of part ÷ whole; None when there is no whole.

    (x + z²/2 ± z·√(x(n−x)/n + z²/4)) ÷ (n + z²). Never leaves [0, 1], unlike the usual
    p ± 2s. Wilson 1927; recommended near 0 and 1 by Brown, Cai and DasGupta 2001.
    """
    _check_part(part, whole)
    if whole == 0:
        return None
    with localcontext() as context:
        context.prec = DIGITS
        x, n, z2 = Decimal(part), Decimal(whole), Z95 * Z95
        reach = Z95 * (x * (n - x) / n + z2 / 4).sqrt()
        low = (x + z2 / 2 - reach) / (n + z2)
        high = (x + z2 / 2 + reach) / (n + z2)
    # The formula gives exactly 0 and 1 at the ends; its square root may miss by 1e-40.
    return Interval(Decimal(0) if part == 0 else low, Decimal(1) if part == whole else high)


def _check_part(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}.")


def bounds_over_asked(satisfied: int, dissatisfied: int, asked: int) -> Interval | None:
    """Return how satisfied everybody who was asked can be, whatever the silent ones think.

    asked = issued less cancelled. [S/I, (S+N)/I], where N are all whose verdict is unknown:
    not returned, void, or not released yet (Manski's bounds). None when nobody was asked.
    """
    _check_part(satisfied + dissatisfied, asked)
    if asked == 0:
        return None
    return Interval(Decimal(satisfied) / asked, Decimal(asked - dissatisfied) / asked)


def most_bad_when_none_seen(n: int) -> Decimal:
    """Return the exact upper 95% limit of the dissatisfied share after 0 of n: 1 − 0.05^(1/n)."""
    if n < 1:
        raise ValueError("Without a ballot there is no limit.")
    with localcontext() as context:
        context.prec = DIGITS
        return 1 - Decimal("0.05") ** (1 / Decimal(n))


def most_bad_in_group(group: int, asked_again: int, bad_seen: int, alpha: Fraction = Fraction(5, 100)) -> int:
    """Return how many of a group may be bad (exact hypergeometric upper limit, one-sided).

    asked_again of the group were drawn at random and bad_seen of them turned out bad: the
    largest total for which so few would still be seen with a chance above alpha.
    """
    _check_part(asked_again, group)
    _check_part(bad_seen, asked_again)
    ways = math.comb(group, asked_again)
    most = bad_seen
    for bad in range(bad_seen, group - (asked_again - bad_seen) + 1):
        few = sum(math.comb(bad, k) * math.comb(group - bad, asked_again - k) for k in range(bad_seen + 1))
        if Fraction(few, ways) <= alpha:
            break
        most = bad
    return most


def adequate_sample(population: int, error: Fraction = Fraction(5, 100)) -> int:
    """Return n = N ÷ (1 + N·e²), rounded up (Yamane; training material of the Ministry of Home Affairs)."""
    return math.ceil(population / (1 + population * Fraction(error) ** 2))


# ── Binomial counts ────────────────────────────────────────────────────────────────────


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def binomial(n: int, p: float | Fraction) -> Callable[[int], float]:
    """Return the binomial probability function of n trials; p may be 0 or 1."""
    if p in (0, 1):
        return lambda k: float(k == n * p)
    log_p, log_q = math.log(p), math.log1p(-p)
    return lambda k: math.exp(_log_choose(n, k) + k * log_p + (n - k) * log_q)


def binomial_cdf(k: int, n: int, p: float | Fraction) -> float:
    """Return P(X ≤ k) of a binomial count."""
    chance = binomial(n, p)
    return min(1.0, math.fsum(chance(i) for i in range(min(k, n) + 1)))


# ── Charts over time ───────────────────────────────────────────────────────────────────


def good_between_bad(batches: Iterable[tuple[int, int]], *, at_least: bool = True) -> tuple[int, ...]:
    """Return lengths of the runs of good ballots before, between and after the bad ones.

    batches are (valid, dissatisfied) in order of time; n bad ballots give n + 1 runs. The
    order inside a batch is hidden on purpose. at_least counts only whole batches without a
    bad ballot, so each run is surely that long; else the good ones of a batch are spread
    evenly around its bad ones, which keeps their sum and is what a chart needs.
    """
    runs, length = [], 0
    for valid, bad in batches:
        _check_part(bad, valid)
        if bad == 0:
            length += valid
            continue
        before, *between, after = [0] * (bad + 1) if at_least else _spread(valid - bad, bad + 1)
        runs += [length + before, *between]
        length = after
    return (*runs, length)


def _spread(total: int, parts: int) -> list[int]:
    return [total * (i + 1) // parts - total * i // parts for i in range(parts)]
