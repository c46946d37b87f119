"""Customers who cast while others read: how long a sending takes beside two hundred readers, and without them.

The server is that of `make serve` over ten thousand ballots. Fifty customers send a form each, breathe, and send the next;
two hundred readers open the front page and a sealed month by turns and look at each for a while. Both turns follow each
other, several times; a ratio is taken within each pair, so that other work of the machine slows both. The same once more through
the shipped nginx, where three thousand telephones keep the connection on which they once opened a page, beside the readers alone.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field

from bench import load
from bench.faults.clients import ANSWERS
from bench.faults.place import end, gunicorn_of
from bench.ours import ROOT
from bench.scale import front
from bench.scale.place import Place

BALLOTS = 10_000
CUSTOMERS, CASTS, BREATH = 50, 250, 1.0  # forms a turn, and seconds after each
READERS, LOOK = 200, 4.0
PAIRS = 5


@dataclass
class Found:
    """``silent`` and ``beside``: p95 of a sending in milliseconds, by pair; ``pages`` read a second in the latter."""

    silent: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(b / s for b, s in zip(self.beside, self.silent, strict=True))


def run(one: Place) -> tuple[Found, Found | None]:
    """Without nginx, and through it; None where it is not installed."""
    one.ask("bench.scale.fill", BALLOTS)
    paths = ["/", "/results/", one.ask("bench.scale.fire")["month"]]
    with served(one.environment) as address:
        plain = pairs(one, address, paths, nullcontext)
    if why := front.missing():
        print(why)
        return plain, None
    at = front.port()
    behind = one.environment | {"BASE_URL": f"https://127.0.0.1:{at}", "BEHIND_PROXY": "1"}
    with served(behind) as server, front.front(one.folder / "nginx", server=server, at=at) as address:
        return plain, pairs(one, address, paths, lambda: front.kept_connections(address))


def pairs(
    one: Place, address: tuple[str, int], paths: Sequence[str], others: Callable[[], AbstractContextManager]
) -> Found:
    """``others``: who is there beside the readers."""
    found = Found()
    p95(address, one, warm := CUSTOMERS)
    for path in [*paths] * warm:
        read(address, path)
    for _pair in range(PAIRS):
        found.silent.append(p95(address, one, CASTS))
        with others(), Readers(address, [paths[0], paths[-1]]) as readers:
            found.beside.append(p95(address, one, CASTS))
        found.pages.append(readers.rate)
    return found


def p95(address: tuple[str, int], one: Place, count: int) -> float:
    """Milliseconds within which 95 of 100 sendings were answered."""
    forms = [load.fill(address, f"/p/{code}", ANSWERS) for code in one.codes(count)]
    took: list[float] = []

    def send(form: load.Form) -> None:
        began = time.perf_counter()
        load.send(address, form, lambda answer: answer.status == 200 and b"data-receipt" in answer.body)
        took.append(time.perf_counter() - began)
        time.sleep(BREATH)

    load.timed(send, forms, CUSTOMERS)
    return sorted(took)[int(0.95 * (len(took) - 1))] * 1000


class Readers:
    """Context manager: all of them are at it inside. Raises `load.NotStored` at the end when a page was not served."""

    def __init__(self, address: tuple[str, int], paths: list[str]) -> None:
        self.address, self.paths, self.count, self.rate = address, paths, 0, 0.0
        self.failures: list[Exception] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[n]) for n in range(READERS)]

    def __enter__(self) -> Readers:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.rate = self.count / (time.monotonic() - self._began)
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _read(self, number: int) -> None:
        self._over.wait(LOOK * number / READERS)  # nobody comes at the same moment
        while not self._over.is_set():
            try:
                read(self.address, self.paths[number % len(self.paths)])
            except (OSError, load.NotStored) as error:
                return self.failures.append(error)
            self.count, number = self.count + 1, number + 1
            self._over.wait(LOOK)
        return None


def read(address: tuple[str, int], path: str) -> None:
    if (answer := load.request(address, "GET", path)).status != 200:
        raise load.NotStored(f"GET {path} answered {answer.status}")


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The address of gunicorn over a place."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        address, descriptor = listener.getsockname(), listener.fileno()
        process = subprocess.Popen(
            [sys.executable, *gunicorn_of(ROOT), "--bind", f"fd://{descriptor}"], cwd=ROOT, env=environment,
            pass_fds=[descriptor], start_new_session=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            with suppress(OSError, load.NotStored):
                load.request(address, "GET", "/healthz")
                break
            time.sleep(0.1)
        yield address
    finally:
        end(process)


def main() -> None:
    """The address of the last sealed month, as JSON."""
    import json

    import django

    django.setup()
    from bench.scale.frame import months

    print(json.dumps({"month": f"/results/K00/{months()[-2]}/"}))


if __name__ == "__main__":
    main()
