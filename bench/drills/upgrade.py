"""The product is upgraded while customers cast: the tables first, then one web node after the other, as docs/cluster.md says."""

from __future__ import annotations

import tempfile
import time
from collections import deque
from pathlib import Path

from bench.drills.books import Books, Found, missing, said
from bench.drills.cluster import Cluster, ClusterPlace
from bench.drills.customers import Customers
from bench.faults.clients import held
from bench.faults.migrate import release_before
from bench.faults.place import set_up
from bench.ours import ROOT

#: The first migration that the old release does not know.
FROM = "surveys/migrations/0027_names_in_one_line.py"
SLIPS = 700
BETWEEN = 3.0  # seconds from one step to the next
LONGEST = 3.0


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """What was seen and whether it held."""
    cluster.wait_healthy()
    books = Books(longest=LONGEST)
    with tempfile.TemporaryDirectory(prefix="drills-") as root:
        folder = Path(root, "office")
        folder.mkdir()
        place = ClusterPlace(folder, cluster, "upgraded")
        place.code = release_before(Path(root), FROM)
        try:
            set_up(place)
            behind = place.migrated()
            slips = deque(place.issue(SLIPS))
            webs = [place.serve() for _node in range(2)]
            addresses = [web.address for web in webs]
            customers = Customers(addresses, slips).start()
            time.sleep(BETWEEN)
            place.code = ROOT
            began = time.monotonic()
            place.manage("prepare")
            seconds = time.monotonic() - began
            for node, old in enumerate(webs):
                time.sleep(BETWEEN)
                addresses[node] = place.serve().address
                old.stop()
            time.sleep(BETWEEN)
            ballots = customers.stop()
            found = Found(customers.gap(), customers.acknowledged(), lost=missing(ballots, held(place)))
            books.cycles.append(found)
            books.settle(ballots, addresses, lambda: held(place))
            new = place.migrated() - behind
        finally:
            place.close()
    return (
        f"{new} migrations in {said(seconds)} s, then two web nodes in turn: {books}",
        books.good and new > 0,
    )
