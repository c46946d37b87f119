"""Customers who open slips and send them, and what the database must hold of that afterwards."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench import load
from bench.faults.place import Place
from surveys.crypto import codes

RECEIPT = re.compile(rb"data-receipt>\s*([0-9A-Z-]{19})\s*<")
ANSWERS = {"attitude": "1", "time": "1"}
CUT = 0


@dataclass
class Sending:
    """A form as it was sent: ``status`` CUT when no answer came, ``receipt`` '' unless one was shown."""

    form: load.Form
    status: int = CUT
    receipt: str = ""
    began: float = 0.0
    seconds: float = 0.0
    opening: float = 0.0  # seconds that the page took to open
    body: bytes = field(default=b"", repr=False)

    @property
    def hash(self) -> str:
        return codes.receipt_hash(self.receipt)


def fill(address, code: str) -> load.Form:
    """Open a slip and choose answers. Raises `load.NotStored` or OSError."""
    return load.fill(address, f"/p/{code}", ANSWERS)


def send(address, form: load.Form, *, source=None) -> Sending:
    """Send a form once, whatever comes of it."""
    sending = Sending(form, began=time.monotonic())
    try:
        answer = load.request(address, "POST", form.path, form.body, source=source)
    except (OSError, load.NotStored):
        answer = None
    sending.seconds = time.monotonic() - sending.began
    if answer:
        sending.status, sending.body = answer.status, answer.body
        sending.receipt = receipt_in(answer.body)
    return sending


def receipt_in(page: bytes) -> str:
    """The receipt that a page shows, as it is hashed; '' where it shows none."""
    found = RECEIPT.search(page)
    return found[1].decode().replace("-", "") if found else ""


class Crowd:
    """So many customers at once, each opening and sending the next slip until there is none or it is told to stop.

    ``sendings`` is what was sent; a slip that could not be opened goes back to the codes, and is counted in ``unopened``.
    """

    def __init__(
        self, address, slips: deque[str], *, clients: int = 20, pause: float = 0.0, after=None
    ) -> None:
        self.address, self.slips, self.pause, self.after = address, slips, pause, after
        self.sendings: list[Sending] = []
        self.unopened = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visit, daemon=True) for _ in range(clients)]

    def start(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, seconds: float = 60) -> list[Sending]:
        """Let everybody finish what they are at; everything sent."""
        self._over.set()
        return self.finish(seconds)

    def finish(self, seconds: float = 300) -> list[Sending]:
        """Wait until every slip was sent."""
        give_up = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(timeout=max(0.1, give_up - time.monotonic()))
            if thread.is_alive():
                raise TimeoutError("a customer still waits for an answer")
        return self.sendings

    def _visit(self) -> None:
        while not self._over.is_set():
            try:
                code = self.slips.popleft()
            except IndexError:
                return
            began = time.monotonic()
            try:
                form = fill(self.address, code)
            except (OSError, load.NotStored):
                self.unopened += 1
                self.slips.append(code)
                time.sleep(0.02)
                continue
            opened = time.monotonic()
            sending = send(self.address, form)
            sending.opening = opened - began
            self.sendings.append(sending)
            if self.after:
                self.after(sending)
            if self.pause:
                time.sleep(self.pause)


@dataclass(frozen=True)
class Held:
    """What the database holds: used slips, proofs of use, and the hashes of all receipts in box and ledger."""

    used: int
    spent: int
    hashes: list[str]


def held(place: Place) -> Held:
    sql = (
        "SELECT receipt_hash FROM surveys_boxedballot WHERE receipt_hash IS NOT NULL "
        "UNION ALL SELECT hash FROM surveys_receipt"
    )
    (used,) = place.rows("SELECT count(*) FROM surveys_slip WHERE state = 'U'")[0]
    (spent,) = place.rows("SELECT count(*) FROM surveys_spent")[0]
    return Held(used, spent, [row[0] for row in place.rows(sql)])


@dataclass
class Verdict:
    """Sums over cycles; all but ``acknowledged`` and ``recovered`` must stay 0, ``integrity`` 'ok'."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    recovered: int = 0
    unrecovered: int = 0
    mismatched: int = 0
    integrity: str = "ok"

    @property
    def good(self) -> bool:
        return (
            not (self.lost or self.doubled or self.unrecovered or self.mismatched) and self.integrity == "ok"
        )

    def __str__(self) -> str:
        counted = [
            (self.unrecovered, "cut and not recovered"),
            (self.mismatched, "slips without their ballot"),
        ]
        wrong = "".join(f", {count} {words}" for count, words in counted if count)
        wrong += "" if self.integrity == "ok" else f", integrity: {self.integrity[:80]}"
        return (
            f"{number(self.acknowledged)} acknowledged, {self.lost} lost, {self.doubled} doubled, "
            f"{self.recovered} cut ones got their receipt when sent again{wrong}"
        )


def count_lost(sendings: Iterable[Sending], place: Place) -> int:
    """Acknowledged ballots whose receipt the database does not know."""
    there = set(held(place).hashes)
    return sum(sending.receipt != "" and sending.hash not in there for sending in sendings)


def judge(place: Place, verdict: Verdict, earlier: list[Sending], sendings: list[Sending], address) -> None:
    """Add a cycle to the verdict: what was acknowledged must be there; what was cut is sent again and must get a receipt.

    `earlier` are the sendings of the cycles before, all with receipts; this cycle's are added to them.
    """
    verdict.acknowledged += sum(bool(sending.receipt) for sending in sendings)
    verdict.lost += count_lost(sendings, place)
    for sending in sendings:
        if sending.receipt:
            continue
        again = send(address, sending.form)
        if again.receipt:
            verdict.recovered += 1
            sending.receipt = again.receipt
        else:
            verdict.unrecovered += 1
    earlier += [sending for sending in sendings if sending.receipt]
    now = held(place)
    verdict.doubled = max(0, len(now.hashes) - len(earlier)) + len(now.hashes) - len(set(now.hashes))
    verdict.mismatched = abs(now.used - len(now.hashes)) + abs(now.spent - len(now.hashes))


def number(value: int) -> str:
    """3.809, as the product writes it."""
    return f"{value:,}".replace(",", ".")
