"""Slips through a real CUPS: `python -m bench.cups`. A scheduler, its queues and an office of its own, all in one folder.

The tests stand a fake `lp` in the printer's place; here the product's own way meets the real commands. The printer is a
port on this machine, as a slip printer's in the network is. Each line says what held; exit 1 when one did not, 2 without CUPS (apt install cups).
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    "cupsd",
    "cupsdisable",
    "cupsenable",
    "cupsreject",
    "cupsaccept",
    "cancel",
    "lp",
    "lpadmin",
    "lpstat",
)
QUEUE = "Quay1"
SECONDS = 10  # until a scheduler on the same machine has started or a job is through
CUPSD = """Listen {folder}/cups.sock
LogLevel debug
MaxLogSize 0
Browsing No
WebInterface No
PreserveJobFiles No
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
FILES = """ServerRoot {folder}
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/spool/tmp
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
"""


def main() -> int:
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if missing := [name for name in COMMANDS if not shutil.which(name)]:
        print(f"no {', '.join(missing)} on this machine (apt install cups cups-client)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="phieu-cups-") as name:
        os.chmod(name, 0o711)  # noqa: S103 - the scheduler's own user passes through
        held = []
        with scheduler(Path(name) / "cups") as folder:
            office(Path(name) / "office", folder)
            held += [told(*claim) for claim in claims(folder)]
        held.append(told("a scheduler that is gone is told at once", trouble() == "silent"))
    print(f"{sum(held)} of {len(held)} held")
    return 0 if all(held) else 1


def told(words: str, holds: bool) -> bool:
    print(f"{'held  ' if holds else 'MISSED'}  {words}", flush=True)
    return holds


# ── The scheduler ──────────────────────────────────────────────────────────────────────
@contextmanager
def scheduler(folder: Path) -> Iterator[Path]:
    """CUPS on a socket of its own; nobody else's queues are touched."""
    for part in ("spool/tmp", "cache", "state", "log", "ppd"):
        (folder / part).mkdir(parents=True)
    (folder / "cupsd.conf").write_text(CUPSD.format(folder=folder))
    (folder / "cups-files.conf").write_text(FILES.format(folder=folder))
    os.environ["CUPS_SERVER"] = str(folder / "cups.sock")
    running = start(folder)
    try:
        yield folder
    finally:
        running.terminate()
        running.wait()


def start(folder: Path) -> subprocess.Popen:
    running = subprocess.Popen(["cupsd", "-f", "-c", folder / "cupsd.conf", "-s", folder / "cups-files.conf"])
    until(lambda: run("lpstat", "-r").stdout.startswith("scheduler is running"))
    return running


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"}
    )


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


# ── The office ─────────────────────────────────────────────────────────────────────────
def office(folder: Path, cups: Path) -> None:
    """A pilot office whose first counter prints on the queue."""
    os.environ |= {"DATA_DIR": str(folder), "SECRET_KEY": secrets.token_hex(32)}
    os.environ |= {"BASE_URL": "https://phieu.kbhb.vn", "PILOT_PASSWORD": secrets.token_urlsafe(12)}
    os.environ |= {"CUPSD_CONF": str(cups / "cupsd.conf"), "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings"}
    os.environ.pop("DATABASE_URL", None)
    for command in (["prepare", "-v0"], ["pilot", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
    import django

    django.setup()
    from surveys.models import Counter

    Counter.objects.filter(code="Q1").update(printer=QUEUE, offers_slip=True)


def hand_over():
    """The slip of a transaction that has just ended, and the code as the printer was given it."""
    from django.utils import timezone

    from surveys import printing
    from surveys.choices import Outcome, SlipChannel
    from surveys.models import Counter, Procedure
    from surveys.slips import delivery, issuing

    now, seen = timezone.now(), []
    begun = issuing.log_transaction(
        counter=Counter.objects.get(code="Q1"),
        procedure=Procedure.objects.first(),
        reference=secrets.token_hex(6),
        started_at=now,
        now=now,
    )
    hand = printing.hand_over
    printing.hand_over = lambda **given: (seen.append(given["code"]), hand(**given))
    try:
        handed = delivery.finish_and_hand_over(
            transaction=begun, outcome=Outcome.RESOLVED, channel=SlipChannel.SLIP, now=now
        )
    finally:
        printing.hand_over = hand
    return handed, seen[0]


def trouble() -> str:
    return str(hand_over()[0].trouble)


# ── The printer ────────────────────────────────────────────────────────────────────────
class Printer:
    """A port that takes pages; `off`, nobody answers there."""

    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"socket://127.0.0.1:{self.door.getsockname()[1]}"
        Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                caller, _address = self.door.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as page:
                self.pages.append(page.read())

    def off(self) -> None:
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()


# ── What must hold ─────────────────────────────────────────────────────────────────────
def claims(folder: Path) -> Iterator[tuple[str, bool]]:
    from surveys import printing

    spool, printer = folder / "spool", Printer()
    run("lpadmin", "-p", QUEUE, "-E", "-v", printer.address, "-m", "raw")
    handed, code = hand_over()
    yield "the slip comes out as a page", handed.trouble is None and until(lambda: bool(printer.pages))
    yield "what came out is a PDF", printer.pages[0].startswith(b"%PDF")
    yield "the queue is empty again", until(lambda: not printing.is_waiting(QUEUE))
    yield "no file of the job is kept", until(lambda: not list(spool.glob("d*")))
    yield "the job's title is the slip's serial", until(lambda: f"Phieu {handed.slip.serial}" in jobs(spool))
    yield "neither log, job nor setting holds the code", not anywhere(folder, code)
    for command, back, words, expected in (
        ("cupsdisable", "cupsenable", "a stopped printer is told at once", "stopped"),
        ("cupsreject", "cupsaccept", "a printer that takes nothing is told at once", "refused"),
    ):
        run(command, QUEUE)
        yield words, trouble() == expected
        run(back, QUEUE)
    yield "after that it prints", trouble() == "None" and until(lambda: len(printer.pages) == 2)
    printer.off()
    yield "the first slip of a printer that is off waits, and the desk says so", waits(handed.slip.counter)
    yield (
        "the next one is told that it is off",
        until(lambda: told_of(printing, "off")) and trouble() == "off",
    )
    run("cancel", "-a", QUEUE)
    yield "a cancelled slip leaves no file", until(lambda: not list(spool.glob("d*")))
    run("lpadmin", "-x", QUEUE)
    yield "a printer that was taken away is told at once", trouble() == "unknown"
    run("lpadmin", "-p", QUEUE, "-E", "-v", Printer().address, "-m", "raw")
    conf = folder / "cupsd.conf"
    told_so = conf.read_text()
    conf.write_text(told_so.replace("PreserveJobFiles No", "PreserveJobFiles Yes"))
    yield "where jobs are kept no slip is printed", trouble() == "keeps-files"
    conf.write_text(told_so)
    yield "where none are kept it prints again", trouble() == "None"


def waits(counter) -> bool:
    from surveys.counter import console

    return trouble() == "None" and until(lambda: bool(console.printer_at(counter).trouble))


def told_of(printing, expected: str) -> bool:
    try:
        printing.look(QUEUE)
    except printing.PrinterProblem as problem:
        return problem.trouble == expected
    return False


def jobs(spool: Path) -> str:
    return "".join(each.read_text(errors="replace") for each in spool.glob("c*"))


def anywhere(folder: Path, code: str) -> bool:
    return any(code.encode() in each.read_bytes() for each in folder.rglob("*") if each.is_file())


if __name__ == "__main__":
    raise SystemExit(main())
