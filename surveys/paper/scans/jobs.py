"""Reading a pile's files one after the other, in a process of its own, page by page into the pile's vault."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from surveys.models import PaperScan, ScanFile, ScanState
from surveys.paper.scans import process
from surveys.paper.scans.errors import FileRefused, LibrariesMissing
from surveys.paper.scans.printed import forms_of
from surveys.paper.scans.results import PageReading
from surveys.paper.scans.sheets import Read, sheets_of
from surveys.paper.scans.streaks import streaks_of
from surveys.paper.scans.vault import Gone, Vault
from surveys.printing import NoPango

SILENT = timedelta(minutes=3)  # longer than the longest page: whoever began is gone
NICE = 10  # pages for customers and staff come first
Clock = Callable[[], datetime]


def start() -> None:
    """Begin to read what waits, in a process that outlives this request; the schedule begins it otherwise."""
    if settings.SCANS_START:
        reader = subprocess.Popen(  # noqa: S603 - our own command, without a word of anybody's
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "read_scans"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.setpriority(os.PRIO_PROCESS, reader.pid, NICE)


def is_waiting(*, now: datetime) -> bool:
    return ScanFile.objects.to_read(silent_since=now - SILENT).exists()


def read_waiting(*, clock: Clock) -> int:
    """Read every file that nobody is at; returns how many. Two of these at once share the work."""
    n = 0
    while (file := _claimed(now=clock())) is not None:
        n += 1
        _read(file, clock=clock)
    return n


def _claimed(*, now: datetime) -> ScanFile | None:
    for file in ScanFile.objects.to_read(silent_since=now - SILENT).order_by("pk"):
        standing = ScanFile.objects.filter(pk=file.pk, state=file.state, beat_at=file.beat_at)
        if standing.update(state=ScanState.READING, beat_at=now, done=0):
            return ScanFile.objects.select_related("scan__pile__office", "scan__pile__counter__office").get(
                pk=file.pk
            )
    return None


def _read(file: ScanFile, *, clock: Clock) -> None:
    """One file into the vault. What goes wrong with it is kept in its row; the pile goes on."""
    mine = ScanFile.objects.filter(pk=file.pk, state=ScanState.READING)
    vault = Vault(file.scan.folder)
    try:
        data = vault.get(f"file-{file.number}")
        forms = forms_of(file.scan.pile)
        pages = process.read_file(data, forms, key=vault.key, is_cancelled=lambda: not mine.exists())
        for page in pages:
            _keep(vault, file.number, page)
            mine.update(pages=page.of, done=page.number + 1, beat_at=clock())
    except process.Cancelled:
        return
    except FileRefused as refused:
        mine.update(state=ScanState.REFUSED, problem=refused.problem.value)
    except (Gone, LibrariesMissing, NoPango) as problem:
        mine.update(state=ScanState.REFUSED, problem=type(problem).__name__.lower()[:16])
    else:
        mine.update(state=ScanState.READ)
    vault.remove(f"file-{file.number}")
    if not file.scan.files.unfinished().exists():
        _number_sheets(file.scan, vault)


def _keep(vault: Vault, file: int, page: process.PageRead) -> None:
    name = f"{file}-{page.number}"
    for ballot, rows in enumerate(page.rows):
        for row, picture in enumerate(rows):
            vault.put(f"row-{name}-{ballot}-{row}", picture)
    for ballot, picture in enumerate(page.comments):
        if picture:
            vault.put(f"comment-{name}-{ballot}", picture)
    if page.preview:
        vault.put(f"preview-{name}-0", page.preview)
    marks = [base64.b64encode(each).decode() for each in page.signatures]
    facts = {
        "digest": page.digest,
        "signatures": marks,
        "reading": page.reading.as_facts(),
        "fills": page.fills,
    }
    vault.put_json(f"page-{file:03}-{page.number:04}", facts)


def _number_sheets(scan: PaperScan, vault: Vault) -> None:
    """Once every file is read: which sheets were scanned twice, and how many there are."""
    digests, places, marks = {}, [], []
    for name in vault.names("page-"):
        facts = vault.get_json(name)
        page = _numbers_of(name)
        digests[page] = facts["digest"]
        for ballot, each in enumerate(facts["signatures"]):
            places.append((*page, ballot))
            marks.append(base64.b64decode(each))
    twins = [
        (*places[later], *places[earlier])
        for earlier, later in (process.same_sheets(marks) if any(marks) else [])
        if digests[places[earlier][:2]] != digests[places[later][:2]]
    ]
    vault.put_json("twins", twins)
    PaperScan.objects.filter(pk=scan.pk).update(sheets=len(read_of(vault).sheets))


def read_of(vault: Vault) -> Read:
    """What all files of a pile hold. Raises `Gone`."""
    pages = []
    for name in vault.names("page-"):
        facts = vault.get_json(name)
        pages.append((*_numbers_of(name), facts["digest"], PageReading.from_facts(facts["reading"])))
    twins = {
        (each[0], each[1], each[2]): (each[3], each[4], each[5])
        for each in (vault.get_json("twins") if vault.has("twins") else [])
    }
    streaks = streaks_of([[at for ballot in page[3].ballots for at in ballot.streaks] for page in pages])
    return replace(sheets_of(pages, twins), streaks=tuple(streaks))


def fills_of(vault: Vault) -> list[float]:
    """How much of each box of a pile is ink, as its scanner shows it. Raises `Gone`."""
    return [fill for name in vault.names("page-") for fill in vault.get_json(name).get("fills", ())]


def _numbers_of(name: str) -> tuple[int, int]:
    _page, file, page = name.split("-")
    return int(file), int(page)
