"""Exact chances of counts: binomial, beta-binomial, hypergeometric; Student's t for whole degrees of freedom.

Pure, standard library only. Binomial and beta-binomial chances are floats (relative error under 1e-9, far finer than
any threshold), hypergeometric tails are whole numbers over whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate

NEGLIGIBLE = 1e-18  # of the sum so far: what it may stop at
DOUBTFUL = 1e-9  # relative: closer to a threshold than this, whole numbers decide

Probability = float | Fraction


def bisect(is_high: Callable[[float], bool], low: float, high: float, steps: int = 100) -> float:
    """The point between ``low`` and ``high`` from which ``is_high`` holds, to the last bits of a float."""
    for _step in range(steps):
        middle = (low + high) / 2
        low, high = (low, middle) if is_high(middle) else (middle, high)
    return high


def least(is_enough: Callable[[int], bool], low: int, high: int) -> int:
    """The least whole number from ``low`` to ``high`` that is enough; ``high`` + 1 when none is (monotone)."""
    high += 1
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return low


# ── Binomial ───────────────────────────────────────────────────────────────────────────


def binomial_at_least(k: int, n: int, p: Probability) -> float:
    """P(X ≥ k) of n independent trials that each succeed with chance p."""
    if k <= 0:
        return 1.0
    if k > n or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    if k <= n * p:
        return 1.0 - binomial_at_most(k - 1, n, p)
    odds = float(p / (1 - p))
    term = total = math.exp(_log_choose(n, k) + k * math.log(p) + (n - k) * math.log1p(-p))
    for i in range(k, n):
        term *= (n - i) / (i + 1) * odds
        total += term
        if term <= NEGLIGIBLE * total:
            break
    return min(1.0, total)


def binomial_at_most(k: int, n: int, p: Probability) -> float:
    """P(X ≤ k) of n independent trials that each succeed with chance p."""
    return binomial_at_least(n - k, n, 1 - p)


def is_rare_at_least(k: int, n: int, p: Fraction, alpha: Fraction) -> bool:
    """Whether P(X ≥ k) ≤ alpha, exactly: where floats cannot tell, by whole numbers."""
    chance = binomial_at_least(k, n, p)
    if abs(chance - alpha) > DOUBTFUL * alpha:
        return chance <= alpha
    good, bad = p.numerator, p.denominator - p.numerator
    ways = sum(math.comb(n, i) * good**i * bad ** (n - i) for i in range(max(0, k), n + 1))
    return Fraction(ways, p.denominator**n) <= alpha


def binomial_chances(n: int, p: Probability) -> list[float]:
    """P(X = k) for k from 0 to n."""
    if p <= 0 or p >= 1:
        return [float(k == (n if p >= 1 else 0)) for k in range(n + 1)]
    log_odds = math.log(p) - math.log1p(-p)
    return _normalised([math.log((n - k) / (k + 1)) + log_odds for k in range(n)])


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _normalised(log_ratios: Sequence[float]) -> list[float]:
    """Chances from the logarithms of P(k + 1) ÷ P(k)."""
    logs = list(accumulate(log_ratios, initial=0.0))
    peak = max(logs)
    weights = [math.exp(log - peak) for log in logs]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


# ── Beta-binomial ──────────────────────────────────────────────────────────────────────


def overdispersed_chances(n: int, theta: Probability, phi: float) -> list[float]:
    """P(X = k), k from 0 to n, of a beta-binomial count with mean n·θ and variance n·θ(1−θ)·φ.

    r = (φ−1)/(n−1), a = θ(1/r−1), b = (1−θ)(1/r−1); the binomial when φ ≤ 1 or n < 2; φ at most 0,999·n.
    """
    if n < 2 or phi <= 1 or theta <= 0 or theta >= 1:
        return binomial_chances(n, theta)
    rho = (min(phi, 0.999 * n) - 1) / (n - 1)
    if rho <= 0:
        return binomial_chances(n, theta)
    a, b = float(theta) * (1 / rho - 1), float(1 - theta) * (1 / rho - 1)
    return _normalised([math.log((n - k) * (k + a) / ((k + 1) * (n - k - 1 + b))) for k in range(n)])


def central_counts(chances: Sequence[float], tail: float) -> tuple[int, int]:
    """(low, high): the least k with P(X ≤ k) > tail, the greatest k with P(X ≥ k) > tail."""
    low = _first_over(chances, tail)
    return low, len(chances) - 1 - _first_over(chances[::-1], tail)


def _first_over(chances: Sequence[float], tail: float) -> int:
    return next(
        (k for k, sum_ in enumerate(accumulate(chances)) if sum_ > tail * (1 + DOUBTFUL)), len(chances) - 1
    )


# ── Hypergeometric ─────────────────────────────────────────────────────────────────────


def hypergeometric_at_most(k: int, group: int, marked: int, drawn: int) -> Fraction:
    """P(at most k of the drawn are marked) when ``drawn`` of a group with ``marked`` marked are taken at random."""
    ways = sum(
        math.comb(marked, i) * math.comb(group - marked, drawn - i)
        for i in range(max(0, drawn - (group - marked)), min(k, marked, drawn) + 1)
    )
    return Fraction(ways, math.comb(group, drawn))


# ── Student's t ────────────────────────────────────────────────────────────────────────


def t_within(t: float, degrees: int) -> float:
    """P(|T| ≤ t), by the closed form for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = term if degrees > 1 else 0.0
    for i in range(2 + odd, degrees - 1, 2):
        term *= (i - 1) / i * cosine * cosine
        total += term
    return (angle + sine * total) * 2 / math.pi if odd else sine * total


def t_quantile(probability: float, degrees: int) -> float:
    """The t with P(T ≤ t) = probability, for a probability of at least one half."""
    if degrees < 1 or not 0.5 <= probability < 1:
        raise ValueError(f"no quantile of {probability} with {degrees} degrees of freedom")
    high = 1.0
    while t_within(high, degrees) < 2 * probability - 1:
        high *= 2
    return bisect(lambda t: t_within(t, degrees) >= 2 * probability - 1, 0.0, high)
