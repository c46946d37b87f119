"""How long something took: seconds on the wall, and seconds of processor in this process and in its database server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Took:
    wall: float
    processor: float


def took(work: Callable[[], object]) -> Took:
    wall, processor = time.perf_counter(), processor_seconds()
    work()
    return Took(time.perf_counter() - wall, processor_seconds() - processor)


def processor_seconds() -> float:
    return time.process_time() + _of_the_database()


def _of_the_database() -> float:
    """What the server's process for our connection has used."""
    from django.db import connection

    connection.ensure_connection()
    _refuse_helpers()
    fields = (
        Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    )
    return (int(fields[11]) + int(fields[12])) / TICK


@cache
def _refuse_helpers() -> None:
    """What other processes of the server did for ours would not be told."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW max_parallel_workers_per_gather")
        if cursor.fetchone() != ("0",):
            raise SystemExit("bench: this server shares a statement's work among processes")
