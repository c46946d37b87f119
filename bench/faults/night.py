"""The evening comes by itself: `deploy/serve.sh`, as `make run` and `make serve` start it, mixes at the hour without a hand."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import time
from datetime import datetime, timedelta

from bench import load
from bench.faults.clients import fill, send
from bench.faults.clock import HANOI, Clock
from bench.faults.place import SQLITE, Failed, Kit, Place

BALLOTS = 24  # two counters, twelve each: enough to be opened
LONGEST = 150  # seconds after the hour; a round begins once a minute


def run(kit: Kit, *, quick: bool) -> tuple[str, bool]:
    evening = datetime.now(HANOI).replace(day=11, hour=19, minute=0, second=0, microsecond=0)
    with kit.place(SQLITE) as place:
        clock, port = Clock(place.folder), _free_port()
        codes = place.issue(BALLOTS, **clock.stopped_at(evening - timedelta(hours=1)))
        clock.turn_to(evening - timedelta(minutes=20))
        (place.folder / "static").unlink()
        shutil.copytree(kit.static, place.folder / "static")  # the start collects them anew
        server = place.start(
            "sh", "deploy/serve.sh", "office", environment=clock.environment | {"PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"},
            stdin=-3, stdout=-3, stderr=-3,
        )  # fmt: skip
        address = _wait(server, port)
        if not all(send(address, fill(address, code)).receipt for code in codes):
            raise Failed("a ballot was not taken before the evening")
        clock.turn_to(evening - timedelta(seconds=5))
        before = _released(place)
        took = _wait_for_the_mix(place, LONGEST)
        released = _released(place)
        os.killpg(server.pid, signal.SIGTERM)
        ended = server.wait(timeout=30)
    figure = f"{before} ballots released before 19:00, {released} of {BALLOTS} within {took:.0f} s of it; ended with {ended} when told to"
    return figure, before == 0 and released == BALLOTS and ended == 0


def _wait_for_the_mix(place: Place, seconds: float) -> float:
    began = time.monotonic()
    while not _released(place) and time.monotonic() - began < seconds:
        time.sleep(1)
    return time.monotonic() - began - 5


def _released(place: Place) -> int:
    return place.rows("SELECT count(*) FROM surveys_ballot")[0][0]


def _wait(server, port: int) -> tuple[str, int]:
    address, give_up = ("127.0.0.1", port), time.monotonic() + 180
    while time.monotonic() < give_up:
        if server.poll() is not None:
            raise Failed(f"deploy/serve.sh ended with {server.returncode}")
        try:
            load.request(address, "GET", "/healthz")
            return address
        except (OSError, load.NotStored):
            time.sleep(0.5)
    raise Failed("deploy/serve.sh did not serve in time")


def _free_port() -> int:
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
