"""Reading a file outside of the process that serves people: a hostile file costs nobody else's request."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from surveys.spreadsheets.archive import COPY_THE_TABLE
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import Complaint, TableRefused, whole
from surveys.spreadsheets.limits import MIB, USUAL, Limits
from surveys.spreadsheets.reading import check

_ROOT = Path(__file__).resolve().parents[2]
# Two of a worker's threads may wait for a file; the others serve people.
_AT_ONCE = BoundedSemaphore(2)
_WAITS_SECONDS = 5
# -S -E -s: the standard library alone, whatever is installed or set.
_COMMAND = (sys.executable, "-S", "-E", "-s", "-m", "surveys.spreadsheets.child")


def read(content: bytes, limits: Limits = USUAL) -> Book:
    """The sheets of a file, read by a child process. Raises `TableRefused`, also when a limit is reached."""
    check(content, limits)
    if not _AT_ONCE.acquire(timeout=_WAITS_SECONDS):
        raise whole("Máy chủ đang đọc các tệp khác. Xin gửi lại sau ít phút.")
    try:
        answered, status = _run(content, limits)
    finally:
        _AT_ONCE.release()
    if status == -signal.SIGXCPU or (status == -signal.SIGKILL and not answered):
        raise _too_slow(limits.cpu_seconds)
    if status == 0:
        answer = json.loads(answered[answered.rfind(b"\n") + 1 :])
        if "sheets" in answer:
            return Book.from_lines(iter(BytesIO(answered)), answer["sheets"])
        if "complaints" in answer:
            raise TableRefused([Complaint(**each) for each in answer["complaints"]])
        raise whole(f"Đọc tệp này cần quá {limits.memory // MIB} MB bộ nhớ. {COPY_THE_TABLE}")
    raise whole(f"Tệp này không đọc được. {COPY_THE_TABLE}")


def _run(content: bytes, limits: Limits) -> tuple[bytes, int]:
    with subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        [*_COMMAND, limits.as_text()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
        start_new_session=True,
    ) as child:
        try:
            answered, _errors = child.communicate(content, timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            child.communicate()
            raise _too_slow(int(limits.wall_seconds)) from error
        return answered, child.returncode


def _too_slow(seconds: int) -> TableRefused:
    return whole(f"Đọc tệp này mất quá {seconds} giây. {COPY_THE_TABLE}")
