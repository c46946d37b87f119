"""The verbs of a scan: begin, add a file, stop, drop, destroy. Reading itself is `jobs`, looking and keying `reviewing`."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.db.transaction import atomic

from surveys import audit, paper
from surveys.audit import Action
from surveys.models import PaperPile, PaperScan, PileState, ScanFile, ScanState, User
from surveys.paper.scans import libraries, thresholds
from surveys.paper.scans.ending import end
from surveys.paper.scans.errors import FileProblem, FileRefused
from surveys.paper.scans.file_kinds import MOST_BYTES, kind_of
from surveys.paper.scans.vault import Vault, leftovers

KEPT, KEPT_BY_QUARTER = timedelta(days=45), timedelta(days=110)
ORPHANED = timedelta(days=1)
MOST_FILES = 20


class ScanRefused(paper.PaperRefused):
    """Why a scan is not taken further."""


class NotTheFirst(ScanRefused):
    """A colleague scans this pile."""


class SameFileTwice(ScanRefused):
    """The same file was given to this pile before."""


class TooManyFiles(ScanRefused):
    """More than `MOST_FILES` for one pile."""


class ScanFrozen(ScanRefused):
    """The first person has finished: nothing is added to the reading any more."""


class ScanGone(ScanRefused):
    """The pictures are destroyed, or there never were any."""


@atomic
def add_file(*, pile: PaperPile, by: User, data: bytes, counted: int, now: datetime) -> ScanFile:
    """Take a file into the pile's scan, which begins with its first one. ``counted``: sheets counted by hand.

    Raises `LibrariesMissing`, `FileRefused` before anything is decoded, `NotTheFirst`, `SameFileTwice`, `TooManyFiles`,
    `ScanFrozen`, and what `paper.key` raises; then nothing is kept.
    """
    libraries.require()
    if len(data) > MOST_BYTES:
        raise FileRefused(FileProblem.TOO_BIG)
    if not kind_of(data):
        raise FileRefused(FileProblem.NOT_A_SCAN)
    scan = begun(pile=pile, by=by, counted=counted, now=now)
    vault = Vault(scan.folder)
    known = vault.get_json("files") if vault.has("files") else []
    digest = hmac.new(vault.key, data, sha256).hexdigest()
    if digest in known:
        raise SameFileTwice
    if len(known) >= MOST_FILES:
        raise TooManyFiles
    number = len(known) + 1
    vault.put(f"file-{number}", data)
    vault.put_json("files", [*known, digest])
    PaperScan.objects.filter(pk=scan.pk).update(counted=counted, sheets=None)
    return ScanFile.objects.create(scan=scan, number=number)


@atomic
def begun(*, pile: PaperPile, by: User, counted: int, now: datetime) -> PaperScan:
    """The pile's scan, begun where there is none. Raises `LibrariesMissing`, `NotTheFirst`, `ScanFrozen`, and as `paper.key`."""
    libraries.require()
    paper.take_place(pile=pile, by=by, now=now)
    scan = PaperScan.objects.select_for_update().filter(pile=pile).first() or _begin(pile, by, counted, now)
    if scan.first_id != by.pk:
        raise NotTheFirst
    if scan.frozen_at or scan.destroyed_at:
        raise ScanFrozen
    PaperScan.objects.filter(pk=scan.pk).update(counted=counted)
    return scan


@atomic
def stop(*, scan: PaperScan, by: User) -> None:
    """End the reading of what is not read yet; pages that were read stay. Again: nothing."""
    if scan.first_id != by.pk:
        raise NotTheFirst
    scan.files.unfinished().update(state=ScanState.STOPPED)


@atomic
def drop(*, scan: PaperScan, by: User, now: datetime) -> None:
    """Give the scan up and destroy its pictures; the pile is typed. Keyings stay as they are."""
    if by.pk not in (scan.first_id, scan.second_id):
        raise NotTheFirst
    audit.record(
        action=Action.PAPER_SCAN_DROPPED, now=now, actor=by, office=scan.pile.office, subject=str(scan.pile)
    )
    vault = Vault(scan.folder)
    scan.delete()
    connection.on_commit(vault.destroy)


def destroy_old(*, now: datetime) -> int:
    """What is kept no longer: scans of piles given up, those older than their time, folders of no pile. Returns how many."""
    kept = PaperScan.objects.filter(destroyed_at__isnull=True).select_related("pile__office")
    left = leftovers({scan.folder for scan in kept}, before=now - ORPHANED)
    for folder in left:
        Vault(folder).destroy()
    over = [scan for scan in kept if _is_over(scan, now)]
    for scan in over:
        with atomic():
            end(pile=scan.pile, now=now)
    return len(left) + len(over)


def _is_over(scan: PaperScan, now: datetime) -> bool:
    time = KEPT_BY_QUARTER if scan.pile.office.quarterly else KEPT
    return scan.pile.state == PileState.GIVEN_UP or scan.begun_at + time <= now


def _begin(pile: PaperPile, by: User, counted: int, now: datetime) -> PaperScan:
    vault = Vault.make()
    with _destroyed_unless_kept(vault):
        return PaperScan.objects.create(
            pile=pile,
            folder=vault.folder,
            first=by,
            begun_at=now,
            counted=counted,
            thresholds=thresholds.version(),
        )


@contextmanager
def _destroyed_unless_kept(vault: Vault) -> Iterator[None]:
    try:
        yield
    except BaseException:
        vault.destroy()
        raise
