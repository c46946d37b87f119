"""What became of the ballots of a drill: acknowledged, lost, doubled, answered wrongly, and how long nobody could cast."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from statistics import median_low

from bench import load
from bench.drills.customers import Ballot
from bench.faults.clients import Held, Sending, send

#: What a form may be answered with: a receipt, "not saved" or "not known", or nothing at all where the web node is cut.
IN_ORDER = {200, 503, 0}
AT_ONCE = 6


def said(value: float, places: int = 1) -> str:
    """2,8"""
    return f"{value:.{places}f}".replace(".", ",")


@dataclass
class Found:
    """Of one cycle. ``gap``: the longest stretch of seconds without an acknowledged cast; ``back``: seconds from the mending
    to the next one, where nothing could be taken before; ``heal``: until three members stood in order again."""

    gap: float
    acknowledged: int
    back: float | None = None
    lost: int = 0
    heal: float = 0.0
    lost_after_healing: int = 0

    def __str__(self) -> str:
        back = "" if self.back is None else f", {said(self.back)} s after it was mended"
        return (
            f"{said(self.gap):>5} s without a cast{back}; {self.acknowledged} acknowledged, {self.lost} lost, "
            f"in order again after {self.heal:.0f} s, {self.lost_after_healing} lost then"
        )


@dataclass
class Books:
    """The cycles of one drill. ``longest`` and ``middle``: how many seconds without a cast are allowed; of ``back`` where
    the cluster cannot take any before it is mended."""

    longest: float | None = None
    middle: float | None = None
    cycles: list[Found] = field(default_factory=list)
    doubled: int = 0
    odd: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> int:
        return sum(each.lost + each.lost_after_healing for each in self.cycles)

    @property
    def wrong(self) -> int:
        """Answers that no form may get, and forms that did not get their one receipt in the end."""
        return sum(self.odd.values())

    @property
    def seconds(self) -> list[float]:
        return sorted(each.gap if each.back is None else each.back for each in self.cycles)

    @property
    def in_time(self) -> bool:
        return (self.longest is None or self.seconds[-1] <= self.longest) and (
            self.middle is None or median_low(self.seconds) <= self.middle
        )

    @property
    def good(self) -> bool:
        return (
            all(each.acknowledged for each in self.cycles)
            and not (self.lost + self.doubled + self.wrong)
            and self.in_time
        )

    def settle(self, ballots: list[Ballot], addresses: list, held: Callable[[], Held]) -> None:
        """Send every form again: the same receipt, or at last one; then no slip has two ballots and no ballot no slip."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            again = list(pool.map(lambda ballot: _sent_again(addresses, ballot.form), ballots))
        for ballot, sending in zip(ballots, again, strict=True):
            self.odd.update(f"answered {answer}" for answer in ballot.answers if answer not in IN_ORDER)
            if not sending.receipt:
                self.odd[f"no receipt in the end, but {sending.status}"] += 1
            elif ballot.receipt and sending.receipt != ballot.receipt:
                self.odd["another receipt"] += 1
        now = held()
        repeated = len(now.hashes) - len(set(now.hashes))
        self.doubled = max(
            self.doubled, repeated + abs(now.used - len(now.hashes)) + abs(now.spent - len(now.hashes))
        )

    def __str__(self) -> str:
        what = (
            "seconds without a cast" if self.cycles[0].back is None else "seconds to the first cast after it"
        )
        lost = sum(each.lost for each in self.cycles)
        return (
            f"{len(self.cycles)} cycles, {what}: {said(median_low(self.seconds))} in the middle, {said(self.seconds[-1])} at most; "
            f"{sum(each.acknowledged for each in self.cycles)} acknowledged, {lost} lost, {self.lost - lost} lost after healing, "
            f"{self.doubled} doubled, {self.wrong} answered wrongly"
            + "".join(f" ({words}: {many})" for words, many in self.odd.items())
            + (
                ""
                if self.in_time
                else f"; allowed are {self.middle or self.longest:.0f} and {self.longest:.0f} s"
            )
        )


def missing(ballots: list[Ballot], held: Held) -> int:
    """Acknowledged ballots that the primary does not hold. Before any of their forms is sent again: that would bring a lost
    one back under the same receipt, and hide the loss."""
    there = set(held.hashes)
    return sum(bool(ballot.receipt) and ballot.hash not in there for ballot in ballots)


def _sent_again(addresses: list, form: load.Form) -> Sending:
    """As a customer does who is asked to send it again: for half a minute, here and there."""
    give_up = time.monotonic() + 30
    for turn in count():
        sending = send(addresses[turn % len(addresses)], form)
        if sending.receipt or time.monotonic() > give_up:
            break
        time.sleep(0.5)
    return sending
