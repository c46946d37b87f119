"""The mix runs again and again while customers send. Run as a program it is the mixer."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from datetime import datetime

from bench.faults.clients import Crowd, Verdict, judge, number
from bench.faults.place import Kit

CLIENTS = 20
SECONDS_BETWEEN = 0.4
SLIPS, QUICK = 3000, 500
LONGEST = 2.0


def run(kit: Kit, engine: str, *, quick: bool) -> tuple[str, bool]:
    with kit.place(engine) as place:
        slips = deque(place.issue(QUICK if quick else SLIPS))
        web = place.serve()
        mixer = place.start(sys.executable, "-m", "bench.faults.mix_load", stdin=-1, stdout=-1)
        mixer.stdout.readline()  # the first mix is done
        sendings = Crowd(web.address, slips, clients=CLIENTS).start().finish()
        mixes = json.loads(mixer.communicate("\n", timeout=60)[0])
        verdict = Verdict()
        judge(place, verdict, [], sendings, web.address)
        (released,) = place.rows("SELECT count(*) FROM surveys_ballot")[0]
        verdict.integrity = place.integrity()
    slowest = max(sending.seconds for sending in sendings)
    said = f"{verdict}; {len(mixes)} mixes released {number(released)} ballots, slowest mix {_ms(max(mixes))}, slowest submission {_ms(slowest)}"
    met = verdict.good and not verdict.recovered and slowest <= LONGEST and released > 0 and len(mixes) > 3
    return said, met


def _ms(seconds: float) -> str:
    return f"{number(round(seconds * 1000))} ms"


def mix_until_told() -> None:
    """Mix every 0,4 s, as in the middle of the month, until a line comes; print the seconds that each took."""
    import threading

    import django

    django.setup()
    from django.utils import timezone

    from reports.closing import mix_box
    from surveys.box.mixing import boxes_waiting, scrub_box

    now: datetime = timezone.localtime().replace(day=11, hour=12)
    over, took = threading.Event(), []
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    while not over.wait(SECONDS_BETWEEN):
        began = time.monotonic()
        for office, period, _waiting in boxes_waiting():
            mix_box(office=office, period=period, now=now)
        scrub_box()
        if not took:
            print("mixing", flush=True)
        took.append(time.monotonic() - began)
    print(json.dumps(took), flush=True)


if __name__ == "__main__":
    sys.exit(mix_until_told())
