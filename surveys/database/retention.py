"""What is kept no longer than it serves anybody (Luật Bảo vệ dữ liệu cá nhân; the periods are of docs/spec/trust.md and `docs/operating.md`).

Each verb erases for good and writes one line into the trail; counts, answers, seals and receipts stay as they are.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.transaction import atomic
from django.utils import timezone

from surveys import audit
from surveys.audit import Action
from surveys.database import dumps
from surveys.models import (
    Ballot,
    Campaign,
    Erasure,
    Invitation,
    Office,
    PendingCode,
    Redaction,
    Slip,
    Spent,
    Stub,
    Transaction,
)
from surveys.periods import local_day

PARTICIPATION, COMMENTS = "participation", "comments"
PARTICIPATION_KEPT = timedelta(days=60)  # from the seal
CUSTOMERS_KEPT = timedelta(days=365)  # from the visit, or from the end of a campaign
COMMENTS_KEPT = timedelta(days=730)  # from the seal: 24 months
BACKUPS_KEPT = timedelta(days=30)
REASON = "Hết 24 tháng lưu giữ kể từ ngày niêm phong"
BACKUP_NAME = re.compile(r"kbnn-(\d{8}-\d{6})(\.[a-z0-9]+)")
#: What stands in the place of a code's fingerprint: no fingerprint, and still different for each slip.
ERASED = "erased "


@atomic
def erase_participation(*, office: Office, period: str, now: datetime) -> int:
    """When and how each slip of a period was used, and what its code could be found by. Returns how many slips.

    That a slip was used stays, hence every count; the code on it opens nothing any more, not even the neutral page's
    look at the register.
    """
    slips = Slip.objects.filter(office=office, period=period)
    Spent.objects.filter(slip__in=slips).update(used_at=None, open_seconds=None, via="")
    nothing = Concat(Value(ERASED), Cast("pk", CharField()))
    Stub.objects.filter(slip__in=slips).update(slip=None, code_mac=nothing, short_mac=nothing)
    erased = slips.update(code_mac=nothing, short_mac=nothing, delivered_at=None)
    _note(PARTICIPATION, office, period, rows=erased, now=now)
    return erased


@atomic
def erase_comments(*, office: Office, period: str, now: datetime) -> int:
    """The words on a period's ballots; reasons and answers stay. Returns how many ballots lost words."""
    ballots = Ballot.objects.filter(office=office, period=period, extra__isnull=False)
    # Canonical JSON: without words it begins and ends like this, whatever stands between.
    spoken = ballots.exclude(extra__startswith='{"comment":"",', extra__endswith='"texts":{}}')
    found = list(spoken.values_list("pk", flat=True))
    # First the lines that say so: the trigger lets the words go only where they stand.
    Redaction.objects.bulk_create(
        Redaction(ballot_id=ballot, reason=REASON, redacted_on=local_day(now)) for ballot in found
    )
    Ballot.objects.filter(pk__in=spoken.filter(redaction__isnull=False)).update(extra=None, salt=None)
    _note(COMMENTS, office, period, rows=len(found), now=now)
    return len(found)


@atomic
def erase_customers(*, now: datetime) -> int:
    """Which organisation a transaction was for, and whom a campaign invited, a year after. Returns how many rows."""
    before = now - CUSTOMERS_KEPT
    visits = Transaction.objects.filter(organisation__isnull=False, finished_at__lt=before)
    invited = Invitation.objects.filter(
        ~Q(organisation="") | ~Q(email=""), batch__unit__campaign__ends_on__lt=local_day(before)
    )
    erased = visits.update(organisation=None) + invited.update(organisation="", email="")
    if erased:
        audit.record(action=Action.CUSTOMERS_ERASED, now=now, rows=erased)
    return erased


@atomic
def forget_invited(*, campaign: Campaign, office: Office, now: datetime) -> int:
    """Whom a closed campaign of letters alone went to, and when and how each was answered, at once; how many slips."""
    invited = Invitation.objects.filter(batch__unit__campaign=campaign)
    invited.update(organisation="", email="", mailed_at=None, reminded_at=None, refused_at=None)
    PendingCode.objects.filter(slip__invitation__in=invited).delete()
    return erase_participation(office=office, period=campaign.slug, now=now)


def erase_backups(*, directory: Path, now: datetime) -> int:
    """Copies of the database older than 30 days, by the time in their names; the newest one is kept however old it is."""
    named = [(BACKUP_NAME.fullmatch(path.name), path) for path in sorted(directory.glob("kbnn-*"))]
    copies = [(_instant(name[1]), path) for name, path in named if name and name[2] in dumps.SUFFIX.values()]
    old = [path for made_at, path in copies[:-1] if made_at < now - BACKUPS_KEPT]
    for path in old:
        path.unlink()
    if old:
        audit.record(action=Action.BACKUPS_ERASED, now=now, files=len(old))
    return len(old)


def _note(what: str, office: Office, period: str, *, rows: int, now: datetime) -> None:
    Erasure.objects.create(office=office, period=period, what=what, rows=rows, erased_at=now)
    audit.record(action=Action(f"{what}_erased"), now=now, office=office, subject=period, rows=rows)


def _instant(stamp: str) -> datetime:
    """The local time in a copy's name."""
    local = datetime.strptime(stamp, "%Y%m%d-%H%M%S")  # noqa: DTZ007 - made aware in the same breath
    return timezone.make_aware(local)
