"""Is each ballot on the disk before its receipt is shown: syncs counted while one customer after the other sends."""

from __future__ import annotations

import time

from bench.faults.clients import fill, number, send
from bench.faults.place import POSTGRESQL, SQLITE, Failed, Kit
from bench.faults.shim import ACKNOWLEDGED, SYNCED, Log

BALLOTS = 60


def run(kit: Kit, *, quick: bool) -> tuple[str, bool]:
    fewest = _sqlite(kit)
    syncs = _postgresql(kit)
    figure = f"SQLite: at least {fewest} for each of {BALLOTS}; PostgreSQL: {number(syncs)} of the log for {BALLOTS}"
    return figure, fewest >= 1 and syncs >= BALLOTS


def _sqlite(kit: Kit) -> int:
    """The fewest syncs of database and journal between two receipts."""
    with kit.place(SQLITE) as place:
        codes, log = place.issue(BALLOTS), Log(place)
        try:
            web = place.serve(log.environment)
            for code in codes:
                log.acknowledge(_sent(web, code))
            kinds = "".join(record.kind for record in log.records())
        finally:
            log.close()
    between = kinds.split(ACKNOWLEDGED)[1:-1]  # the first one carries what the start did
    return min(part.count(SYNCED) for part in between)


def _postgresql(kit: Kit) -> int:
    """Syncs of the write-ahead log by all processes of the server meanwhile."""
    with kit.place(POSTGRESQL) as place:
        codes, web = place.issue(BALLOTS), place.serve()
        forms = [fill(web.address, code) for code in codes]
        time.sleep(1.5)  # a backend tells its counts once a second at most
        (before,) = place.rows("SELECT wal_sync FROM pg_stat_wal")[0]
        for form in forms:
            if not send(web.address, form).receipt:
                raise Failed("a ballot was not taken")
        web.stop()  # which tells what is left to tell
        time.sleep(0.5)
        (after,) = place.rows("SELECT wal_sync FROM pg_stat_wal")[0]
    return after - before


def _sent(web, code: str) -> str:
    sending = send(web.address, fill(web.address, code))
    if not sending.receipt:
        raise Failed("a ballot was not taken")
    return sending.hash
