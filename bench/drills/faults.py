"""What is broken in a drill, and how it is mended again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass

import psycopg2

from bench.drills.cluster import Cluster, Member

LONG_LOG = (
    "SET synchronous_commit = local",
    "DROP TABLE IF EXISTS drill_log",
    "CHECKPOINT",
    "CREATE TABLE drill_log AS SELECT i, repeat(md5(i::text), 3) FROM generate_series(1, 7000000) AS i",
)
ASYNCHRONOUS_AFTER = 4.0  # seconds: two rounds of Patroni's
CANCEL = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()"


@dataclass
class Drill:
    """``breaks`` gives what mends it. ``lasts``: seconds that the fault is left alone at least. ``waits``: casts are taken
    again before it is mended. ``guarded``: whether the product is told of the cluster. ``must_lose``: a control.
    ``longest``, ``middle``: the seconds without a cast that are allowed, None where nothing is promised. ``slips``: so many
    are ready; where they run out, nothing is measured any more. ``prepares``: what is done before anybody casts."""

    breaks: Callable[[Cluster], Callable[[], object]]
    lasts: float = 4.0
    waits: bool = True
    guarded: bool = True
    must_lose: bool = False
    longest: float | None = 15.0
    middle: float | None = 12.0
    slips: int = 150
    prepares: Callable[[Cluster], object] = lambda cluster: None


def nothing() -> None:
    """The cluster mends this by itself."""


def write_long_log(cluster: Cluster) -> None:
    """A gigabyte of log since the last checkpoint, and no other checkpoint: a crash is not recovered from in five seconds."""
    for setting in ("max_wal_size=8GB", "checkpoint_timeout=1h"):
        cluster.configure(f"postgresql.parameters.{setting}")
    with closing(cluster.connect(cluster.primary(), "postgres")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for statement in LONG_LOG:
            cursor.execute(statement)


def kill_postmaster(cluster: Cluster) -> Callable[[], object]:
    os.kill(cluster.primary().postmaster(), signal.SIGKILL)
    return nothing


def kill_patroni(cluster: Cluster) -> Callable[[], object]:
    """Its PostgreSQL stays a primary that takes writes; systemd would start Patroni again sooner than this does."""
    member = cluster.primary()
    member.kill("patroni")
    return lambda: member.start("patroni")


def kill_member(cluster: Cluster) -> Callable[[], object]:
    member = cluster.primary()
    member.kill_all()
    return member.boot


def kill_standby(cluster: Cluster) -> Callable[[], object]:
    member = cluster.standby()
    member.kill_all()
    return member.boot


def kill_both_standbys(cluster: Cluster) -> Callable[[], object]:
    """Only their PostgreSQL and Patroni: the quorum of etcd stays, the primary has nobody to confirm."""
    standbys = [cluster.standby(), cluster.standby(synchronous=False)]
    for member in standbys:
        member.kill("patroni")
        os.kill(member.postmaster(), signal.SIGKILL)
    return lambda: [member.start("patroni") for member in standbys]


def lose_etcd_leader(cluster: Cluster) -> Callable[[], object]:
    member = cluster.etcd_leader()
    member.kill("etcd")
    return lambda: member.start("etcd")


def lose_quorum(cluster: Cluster) -> Callable[[], object]:
    members = list(cluster.members.values())[:2]
    for member in members:
        member.kill("etcd")
    return lambda: [member.start("etcd") for member in members]


def unplug(cluster: Cluster) -> Callable[[], object]:
    member = cluster.primary()
    member.plug("m", "c", out=True)
    return lambda: member.plug("m", "c")


def cut_off_from_members(cluster: Cluster) -> Callable[[], object]:
    """The web nodes still reach the old primary."""
    member = cluster.primary()
    member.plug("m", out=True)
    return lambda: member.plug("m")


def switch_over(cluster: Cluster) -> Callable[[], object]:
    cluster.primary().hand_over()
    return nothing


def restart_proxy(cluster: Cluster) -> Callable[[], object]:
    cluster.kill_proxy()
    cluster.start_proxy()
    return nothing


def rebuild(cluster: Cluster) -> Callable[[], object]:
    """A standby whose data are lost is copied from the primary while ballots come in."""
    member = cluster.standby()
    cluster.ctl("reinit", "phieu", member.name, "--force", "--wait")
    return nothing


def hang(what: str) -> Callable[[Cluster], Callable[[], object]]:
    """Patroni or PostgreSQL of the primary hangs, and comes to itself when another one is primary."""

    def breaks(cluster: Cluster) -> Callable[[], object]:
        member = cluster.primary()
        member.hold(what, still=True)
        return lambda: member.hold(what, still=False)

    return breaks


def lose_two(cluster: Cluster) -> Callable[[], object]:
    """The primary and its synchronous standby are gone at once; what is left may not become primary."""
    members = [cluster.primary(), cluster.standby()]
    for member in members:
        member.kill_all()
    return lambda: [member.boot() for member in members]


def lose_all(cluster: Cluster) -> Callable[[], object]:
    """The power of all three is cut; for longer than the lock is kept, or for less."""
    for member in cluster.members.values():
        member.kill_all()
    return lambda: [member.boot() for member in cluster.members.values()]


def do_not_wait(cluster: Cluster) -> Callable[[], object]:
    """An administrator has turned the waiting off, and the primary is cut off from the others, not from the web nodes. It
    takes ballots until it gives up by itself; it must be left until another one is primary."""
    for name in ("synchronous_mode_strict", "synchronous_mode"):
        cluster.configure(f"{name}=false")
    time.sleep(ASYNCHRONOUS_AFTER)
    mend_line = cut_off_from_members(cluster)

    def mend() -> None:
        mend_line()
        for name in ("synchronous_mode", "synchronous_mode_strict"):
            cluster.configure(f"{name}=true")

    return mend


def end_waits(cluster: Cluster) -> Callable[[], object]:
    """No standby is reached; whoever waits for one is cancelled again and again; then the primary is gone."""
    primary = cluster.primary()
    primary.plug("m", out=True)
    _cancel_for(cluster, primary, seconds=3.0)
    primary.kill_all()

    def mend() -> None:
        primary.plug("m")
        primary.boot()

    return mend


def _cancel_for(cluster: Cluster, primary: Member, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    with closing(cluster.connect(primary)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        while time.monotonic() < until:
            with suppress(psycopg2.Error):
                cursor.execute(CANCEL)
            time.sleep(0.1)


DRILLS: dict[str, Drill] = {
    "switchover": Drill(switch_over, longest=3.0, middle=3.0, slips=200),
    "kill-postmaster": Drill(kill_postmaster),
    "long-recovery": Drill(kill_postmaster, prepares=write_long_log),
    "kill-patroni": Drill(kill_patroni),
    "kill-member": Drill(kill_member),
    "unplugged": Drill(unplug),
    "cut-off": Drill(cut_off_from_members),
    "hung-patroni": Drill(hang("patroni")),
    "hung-postgresql": Drill(hang("postgresql")),
    "kill-standby": Drill(kill_standby, slips=250),
    "rebuild": Drill(rebuild, slips=900),
    "no-standby": Drill(kill_both_standbys, lasts=20, waits=False),
    "two-lost": Drill(lose_two, lasts=15, waits=False),
    "all-lost": Drill(lose_all, waits=False),
    "all-lost-long": Drill(lose_all, lasts=15, waits=False),
    "etcd-leader": Drill(lose_etcd_leader, slips=250),
    "etcd-quorum": Drill(lose_quorum, lasts=25, waits=False, slips=250),
    "proxy": Drill(restart_proxy, slips=250),
    "ended-waits": Drill(end_waits),
    "ended-waits-control": Drill(end_waits, guarded=False, must_lose=True),
    "asynchronous-control": Drill(do_not_wait, lasts=14, must_lose=True, slips=500),
}
