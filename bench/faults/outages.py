"""What the house stands on is taken away under a running server, and given back: disk, writing, database, key files.

While it is away a customer is told in words that nothing was kept, health says so, and no receipt is shown. When it is
back, the same form is taken by the same server process, and only then is there a row.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import load
from bench.faults.clients import Sending, fill, held, send
from bench.faults.place import POSTGRESQL, SQLITE, Failed, Kit, Place, Web
from bench.postgres import Server

NOT_SAVED = "Chưa lưu được phiếu".encode()
BUSY = "Máy chủ đang bận".encode()
LONGEST_RETURN = 15.0  # seconds


def run(kit: Kit, what: str, *, quick: bool) -> tuple[str, bool]:
    looks = {
        "disk-full": lambda: [_full_sqlite(kit), _full_postgresql(kit)],
        "read-only": lambda: [_read_only_sqlite(kit), _read_only_postgresql(kit)],
        "database-down": lambda: [_database_down(kit)],
        "key-missing": lambda: [_key_missing(kit, key) for key in ("slip", "receipt", "box", "box-public")],
    }[what]()
    return "; ".join(map(str, looks)), all(look.good for look in looks)


@dataclass
class Look:
    """What was seen during one outage and after it."""

    what: str
    wrong: list[str] = field(default_factory=list)
    refused: int = 0
    back: float = -1.0  # seconds until the form was taken

    @property
    def good(self) -> bool:
        return not self.wrong and self.refused > 0 and 0 <= self.back <= LONGEST_RETURN

    def __str__(self) -> str:
        if self.wrong:
            return f"{self.what}: {', '.join(dict.fromkeys(self.wrong))}"
        back = "taken again at once" if 0 <= self.back < 1 else f"taken again after {self.back:.0f} s"
        return f"{self.what}: {self.refused} refused with 503 and a sentence, {back}"

    def during(self, web: Web, form: load.Form, code: str, missing: set[str]) -> None:
        """Send and open while something is away; what was sent must be refused with 503 in words."""
        self.heed(send(web.address, form))
        opened = load.request(web.address, "GET", f"/p/{code}")
        if opened.status not in (200, 503) or (opened.status == 503 and BUSY not in opened.body):
            self.wrong.append(f"the ballot opened with {opened.status}")
        status, named = web.readiness()
        if status != 503 or not missing & set(named):
            self.wrong.append(f"/readyz said {status} {named}")
        if load.request(web.address, "GET", "/healthz").status != 200:
            self.wrong.append("/healthz was not 200")

    def heed(self, sending: Sending) -> None:
        if sending.status == 503 and NOT_SAVED in sending.body and not sending.receipt:
            self.refused += 1
        else:
            self.wrong.append(
                f"a form was answered with {sending.status or 'nothing'} {sending.receipt}".strip()
            )

    def after(self, place: Place, web: Web, form: load.Form, before: int) -> None:
        """The same form, the same server: nothing was kept until now, and soon it is taken, once."""
        if len(held(place).hashes) != before:
            self.wrong.append("a refused ballot was stored")
        began = time.monotonic()
        while (
            not (sending := send(web.address, form)).receipt and time.monotonic() - began < 2 * LONGEST_RETURN
        ):
            time.sleep(0.2)
        self.back = time.monotonic() - began
        now = held(place)
        if not (
            sending.receipt
            and sending.hash in now.hashes
            and now.used == now.spent == len(now.hashes) == before + 1
        ):
            self.wrong.append(
                f"afterwards {len(now.hashes) - before} ballots, {now.used} used slips, {sending.status}"
            )
        if (ready := web.readiness()) != (200, []):
            self.wrong.append(f"/readyz said {ready} afterwards")


def _key_missing(kit: Kit, key: str) -> Look:
    look = Look(f"key {key}")
    with kit.place(SQLITE) as place:
        used, other = place.issue(2)
        web = place.serve()
        form = fill(web.address, used)
        web.stop()
        file = place.folder / "keys" / f"{key}.key"
        aside = file.rename(file.with_suffix(".aside"))
        web = place.serve()
        look.during(web, form, other, {"keys"})
        aside.rename(file)
        look.after(place, web, form, 0)
    return look


def _database_down(kit: Kit) -> Look:
    look = Look("PostgreSQL stopped")
    with kit.place(POSTGRESQL) as place:
        used, other = place.issue(2)
        web = place.serve()
        form = fill(web.address, used)
        place.server.stop()
        try:
            for _each_thread_of_both_workers in range(8):
                look.during(web, form, other, {"database"})
        finally:
            place.server.start()
        look.after(place, web, form, 0)
    return look


def _read_only_sqlite(kit: Kit) -> Look:
    """The file system comes up read-only, as after an error of the disk."""
    look = Look("read-only file system, SQLite")
    with _small_disk(kit, 32) as disk, kit.place(SQLITE, disk / "office") as place:
        used, other = place.issue(2)
        web = place.serve()
        form = fill(web.address, used)
        web.stop()
        _remount(disk, "ro")
        try:
            web = place.serve()
            for _each_thread_of_both_workers in range(8):
                look.during(web, form, other, {"writing"})
        finally:
            _remount(disk, "rw")
        look.after(place, web, form, 0)
    return look


def _read_only_postgresql(kit: Kit) -> Look:
    """The server takes no writes, as a standby does."""
    look = Look("read-only server, PostgreSQL")
    with kit.place(POSTGRESQL) as place:
        used, other = place.issue(2)
        web = place.serve()
        form = fill(web.address, used)
        _postgresql_writes(place, "on")
        try:
            for _each_thread_of_both_workers in range(8):
                look.during(web, form, other, {"writing"})
        finally:
            _postgresql_writes(place, "off")
        look.after(place, web, form, 0)
    return look


def _postgresql_writes(place: Place, read_only: str) -> None:
    place.server.query("postgres", f"ALTER SYSTEM SET default_transaction_read_only = {read_only}")
    place.server.query("postgres", "SELECT pg_reload_conf()")
    time.sleep(0.5)


def _full_sqlite(kit: Kit) -> Look:
    look = Look("full disk, SQLite")
    with _small_disk(kit, 32) as disk, kit.place(SQLITE, disk / "office") as place:
        used, other = place.issue(2)
        web = place.serve()
        form = fill(web.address, used)
        ballast = _fill_up(disk)
        for _each_thread_of_both_workers in range(8):
            look.during(web, form, other, {"writing"})
        ballast.unlink()
        look.after(place, web, form, 0)
    return look


def _full_postgresql(kit: Kit) -> Look:
    """Until the disk of the server is full some ballots are still taken: those must be there. The server may have ended."""
    look = Look("full disk, PostgreSQL")
    with _small_disk(kit, 300) as disk, _server_on(disk) as server, kit.own_place(server) as place:
        codes = place.issue(120)
        web = place.serve()
        forms = [fill(web.address, code) for code in codes[1:]]
        ballast = _fill_up(disk)
        with suppress(subprocess.CalledProcessError):
            server.query("postgres", "SELECT pg_switch_wal()")  # the next write needs a new segment
        taken, refused = [], None
        for form in forms:
            sending = send(web.address, form)
            if sending.receipt:
                taken.append(sending)
                continue
            refused = form
            break
        if refused is None:
            raise Failed("the disk of the server was not full")
        for _each_thread_of_both_workers in range(8):
            look.during(web, refused, codes[0], {"writing", "database"})
        ballast.unlink()
        with suppress(RuntimeError):
            server.start()
        if not {sending.hash for sending in taken} <= set(held(place).hashes):
            look.wrong.append("an acknowledged ballot was lost")
        look.after(place, web, refused, len(taken))
    return look


@contextmanager
def _small_disk(kit: Kit, megabytes: int) -> Iterator[Path]:
    """A file system in memory. Raises `Failed` for who may not mount one."""
    disk = Path(tempfile.mkdtemp(dir=kit.root))
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "faults", str(disk)]
    if os.geteuid() or subprocess.run(command).returncode:
        raise Failed("needs root, to mount a small file system")
    (disk / "office").mkdir()
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _remount(disk: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(disk)], check=True)


def _fill_up(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(64 * 1024))
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))
    return ballast


@contextmanager
def _server_on(disk: Path) -> Iterator[Server]:
    usual, tempfile.tempdir = tempfile.tempdir, str(disk)
    try:
        server = Server()
        with server:
            tempfile.tempdir = usual
            yield server
    finally:
        tempfile.tempdir = usual
