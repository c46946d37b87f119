"""PostgreSQL's suite against the cluster: `DATABASE_URL` names HAProxy, as the product's does. Tests that say the same on either
engine are SQLite's, as in `make test`; `SUITE_ENGINES=postgresql` runs them here, too."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.drills.books import said
from bench.drills.cluster import Cluster, ClusterPlace
from bench.ours import ROOT

#: Two workers, each with races of fifty callers and servers of its own.
CONNECTIONS = 250


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """How many tests passed, failed or were skipped, and whether none failed."""
    cluster.wait_healthy()
    cluster.admit(CONNECTIONS)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="drills-") as folder:
        tally = Path(folder, "tally")
        environment = os.environ | {
            "DATABASE_URL": cluster.url, "SUITE_TALLY": str(tally),
            "SUITE_ENGINES": os.environ.get("SUITE_ENGINES", "sqlite postgresql"),
        }  # fmt: skip
        command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-q"]
        code = subprocess.run(
            [*command, *os.environ.get("SUITE_ARGS", "").split()], cwd=ROOT, env=environment
        ).returncode
        counted = (
            "; ".join(tally.read_text(encoding="utf-8").splitlines()) if tally.exists() else f"exit {code}"
        )
    return f"{counted}; {said((time.monotonic() - began) / 60)} minutes", code == 0
