"""The folder into which an office's scanner writes: its files go to the pile that waits for them.

    SCANS_INBOX/<code of the office>/*.pdf, *.tif, *.tiff, *.jpg, *.jpeg, *.png

A file is taken once it is quiet, only if it came after the waiting began, and is removed from the folder as soon as it is kept
encrypted. What is no scan stays where it is. One pile of an office waits at a time: files bear no pile's name.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.transaction import atomic

from surveys.accounts.two_persons import ActRefused
from surveys.models import Office, PaperPile, PaperScan, PileState, User
from surveys.paper.scans import scanning
from surveys.paper.scans.errors import FileRefused, LibrariesMissing
from surveys.paper.scans.file_kinds import MOST_BYTES
from surveys.paper.scans.vault import Gone, Vault

SUFFIXES = {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"}
QUIET = timedelta(seconds=20)  # after its last change a file is whole
LONGEST = timedelta(hours=4)  # that a pile waits for the scanner
WAITING = "inbox"  # in the vault of the pile that waits: since when
log = logging.getLogger(__name__)


class AnotherWaits(scanning.ScanRefused):
    """Another pile of the office waits for the scanner."""


def folder_of(office: Office) -> Path | None:
    """None where no folder is watched for this office."""
    if not settings.SCANS_INBOX:
        return None
    folder = Path(settings.SCANS_INBOX) / office.code
    return folder if folder.is_dir() else None


@atomic
def wait(*, pile: PaperPile, by: User, counted: int, now: datetime) -> None:
    """Files that the scanner writes from now on are this pile's. Raises `AnotherWaits`, and what `scanning.begun` raises."""
    Office.objects.select_for_update().get(pk=pile.office_id)
    if any(scan.pile_id != pile.pk for scan, _since in _waiting(pile.office, now)):
        raise AnotherWaits
    scan = scanning.begun(pile=pile, by=by, counted=counted, now=now)
    Vault(scan.folder).put_json(WAITING, now.isoformat())


def wait_no_more(scan: PaperScan) -> None:
    Vault(scan.folder).remove(WAITING)


def waits_since(scan: PaperScan, *, now: datetime) -> datetime | None:
    """Since when a pile waits for the scanner; None where it does not, or has waited too long."""
    vault = Vault(scan.folder)
    if scan.frozen_at or scan.destroyed_at or not vault.has(WAITING):
        return None
    try:
        since = datetime.fromisoformat(vault.get_json(WAITING))
    except (Gone, ValueError):
        return None
    return since if now - since <= LONGEST else None


def take_files(*, now: datetime) -> int:
    """Give every new file to the pile that waits for it; returns how many. A file that is refused is left and logged."""
    taken = 0
    if not settings.SCANS_INBOX:
        return taken
    for scan, since in _waiting(None, now):
        for path in _new_files(scan.pile.office, since, now):
            taken += _take(scan, path, now)
    return taken


def _waiting(office: Office | None, now: datetime) -> Iterator[tuple[PaperScan, datetime]]:
    standing = PaperScan.objects.filter(
        destroyed_at=None, frozen_at=None, pile__state=PileState.OPEN, begun_at__gte=now - scanning.KEPT
    )
    if office is not None:
        standing = standing.filter(pile__office=office)
    for scan in standing.select_related("pile__office", "first"):
        since = waits_since(scan, now=now)
        if since is not None:
            yield scan, since


def _new_files(office: Office, since: datetime, now: datetime) -> list[Path]:
    """Quiet files of the office's folder that came while its pile waited, the oldest first."""
    folder = folder_of(office)
    if folder is None:
        return []
    found = []
    for entry in os.scandir(folder):
        if not entry.is_file(follow_symlinks=False) or Path(entry.name).suffix.lower() not in SUFFIXES:
            continue
        changed = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
        if since <= changed <= now - QUIET:
            found.append((changed, Path(entry.path)))
    return [path for _changed, path in sorted(found)]


def _take(scan: PaperScan, path: Path, now: datetime) -> bool:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            data = file.read(MOST_BYTES + 1)
        with atomic():
            scanning.add_file(pile=scan.pile, by=scan.first, data=data, counted=scan.counted, now=now)
            connection.on_commit(path.unlink)
    except (OSError, FileRefused, LibrariesMissing, ActRefused) as problem:
        log.warning("a file of the scanner's folder of %s is not taken: %s", scan.pile.office.code, problem)
        return False
    return True
