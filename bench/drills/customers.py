"""Customers who open a slip and send the same form, to one web node after the other, until a receipt is shown."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import count, pairwise

from bench import load
from bench.faults.clients import Held, Sending, fill, send
from surveys.crypto import codes

#: What a form may be answered with: a receipt, "not saved" or "not known", or nothing at all where the web node is cut.
IN_ORDER = {200, 503, 0}


@dataclass
class Ballot:
    """One form and every answer that it got; ``receipt`` '' until one was shown, ``at`` when."""

    form: load.Form
    receipt: str = ""
    at: float = 0.0
    answers: list[int] = field(default_factory=list)

    @property
    def hash(self) -> str:
        return codes.receipt_hash(self.receipt)


class Customers:
    """So many at once, until told to stop; then each leaves its form as it is, sent or not."""

    def __init__(self, addresses: list, slips: deque[str], *, many: int = 8, pause: float = 0.25) -> None:
        self.addresses, self.slips, self.pause = addresses, slips, pause
        self.ballots: list[Ballot] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visits, args=[n], daemon=True) for n in range(many)]

    def start(self) -> Customers:
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> list[Ballot]:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)
        self.ended = time.monotonic()
        return self.ballots

    def acknowledged(self) -> int:
        return sum(bool(ballot.receipt) for ballot in self.ballots)

    def last(self) -> float:
        return max((ballot.at for ballot in self.ballots), default=self.began)

    def gap(self) -> float:
        """The longest stretch of seconds without an acknowledged cast."""
        moments = [self.began, *sorted(each.at for each in self.ballots if each.receipt), self.ended]
        return max(later - earlier for earlier, later in pairwise(moments))

    def _visits(self, number: int) -> None:
        turn = number
        while not self._over.is_set():
            try:
                code = self.slips.popleft()
            except IndexError:
                return
            try:
                ballot = Ballot(fill(self.addresses[turn % len(self.addresses)], code))
            except (OSError, load.NotStored):
                self.slips.append(code)
                turn += 1
                self._over.wait(0.2)
                continue
            self.ballots.append(ballot)
            while not self._over.is_set() and not ballot.receipt:
                sending = send(self.addresses[turn % len(self.addresses)], ballot.form)
                ballot.answers.append(sending.status)
                if sending.receipt:
                    ballot.receipt, ballot.at = sending.receipt, time.monotonic()
                    break
                turn += 1
                self._over.wait(0.3)
            self._over.wait(self.pause)


@dataclass
class Books:
    """What was found over the cycles of a drill; everything but the first two must stay 0."""

    acknowledged: int = 0
    gaps: list[float] = field(default_factory=list)
    lost: int = 0
    lost_after_healing: int = 0
    doubled: int = 0
    odd: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        """Answers that no form may get, and forms that did not get their one receipt in the end."""
        return sum(self.odd.values())

    @property
    def good(self) -> bool:
        return self.acknowledged > 0 and not (self.lost + self.lost_after_healing + self.doubled + self.wrong)

    def compare(self, ballots: list[Ballot], held: Held) -> int:
        """Acknowledged ballots that the primary does not hold. Before any of their forms is sent again: that would
        bring a lost one back under the same receipt, and hide the loss."""
        there = set(held.hashes)
        return sum(bool(ballot.receipt) and ballot.hash not in there for ballot in ballots)

    def settle(self, ballots: list[Ballot], addresses: list, held) -> None:
        """Send every form again: the same receipt, or at last one; then no slip has two ballots and no ballot no slip."""
        for ballot in ballots:
            self.odd.update(f"answered {answer}" for answer in ballot.answers if answer not in IN_ORDER)
            sending = _sent_again(addresses, ballot.form)
            if not sending.receipt:
                self.odd[f"no receipt in the end, but {sending.status}"] += 1
            elif ballot.receipt and sending.receipt != ballot.receipt:
                self.odd["another receipt"] += 1
        now: Held = held()
        repeated = len(now.hashes) - len(set(now.hashes))
        self.doubled = max(
            self.doubled, repeated + abs(now.used - len(now.hashes)) + abs(now.spent - len(now.hashes))
        )

    def __str__(self) -> str:
        gaps = sorted(self.gaps)
        middle = gaps[len(gaps) // 2] if gaps else 0.0
        return (
            f"{len(gaps)} cycles, seconds without a cast: {middle:.1f} in the middle, {gaps[-1] if gaps else 0:.1f} at most; "
            f"{self.acknowledged} acknowledged, {self.lost} lost, {self.lost_after_healing} lost after healing, "
            f"{self.doubled} doubled, {self.wrong} answered wrongly"
            + "".join(f" ({words}: {count})" for words, count in self.odd.items())
        )


def _sent_again(addresses: list, form: load.Form) -> Sending:
    """As a customer does who is asked to send it again: for half a minute, here and there."""
    give_up = time.monotonic() + 30
    for turn in count():
        sending = send(addresses[turn % len(addresses)], form)
        if sending.receipt or time.monotonic() > give_up:
            break
        time.sleep(0.5)
    return sending
