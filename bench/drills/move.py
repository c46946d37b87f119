"""One server's office moves to the cluster and back again, as docs/cluster.md says: no ballot, receipt or key is another one."""

from __future__ import annotations

import tempfile
from collections import deque
from pathlib import Path

from bench.drills.cluster import Cluster, ClusterPlace
from bench.drills.customers import Customers
from bench.faults.clients import held
from bench.faults.place import POSTGRESQL, Kit, Place, furnish
from bench.faults.replay import backup

CASTS = 40
PATIENCE = 60.0  # seconds: a busy cluster asks a customer to send it again
HOLDS = "ĐẠT:"


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """What was seen and whether it held."""
    cluster.wait_healthy()
    good = []
    with Kit() as kit, kit.place(POSTGRESQL) as one, tempfile.TemporaryDirectory(prefix="drills-") as root:
        good.append(cast(one))
        folder = Path(root, "office")
        folder.mkdir()
        furnish(folder, one.folder)
        there = ClusterPlace(folder, cluster, "moved")
        try:
            good += moved(one, there)
            good.append(cast(there))
            with kit.empty_place(one) as again:
                good += moved(there, again)
                good.append(cast(again))
                ballots = len(held(again).hashes)
        finally:
            there.close()
    figure = f"one server → cluster → one server: {ballots} of {3 * CASTS} ballots, {sum(good)} of {len(good)} checks held"
    return figure, all(good) and ballots == 3 * CASTS


def cast(place: Place) -> bool:
    """So many ballots, each with its receipt; a part of them is mixed."""
    web = place.serve()
    sent = Customers([web.address], deque(place.issue(CASTS)), many=4, pause=0.0).start().finish(PATIENCE)
    web.stop()
    place.python("-m", "bench.faults.verbs", "mix")
    return len(sent) == CASTS and all(each.receipt for each in sent)


def moved(here: Place, there: Place) -> list[bool]:
    """Backed up here, restored there with the same keys: the same rows, and the ledger verified by the restore and after it."""
    before = held(here)
    copy = backup(here, f"copy-{here.database}")
    said = there.manage("restore", str(copy), "--nothing-since")
    after = held(there)
    return [
        HOLDS in said,
        HOLDS in there.manage("verify_ledger"),
        sorted(after.hashes) == sorted(before.hashes),
        (after.used, after.spent) == (before.used, before.spent),
    ]
