"""Pages over many ballots on the cluster against the same over few: `BALLOTS=10000000 make drills ARGS=pages`.

The primary is filled alone, as one server is; its standbys then begin from copies of its stopped data, which share their
blocks where the file system can. The pages are asked for through HAProxy, with a synchronous standby.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import closing

from bench.drills.books import said
from bench.drills.cluster import PROXY, Cluster, ClusterPlace, Member
from bench.drills.members import until
from bench.faults.clients import number
from bench.scale.pages import FIRST_READER
from bench.scale.place import place
from bench.scale.ratios import MOST, PAGES, by_turns, decimal

FEW, MANY = 10_000, 1_000_000
#: While the primary is alone: nobody confirms, and fewer checkpoints.
ALONE = {
    "synchronous_mode_strict": "false",
    "synchronous_mode": "false",
    "postgresql.parameters.max_wal_size": "8GB",
}
TOGETHER = {
    "postgresql.parameters.max_wal_size": "1GB",
    "synchronous_mode": "true",
    "synchronous_mode_strict": "true",
}
COPYING = 1800  # seconds


class Behind:
    """What `bench.scale.place` needs of a server: this address and port of the cluster."""

    def __init__(self, cluster: Cluster, address: str, port: int, *, guarded: bool) -> None:
        self.cluster = cluster
        self.environment = cluster.environment | {
            "PGHOST": address, "PGPORT": str(port), "CLUSTER": "1" if guarded else "0",
        }  # fmt: skip

    def create(self, database: str) -> None:
        self.query("postgres", f'CREATE DATABASE "{database}"')

    def query(self, database: str, sql: str) -> str:
        """The first column of the first row; '' where there is none. On the primary, past HAProxy."""
        with closing(self.cluster.connect(self.cluster.primary(), database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return str(cursor.fetchone()[0]) if cursor.description else ""


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """Each page's ratio and whether all are within what one server is allowed."""
    cluster.wait_healthy()
    many, primary = int(os.environ.get("BALLOTS", MANY)), cluster.primary()
    stand_alone(cluster, primary)
    server = Behind(cluster, primary.outside, 5432, guarded=False)
    with place(server, "small") as small, place(server, "large") as large:
        filled = {each: each.ask("bench.scale.fill", n) for each, n in ((small, FEW), (large, many))}
        size = large.size()
        come_back(cluster, primary)
        through = Behind(cluster, *PROXY, guarded=True)
        for each in filled:
            each.environment |= through.environment
        times = by_turns({each: told["receipt"] for each, told in filled.items()})
    ratios = {name: times[large][name] / times[small][name] for kinds in PAGES.values() for name in kinds}
    return told_of(filled[large], size, times[large], ratios), max(ratios.values()) <= MOST


def told_of(filled: Mapping, size: int, seconds: Mapping[str, float], ratios: Mapping[str, float]) -> str:
    first = seconds[FIRST_READER] / seconds["national page, running"]
    return (
        f"{number(filled['ballots'])} ballots in {said(filled['seconds'] / 60)} minutes, {size / filled['ballots']:.0f} bytes each; "
        + ", ".join(f"{name} {decimal(ratio)} ×" for name, ratio in ratios.items())
        + f" (its first reader in a while, who waits for the count, {decimal(first)} × the next)"
    )


def stand_alone(cluster: Cluster, primary: Member) -> None:
    """The others are gone, data and all, and Patroni leaves the primary alone whatever etcd says."""
    for setting in ALONE.items():
        cluster.configure("=".join(setting))
    for member in others_than(cluster, primary):
        member.stop()
        member.start("etcd")
        shutil.rmtree(member.data)
    until(lambda: not shown(cluster, primary, "synchronous_standby_names"))
    cluster.ctl("pause", "--wait", "phieu")


def come_back(cluster: Cluster, primary: Member) -> None:
    """Three members in order again, each with the data of the primary."""
    cluster.ctl("resume", "--wait", "phieu")
    primary.stop(patience=COPYING)
    for member in others_than(cluster, primary):
        subprocess.run(["cp", "-a", "--reflink=auto", primary.data, member.data], check=True)
    for member in cluster.members.values():
        member.boot()
    until(lambda: cluster.primary() is not None)
    for setting in TOGETHER.items():
        cluster.configure("=".join(setting))
    cluster.wait_healthy(300)


def others_than(cluster: Cluster, primary: Member) -> list[Member]:
    return [member for member in cluster.members.values() if member is not primary]


def shown(cluster: Cluster, member: Member, setting: str) -> str:
    with closing(cluster.connect(member)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        return cursor.fetchone()[0]
