"""Asked of the mixer by the pages, taken and ended by the mixer: a job is a row, and one is open for a box at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.transaction import atomic

from surveys.models import BoxJob, Office, User
from surveys.models.box_jobs import BoxJobEnd, BoxJobKind, BoxJobStep
from surveys.periods import Period

#: A mixer that has said nothing of its job for so long is taken for dead; doing a job again is harmless.
SILENCE = timedelta(minutes=2)


class MixerBusy(Exception):
    """Another job of this box is not done yet."""


def ask(
    *,
    office: Office,
    period: Period | str,
    kind: BoxJobKind,
    by: User | None,
    now: datetime,
    second: User | None = None,
) -> BoxJob:
    """A job for the mixer; asked twice it is once. Raises `MixerBusy` while another kind of job waits for this box."""
    try:
        with atomic():
            return BoxJob.objects.create(
                office=office, period=str(period), kind=kind, asked_by=by, second=second, asked_at=now
            )
    except IntegrityError:
        standing = BoxJob.objects.of(office).in_period(period).open().first()
        if standing is None or standing.kind != kind or kind == BoxJobKind.DAMAGED:
            raise MixerBusy from None
        return standing


def take(*, now: datetime) -> BoxJob | None:
    """The oldest job that nobody is at, for whoever calls; None when there is none. Two mixers never get the same."""
    free = BoxJob.objects.free_at(now, silent_since=now - SILENCE)
    for job in free.select_related("office")[:3]:
        if BoxJob.objects.free_at(now, silent_since=now - SILENCE).filter(pk=job.pk).update(beat_at=now):
            job.beat_at = now
            return job
    return None


def tell(job: BoxJob, *, step: BoxJobStep, now: datetime, opened: int = 0, of: int = 0) -> None:
    """How far it is, for the page that waits; outside the transaction of the mix, or nobody would see it."""
    BoxJob.objects.filter(pk=job.pk).update(step=step, opened=opened, of=of, beat_at=now)


def end(job: BoxJob, *, how: BoxJobEnd, now: datetime, ballots: int | None = None) -> None:
    """The job is over, however it went."""
    BoxJob.objects.filter(pk=job.pk, ended_at__isnull=True).update(ended_at=now, end=how, ballots=ballots)


def last_of(office: Office, period: Period | str) -> BoxJob | None:
    """The job of a box that was asked last, over or not."""
    return BoxJob.objects.of(office).in_period(period).order_by("-pk").first()
