"""The night in which all 64 offices are closed and sealed, over the cluster. Also a program: `python -m bench.drills.seals`, over
a place of its own, prints the seconds of each office as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import django

from bench.drills.books import said
from bench.drills.cluster import Cluster, ClusterPlace

DATABASE = "scale_country"  # as every database that bench.scale fills
RELEASED = 3240  # ballots of each office's month that are sealed: the article's year
WAITING = 600  # ballots of each office's box that are opened and released in the closing mix


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """What it took and whether all were sealed."""
    cluster.wait_healthy()
    with tempfile.TemporaryDirectory(prefix="drills-") as folder:
        place = ClusterPlace(Path(folder), cluster, DATABASE)
        place.environment["COMMIT_WAIT"] = "120"  # as deploy/cluster/web.sh gives it to the mixer
        place.manage("prepare")
        told = json.loads(place.python("-m", "bench.drills.seals", seconds=3000).splitlines()[-1])
    mixes, seals = told["mixes"], told["seals"]
    figure = (
        f"{len(seals)} offices one after the other: closing mixes of {WAITING} ballots {said(sum(mixes) / 60)} minutes "
        f"({said(median(mixes), 2)} s an office), both signatures of {RELEASED} ballots {said(sum(seals) / 60)} minutes "
        f"({said(median(seals), 2)} s, {said(max(seals), 2)} at most)"
    )
    print(f"    filled in {told['filled']:.0f} s, all of it {told['all']:.0f} s", flush=True)
    return figure, len(seals) == len(mixes) == 64


def main() -> None:
    django.setup()
    from django.db import connection

    from bench.scale import fill, frame
    from bench.scale.seal import fill_month
    from surveys.choices import Role
    from surveys.database import triggers
    from surveys.models import Office

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
    seals = [_seal(each, month) for each in offices]
    mixes = [_mix(each, month.plus(-1)) for each in offices]
    print(json.dumps({"seals": seals, "mixes": mixes, "filled": filled, "all": time.monotonic() - began}))


def _mix(office, month) -> float:
    from bench.scale.mix import fill_box
    from surveys.box import mixing
    from surveys.periods import closing_from

    fill_box(office, month, WAITING)
    began = time.monotonic()
    mixing.mix(office=office, period=month, now=closing_from(month), closing=True)
    return time.monotonic() - began


def _seal(office, month) -> float:
    from django.utils import timezone

    from reports import sealing
    from surveys.models import User

    first, second = User.objects.filter(office=office, username__startswith="sign").order_by("username")
    now = timezone.now()
    told = {"now": now, "logged_in_at": now}
    began = time.monotonic()
    seen = sealing.draft(office=office, period=month).seen
    signature = sealing.sign_first(office=office, period=month, user=first, seen=seen, **told)
    sealing.sign_second(first=signature, user=second, seen=signature.digest, **told)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
