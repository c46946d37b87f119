"""Whose turn it is to write: SQLite keeps no queue, so whoever writes all the time would leave the others to chance.

Who waits for the write lock holds a shared lock (flock, 2) on a file beside the database; `give_way` returns when nobody does.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def waiting(beside: Path) -> Iterator[None]:
    """Say that somebody waits for the write lock of the database ``beside``; never waits by itself."""
    file = _opened(beside)
    try:
        with suppress(BlockingIOError):  # somebody gives way in this very moment
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(file)


def give_way(beside: Path) -> None:
    """Return once everybody who waited for the write lock has got it."""
    file = _opened(beside)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    finally:
        os.close(file)


def _opened(beside: Path) -> int:
    return os.open(beside.with_name(f"{beside.name}-turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
