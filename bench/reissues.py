"""How often an honest office is shown S8 for slips handed out anew that expire: simulated, `python -m bench.reissues`.

Four counters of unlike sizes; the same figures each time. Some slips are re-issued (a printer jams, a phone is empty),
and some of those never come back. Organisations have many slips, which share their fate, and count once.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from reports.integrity import losing_by_reissue

SEED, MONTHS, OFFICES = 13, 12, 400
#: Organisations a month at each counter, and how many slips one may have.
COUNTERS, SIZES = (40, 30, 20, 10), (1, 1, 2, 3, 5, 8)
#: Share of organisations' slips re-issued, share of those that expire.
HONEST = ((0.03, 0.15), (0.10, 0.15), (0.10, 0.30), (0.20, 0.50))
#: Four counters, twelve months, a tail of 0,001 each; an exact test of whole numbers stays below it.
NOMINAL = len(COUNTERS) * MONTHS * 0.001

Share = tuple[int, int]


def false_alarms(rng: random.Random) -> Iterator[tuple[str, float, float]]:
    """What, alarms a year counted by customers as the rule does, and what counting slips would give."""
    for anew, expires in HONEST:
        by_customer = by_slip = 0
        for _month in range(OFFICES * MONTHS):
            counters = [_month_of(n, anew, expires, rng) for n in COUNTERS]
            by_customer += _alarms([customers for customers, _slips in counters])
            by_slip += _alarms([slips for _customers, slips in counters])
        yield f"{anew:.0%} re-issued, {expires:.0%} of them lost", by_customer / OFFICES, by_slip / OFFICES


def _month_of(organisations: int, anew: float, expires: float, rng: random.Random) -> tuple[Share, Share]:
    sizes = [rng.choice(SIZES) for _organisation in range(organisations)]
    lost = [size for size in sizes if rng.random() < anew * expires]
    return (organisations, len(lost)), (sum(sizes), sum(lost))


def _alarms(counters: list[Share]) -> int:
    whole, lost = (sum(share[i] for share in counters) for i in (0, 1))
    return sum(losing_by_reissue(own, (whole - own[0], lost - own[1])) is not None for own in counters)


def found(stolen: int, rng: random.Random) -> float:
    """The share of months in which a counter is named that loses so many customers' ballots on purpose."""
    named = 0
    for _month in range(OFFICES):
        (customers, lost), *others = (_month_of(n, 0.05, 0.15, rng)[0] for n in COUNTERS)
        elsewhere = sum(n for n, _lost in others), sum(gone for _n, gone in others)
        named += losing_by_reissue((customers, min(customers, lost + stolen)), elsewhere) is not None
    return named / OFFICES


def main() -> int:
    rng, worst = random.Random(SEED), 0.0
    print(f"{'S8 in an honest year of four counters':<44}{'nominal':>9}{'customers':>11}{'slips':>8}")
    for what, measured, by_slip in false_alarms(rng):
        print(f"{what:<44}{NOMINAL:>9.3f}{measured:>11.3f}{by_slip:>8.3f}")
        worst = max(worst, measured)
    for stolen in (3, 5, 8):
        print(f"{stolen} of {COUNTERS[0]} customers' ballots lost on purpose: found {found(stolen, rng):.0%}")
    return int(worst > NOMINAL)


if __name__ == "__main__":
    sys.exit(main())
