"""Two nodes do the night's work while the primary is lost: each job once.

The clock is the machine's; MIX_HOUR=0 makes every hour night. What a node did it says in its log, a line a job.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter

from bench.drills.cluster import Cluster, ClusterPlace

NODES = 2
ROUNDS = 75.0  # seconds: one after the fault, and another


def run(cluster: Cluster, place: ClusterPlace) -> tuple[str, bool]:
    """What was done and whether it held."""
    cluster.wait_healthy()
    rows("DELETE FROM reports_duerun", place)
    logs = [(cluster.root / f"due-{node}.log").open("w+b") for node in range(NODES)]
    command = (sys.executable, "manage.py", "run_due", "--loop")
    nodes = [
        place.start(*command, environment={"MIX_HOUR": "0"}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for log in logs
    ]
    give_up = time.monotonic() + 60
    while not place.rows("SELECT 1 FROM reports_duerun") and time.monotonic() < give_up:
        time.sleep(0.1)
    lost = cluster.primary()
    lost.kill_all()
    time.sleep(ROUNDS)
    lost.boot()
    cluster.wait_healthy(120)
    for node in nodes:
        node.terminate()
    for node in nodes:
        node.wait(timeout=60)
    claimed = dict(place.rows("SELECT job, done_at IS NOT NULL FROM reports_duerun"))
    said = Counter(job for log in logs for job in done_in(log) if job in claimed)
    for log in logs:
        log.close()
    twice = [job for job, times in said.items() if times > 1]
    unfinished = [job for job, is_done in claimed.items() if not is_done]
    figure = f"{len(claimed)} jobs on {NODES} nodes, the primary lost during them: {len(twice)} done twice, "
    figure += f"{len(unfinished)} broke off and are taken up again after the longest time of a job"
    return figure, bool(claimed) and not twice


def rows(sql: str, place: ClusterPlace) -> None:
    connection = place._connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


def done_in(log) -> list[str]:
    """The jobs that a node says it has done."""
    log.seek(0)
    found = []
    for line in log.read().decode(errors="replace").splitlines():
        try:
            told = json.loads(line)["message"]
        except (ValueError, KeyError, TypeError):
            continue
        job, _, what = told.rpartition(": ")
        if what == "done" or what.endswith("ballots released"):
            found.append(job)
    return found
