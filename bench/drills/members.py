"""Members that are lost for good and replaced, as docs/cluster.md tells the operator."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from http import HTTPStatus

from bench import load
from bench.drills.books import missing, said
from bench.drills.cluster import Cluster, ClusterPlace, Member
from bench.drills.customers import Ballot, Customers
from bench.faults.clients import held
from bench.faults.place import Failed, Web

CASTS = 30
OK = HTTPStatus.OK
PATIENCE = 60.0  # seconds, for each step of an operator's
ADDED = re.compile(r'ETCD_INITIAL_CLUSTER="([^"]+)"')


def replace(cluster: Cluster, place: ClusterPlace) -> tuple[str, bool]:
    """A standby is lost for good, and an empty machine takes its place while ballots are taken."""
    cluster.wait_healthy()
    slips = deque(place.issue(10 * CASTS))
    web = place.serve()
    member, primary = cluster.standby(), cluster.primary()
    customers = Customers([web.address], slips, many=3, pause=1.0).start()
    member.kill_all()
    member.forget()
    began = time.monotonic()
    known = cluster.etcdctl(primary, "member", "list")
    lost = next(line.partition(",")[0] for line in known.splitlines() if f" {member.name}," in line)
    cluster.etcdctl(primary, "member", "remove", lost)
    join(cluster, member, primary)
    until(lambda: follows(cluster, member, primary))  # Patroni tells of the lost one until its key expires
    cluster.wait_healthy(120)
    seconds = time.monotonic() - began
    until(lambda: customers.acknowledged() > CASTS)  # on a quiet machine the place is taken sooner
    ballots = customers.stop()
    there = missing(ballots, held(place))
    web.stop()
    figure = (
        f"an empty machine in the place of a standby: three in order again after {seconds:.0f} s, {said(customers.gap())} s without "
        f"a cast at most, {customers.acknowledged()} acknowledged, {there} lost"
    )
    return figure, not there


def last_member(cluster: Cluster, place: ClusterPlace) -> tuple[str, bool]:
    """Two members are lost for good; the synchronous standby goes on alone, and two empty machines join it."""
    cluster.wait_healthy()
    web = place.serve()
    before = cast(place, web)
    kept = cluster.standby()
    others = [each for each in cluster.members.values() if each is not kept]
    for member in others:
        member.kill_all()
        member.forget()
    began = time.monotonic()
    alone(cluster, kept)
    refuses = says_why(web)
    for member in others:
        join(cluster, member, kept)
    cluster.wait_healthy(120)
    seconds = time.monotonic() - began
    lost = missing(before, held(place))
    after = cast(place, web)
    lost += missing(after, held(place))
    web.stop()
    figure = (
        f"the synchronous standby alone, then with two empty machines: three in order again after {seconds:.0f} s; "
        f"{len(before) + len(after)} acknowledged before and after, {lost} lost; alone it {'' if refuses else 'DID NOT SAY THAT IT '}confirms nothing"
    )
    return figure, refuses and not lost


def alone(cluster: Cluster, member: Member) -> None:
    """Found a cluster of one upon its data."""
    member.stop()
    member.start("etcd", ETCD_FORCE_NEW_CLUSTER="true")
    until(lambda: "is healthy" in cluster.etcdctl(member, "endpoint", "health", check=False))
    member.start("patroni")
    until(lambda: cluster.primary() is member)


def says_why(web: Web) -> bool:
    """Whether /readyz, once it has found the database again, names the missing standby, and is at no time ready."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with suppress(OSError, load.NotStored):
            status, lacking = web.readiness()
            if status == OK or "standby" in lacking:
                return status != OK
        time.sleep(0.2)
    return False


def join(cluster: Cluster, new: Member, of: Member) -> None:
    """What the operator does: tell etcd of it, then `member.sh --joins` there. etcd refuses for the first seconds after another
    one has joined, and is told again."""
    give_up = time.monotonic() + PATIENCE
    command = ("member", "add", new.name, f"--peer-urls=https://{new.address}:2380")
    while not (added := ADDED.search(told := cluster.etcdctl(of, *command, check=False))):
        if time.monotonic() > give_up:
            raise Failed(f"etcdctl member add: {told}")
        time.sleep(1)
    new.furnish("STATE=existing", f"PEERS={added[1]}")
    new.boot()
    until(lambda: "is healthy" in cluster.etcdctl(new, "endpoint", "health", check=False))


def follows(cluster: Cluster, member: Member, primary: Member) -> bool:
    sql = "SELECT count(*) FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
    with closing(cluster.connect(primary)) as connection, connection.cursor() as cursor:
        cursor.execute(sql, [member.name])
        return cursor.fetchone()[0] == 1


def cast(place: ClusterPlace, web: Web) -> list[Ballot]:
    """So many ballots at least, acknowledged."""
    customers = Customers([web.address], deque(place.issue(3 * CASTS)), many=3).start()
    until(lambda: customers.acknowledged() >= CASTS)
    return [ballot for ballot in customers.stop() if ballot.receipt]


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > give_up:
            raise Failed("it did not come about in time")
        time.sleep(0.2)
