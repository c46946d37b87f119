"""Callers that begin at the same moment, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

GATHERING_SECONDS = 120


@contextmanager
def crew(size: int) -> Iterator[Callable[..., list]]:
    """As many lasting threads, each with a connection of its own that it keeps, as the workers of a server are.

    Yields what starts as many acts behind one barrier, one a thread, and returns their results, exceptions included.
    """
    barrier = threading.Barrier(size)

    def connect() -> None:
        connection.ensure_connection()
        connection.close_at = (
            None  # opening one costs more than a request, and would spread the acts over time
        )

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(GATHERING_SECONDS)  # so no thread gets two
        try:
            return act()
        except Exception as error:  # the test looks at it
            return error

    def at_once(*acts: Callable[[], Any]) -> list:
        assert len(acts) == size
        return list(pool.map(run, acts, timeout=GATHERING_SECONDS))

    with ThreadPoolExecutor(size, initializer=connect) as pool:
        yield at_once
        at_once(
            *[lambda: connection.close()] * size
        )  # each its own: asked for here, it would be this thread's


def at_once(*acts: Callable[[], Any]) -> list:
    """Start every act behind one barrier, each on a connection of its own; their results, exceptions included."""
    with crew(len(acts)) as run:
        return run(*acts)
