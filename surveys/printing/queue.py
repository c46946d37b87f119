"""The printer's queue, by the commands that CUPS brings: `lpstat` is asked, `lp` is given the page on its standard input.

A counter's printer stands on the customer's side. Whatever is wrong with it is one of a few troubles that a teller can
read aloud; each call ends within seconds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

SECONDS = 3  # a queue on the same machine answers in hundredths


class Trouble(models.TextChoices):
    NO_CUPS = "no-cups", _("Máy chủ chưa cài phần mềm in CUPS. Xin báo người quản trị.")
    NO_PANGO = "no-pango", _("Máy chủ thiếu thư viện Pango nên chưa in được. Xin báo người quản trị.")
    KEEPS_FILES = (
        "keeps-files",
        _("Máy in đang giữ lại bản đã in, làm lộ mã phiếu, nên chưa in. Xin báo người quản trị."),
    )
    UNKNOWN = "unknown", _("Không có máy in mang tên đã ghi cho quầy. Xin báo người quản trị.")
    SILENT = "silent", _("Máy in không trả lời.")
    STOPPED = "stopped", _("Máy in đang dừng.")
    PAPER = "paper", _("Máy in hết giấy.")
    OPEN = "open", _("Nắp máy in đang mở.")
    JAM = "jam", _("Máy in kẹt giấy.")
    OFF = "off", _("Máy in chưa bật hoặc mất kết nối.")
    FAULT = "fault", _("Máy in báo lỗi.")
    REFUSED = "refused", _("Máy in không nhận phiếu.")
    WAITING = "waiting", _("Phiếu chưa in xong.")


#: Beginnings of the names that RFC 8011 (printer-state-reasons) and CUPS give; the first that fits is told.
ALERTS = {
    "media-empty": Trouble.PAPER,
    "media-needed": Trouble.PAPER,
    "media-jam": Trouble.JAM,
    "cover-open": Trouble.OPEN,
    "door-open": Trouble.OPEN,
    "offline": Trouble.OFF,
    "connecting-to-device": Trouble.OFF,
    "timed-out": Trouble.OFF,
    "shutdown": Trouble.OFF,
    "cups-missing-filter": Trouble.FAULT,
    "cups-insecure-filter": Trouble.FAULT,
    "paused": Trouble.STOPPED,
}
#: What the backends of CUPS say beside a job that reaches no printer; a refused connection raises no alert.
UNREACHED = re.compile(
    r"printer (?:may not exist or is unavailable|is not responding|is unreachable|is not connected)"
    r"|unable to locate printer|waiting for printer to become available",
    re.I,
)
PRESERVE = re.compile(r"^\s*PreserveJobFiles\s+(\S+)\s*$", re.I | re.M)


class PrinterProblem(Exception):
    """Nothing was printed; ``trouble`` says why, in words for the teller."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def look(printer: str) -> None:
    """Return if the printer can take a slip now. Raises `PrinterProblem`."""
    if not printer:
        raise PrinterProblem(Trouble.UNKNOWN)
    if job_files_kept():
        raise PrinterProblem(Trouble.KEEPS_FILES)
    told = _run(["lpstat", "-l", "-p", printer])
    if told.returncode:
        is_unknown = re.search(r"invalid|unknown", told.stderr, re.I) and _is_running()
        raise PrinterProblem(Trouble.UNKNOWN if is_unknown else Trouble.SILENT)
    trouble = trouble_in(told.stdout)
    if trouble:
        raise PrinterProblem(trouble)


def queues() -> list[str]:
    """Names of the queues that this machine's CUPS has; empty where there is none, or it does not answer."""
    try:
        return sorted(_run(["lpstat", "-e"]).stdout.split())
    except PrinterProblem:
        return []


def is_waiting(printer: str) -> bool:
    """Whether anything still waits in the queue: a page that has come out is no longer there."""
    return bool(_run(["lpstat", "-o", printer]).stdout.strip())


def _is_running() -> bool:
    """Whether there is a scheduler: without one `lpstat` calls every printer's name invalid."""
    return "is running" in _run(["lpstat", "-r"]).stdout


def send(printer: str, pdf: bytes, *, title: str, media: str) -> None:
    """Give the page to the queue. Raises `PrinterProblem`."""
    command = ["lp", "-d", printer, "-t", title, "-o", f"media={media}", "-o", "print-scaling=none"]
    if _run(command, page=pdf).returncode:
        raise PrinterProblem(Trouble.REFUSED)


def trouble_in(told: str) -> Trouble | None:
    """What `lpstat -l -p` says of one printer, in its English of the C locale."""
    alerts = re.search(r"^\s*Alerts:\s*(.*)$", told, re.M)
    for alert in re.split(r"[\s,]+", alerts[1]) if alerts else ():
        for start, trouble in ALERTS.items():
            if alert.startswith(start):
                return trouble
        if alert.endswith("-error"):
            return Trouble.FAULT
    if re.search(r"^printer \S+ disabled", told, re.M):
        return Trouble.STOPPED
    # Only beside a job: an idle queue keeps the last words of a job that was cancelled.
    if re.search(r"^printer \S+ now printing", told, re.M) and UNREACHED.search(told):
        return Trouble.OFF
    return None


def job_files_kept() -> bool:
    """Whether CUPS keeps what it has printed: it does for a day unless it is told `PreserveJobFiles No`.

    A queue on another machine cannot be read here; then the administrator vouches for it (CUPS_KEEPS_NOTHING=1).
    """
    if settings.CUPS_KEEPS_NOTHING:
        return False
    try:
        said = PRESERVE.findall(settings.CUPSD_CONF.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return shutil.which("lp") is not None  # a machine without CUPS keeps nothing
    return not said or said[-1].lower() not in {"no", "off", "false"}


def _run(command: list[str], page: bytes = b"") -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the printer's name is validated where it is stored
            command,
            input=page,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=os.environ | {"LC_ALL": "C", "LANG": "C"},
        )
    except FileNotFoundError as error:
        raise PrinterProblem(Trouble.NO_CUPS) from error
    except subprocess.TimeoutExpired as error:
        # "from None": the traceback of a time-out would carry the page that was sent.
        del error
        raise PrinterProblem(Trouble.SILENT) from None
    said, complained = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    return subprocess.CompletedProcess(done.args, done.returncode, said, complained)
