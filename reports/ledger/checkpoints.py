"""Checkpoints leave the house: a file each, and a letter to somebody who is not the database's administrator.

Tamper evidence ends with the administrator unless each checkpoint lies somewhere else as well (docs/spec/trust.md §5). None
of this may stop a mix: what cannot be written or sent now is written or sent by the next scheduled round.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reports.atomic_files import put_file
from reports.publication.folder import SEAL_FILE
from surveys import evidence
from surveys.database import replication
from surveys.models import Batch

BETWEEN_ATTEMPTS = timedelta(minutes=10)
MOST_AT_ONCE = 50
log = logging.getLogger(__name__)


def folder() -> Path:
    """One file a checkpoint: ``<office>-<period>-<batch>.txt``, the signed note as it stands."""
    return settings.DATA_DIR / "checkpoints"


def _outbox() -> Path:
    return folder() / "outbox"


def keep(batch: Batch) -> None:
    """Write the file of a checkpoint, and put it into the outbox when somebody is to get it. Fails with a log line only."""
    try:
        _keep(f"{batch.office.code}-{batch.period}-{batch.number}", batch.checkpoint)
    except OSError as error:
        log.error(
            "checkpoint %s %s %d not written: %s", batch.office, batch.period, batch.number, error.strerror
        )


def keep_all() -> None:
    """Write what is missing, after a crash between a mix and its file, or where mixes were played without files."""
    _keep_missing(Batch.objects.all())


def keep_recent(*, since: date) -> None:
    """The same for the mixes of the last days: where the mixer's user may not write files, another one does."""
    _keep_missing(Batch.objects.filter(mixed_on__gte=since))


def _keep_missing(batches: QuerySet[Batch]) -> None:
    there = {path.name for path in folder().glob("*.txt")}
    rows = batches.select_related("office").order_by("pk").iterator()
    missing = [row for row in rows if f"{row.office.code}-{row.period}-{row.number}.txt" not in there]
    if missing:
        replication.barrier()
    for batch in missing:
        keep(batch)


def _keep(name: str, note: str) -> None:
    """A file is never written over: another text for the same batch is a fork, and both must stay to be seen."""
    content = note.encode("utf-8")
    path = folder() / f"{name}.txt"
    if path.is_file() and path.read_bytes() != content:
        path = folder() / f"{name}-{evidence.digest(note)[:8]}.txt"
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if settings.CHECKPOINT_EMAIL:  # first, so that no file lies there that nobody will be sent
        _outbox().mkdir(exist_ok=True)
        put_file(_outbox() / path.name, content)
    put_file(path, content)


def send_waiting(*, now: datetime) -> bool:
    """Send what waits in the outbox; False when the mail server refused. Tried again after ten minutes at the earliest."""
    waiting = sorted(_outbox().glob("*.txt"))[:MOST_AT_ONCE] if settings.CHECKPOINT_EMAIL else []
    tried = _outbox() / "tried"
    if not waiting or (
        tried.exists() and now.timestamp() - float(tried.read_text() or 0) < BETWEEN_ATTEMPTS.total_seconds()
    ):
        return True
    try:
        for path in waiting:
            _message(path).send()
            path.unlink()
    except (
        OSError,
        SMTPException,
    ) as error:  # a server that is away, a name that is not found, a letter refused
        put_file(tried, str(now.timestamp()).encode())
        log.error("checkpoints not sent, %d waiting: %s", len(waiting), error)
        return False
    tried.unlink(missing_ok=True)
    return True


def _message(path: Path) -> EmailMessage:
    note = path.read_text(encoding="utf-8")
    words = _(
        "Điểm kiểm của hòm phiếu, có chữ ký. Xin giữ thư này: nó cho biết sau này dữ liệu có bị viết lại hay không."
    )
    return EmailMessage(
        subject=_("Điểm kiểm %(name)s") % {"name": path.stem},
        body=f"{words}\n\n{note}",
        to=[settings.CHECKPOINT_EMAIL],
    )


def kept() -> Iterator[tuple[str, str]]:
    """(name, note) of every checkpoint and published seal that lies on this machine outside the database."""
    if folder().is_dir():
        yield from notes_in(folder())
    for path in sorted((settings.DATA_DIR / "published").rglob(SEAL_FILE)):
        yield (
            str(path.parent.relative_to(settings.DATA_DIR)),
            path.read_text(encoding="utf-8", errors="replace"),
        )


def notes_in(place: Path) -> Iterator[tuple[str, str]]:
    """(name, note) of one file, or of every text file in a folder; '' for a file without one, which proves nothing."""
    paths = sorted(place.glob("*.txt")) if place.is_dir() else [place]
    for path in paths:
        notes = list(_notes(path.read_text(encoding="utf-8", errors="replace"))) or [""]
        for number, note in enumerate(notes, start=1):
            yield (path.name if number == 1 else f"{path.name} ({number})"), note


def _notes(text: str) -> Iterator[str]:
    """The notes of a file, one after the other; words around them, as in a letter that was saved, are passed over."""
    body: list[str] = []
    lines = iter(text.replace("\r\n", "\n").splitlines(keepends=True))
    for line in lines:
        if line.startswith("kbnn-"):
            body = [line]
        elif body and line.strip() == "":
            signatures = []
            for signature in lines:
                if not signature.startswith("— "):
                    break
                signatures.append(signature)
            if signatures:
                yield "".join([*body, "\n", *signatures])
            body = []
        elif body:
            body.append(line)
