"""Break a cluster under casting customers and count. `make drills`, or `python -m bench.drills NAME … [--cycles N]`.

As root, with patroni, etcd-server, haproxy, postgresql-15 and iproute2 (Debian 12). Everything runs in a network namespace
of its own, which ends with it. Receipts are compared before any form is sent again, and once more after healing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from bench.drills import night
from bench.drills.cluster import Cluster, ClusterPlace, run
from bench.drills.customers import Books, Customers
from bench.drills.faults import DRILLS, Drill
from bench.faults.clients import held
from bench.faults.place import Failed, set_up

NIGHT = "night"
INSIDE = "PHIEU_DRILLS_INSIDE"
NEEDED = ("patroni", "etcd", "etcdctl", "haproxy", "ip", "unshare", "setpriv")
SLIPS_A_CYCLE = 500
LONGEST_FAULT = 60.0
BEFORE = 2.0


def main() -> int:
    options = arguments()
    missing = [name for name in NEEDED if not shutil.which(name)]
    if os.geteuid() or missing:
        sys.exit(
            f"needs root and {', '.join(missing) or 'nothing else'} (apt install patroni etcd-server etcd-client haproxy iproute2)"
        )
    if INSIDE not in os.environ:
        command = ["unshare", "--net", "--mount", "--", sys.executable, "-m", "bench.drills", *sys.argv[1:]]
        return subprocess.run(command, env=os.environ | {INSIDE: "1"}).returncode
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run("ip", "link", "set", "lo", "up")
    Path("/run/netns").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "netns", "/run/netns")
    wanted = options.names or [*DRILLS, NIGHT]
    print(f"load of this machine at the beginning: {os.getloadavg()[0]:.1f}", flush=True)
    with Cluster() as cluster, tempfile.TemporaryDirectory(prefix="drills-") as folder:
        place = ClusterPlace(Path(folder), cluster)
        try:
            began = time.monotonic()
            set_up(place)
            print(f"an office on a cluster of three: {time.monotonic() - began:.0f} s", flush=True)
            good = [
                night_through(cluster, place)
                if name == NIGHT
                else attempt(cluster, place, name, options.cycles)
                for name in wanted
            ]
        finally:
            place.close()
    print(f"{sum(good)} of {len(good)} held")
    return 0 if all(good) and good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drills", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *DRILLS, NIGHT], help="which; all without a name")
    parser.add_argument("--cycles", type=int, default=int(os.environ.get("CYCLES", 1)))
    return parser.parse_args()


def attempt(cluster: Cluster, place: ClusterPlace, name: str, cycles: int) -> bool:
    drill, books = DRILLS[name], Books()
    webs = [place.serve({"CLUSTER": "1" if drill.guarded else "0"}) for _node in range(2)]
    addresses = [web.address for web in webs]
    slips: deque[str] = deque()
    try:
        for _cycle in range(cycles):
            cycle(cluster, place, drill, books, addresses, slips)
    except Failed as failure:
        print(f"  NOT RUN {name}: {failure}", flush=True)
        return False
    finally:
        for web in webs:
            web.stop()
    met = books.lost + books.lost_after_healing > 0 if drill.must_lose else books.good
    print(f"  {'met   ' if met else 'MISSED'} {name}: {books}", flush=True)
    return met


def night_through(cluster: Cluster, place: ClusterPlace) -> bool:
    figure, met = night.run(cluster, place)
    print(f"  {'met   ' if met else 'MISSED'} {NIGHT}: {figure}", flush=True)
    return met


def cycle(
    cluster: Cluster, place: ClusterPlace, drill: Drill, books: Books, addresses: list, slips: deque[str]
) -> None:
    cluster.wait_healthy()
    slips.extend(place.issue(max(0, SLIPS_A_CYCLE - len(slips))))
    customers = Customers(addresses, slips).start()
    time.sleep(BEFORE)
    broken = time.monotonic()
    mend = drill.breaks(cluster)
    wait(customers, drill, broken)
    ballots = customers.stop()
    books.gaps.append(customers.gap())
    books.acknowledged += customers.acknowledged()
    if drill.waits:
        books.lost += books.compare(ballots, held(place))
    mend()
    cluster.wait_healthy(120)
    books.lost_after_healing += books.compare(ballots, held(place))
    if not drill.must_lose:
        books.settle(ballots, addresses, lambda: held(place))


def wait(customers: Customers, drill: Drill, broken: float) -> None:
    """Until the fault has lasted and, where that is to be waited for, casts have been taken again for two seconds."""
    time.sleep(drill.lasts)
    seen = customers.acknowledged()
    while drill.waits and customers.acknowledged() < seen + 10:
        if time.monotonic() - broken > LONGEST_FAULT or not customers.slips:
            return
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
