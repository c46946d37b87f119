"""The whole suite against the cluster: `DATABASE_URL` names HAProxy, as the product's does."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bench.drills.books import said
from bench.drills.cluster import Cluster, ClusterPlace
from bench.ours import ROOT

#: Two workers, each with races of fifty callers and servers of its own.
CONNECTIONS = 250


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """How long it took and whether it passed. What pytest says goes to the terminal."""
    cluster.wait_healthy()
    cluster.admit(CONNECTIONS)
    began = time.monotonic()
    environment = os.environ | {"DATABASE_URL": cluster.url, "SUITE_ENGINES": "sqlite postgresql"}
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-q"]
    code = subprocess.run(
        [*command, *os.environ.get("SUITE_ARGS", "").split()], cwd=ROOT, env=environment
    ).returncode
    return f"ended with {code} after {said((time.monotonic() - began) / 60)} minutes", code == 0
