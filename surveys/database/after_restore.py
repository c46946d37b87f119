"""After a backup was put back: what was issued before it is dead, and the gap is written down.

Source: docs/spec/trust.md §8.

A slip that was open when the backup was made may have been used since, and its ballot is lost with the rest; left open
it could be used twice. Nobody can tell which, so all of them are cancelled, and the same row is written for each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Exists, OuterRef, Q
from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.choices import SlipChannel, SlipEventKind, SlipState
from surveys.models import AuditEntry, Batch, Office, Slip, SlipEvent
from surveys.periods import Period

REASON = "Khôi phục từ bản sao lưu"


@dataclass(frozen=True)
class Gap:
    """What was sent between the two instants may be lost; ``cancelled`` slips were called back."""

    since: datetime
    until: datetime
    cancelled: int


def mark_backup(*, now: datetime) -> None:
    """Written just before a copy is made, so that the copy itself tells how old it is."""
    audit.record(action=Action.BACKED_UP, now=now)


def backed_up_at() -> datetime | None:
    """When the copy was made that this database was restored from; None when it never was a copy of ours."""
    return (
        AuditEntry.objects.filter(action=Action.BACKED_UP)
        .order_by("-pk")
        .values_list("at", flat=True)
        .first()
    )


@atomic
def call_back(*, since: datetime, now: datetime) -> Gap:
    """Cancel every slip that could still be used, and enter the gap in the trail of every office with a box.

    Slips that were used before the backup get the same row as those that were not, so that the rows tell nobody who had
    answered. Paper stays: it is answered on the sheet, and its pile is keyed again.
    """
    asked = SlipEvent.objects.filter(slip=OuterRef("pk"), kind=SlipEventKind.CANCELLED)
    could_be_open = Slip.objects.filter(~Exists(asked), ~Q(channel=SlipChannel.PAPER), expires_at__gt=since)
    called = list(could_be_open.values_list("pk", flat=True))
    cancelled = Slip.objects.filter(pk__in=could_be_open, state=SlipState.ISSUED).update(
        state=SlipState.CANCELLED
    )
    Slip.objects.filter(pk__in=could_be_open).update(shown_until=None)
    SlipEvent.objects.bulk_create(
        SlipEvent(slip_id=slip, kind=SlipEventKind.CANCELLED, reason=REASON, at=now) for slip in called
    )
    gap = Gap(since, now, cancelled)
    for office in Office.objects.sealing():
        audit.record(
            action=Action.RESTORED,
            office=office,
            subject=f"{since:%Y-%m-%d}",
            now=now,
            since=since.isoformat(),
            cancelled=cancelled,
        )
    return gap


def gaps(office: Office | None = None) -> list[Gap]:
    """What restored backups lost, latest first: for the minutes of an office, or of all."""
    rows = AuditEntry.objects.filter(action=Action.RESTORED).order_by("-at", "-pk")
    rows = rows.of(office) if office else rows
    found: dict[tuple[datetime, datetime], Gap] = {}
    for at, detail in rows.values_list("at", "detail"):
        told = json.loads(detail)
        gap = Gap(datetime.fromisoformat(told["since"]), at, told["cancelled"])
        found.setdefault((gap.since, gap.until), gap)
    return list(found.values())


def cancelled_in(*, office: Office, period: Period | str, gap: Gap) -> int:
    """How many slips of one office and period the restore of a gap called back; never which."""
    events = SlipEvent.objects.filter(kind=SlipEventKind.CANCELLED, reason=REASON, at=gap.until)
    slips = Slip.objects.of(office).in_period(period).filter(state=SlipState.CANCELLED)
    return slips.filter(pk__in=events.values("slip")).count()


def lost_checkpoints(folder: Path) -> list[str]:
    """Names of the checkpoint files in a folder that this database does not hold word for word: it was put back.

    Only compared, not verified: whoever wants proof runs ``verify_ledger``.
    """
    held = set(Batch.objects.values_list("checkpoint", flat=True))
    return sorted(path.name for path in folder.glob("*.txt") if path.read_text(encoding="utf-8") not in held)
