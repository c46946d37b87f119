"""Runs the reading process: gives it one file, hears of every page, and goes on behind a page that ended it.

Nothing of this imports the picture libraries; they are loaded in the other process only.
"""

from __future__ import annotations

import base64
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveys.paper.scans.errors import FileProblem, FileRefused, PageProblem
from surveys.paper.scans.libraries import require
from surveys.paper.scans.results import PageOutcome, PageReading

CHILD = Path(__file__).with_name("child.py")
PAGE_SECONDS = 20.0
START_SECONDS = 90.0  # until the number of pages is told: the libraries and the forms are loaded first
MOST_PAGES = 600
MOST_RESTARTS = 10  # pages of one file that may end the process; then the rest is given up
LONGEST_LINE = 40_000_000
LOOK = 0.25  # seconds between two looks at whether somebody has cancelled


@dataclass(frozen=True)
class FormFile:
    """A form that may lie in the pile: `BallotForm.to_json()` and a PDF of it, as a pad prints it.

    A former form has no geometry; its ``criteria`` are (code, levels from left to right).
    """

    geometry: str
    pdf: bytes
    criteria: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class PageRead:
    """One page. ``digest`` is equal for equal pictures of this pile; ``signatures``, ``rows``, ``comments``: by ballot.
    ``fills``: share of ink inside each box that no line crosses.

    ``rows`` and ``preview`` are pictures (JPEG) of customers' handwriting: encrypt or forget them.
    """

    number: int
    of: int
    reading: PageReading
    digest: str = ""
    signatures: tuple[bytes, ...] = ()
    rows: tuple[tuple[bytes, ...], ...] = ()
    comments: tuple[bytes, ...] = ()
    preview: bytes = b""
    fills: tuple[float, ...] = ()


class Cancelled(Exception):
    """Somebody stopped the reading."""


class _Ended(Exception):
    """The other process is gone or silent; ``problem`` says what is said of the page it was at."""

    def __init__(self, problem: PageProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def read_file(
    data: bytes,
    forms: Sequence[FormFile],
    *,
    key: bytes,
    is_cancelled: Callable[[], bool] = lambda: False,
    page_seconds: float = PAGE_SECONDS,
) -> Iterator[PageRead]:
    """Every page of a file, one after the other. Raises `LibrariesMissing`, `FileRefused`, `Cancelled`.

    A page that takes too long or ends the process is told as unreadable, and the reading goes on behind it.
    """
    require()
    number, count = 0, None
    for _restart in range(MOST_RESTARTS + 1):
        try:
            for facts in _lines(_job(data, forms, key, number), data, is_cancelled, page_seconds):
                if "pages" in facts:
                    count = int(facts["pages"])
                elif "page" in facts:
                    yield _as_page(facts, number, count or 0)
                    number += 1
            if count is not None and number >= count:
                return
            raise _Ended(PageProblem.CRASHED)
        except _Ended as ended:
            if count is None:  # it did not even get so far as to count the pages
                raise FileRefused(FileProblem.BROKEN) from ended
            yield _lost(number, count, ended.problem)
            number += 1
            if number >= count:
                return
    for rest in range(number, count or 0):
        yield _lost(rest, count or 0, PageProblem.CRASHED)


def same_sheets(signatures: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs of ballots that are probably one sheet scanned twice. Raises `LibrariesMissing`."""
    require()
    job = {
        "task": "compare",
        "most_pages": 1,
        "signatures": [base64.b64encode(each).decode() for each in signatures],
    }
    for facts in _lines(job, b"", lambda: False, PAGE_SECONDS):
        if "pairs" in facts:
            return [(int(one), int(other)) for one, other in facts["pairs"]]
    return []


def _job(data: bytes, forms: Sequence[FormFile], key: bytes, from_page: int) -> dict[str, Any]:
    return {
        "task": "read",
        "size": len(data),
        "most_pages": MOST_PAGES,
        "from_page": from_page,
        "key": key.hex(),
        "forms": [
            {
                "geometry": each.geometry,
                "pdf": base64.b64encode(each.pdf).decode(),
                "criteria": each.criteria,
            }
            for each in forms
        ],
    }


def _lines(
    job: dict[str, Any], data: bytes, is_cancelled: Callable[[], bool], seconds: float
) -> Iterator[dict[str, Any]]:
    """What the process says, line by line, until it says that it is done. Raises `_Ended`, `FileRefused`, `Cancelled`."""
    with _process() as child:
        try:
            assert child.stdin is not None  # noqa: S101 - asked for as a pipe
            child.stdin.write(json.dumps(job).encode() + b"\n" + data)
            child.stdin.close()
        except OSError as error:
            raise _Ended(PageProblem.CRASHED) from error
        for line in _heard(child, is_cancelled, seconds):
            facts = _parsed(line)
            if "refused" in facts:
                raise FileRefused(FileProblem(facts["refused"]))
            if facts.get("done"):
                return
            yield facts
        raise _Ended(PageProblem.CRASHED)


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """The other process, with nothing of our environment; killed when it is no longer wanted."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-B", str(CHILD)]
    with subprocess.Popen(  # noqa: S603 - our own file, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def _heard(
    child: subprocess.Popen[bytes], is_cancelled: Callable[[], bool], seconds: float
) -> Iterator[bytes]:
    """Lines as they come. Raises `_Ended` where none comes in time, `Cancelled`."""
    assert child.stdout is not None  # noqa: S101 - asked for as a pipe
    waiting, until = b"", time.monotonic() + max(seconds, START_SECONDS)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if is_cancelled():
                raise Cancelled
            if time.monotonic() > until or len(waiting) > LONGEST_LINE:
                raise _Ended(PageProblem.TIMED_OUT)
            if not selector.select(LOOK):
                continue
            more = os.read(child.stdout.fileno(), 1 << 20)
            if not more:
                return
            *whole, waiting = (waiting + more).split(b"\n")
            yield from whole
            if whole:
                until = time.monotonic() + seconds


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(line)
    except ValueError as error:
        raise _Ended(PageProblem.CRASHED) from error
    if not isinstance(facts, dict):
        raise _Ended(PageProblem.CRASHED)
    return facts


def _as_page(facts: dict[str, Any], number: int, count: int) -> PageRead:
    """What was said of a page, believed only as far as it has the right shape."""
    try:
        return PageRead(
            number,
            count,
            PageReading.from_facts(facts["reading"]),
            str(facts.get("digest", "")),
            tuple(map(_bytes, facts.get("signatures", ()))),
            tuple(tuple(map(_bytes, rows)) for rows in facts.get("rows", ())),
            tuple(map(_bytes, facts.get("comments", ()))),
            _bytes(facts.get("preview", "")),
            tuple(float(each) for each in facts.get("fills", ())),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _Ended(PageProblem.CRASHED) from error


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _lost(number: int, count: int, problem: PageProblem) -> PageRead:
    return PageRead(number, count, PageReading(PageOutcome.UNREADABLE, problem=problem.value))
