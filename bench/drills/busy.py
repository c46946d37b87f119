"""The machine is busy with other work while customers cast: the cluster must not take that for a fault.

Every process of the cluster is on the one machine, and competes at the same priority (but for etcd's, as member.sh sets it)
with two that compute for each of its cores and one that writes to the cluster's disk and waits for it, again and again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from bench.drills.books import missing, said
from bench.drills.cluster import Cluster, ClusterPlace
from bench.drills.customers import Customers
from bench.faults.clients import held

SECONDS = 180
A_CORE = 2
CUSTOMERS, PAUSE = 2, 1.0
COMPUTE = "while True: pass"
WRITE = """
import os, sys
file = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)
while True:
    os.pwrite(file, bytes(2**20), 0)
    os.fsync(file)
"""


def run(cluster: Cluster, place: ClusterPlace) -> tuple[str, bool]:
    """What was seen and whether it held: the same primary on the same timeline, and no ballot lost."""
    cluster.wait_healthy()
    slips = deque(place.issue(SECONDS * CUSTOMERS))
    webs = [place.serve() for _node in range(2)]
    before = leader(cluster)
    cores = os.cpu_count() or 1
    others = [subprocess.Popen([sys.executable, "-c", COMPUTE]) for _ in range(A_CORE * cores)]
    others.append(subprocess.Popen([sys.executable, "-c", WRITE, str(Path(cluster.root, "busy"))]))
    try:
        customers = Customers([web.address for web in webs], slips, many=CUSTOMERS, pause=PAUSE).start()
        time.sleep(SECONDS)
        ballots = customers.stop()
    finally:
        for each in others:
            each.kill()
            each.wait()
    after = leader(cluster)
    lost = missing(ballots, held(place))
    for web in webs:
        web.stop()
    figure = (
        f"{A_CORE * cores} processes that compute on {cores} cores and one that writes, for {SECONDS} s: "
        f"{'no fail-over' if after == before else f'{before} became {after}'}; {said(customers.gap())} s without a cast at most, "
        f"{customers.acknowledged()} acknowledged, {lost} lost"
    )
    return figure, after == before and customers.acknowledged() > 0 and not lost


def leader(cluster: Cluster) -> tuple[str, int] | None:
    """The primary and its timeline, which another one with every fail-over is."""
    return next(((row["name"], row["timeline"]) for row in cluster.look() if row["role"] == "leader"), None)
