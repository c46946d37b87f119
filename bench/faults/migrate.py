"""An upgrade under load: the release before, with data, serves 20 requests a second while today's migrations run.

The old code is taken from the repository's history, just before the migration that `FROM` names. It goes on serving over
the new schema until the new code is started, as on a server that is upgraded.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import time
from collections import deque
from pathlib import Path

from bench.faults.clients import Crowd, Verdict, judge, number
from bench.faults.place import SQLITE, Failed, Kit, Place
from bench.ours import ROOT

FROM = "surveys/migrations/0029_unranked_campaigns.py"
ROWS, QUICK = 3000, 300
CLIENTS, PAUSE = 5, 0.5  # a visit is two requests
LONGEST = 2.0


def run(kit: Kit, engine: str, *, quick: bool) -> tuple[str, bool]:
    with kit.old_place(engine, release_before(kit.root, FROM)) as place:
        slips = deque(place.issue(QUICK if quick else ROWS))
        behind = place.migrated()
        old, verdict, earlier = place.serve(), Verdict(), []
        crowd = Crowd(old.address, slips, clients=CLIENTS, pause=PAUSE).start()
        time.sleep(4)
        place.code = ROOT
        began = time.monotonic()
        place.manage("prepare")
        ended = time.monotonic()
        applied = place.migrated() - behind
        time.sleep(4)
        sendings = crowd.stop()
        new = place.serve()
        old.stop()
        failed = sum(not sending.receipt for sending in sendings) + crowd.unopened
        judge(place, verdict, earlier, sendings, new.address)
        verdict.integrity = place.integrity()
        ready = new.readiness()
        numbered = _keeps_row_number(place)
    meanwhile = [each for each in sendings if each.began + each.seconds > began and each.began < ended + 1]
    stall = max(max(each.opening, each.seconds) for each in meanwhile)
    figure = (
        f"{applied} migrations in {ended - began:.1f} s over {number(len(earlier) + len(slips))} slips, {len(meanwhile)} visits meanwhile, "
        f"longest answer {stall:.1f} s, {failed} answers failed; {verdict}; ready afterwards: {ready[1] or 'yes'}"
    )
    met = (
        verdict.good and stall <= LONGEST and applied > 0 and ready == (200, []) and not numbered
        and failed <= 0.01 * len(sendings)
    )  # fmt: skip
    return figure, met


def _keeps_row_number(place: Place) -> bool:
    if place.engine != SQLITE:
        return False
    sql = "SELECT sql FROM sqlite_master WHERE name = 'surveys_boxedballot'"
    return "WITHOUT ROWID" not in place.rows(sql)[0][0]


def release_before(root: Path, migration: str) -> Path:
    """The tree as it stood before the migration came, in a folder of ``root``. Raises `Failed` where the history is not there."""
    folder = root / "release-before"
    if folder.exists():
        return folder
    added = _git("log", "--diff-filter=A", "--format=%H", "--", migration).decode().split()
    if not added:
        raise Failed("the repository's history is not here")
    with tarfile.open(fileobj=io.BytesIO(_git("archive", f"{added[-1]}^"))) as tree:
        tree.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
