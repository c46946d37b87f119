"""Customers who open a slip and send the same form, to one web node after the other, until a receipt is shown."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from bench import load
from bench.faults.clients import fill, send
from surveys.crypto import codes


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

    def __init__(self, addresses: list, slips: deque[str], *, many: int = 6, pause: float = 0.4) -> None:
        self.addresses, self.slips, self.pause = addresses, slips, pause
        self.ballots: list[Ballot] = []
        self._without_slips = inf
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

    def finish(self, seconds: float) -> list[Ballot]:
        """Wait until every slip has its receipt, so long at most."""
        give_up = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(timeout=max(0.0, give_up - time.monotonic()))
        return self.stop()

    def acknowledged(self) -> int:
        return sum(bool(ballot.receipt) for ballot in self.ballots)

    def gap(self) -> float:
        """The longest stretch of seconds without an acknowledged cast, while there were slips."""
        until = min(self.ended, self._without_slips)
        moments = [self.began, *sorted(each.at for each in self.ballots if each.receipt), until]
        return max(later - earlier for earlier, later in pairwise(moments))

    def first_after(self, moment: float) -> float:
        """Seconds from then to the next acknowledged cast; to the end where none came."""
        return min((each.at for each in self.ballots if each.at > moment), default=self.ended) - moment

    def _visits(self, number: int) -> None:
        turn = number
        while not self._over.is_set():
            try:
                code = self.slips.popleft()
            except IndexError:
                self._without_slips = min(self._without_slips, time.monotonic())
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
                self._over.wait(0.2)
            self._over.wait(self.pause)
