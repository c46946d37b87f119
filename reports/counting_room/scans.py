"""Pictures of the minutes as they were signed by hand: kept beside the database, outside the web root.

A file is known by its first bytes, never by its name, and lies under its own digest.
"""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.transaction import atomic

from reports.models import MinutesScan, Seal
from surveys import audit
from surveys.audit import Action
from surveys.models import Office, User
from surveys.periods import Period, local_day

MOST_BYTES = 10 * 1024 * 1024
BEGINNINGS = {"pdf": b"%PDF-", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
CONTENT_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}


class ScanRefused(Exception):
    """Why a file is not kept."""


class NotInTheTeam(ScanRefused):
    """Only the counting team attaches its minutes."""


class NotAPicture(ScanRefused):
    """Neither PDF nor JPEG nor PNG, whatever its name."""


class TooLarge(ScanRefused):
    """More than 10 MB."""


@atomic
def attach(
    *, office: Office, period: Period, user: User, name: str, content: bytes, now: datetime
) -> MinutesScan:
    """Keep a file for good; the same file again is the same row. Raises a `ScanRefused`."""
    if not user.counts_for(office, local_day(now)):
        raise NotInTheTeam
    if len(content) > MOST_BYTES:
        raise TooLarge
    kind = next((kind for kind, first in BEGINNINGS.items() if content.startswith(first)), None)
    if kind is None:
        raise NotAPicture
    facts = {"office": office, "period": str(period), "sha256": sha256(content).hexdigest()}
    if standing := MinutesScan.objects.filter(**facts).first():
        return standing
    scan = MinutesScan.objects.create(
        **facts,
        seal=Seal.objects.standing(office, period),
        name=name[:120],
        kind=kind,
        size=len(content),
        added_by=user,
        added_at=now,
    )
    _put(path_of(scan), content)
    audit.record(
        action=Action.SCAN_ATTACHED,
        actor=user,
        office=office,
        subject=str(period),
        now=now,
        sha256=scan.sha256,
    )
    return scan


def path_of(scan: MinutesScan) -> Path:
    return settings.DATA_DIR / "minutes" / scan.office.code / scan.period / f"{scan.sha256}.{scan.kind}"


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
