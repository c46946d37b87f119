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

CANCEL = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()"


@dataclass
class Drill:
    """``breaks`` gives what mends it. ``lasts``: seconds that the fault is left alone at least. ``waits``: until casts are
    taken again before it is mended. ``guarded``: whether the product is told of the cluster. ``must_lose``: a control."""

    breaks: Callable[[Cluster], Callable[[], object]]
    lasts: float = 4.0
    waits: bool = True
    guarded: bool = True
    must_lose: bool = False


def nothing() -> None:
    """The cluster mends this by itself."""


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
    old, new = cluster.primary(), cluster.standby()
    cluster.ctl("switchover", "--master", old.name, "--candidate", new.name, "--force")
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
    "switchover": Drill(switch_over),
    "kill-postmaster": Drill(kill_postmaster),
    "kill-patroni": Drill(kill_patroni),
    "kill-member": Drill(kill_member),
    "kill-standby": Drill(kill_standby),
    "no-standby": Drill(kill_both_standbys, lasts=20, waits=False),
    "etcd-leader": Drill(lose_etcd_leader),
    "etcd-quorum": Drill(lose_quorum, lasts=25, waits=False),
    "unplugged": Drill(unplug),
    "cut-off": Drill(cut_off_from_members),
    "proxy": Drill(restart_proxy),
    "rebuild": Drill(rebuild),
    "ended-waits": Drill(end_waits),
    "ended-waits-control": Drill(end_waits, guarded=False, must_lose=True),
}
