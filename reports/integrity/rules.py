"""The rules over one counter's month. Chances are exact where a formula is, else drawn (`bursts`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles

from reports.arithmetic.return_limits import Way, surplus
from reports.arithmetic.statistics import binomial_cdf
from reports.arithmetic.thresholds import RETURN_TAIL
from reports.integrity.bursts import (
    PILE_GAP_SECONDS,
    PileRule,
    Use,
    most_customers,
    ordered_late_run,
    unlikely_pile,
)

#: How often an honest month may show a signal.
ALPHA = 1e-3
#: More than any teller can serve in a month: beyond it piles are not looked for, and the page says so.
MOST_USES = 5000
MOST_SLIPS = (
    20_000  # beyond it, nor is the return rate: summing the chances would take longer than the counting
)
FAST_FROM_ISSUE, FAST_ON_FORM, FAST_SHARE = 10, 4, 0.02
BURST_SECONDS, TABLET_SECONDS = 120, 60
PILES = {
    "S1": PileRule(partial(most_customers, span=BURST_SECONDS), floor=4, within=BURST_SECONDS),
    "S4": PileRule(partial(most_customers, span=TABLET_SECONDS), floor=3, within=TABLET_SECONDS),
    "S5": PileRule(ordered_late_run, floor=5, within=4 * PILE_GAP_SECONDS),
}
NEGLIGIBLE = 1e-15
#: What a finding of S8 is about where it is no teller: slips handed out anew.
REISSUED = "reissued"

Share = tuple[int, int]  # (of how many, how many)


@dataclass(frozen=True)
class Finding:
    """One signal: what was seen, from what number on it is one, and how often an honest month would show it.

    ``at``: when it began, in the seconds of the uses; 0 where it is about the whole month. ``of``: among how many.
    ``about``: one word more, such as whom.
    """

    code: str
    seen: int
    threshold: int
    rate: float
    of: int = 0
    at: int = 0
    about: str = ""


@dataclass(frozen=True)
class CounterMonth:
    """What one counter's month of participation comes to.

    ``uses``: slips that came back without paper, with their times. ``asked``: by channel of the slip, how many slips not
    cancelled and how many of them came back, paper included; ``sizes``: of those the Kish size. ``cancels``: by teller, slips and asked to be cancelled.
    """

    name: str
    uses: Sequence[Use] = ()
    asked: Mapping[str, Share] = field(default_factory=dict)
    cancels: Mapping[str, Share] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)

    @property
    def knows_customers(self) -> bool:
        return all(use.customer for use in self.uses)


def judge(
    month: CounterMonth,
    *,
    pool: Mapping[str, Sequence[int]],
    reference: Mapping[str, Share],
    seed: str,
    rho: float = 0.0,
) -> list[Finding]:
    """S0, S1, S2, S4, S5 and S6 of one counter's month; at most one finding a rule, in the order of the rules.

    ``pool``: delays of the office in seconds, by channel (`latencies`); ``reference``: how many slips were handed out and
    came back elsewhere and before, by channel; ``rho``: how alike the slips of one organisation come back. ``seed`` names the draw, so that it comes out the same again.
    """
    found = [
        _too_early(month.uses),
        _too_fast(month.uses),
        return_rate(month.asked, reference, month.sizes, rho),
    ]
    if len(month.uses) <= MOST_USES:
        found += _piles(month.uses, pool, seed)
    return sorted((each for each in found if each), key=lambda each: each.code)


def latencies(months: Iterable[CounterMonth]) -> dict[str, list[int]]:
    """Seconds from issue to use, by channel of the slip, sorted."""
    found: dict[str, list[int]] = {}
    for month in months:
        for use in month.uses:
            found.setdefault(use.channel, []).append(use.used - use.issued)
    return {channel: sorted(seconds) for channel, seconds in found.items()}


def summary(uses: Sequence[Use]) -> dict[str, list[int]]:
    """What stays of the times once they are erased: lower quartile, median, upper quartile in seconds, and their number."""
    told = {
        "from_issue": [use.used - use.issued for use in uses],
        "on_form": [use.open_seconds for use in uses if use.open_seconds is not None],
    }
    return {
        name: [*(round(cut) for cut in quantiles(seconds, n=4, method="inclusive")), len(seconds)]
        for name, seconds in told.items()
        if len(seconds) > 1
    }


# ── Single rules ───────────────────────────────────────────────────────────────────────


def _too_early(uses: Sequence[Use]) -> Finding | None:
    """S0: used before the service was over. The product refuses it, so it can only have come past the product."""
    early = [use for use in uses if use.used < use.opens]
    return Finding("S0", len(early), 1, 0.0, of=len(uses), at=early[0].used) if early else None


def _too_fast(uses: Sequence[Use]) -> Finding | None:
    """S2: more answers within seconds than hasty customers give; two in a hundred are expected of them."""
    fast = sum(
        use.used - use.issued < FAST_FROM_ISSUE
        or (use.open_seconds is not None and use.open_seconds < FAST_ON_FORM)
        for use in uses
    )

    def rate_of(n: int) -> float:
        return 1 - binomial_cdf(n - 1, len(uses), FAST_SHARE)

    if not fast or rate_of(fast) >= ALPHA:
        return None
    return Finding("S2", fast, *_least(fast, rate_of), of=len(uses))


def _piles(uses: Sequence[Use], pool: Mapping[str, Sequence[int]], seed: str) -> list[Finding]:
    on_tablet = [use for use in uses if use.via == "tablet"]
    found = []
    for code, rule in PILES.items():
        rows = on_tablet if code == "S4" else uses
        if pile := unlikely_pile(rows, rule=rule, pool=pool, seed=f"{seed} {code}"):
            found.append(Finding(code, pile.size, pile.threshold, pile.rate, of=len(rows), at=pile.at))
    return found


def return_rate(
    asked: Mapping[str, Share],
    reference: Mapping[str, Share],
    sizes: Mapping[str, float],
    rho: float,
    about: str = "",
) -> Finding | None:
    """S6: more slips came back than the office's own rate lets one expect, each way of handing out by itself.

    A counter that hands out on the tablet is measured by tablets; what few slips tell of a way is not known. ``sizes``: by
    channel, the Kish size of the organisations, whose slips come back alike to the degree ``rho``.
    """
    if not 0 < sum(slips for slips, _back in asked.values()) <= MOST_SLIPS:
        return None
    ways = {channel: Way(*share, sizes.get(channel, 1.0)) for channel, share in asked.items() if share[0]}
    found = surplus(ways, reference, rho=rho, alpha=ALPHA)
    if found is None:
        return None
    return Finding("S6", found.returned, found.signal_from, found.chance, of=found.issued, about=about)


def coverage(counted: Share, reference: Share) -> Finding | None:
    """S7: fewer slips than transactions, measured by the office's other counters.

    ``counted``: transactions by an independent count, and slips handed out; ``reference`` the same elsewhere.
    """
    served, missing = counted[0], max(0, counted[0] - counted[1])
    elsewhere, missing_elsewhere = reference[0], max(0, reference[0] - reference[1])
    if not served or not elsewhere:
        return None
    low, chances = _predicted(served, elsewhere, missing_elsewhere)

    def rate_of(n: int) -> float:
        return _tail_from(n - low, chances)

    if rate_of(missing) >= ALPHA:
        return None
    least, rate = _least(missing, rate_of)
    return Finding("S7", counted[1], served - least, rate, of=served)


def cancelling(cancels: Mapping[str, Share], elsewhere: Share) -> Finding | None:
    """S8: a teller who cancels far more than the others; Fisher's exact test, shared among the counter's tellers."""
    limit = ALPHA / max(1, len(cancels))
    everybody = [elsewhere, *cancels.values()]
    slips, together = (sum(share[i] for share in everybody) for i in (0, 1))
    found = []
    for teller, (own, cancelled) in sorted(cancels.items()):

        def rate_of(n: int, own: int = own) -> float:
            return fishers_tail((own, n), (slips - own, together - n))

        if rate_of(cancelled) < limit:
            least, rate = _least(cancelled, rate_of, limit)
            found.append(Finding("S8", cancelled, least, rate * len(cancels), of=own, about=teller))
    return min(found, key=lambda each: each.rate, default=None)


def losing_by_reissue(own: Share, elsewhere: Share) -> Finding | None:
    """S8: far more of a counter's customers had a slip handed out anew that never came back than of the other counters'.

    Re-issued as paper that nobody is handed, a ballot is lost without a word. ``own`` and ``elsewhere``: customers, and
    those of them with a slip that was re-issued and expired; not slips, since those of one customer share their fate
    (`bench.reissues`). Given how many were lost in the whole office, those
    of one counter are hypergeometric (Przyborowski and Wilenski 1940); the tail is that of return rates.
    """
    customers, lost = own
    together = (customers + elsewhere[0], lost + elsewhere[1])

    def rate_of(n: int) -> float:
        return fishers_tail((customers, n), (together[0] - customers, together[1] - n))

    if not lost or rate_of(lost) >= RETURN_TAIL:
        return None
    return Finding("S8", lost, *_least(lost, rate_of, RETURN_TAIL), of=customers, about=REISSUED)


def fishers_tail(one: Share, other: Share) -> float:
    """The chance of at least so many in ``one`` when all of both are dealt out at random (hypergeometric)."""
    (n, k), (m, j) = one, other
    whole, marked = n + m, k + j
    if not n or not m:
        return 1.0
    norm = _log_choose(whole, marked)
    return min(
        1.0,
        math.fsum(
            math.exp(_log_choose(n, i) + _log_choose(m, marked - i) - norm)
            for i in range(max(k, marked - m), min(n, marked) + 1)
        ),
    )


# ── Chances ────────────────────────────────────────────────────────────────────────────


def _least(seen: int, rate_of: Callable[[int], float], limit: float = ALPHA) -> tuple[int, float]:
    """The least number that is still a signal, and how often an honest month reaches it."""
    while seen and rate_of(seen - 1) < limit:
        seen -= 1
    return seen, rate_of(seen)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _predicted(n: int, whole: int, part: int) -> tuple[int, list[float]]:
    """What is to be expected among n more after ``part`` of ``whole``: the least number that matters, and chances from it."""
    a, b = part + 0.5, whole - part + 0.5
    norm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(n + a + b)

    def chance(k: int) -> float:
        return math.exp(norm + _log_choose(n, k) + math.lgamma(k + a) + math.lgamma(n - k + b))

    # Outwards from the middle, as far as it matters. Without history both ends are likely and all of it matters.
    low = high = round(n * a / (a + b)) if whole else 0
    while low > 0 and chance(low - 1) > NEGLIGIBLE:
        low -= 1
    while high < n and chance(high + 1) > NEGLIGIBLE:
        high += 1
    return low, [chance(k) for k in range(low, high + 1)]


def _tail_from(start: int, chances: Sequence[float]) -> float:
    return math.fsum(chances[max(0, start) :])
