"""The night in which all 64 offices are closed and sealed, over the cluster; also with the primary lost twice. Also a program:
`python -m bench.drills.seals`, over a place of its own, prints the seconds of each office as JSON and appends to the file that
`PROGRESS` names a line for each."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import django

from bench.drills.books import said
from bench.drills.cluster import Cluster, ClusterPlace

DATABASE = "scale_country"  # as every database that bench.scale fills
RELEASED = 3240  # ballots of each office's month that are sealed: the article's year
WAITING = 600  # ballots of each office's box that are opened and released in the closing mix


LOST_AT = (("seal", 20), ("mix", 20))  # the primary, when so many of them are done
AWAY = 15.0  # seconds until it comes back
GIVEN_UP = 120.0  # seconds of one office


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """What it took and whether all were sealed."""
    told = _night(cluster, lambda _progress: None)
    print(f"    filled in {told['filled']:.0f} s, all of it {told['all']:.0f} s", flush=True)
    return _figure(told), _is_whole(told)


def with_losses(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """The same with the primary lost amid the signatures and amid the closing mixes; what it broke off is done again."""
    told = _night(cluster, lambda progress: _lose(cluster, progress))
    figure = f"{_figure(told)}; the primary lost twice, {told['again']} acts done again"
    return f"{figure}: {told['sealed']} seals, {told['closed']} closing mixes, none twice", (
        _is_whole(told) and told["again"] >= 1
    )


def _night(cluster: Cluster, beside: Callable[[Path], None]) -> dict:
    cluster.wait_healthy()
    with tempfile.TemporaryDirectory(prefix="drills-") as folder:
        progress = Path(folder) / "progress"
        progress.touch()
        place = ClusterPlace(Path(folder), cluster, DATABASE)
        place.environment["COMMIT_WAIT"] = "120"  # as deploy/cluster/web.sh gives it to the mixer
        place.manage("prepare")
        other = threading.Thread(target=beside, args=[progress], daemon=True)
        other.start()
        told = place.python("-m", "bench.drills.seals", seconds=3000, PROGRESS=str(progress))
        other.join(AWAY + 60)
    return json.loads(told.splitlines()[-1])


def _lose(cluster: Cluster, progress: Path) -> None:
    for kind, after in LOST_AT:
        while progress.read_text().split().count(kind) < after:
            time.sleep(0.2)
        lost = cluster.primary()
        lost.kill_all()
        time.sleep(AWAY)
        lost.boot()


def _figure(told: dict) -> str:
    mixes, seals = told["mixes"], told["seals"]
    return (
        f"{len(seals)} offices one after the other: closing mixes of {WAITING} ballots {said(sum(mixes) / 60)} minutes "
        f"({said(median(mixes), 2)} s an office, {said(max(mixes), 2)} at most), both signatures of {RELEASED} ballots "
        f"{said(sum(seals) / 60)} minutes ({said(median(seals), 2)} s, {said(max(seals), 2)} at most)"
    )


def _is_whole(told: dict) -> bool:
    return told["sealed"] == told["closed"] == len(told["seals"]) == len(told["mixes"]) == 64


def main() -> None:
    django.setup()
    from django.db import connection

    from bench.scale import fill, frame
    from bench.scale.mix import fill_box
    from bench.scale.seal import fill_month
    from reports.models import Seal
    from surveys.choices import Role
    from surveys.database import triggers
    from surveys.models import Batch, Office

    fill.refuse_all_others(connection)
    began = time.monotonic()
    frame.build()
    offices = list(Office.objects.filter(code__regex=r"^K\d\d$").order_by("code"))
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for office in offices:
            month = fill_month(cursor, office.code, RELEASED)
            for number in (1, 2):
                frame.user(f"sign{number}-{office.code}", Role.COUNTING, office)
        cursor.execute("ANALYZE")
    triggers.install()
    filled = time.monotonic() - began
    again: list[str] = []
    seals = [_done("seal", _seal, each, month, again) for each in offices]
    for each in offices:
        fill_box(each, month.plus(-1), WAITING)
    mixes = [_done("mix", _mix, each, month.plus(-1), again) for each in offices]
    counted = {
        "sealed": Seal.objects.filter(office__in=offices, period=str(month)).count(),
        "closed": Batch.objects.filter(
            office__in=offices, period=str(month.plus(-1)), is_closing=True
        ).count(),
    }
    took = {"seals": seals, "mixes": mixes, "filled": filled, "all": time.monotonic() - began}
    print(json.dumps(took | counted | {"again": len(again)}))


def _done(kind: str, act: Callable, office, month, again: list[str]) -> float:
    """Seconds until an act was done; one that the database broke off is done again, as its people and the schedule do it."""
    from django.db import Error, connection

    began = time.monotonic()
    while True:
        try:
            act(office, month)
            break
        except Error as error:
            if time.monotonic() - began > GIVEN_UP:
                raise
            again.append(f"{kind} {office.code}: {error}")
            connection.close()
            time.sleep(0.5)
    with Path(os.environ["PROGRESS"]).open("a") as progress:
        progress.write(f"{kind} {office.code}\n")
    return time.monotonic() - began


def _mix(office, month) -> None:
    from surveys.box import mixing
    from surveys.models import Batch
    from surveys.periods import closing_from

    if not Batch.objects.filter(office=office, period=str(month), is_closing=True).exists():
        mixing.mix(office=office, period=month, now=closing_from(month), closing=True)


def _seal(office, month) -> None:
    from django.utils import timezone

    from reports import sealing
    from reports.models import Seal
    from surveys.models import User

    if Seal.objects.standing(office, month):
        return
    first, second = User.objects.filter(office=office, username__startswith="sign").order_by("username")
    now = timezone.now()
    told = {"now": now, "logged_in_at": now}
    signature = sealing.open_signature(office)
    if signature is None:
        seen = sealing.draft(office=office, period=month).seen
        signature = sealing.sign_first(office=office, period=month, user=first, seen=seen, **told)
    sealing.sign_second(first=signature, user=second, seen=signature.digest, **told)


if __name__ == "__main__":
    sys.exit(main())
