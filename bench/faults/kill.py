"""kill −9 of the whole server under load, over and over; then every request that was cut is sent again."""

from __future__ import annotations

import random
import time
from collections import deque

from bench.faults.clients import Crowd, Sending, Verdict, judge
from bench.faults.place import Kit

CYCLES, QUICK = 40, 5
CLIENTS = 20
SLIPS_A_CYCLE = 250
SHORTEST, LONGEST = 0.15, 0.9  # seconds of load before the kill


def run(kit: Kit, engine: str, *, quick: bool) -> tuple[str, bool]:
    """(figure, met): 0 acknowledged lost, 0 doubled, every cut one recovered, used slips = ballots, integrity ok."""
    cycles, rng = QUICK if quick else CYCLES, random.Random(7)
    with kit.place(engine) as place:
        slips = deque(place.issue(cycles * SLIPS_A_CYCLE))
        verdict, earlier, pending = Verdict(), [], []
        for _cycle in range(cycles):
            web = place.serve()
            judge(place, verdict, earlier, pending, web.address)
            pending = _load_and_kill(web, slips, rng.uniform(SHORTEST, LONGEST))
        judge(place, verdict, earlier, pending, place.serve().address)
        verdict.integrity = place.integrity()
    return f"{cycles} cycles, {verdict}", verdict.good and verdict.acknowledged > 10 * cycles


def _load_and_kill(web, slips: deque[str], seconds: float) -> list[Sending]:
    crowd = Crowd(web.address, slips, clients=CLIENTS).start()
    while not crowd.sendings and slips:  # the first page of a new process takes longer than the rest
        time.sleep(0.01)
    time.sleep(seconds)
    web.kill()
    return crowd.stop()
