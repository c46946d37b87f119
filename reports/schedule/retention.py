"""What is erased when: the sealed periods that are old enough, each once (see `surveys.database.retention` for the verbs).

A period's times are erased only after they were read: without its final signals it waits, however old.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef

from reports.models import Seal, SignalReading
from surveys.context_processors import is_pilot
from surveys.database import retention, revision
from surveys.models import Erasure, Office, period_named
from surveys.paper.scans import scanning
from surveys.periods import CampaignPeriod


def erase_what_is_over(*, now: datetime) -> None:
    """Everything of which the time is over. May be broken off and done again at any point.

    Scans aside, nothing where the pilot's year stands: it was played years after its dates, and would be gone the first night.
    """
    scanning.destroy_old(now=now)
    revision.gather()
    if is_pilot():
        return
    for office, period in _due(retention.PARTICIPATION, retention.PARTICIPATION_KEPT, now):
        if _was_read(office, period):
            retention.erase_participation(office=office, period=period, now=now)
    for office, period in _due(retention.COMMENTS, retention.COMMENTS_KEPT, now):
        retention.erase_comments(office=office, period=period, now=now)
    retention.erase_customers(now=now)
    if settings.BACKUP_DIR:
        retention.erase_backups(directory=Path(settings.BACKUP_DIR), now=now)


def _due(what: str, kept: timedelta, now: datetime) -> Iterator[tuple[Office, str]]:
    """Periods whose first seal is that old; a correction does not lengthen the time."""
    done = Erasure.objects.filter(office=OuterRef("office"), period=OuterRef("period"), what=what)
    sealed = Seal.objects.filter(~Exists(done), version=1, sealed_at__lte=now - kept)
    for seal in sealed.select_related("office").order_by("sealed_at"):
        yield seal.office, seal.period


def _was_read(office: Office, period: str) -> bool:
    """Whether the signals of stuffing were found with the seal; a campaign has no counters and hence none."""
    if isinstance(period_named(period), CampaignPeriod):
        return True
    return SignalReading.objects.final(office, period) is not None
