"""The server's clock is wrong, jumps, or passes the end of a month and a year; a small library moves it under a real server.

On SQLite; the product asks its own clock for the time and never the database's, so the engine changes nothing here.
"""

from __future__ import annotations

import json
import mmap
import struct
import time
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.faults.clients import Crowd, Sending, fill, held, send
from bench.faults.place import SQLITE, Kit, Place, Web
from bench.faults.shim import library

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTES, DAYS = timedelta(minutes=10), timedelta(days=2)
CASTS, QUICK = 200, 60
REFUSED = 409


class Clock:
    """What the processes that get its ``environment`` take for the time; the real clock until it is set."""

    def __init__(self, folder: Path) -> None:
        self._library = {"LD_PRELOAD": str(library("clock", folder)), "TZ": "Asia/Ho_Chi_Minh"}
        self._path = folder / "clock"
        self._path.write_bytes(bytes(8))
        with self._path.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)

    @property
    def environment(self) -> dict[str, str]:
        return self._library | {"CLOCK_FILE": str(self._path)}

    def set(self, off: timedelta) -> None:
        """So much ahead of the real clock, or behind it; seen at once."""
        self._ahead[:] = struct.pack("<q", round(off / timedelta(microseconds=1)) * 1000)

    def turn_to(self, instant: datetime) -> None:
        self.set(instant - datetime.now(HANOI))

    def stopped_at(self, instant: datetime) -> dict[str, str]:
        """The environment of a process for which this instant never ends."""
        return self._library | {"CLOCK_STOPPED": str(int(instant.timestamp()))}


def run(kit: Kit, *, quick: bool) -> tuple[str, bool]:
    with kit.place(SQLITE) as place:
        clock = Clock(place.folder)
        web = place.serve(clock.environment)
        looks = {
            "10 minutes and 2 days off": _skewed(place, web, clock),
            "month and year edge": _edges(place, web, clock),
            "set back during casts": _set_back(place, web, clock, QUICK if quick else CASTS),
            "trail": _trail(place, clock),
        }
        clock.set(timedelta())
        (negative,) = place.rows(
            "SELECT count(*) FROM surveys_spent WHERE open_seconds < 0 OR used_at IS NULL"
        )[0]
        now = held(place)
    looks["stored"] = [f"{negative} negative times"] * bool(negative) + ["slips without ballots"] * (
        not now.used == now.spent == len(now.hashes)
    )
    wrong = [f"{what}: {', '.join(found)}" for what, found in looks.items() if found]
    done = "10 minutes and 2 days ahead and behind, month and year edge to the second, set back during"
    return "; ".join(wrong) or f"{done} {len(now.hashes)} casts: all as issued, 0 negative times", not wrong


def _skewed(place: Place, web: Web, clock: Clock) -> list[str]:
    """Issued at the right time, sent under a wrong one. Behind, a slip waits until its moment comes; it never dies."""
    wrong = []
    for off in (MINUTES, DAYS, -MINUTES, -DAYS):
        clock.set(timedelta())
        (code,) = place.issue(1, **clock.environment)
        before, form = _slip(place, code), fill(web.address, code)
        clock.set(off)
        sending = send(web.address, form)
        if off < timedelta():
            if sending.status != REFUSED:
                wrong.append(f"{off}: {sending.status} instead of the neutral refusal")
            clock.set(timedelta())
            sending = send(web.address, form)
        wrong += _unlike(before, _slip(place, code), sending, f"{off}")
    return wrong


def _edges(place: Place, web: Web, clock: Clock) -> list[str]:
    """Issued in the last second of a month: the ballot belongs to it, until the third day of the next month has passed."""
    today, wrong = datetime.now(HANOI), []
    for year, month in ((today.year, today.month), (today.year, 12)):
        first = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=HANOI)
        last = first - timedelta(seconds=1)
        one, other, late = place.issue(3, **clock.stopped_at(last))
        for code, moment in (
            (one, first + timedelta(seconds=2)),
            (other, _grace(first) - timedelta(minutes=1)),
        ):
            before = _slip(place, code)
            clock.turn_to(moment)
            form = fill(web.address, code)
            wrong += _unlike(before, _slip(place, code), send(web.address, form), f"{moment:%d/%m}")
            if before["period"] != f"{last:%Y-%m}":
                wrong.append(f"issued at {last} for {before['period']}")
        form = fill(web.address, late)
        clock.turn_to(_grace(first) + timedelta(seconds=5))
        if send(web.address, form).receipt:
            wrong.append("taken after the third day")
    return wrong


def _grace(first: datetime) -> datetime:
    """The end of the third day of a month."""
    return first + timedelta(days=3)


def _set_back(place: Place, web: Web, clock: Clock, casts: int) -> list[str]:
    """NTP corrects the clock back and forth while customers send; their slips are an hour old."""
    clock.set(timedelta())
    codes = deque(place.issue(casts, **clock.stopped_at(datetime.now(HANOI) - timedelta(hours=1))))
    crowd = Crowd(web.address, codes, clients=8).start()
    for off in _jumps():
        clock.set(off)
        time.sleep(0.15)
        if not codes:
            break
    sendings = crowd.finish()
    refused = sum(not sending.receipt for sending in sendings)
    return [f"{refused} of {len(sendings)} not taken"] if refused or crowd.unopened else []


def _jumps() -> Iterable[timedelta]:
    for _ in range(200):
        yield from (timedelta(), -MINUTES, timedelta(seconds=-2), MINUTES, timedelta(seconds=-30))


def _trail(place: Place, clock: Clock) -> list[str]:
    """Lines of the trail stand in the order of what happened, also when the clock went back between them."""
    for number, off in enumerate((timedelta(), MINUTES, -MINUTES)):
        clock.set(off)
        place.manage("backup", str(place.folder / f"copy-{number}"), **clock.environment)
    sql = "SELECT at FROM surveys_auditentry WHERE action = 'backed_up' ORDER BY id"
    found = [row[0] for row in place.rows(sql)]
    in_order = len(found) == 3 and found[2] < found[0] < found[1]
    return [] if in_order else [f"lines at {found}"]


def _slip(place: Place, code: str) -> dict:
    return json.loads(place.python("-m", "bench.faults.verbs", "slip", code))


def _unlike(before: dict, after: dict, sending: Sending, what: str) -> list[str]:
    if not sending.receipt:
        return [f"{what}: not taken ({sending.status})"]
    kept = {name: before[name] for name in ("period", "expires_at")}
    return [] if kept.items() <= after.items() else [f"{what}: {before} became {after}"]
