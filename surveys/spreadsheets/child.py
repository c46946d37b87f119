"""The process that reads a file: bytes in, JSON out, under limits of its own.

Started as ``python -m surveys.spreadsheets.child '<limits>'`` with nothing but the standard library. The answer is one
JSON object: {"book": …}, {"complaints": […]} or {"reached": "memory"}. The processor's time is the kernel's to end.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict

from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.limits import Limits
from surveys.spreadsheets.reading import read


def main() -> None:
    limits = Limits.from_text(sys.argv[1])
    _confine(limits)
    try:
        content = sys.stdin.buffer.read(limits.packed + 1)
        answer = '{"book":' + read(content, limits).as_json() + "}"
    except TableRefused as refused:
        answer = json.dumps({"complaints": [asdict(each) for each in refused.complaints]})
    except (MemoryError, RecursionError):
        answer = '{"reached":"memory"}'
    sys.stdout.write(answer)


def _confine(limits: Limits) -> None:
    """No more memory and time than agreed, no file written, no core left, and everybody else first."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
