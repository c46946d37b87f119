"""PostgreSQL crashes under load (`pg_ctl stop -m immediate`) and is started again; the web server stays up throughout.

The control runs with synchronous_commit=off and must lose ballots: a measurement that cannot fail says nothing.
"""

from __future__ import annotations

import random
import time
from collections import deque

from bench.faults.clients import Crowd, Sending, Verdict, count_lost, judge, number
from bench.faults.place import POSTGRESQL, Kit, Place

CYCLES, QUICK = 12, 3
CLIENTS = 20
SLIPS_A_CYCLE = 400


def run(kit: Kit, *, quick: bool) -> dict[str, tuple[str, bool]]:
    cycles = QUICK if quick else CYCLES
    with kit.place(POSTGRESQL) as place:
        durable = _durable(place, cycles)
    with kit.place(POSTGRESQL) as place:
        control = _control(place, cycles)
    return {"postgres-crash": durable, "postgres-crash-control": control}


def _durable(place: Place, cycles: int) -> tuple[str, bool]:
    slips = deque(place.issue(cycles * SLIPS_A_CYCLE))
    web, verdict, earlier = place.serve(), Verdict(), []
    for sendings in _crashes(place, web, slips, cycles):
        judge(place, verdict, earlier, sendings, web.address)
    verdict.integrity = place.integrity()
    return f"{cycles} crashes, {verdict}", verdict.good and verdict.acknowledged > 10 * cycles


def _control(place: Place, cycles: int) -> tuple[str, bool]:
    slips = deque(place.issue(cycles * SLIPS_A_CYCLE))
    place.server.stop()
    place.server.start(synchronous_commit="off")
    try:
        web = place.serve()
        found = [
            (sum(bool(sending.receipt) for sending in sendings), count_lost(sendings, place))
            for sendings in _crashes(place, web, slips, cycles, synchronous_commit="off")
        ]
    finally:
        place.server.stop()
        place.server.start()
    acknowledged, lost = (sum(column) for column in zip(*found, strict=True))
    biting = sum(bool(each) for _acknowledged, each in found)
    return f"{number(lost)} of {number(acknowledged)} lost, in {biting} of {cycles} crashes", lost > 0


def _crashes(place: Place, web, slips: deque[str], cycles: int, **settings):
    """After each crash and recovery, what was sent until then."""
    rng = random.Random(12)
    for _cycle in range(cycles):
        crowd = Crowd(web.address, slips, clients=CLIENTS).start()
        while not crowd.sendings and slips:
            time.sleep(0.01)
        time.sleep(rng.uniform(0.3, 1.2))
        place.server.stop("immediate")
        sendings: list[Sending] = crowd.stop()
        place.server.start(**settings)
        yield sendings
