"""Piles: several customers answering within a minute or two, at one counter.

How many are too many depends on how busy the counter is. Hence the counter's own month is played again: each slip keeps
its hour of issue and draws another slip's delay, 1.999 times. What hardly ever comes out that way is a signal.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import NamedTuple

REDRAWS = 1999
#: (1 + redraws that reach the observed) / 2.000 is at most one in a thousand.
MOST_REACHING = 1
LATE_SECONDS, PILE_GAP_SECONDS = 30 * 60, 60


class Use(NamedTuple):
    """One slip that came back without paper. Times in whole seconds of one clock; ``customer`` '' where unknown."""

    issued: int
    opens: int
    used: int
    open_seconds: int | None
    channel: str  # how the slip was handed out
    via: str  # how the answer came in
    customer: str


class Moment(NamedTuple):
    """When one slip was used, when it was handed out, and by which customer."""

    used: int
    issued: int
    customer: str


class Pile(NamedTuple):
    """How many, and when the first of them was used (0: none)."""

    size: int
    at: int


Statistic = Callable[[Sequence[Moment]], Pile]


def most_customers(moments: Sequence[Moment], span: int) -> Pile:
    """The most different customers within ``span`` seconds. ``moments`` in the order of use."""
    inside: Counter[str] = Counter()
    best, start = Pile(0, 0), 0
    for moment in moments:
        inside[moment.customer] += 1
        while moment.used - moments[start].used > span:
            inside[moments[start].customer] -= 1
            if not inside[moments[start].customer]:
                del inside[moments[start].customer]
            start += 1
        if len(inside) > best.size:
            best = Pile(len(inside), moments[start].used)
    return best


def ordered_late_run(moments: Sequence[Moment]) -> Pile:
    """The longest row of slips used one after another within a minute each, long after issue and in its order.

    Slips of one customer in a row count once: whoever answers all of an errand's slips at home does so in their order.
    """
    before: Moment | None = None
    best, run, start = Pile(0, 0), 0, 0
    for moment in moments:
        if moment.used - moment.issued <= LATE_SECONDS:
            run, before = 0, None
            continue
        if before and moment.used - before.used < PILE_GAP_SECONDS and moment.issued > before.issued:
            run += moment.customer != before.customer
        else:
            run, start = 1, moment.used
        before = moment
        if run > best.size:
            best = Pile(run, start)
    return best


@dataclass(frozen=True)
class PileFound:
    """A pile that an honest counter as busy as this one hardly ever shows."""

    size: int
    at: int
    threshold: int  # the least size that is a signal at this counter
    rate: float  # how often an honest month shows so much


@dataclass(frozen=True)
class PileRule:
    """What is measured, from what size on, and within how many seconds so many must fall at the very least."""

    statistic: Statistic
    floor: int
    within: int

    def largest(self, uses: Sequence[Use], times: Sequence[int]) -> Pile:
        """The largest pile if the slips had been used at these times; (0, 0) below the floor."""
        ordered = sorted(times)
        # Most draws end here; whoever wrote the pairs out first would wait minutes for a busy month.
        if not any(
            late - early <= self.within
            for early, late in zip(ordered, ordered[self.floor - 1 :], strict=False)
        ):
            return Pile(0, 0)
        found = self.statistic(
            sorted(
                # Without a known customer each slip counts as one of its own: transactions are counted there.
                Moment(used, use.issued, use.customer or f"\0{number}")
                for number, (use, used) in enumerate(zip(uses, times, strict=True))
            )
        )
        return found if found.size >= self.floor else Pile(0, 0)


def unlikely_pile(
    uses: Sequence[Use], *, rule: PileRule, pool: Mapping[str, Sequence[int]], seed: str
) -> PileFound | None:
    """The pile of these uses if it is rarer than one honest month in a thousand; None otherwise.

    ``pool``: the delays of the office, by channel of the slip. Nothing is drawn below the rule's floor, and drawing ends
    as soon as the pile is known to be nothing unusual.
    """
    observed = rule.largest(uses, [use.used for use in uses])
    if not observed.size:
        return None
    uses = sorted(uses, key=lambda use: use.channel)
    issued = [use.issued for use in uses]
    number_by_channel = Counter(use.channel for use in uses)
    rng = random.Random(seed)  # noqa: S311 - a simulation that can be repeated, no secret
    sizes: Counter[int] = Counter()
    reaching = 0
    for _round in range(REDRAWS):
        delays = [
            delay for channel, n in number_by_channel.items() for delay in rng.choices(pool[channel], k=n)
        ]
        size = rule.largest(uses, list(map(add, issued, delays))).size
        sizes[size] += 1
        reaching += size >= observed.size
        if reaching > MOST_REACHING:
            return None
    threshold = rule.floor
    while (reaching := sum(n for size, n in sizes.items() if size >= threshold)) > MOST_REACHING:
        threshold += 1
    return PileFound(observed.size, observed.at, threshold, (1 + reaching) / (1 + REDRAWS))
