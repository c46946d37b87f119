"""A campaign's last hour: an open form of 64 units, so many answers a second with bursts, on two web nodes; then the same while
one of the nodes is lost. Visitors come when the clock says, however slow the pages are."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import cycle
from statistics import quantiles

from bench import load
from bench.drills.books import missing, said
from bench.drills.cluster import Cluster, ClusterPlace
from bench.drills.customers import Ballot
from bench.drills.open_forms import open_forms, opened, sent
from bench.faults.clients import held

RATE, BURST = 28, 200  # answers a second
SECONDS, BURSTS_AT = 60, (15, 40)
LOST_AT, BACK_AT = 20.0, 35.0
PATIENCE = 60.0


@dataclass
class Hour:
    """What the visitors met: seconds from wishing to answer to the receipt, refusals on the way, who never got one."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    given_up: int = 0
    ballots: list[Ballot] = field(default_factory=list)

    def __str__(self) -> str:
        cut = quantiles(self.seconds, n=100)
        return (
            f"{len(self.seconds)} answers, {said(cut[49], 2)} s in the middle, {said(cut[94])} s p95, {said(max(self.seconds))} s at most, "
            f"{self.refused} refused and sent again, {self.given_up} given up"
        )


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """What was seen and whether it held: every answer acknowledged is there, nobody was left without."""
    with open_forms(cluster, "hour") as forms:
        place, addresses = forms.place, forms.addresses
        whole = visit(addresses, forms.paths)
        there = missing(whole.ballots, held(place))

        def come_back() -> None:
            addresses[0] = place.serve().address

        lose, back = threading.Timer(LOST_AT, forms.webs[0].kill), threading.Timer(BACK_AT, come_back)
        for timer in (lose, back):
            timer.start()
        halved = visit(addresses, forms.paths)
        back.join()
        there += missing(halved.ballots, held(place))
    figure = (
        f"64 units, {RATE} answers a second for {SECONDS} s with {len(BURSTS_AT)} bursts of {BURST} in a second: {whole}; "
        f"one of two web nodes lost for {BACK_AT - LOST_AT:.0f} s: {halved}; {there} lost"
    )
    return figure, not (there + whole.given_up + halved.given_up)


def visit(addresses: list, paths: list[str]) -> Hour:
    """Each visitor is a thread that begins at its moment; half of them turn to either node, and to the other when refused."""
    hour, lock = Hour(), threading.Lock()
    moments = sorted(
        [number / RATE for number in range(RATE * SECONDS)]
        + [at + number / BURST for at in BURSTS_AT for number in range(BURST)]
    )
    began, threads = time.monotonic(), []
    for number, (moment, path) in enumerate(zip(moments, cycle(paths), strict=False)):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        thread = threading.Thread(target=_answer, args=[hour, lock, addresses, number, path], daemon=True)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return hour


def _answer(hour: Hour, lock: threading.Lock, addresses: list, number: int, path: str) -> None:
    began, turn, form, refused = time.monotonic(), number, None, 0
    while time.monotonic() - began < PATIENCE:
        address = addresses[turn % len(addresses)]
        try:
            form = form or opened(address, path)
            if receipt := sent(address, form):
                ballot = Ballot(form, receipt, time.monotonic())
                with lock:
                    hour.seconds.append(ballot.at - began)
                    hour.ballots.append(ballot)
                    hour.refused += refused
                return
        except (OSError, load.NotStored):
            pass
        refused += 1
        turn += 1
        time.sleep(1.0)
    with lock:
        hour.given_up += 1
        hour.refused += refused
