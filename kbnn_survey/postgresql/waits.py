"""How long a commit may wait for the standby: no timeout of the server ends that wait, so the client does.

One thread a process looks after all of them. It shuts the socket of one that has waited too long; the driver then says
at once that the connection is lost, while the server's side waits on and commits when the standby is back.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Of a worker's four threads so many may wait for long; the others go on answering, if only to say that it is busy.
MOST_WAITING = 2
LONG = 1.0  # seconds
LOOKS_EVERY = 0.2


class TooManyWait(Exception):
    """Enough of this process's threads wait for the standby already."""


@dataclass(eq=False)
class Wait:
    """One statement or commit under way on a connection of the driver's."""

    driver: object
    began: float
    until: float
    cut: bool = False


class Waits:
    """What waits in this process; forgotten in a forked one, which begins with its own."""

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waits: set[Wait] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def bounded(self, driver, *, seconds: float) -> Iterator[Wait]:
        """Whatever is done inside on ``driver`` ends after so many seconds; `Wait.cut` says whether it was ended.

        Raises `TooManyWait` instead of beginning a wait that nobody would be left to answer beside.
        """
        now = time.monotonic()
        wait = Wait(driver, now, now + seconds)
        with self._lock:
            if sum(now - each.began > LONG for each in self._waits) >= MOST_WAITING:
                raise TooManyWait
            self._waits.add(wait)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="commit waits", daemon=True)
                self._thread.start()
            if len(self._waits) == 1:
                self._changed.notify()
        try:
            yield wait
        finally:
            with self._lock:
                self._waits.discard(wait)

    def _watch(self) -> None:
        while True:
            with self._lock:
                while not self._waits:
                    self._changed.wait()
                now = time.monotonic()
                for wait in self._waits:
                    if now >= wait.until and not wait.cut:
                        wait.cut = True
                        _shut(wait.driver)
            time.sleep(LOOKS_EVERY)


def _shut(driver) -> None:
    """End both directions of the driver's socket. Under the lock, so that the number is still its own."""
    try:
        with socket.socket(fileno=os.dup(driver.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    except Exception:  # noqa: S110 - it has ended by itself meanwhile, whatever the driver calls that
        pass
