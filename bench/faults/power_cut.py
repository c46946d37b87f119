"""The power goes at any moment: every file operation of a real server on SQLite is logged, then replayed up to a cut.

Of what was not synced at the cut, the disk has kept nothing, everything, or any sectors of 512 bytes. Each such state is
opened as after a restart: sound, every acknowledged ballot there, every used slip with its ballot. A control with WAL and
synchronous=NORMAL must lose ballots.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections import deque
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults.clients import Crowd
from bench.faults.place import SQLITE, Failed, Kit
from bench.faults.shim import ACKNOWLEDGED, CUT, MADE, REMOVED, SYNCED, WRITTEN, Log, Record
from kbnn_survey.env import WAL_IS_SAFE

BALLOTS, CLIENTS = 240, 8
CUTS, QUICK = 300, 40
SECTOR = 512
MEMORY = Path("/dev/shm")  # noqa: S108 - thousands of small databases: not on the disk
DROP, KEEP, TORN = MODELS = ("drop", "keep", "torn")
WAL_FULL = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
WAL_NORMAL = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"


def run(kit: Kit, *, quick: bool) -> dict[str, tuple[str, bool]]:
    cuts = QUICK if quick else CUTS
    chosen = "WAL + FULL" if WAL_IS_SAFE else "TRUNCATE + EXTRA"
    ours, wal, control = (_replayed(kit, journal, cuts) for journal in ("", WAL_FULL, WAL_NORMAL))
    return {
        "power-cut": (f"SQLite {sqlite3.sqlite_version}, {chosen}: {ours}", ours.good),
        "power-cut-wal": (f"WAL + FULL: {wal}", wal.good),
        "power-cut-control": (f"WAL + NORMAL: {control}", control.lost > 0),
    }


@dataclass
class Found:
    """Over all replayed states, how many were wrong in which way, and the most ballots lost in one."""

    states: int = 0
    lost: int = 0
    torn: int = 0
    mismatched: int = 0
    worst: int = 0

    @property
    def good(self) -> bool:
        return self.states > 0 and not (self.lost or self.torn or self.mismatched)

    def __str__(self) -> str:
        worst = f" (up to {self.worst} ballots)" if self.worst else ""
        return (
            f"of {self.states} states {self.lost} with lost ballots{worst}, {self.torn} torn, "
            f"{self.mismatched} with slips that have no ballot or the other way round"
        )


@dataclass
class Disk:
    """What a disk holds for certain, and what it was told since then and may have kept or not."""

    files: dict[str, bytearray]
    waiting: list[Record] = field(default_factory=list)

    def take(self, record: Record, folder: str) -> None:
        if record.kind != SYNCED:
            self.waiting.append(record)
            return
        # A file's sync keeps its content; that a file was made or removed is kept by the sync of its folder.
        about_names = record.path == folder
        for each in [*self.waiting]:
            if (each.kind in (MADE, REMOVED)) == about_names and (about_names or each.path == record.path):
                _apply(self.files, each)
                self.waiting.remove(each)

    def after(self, model: str, rng: random.Random) -> dict[str, bytearray]:
        """The files of a disk that the power left in the way of a model."""
        files = {path: bytearray(content) for path, content in self.files.items()}
        for record in self.waiting if model != DROP else []:
            if model == KEEP:
                _apply(files, record)
            elif record.kind == WRITTEN:
                for part in _sectors(record, rng):
                    _apply(files, part)
            elif rng.random() < 0.5:
                _apply(files, record)
        return files


def _apply(files: dict[str, bytearray], record: Record) -> None:
    if record.kind == REMOVED:
        files.pop(record.path, None)
        return
    content = files.setdefault(record.path, bytearray())
    if record.kind == WRITTEN:
        content.extend(bytes(max(0, record.offset - len(content))))
        content[record.offset : record.offset + len(record.data)] = record.data
    elif record.kind == CUT:
        del content[record.offset :]
        content.extend(bytes(record.offset - len(content)))


def _sectors(record: Record, rng: random.Random) -> list[Record]:
    """Those sectors of a write that reached the disk, in any selection."""
    starts = range(0, len(record.data), SECTOR)
    return [
        Record(WRITTEN, record.path, record.offset + start, record.data[start : start + SECTOR])
        for start in starts
        if rng.random() < 0.5
    ]


def _replayed(kit: Kit, journal: str, cuts: int) -> Found:
    with kit.place(SQLITE) as place:
        slips = deque(place.issue(BALLOTS))
        name = str(place.file.resolve())
        start = {
            path: bytearray(Path(path).read_bytes())
            for path in (name, f"{name}-journal")
            if Path(path).exists()
        }
        log = Log(place)
        try:
            _cast_all(place, log, slips, journal)
            return _look(list(log.records()), start, name, cuts)
        finally:
            log.close()


def _cast_all(place, log: Log, slips: deque[str], journal: str) -> None:
    replaced = (
        {"DJANGO_SETTINGS_MODULE": "bench.faults.settings", "BENCH_JOURNAL": journal} if journal else {}
    )
    web = place.serve(log.environment | replaced)
    crowd = Crowd(web.address, slips, clients=CLIENTS, after=lambda sent: log.acknowledge(sent.hash))
    sendings = crowd.start().finish()
    web.kill()
    if not all(sending.receipt for sending in sendings):
        raise Failed("a ballot was not taken before any fault")


def _look(records: list[Record], start: dict[str, bytearray], name: str, cuts: int) -> Found:
    rng, found = random.Random(3), Found()
    acknowledgements = [place for place, record in enumerate(records) if record.kind == ACKNOWLEDGED]
    wanted = set(rng.sample(range(acknowledgements[0], len(records)), cuts))
    disk, acknowledged = Disk(start), set()
    for place, record in enumerate(records):
        if record.kind == ACKNOWLEDGED:
            acknowledged.add(record.path)
        else:
            disk.take(record, str(Path(name).parent))
        if place in wanted:
            for model in MODELS:
                _judge(disk.after(model, rng), name, acknowledged, found)
    return found


def _judge(files: dict[str, bytearray], name: str, acknowledged: set[str], found: Found) -> None:
    found.states += 1
    folder = Path(tempfile.mkdtemp(prefix="faults-cut-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        for path, content in files.items():
            (folder / Path(path).name).write_bytes(content)
        integrity, used, spent, hashes = _read(folder / Path(name).name)
    except sqlite3.DatabaseError as error:
        integrity, used, spent, hashes = str(error), 0, 0, list(acknowledged)
    finally:
        shutil.rmtree(folder)
    lost = len(acknowledged - set(hashes))
    found.torn += integrity != "ok"
    found.lost += lost > 0
    found.worst = max(found.worst, lost)
    found.mismatched += integrity == "ok" and not used == spent == len(hashes) == len(set(hashes))


def _read(path: Path) -> tuple[str, int, int, list[str]]:
    """What the next start finds: (integrity, used slips, proofs of use, hashes of receipts)."""
    with closing(sqlite3.connect(path)) as database:
        (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
        (used,) = database.execute("SELECT count(*) FROM surveys_slip WHERE state = 'U'").fetchone()
        (spent,) = database.execute("SELECT count(*) FROM surveys_spent").fetchone()
        hashes = [row[0] for row in database.execute("SELECT receipt_hash FROM surveys_boxedballot")]
        with suppress(sqlite3.Error):
            database.rollback()
    return integrity, used, spent, hashes
