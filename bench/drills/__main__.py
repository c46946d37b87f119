"""Break a cluster under casting customers and count. `make drills`, or `python -m bench.drills NAME … [--cycles N]`.

As root, with patroni, etcd-server, haproxy, postgresql-15 and iproute2 (Debian 12). Everything runs in a network namespace
of its own, which ends with it. Receipts are compared before any form is sent again, and once more after healing.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import proof
from bench.drills import busy, capacity, hour, members, move, night, pages, seals, suite, upgrade
from bench.drills.books import Books, Found, missing, said
from bench.drills.cluster import Cluster, ClusterPlace, run
from bench.drills.customers import Customers
from bench.drills.faults import DRILLS, Drill
from bench.faults.clients import held
from bench.faults.place import Failed, Web, set_up

#: Not a fault but a stretch of work, each once. `LONG` are run only when they are named.
RUNS = {
    "upgrade": upgrade.run, "move": move.run, "replace": members.replace, "night": night.run, "last-member": members.last_member,
    "hour": hour.run, "capacity": capacity.run, "seals": seals.run, "suite": suite.run, "busy": busy.run, "pages": pages.run,
    "seals-lost": seals.with_losses,
}  # fmt: skip
LONG = ("hour", "capacity", "seals", "seals-lost", "suite", "busy", "pages", "long-recovery")
#: Where none is named: all but the long ones, on two clusters beside each other, since most of a drill is waiting.
STANDARD, LANES = [name for name in (*DRILLS, *RUNS) if name not in LONG], 2
#: One fault, judged by its ballots and not by its seconds: for a machine of which nothing is known.
SHORT, SHORTEST = "short", "kill-postmaster"
INSIDE = "PHIEU_DRILLS_INSIDE"
NEEDED = ("patroni", "etcd", "etcdctl", "haproxy", "ip", "unshare", "setpriv")
PACKAGES = "patroni python3-idna etcd-server etcd-client haproxy iproute2"
LONGEST_FAULT = 60.0
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
#: Exit status where nothing is known against the product: what was to be broken did not come up.
NOT_RUN = 3
BEFORE = 2.0
STAMP = "%d.%m.%Y %H:%M"


@dataclass
class Stand:
    """The cluster, an office on it, its two web nodes, and slips that nobody has used."""

    cluster: Cluster
    place: ClusterPlace
    slips: deque[str] = field(default_factory=deque)
    webs: list[Web] = field(default_factory=list)
    guarded: bool = True

    def serve(self, *, guarded: bool) -> list:
        """The addresses of two web nodes that are told of the cluster, or are not."""
        if self.guarded != guarded:
            self.leave()
        if not self.webs:
            self.guarded = guarded
            self.webs = [self.place.serve({"CLUSTER": "1" if guarded else "0"}) for _node in range(2)]
        return [web.address for web in self.webs]

    def leave(self) -> None:
        """Stop the web nodes, whose connections others need."""
        while self.webs:
            self.webs.pop().stop()

    def stock(self, wanted: int) -> None:
        if len(self.slips) < wanted:
            self.slips.extend(self.place.issue(wanted - len(self.slips)))


def main() -> int:
    options = arguments()
    absent = [name for name in NEEDED if not shutil.which(name)]
    # Debian's Patroni reaches no etcd behind certificates without it, and only recommends it.
    if (
        not absent
        and subprocess.run(["/usr/bin/python3", "-c", "import idna"], stderr=subprocess.DEVNULL).returncode
    ):
        absent.append("python3-idna")
    if os.geteuid() or absent:
        sys.exit(f"needs root and {', '.join(absent) or 'nothing else'} (apt install {PACKAGES})")
    if INSIDE not in os.environ:
        lanes = [[]] if options.names else [STANDARD[lane::LANES] for lane in range(LANES)]
        alone = ["unshare", "--net", "--mount", "--", sys.executable, "-m", "bench.drills", *sys.argv[1:]]
        return reaping([[*alone, *lane] for lane in lanes], os.environ | {INSIDE: "1"})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run("ip", "link", "set", "lo", "up")
    Path("/run/netns").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "netns", "/run/netns")
    print(
        f"{time.strftime(STAMP)}, load of this machine at the beginning: {os.getloadavg()[0]:.1f}", flush=True
    )
    held_up: list[bool | None] = []
    began = time.monotonic()
    with (
        Cluster("etcd3" if options.etcd3 else "etcd") as cluster,
        tempfile.TemporaryDirectory(prefix="drills-") as folder,
    ):
        place = ClusterPlace(Path(folder), cluster)
        try:
            set_up(place)
            print(f"an office on a cluster of three: {time.monotonic() - began:.0f} s", flush=True)
            stand = Stand(cluster, place)
            held_up = [attempted(stand, name, options) for name in options.names]
        finally:
            place.close()
    took = said((time.monotonic() - began) / 60)
    print(f"{time.strftime(STAMP)}: {held_up.count(True)} of {len(held_up)} held, in {took} minutes")
    return 1 if False in held_up else NOT_RUN if None in held_up else 0


def reaping(commands: list[list[str]], environment: Mapping[str, str]) -> int:
    """Run them beside each other, and take what their processes leave behind at once, as a machine's first process does and a
    container's may not: a PostgreSQL that has ended is there until somebody takes it, and Patroni waits for that before it ends
    itself. Exit status 1 where one of them has it, else any that is not 0."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Kept, since one that is let go of takes its process by itself.
    children = [subprocess.Popen(command, env=environment) for command in commands]
    waited_for, codes = {child.pid for child in children}, []
    while waited_for:
        pid, status = os.wait()
        if pid in waited_for:
            waited_for.remove(pid)
            codes.append(os.waitstatus_to_exitcode(status))
    return 1 if 1 in codes else next(filter(None, codes), 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drills", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME[:CYCLES]", help=f"of {SHORT}, {', '.join([*DRILLS, *RUNS])}"
    )
    parser.add_argument(
        "--etcd3", action="store_true", help="a control: the lock by the interface that the handbook forbids"
    )
    parser.add_argument("--record", action="store_true", help="write the figures into docs/proof.json")
    parser.add_argument("--cycles", type=int, default=int(os.environ.get("CYCLES", 1)))
    options = parser.parse_args()
    if unknown := {each.partition(":")[0] for each in options.names} - set(DRILLS) - set(RUNS) - {SHORT}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def attempted(stand: Stand, wanted: str, options: argparse.Namespace) -> bool | None:
    """Whether it held; None where it could not be carried out, and the next one gets its turn."""
    name, _, cycles = wanted.partition(":")
    print(f"  {name}", flush=True)
    began = time.monotonic()
    try:
        if name in RUNS:
            stand.leave()
            figure, met = RUNS[name](stand.cluster, stand.place)
        else:
            figure, met = drilled(stand, name, int(cycles or options.cycles), control=options.etcd3)
    except Failed as failure:
        print(f"  NOT RUN {name}: {failure}", flush=True)
        return None
    except Exception:
        print(f"  NOT RUN {name}: {traceback.format_exc()}", flush=True)
        return None
    took = time.monotonic() - began
    print(f"  {'met   ' if met else 'MISSED'} {name}: {figure} ({took:.0f} s in all)", flush=True)
    if options.record:
        with suppress(proof.UnknownLine):
            proof.record(f"cluster-{'etcd3-control' if options.etcd3 else name}", figure=str(figure), met=met)
    return met


def drilled(stand: Stand, name: str, cycles: int, *, control: bool = False) -> tuple[Books, bool]:
    """``control``: ballots must be lost, and the first loss ends it, since such a cluster need not heal any more."""
    drill = DRILLS[SHORTEST if name == SHORT else name]
    if control:
        drill = replace(drill, must_lose=True)
    books = Books() if name == SHORT or control else Books(drill.longest, drill.middle)
    stand.stock(drill.slips * cycles * 2 // 3)  # in one go: it takes a process each time
    for _cycle in range(cycles):
        print(f"    {name}: {cycle(stand, drill, books)}", flush=True)
        if control and books.lost:
            break
    return books, books.lost > 0 if drill.must_lose else books.good


def cycle(stand: Stand, drill: Drill, books: Books) -> Found:
    """Break, wait, compare, mend, compare again; only then is any form sent a second time."""
    cluster, place, addresses = stand.cluster, stand.place, stand.serve(guarded=drill.guarded)
    stand.stock(drill.slips)
    cluster.wait_healthy()
    drill.prepares(cluster)
    cluster.wait_healthy()
    customers = Customers(addresses, stand.slips).start()
    time.sleep(BEFORE)
    mend = drill.breaks(cluster)
    time.sleep(drill.lasts)
    mended = time.monotonic()
    if not drill.waits:
        mend()
    until_taken_again(customers)
    ballots = customers.stop()
    found = Found(customers.gap(), customers.acknowledged())
    if drill.waits:
        found.lost = missing(ballots, held(place))
        mend()
    else:
        found.back = customers.first_after(mended)
    with suppress(Failed) if drill.must_lose else nullcontext():
        found.heal = 120.0
        found.heal = cluster.wait_healthy(120)
    found.lost_after_healing = missing(ballots, held(place))
    books.cycles.append(found)
    if not drill.must_lose:
        books.settle(ballots, addresses, lambda: held(place))
    return found


def until_taken_again(customers: Customers) -> None:
    """Ten casts more have been acknowledged, or a minute has passed, or no slip is left."""
    seen, began = customers.acknowledged(), time.monotonic()
    while customers.acknowledged() < seen + 10:
        if time.monotonic() - began > LONGEST_FAULT or not customers.slips:
            return
        time.sleep(0.1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"NOT RUN: {failure}", flush=True)
        sys.exit(NOT_RUN)
