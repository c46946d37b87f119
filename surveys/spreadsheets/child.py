"""The process that reads a file: bytes in, JSON out, under limits of its own.

Started as ``python -m surveys.spreadsheets.child '<limits>'`` with nothing but the standard library. The last line of the
answer is one JSON object: {"sheets": n} below the lines of a book, {"complaints": […]} or {"reached": "memory"}. The
processor's time is the kernel's to end.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict

from surveys.spreadsheets.archive import too_many_letters
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.limits import Limits
from surveys.spreadsheets.reading import read


def main() -> None:
    limits = Limits.from_text(sys.argv[1])
    _confine(limits)
    out, size = sys.stdout.buffer, 0
    try:
        book = read(sys.stdin.buffer.read(limits.packed + 1), limits)
        for line in map(str.encode, book.lines()):
            size += len(line) + 1
            if size > limits.answer:
                raise too_many_letters()
            out.write(line + b"\n")
        verdict: dict[str, object] = {"sheets": len(book.sheets)}
    except TableRefused as refused:
        verdict = {"complaints": [asdict(each) for each in refused.complaints]}
    except (MemoryError, RecursionError):
        verdict = {"reached": "memory"}
    out.write(json.dumps(verdict).encode())


def _confine(limits: Limits) -> None:
    """No more memory and time than agreed, no file written, no core left, and everybody else first."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
