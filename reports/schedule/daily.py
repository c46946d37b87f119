"""Jobs that a day has once, whoever comes first: the pages' user, the mixer's, or the same on several nodes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from reports.models import DueRun
from surveys.box.mixing import BoxTampered
from surveys.crypto.keys import KeyMissing
from surveys.models import Batch
from surveys.periods import local_day

HOURS_TO_VERIFYING = 2
log = logging.getLogger(__name__)


class LedgerBroken(Exception):
    """What was computed anew differs from what was signed; the inspector's pages say what."""


def once_a_day(job: str, verb: Callable[..., Batch | None], *, now: datetime, **facts) -> bool | None:
    """Do a job unless its day has had it: True done, None nothing to do, False when something was tampered with.

    The day is claimed before the work, so that two schedulers never do it both. A job that lacks a key is tried again
    as one that broke off is.
    """
    due_on = local_day(now)
    if not DueRun.objects.claim(job=job, due_on=due_on, now=now):
        return None
    try:
        batch = verb(now=now, **facts)
    except BoxTampered:
        log.error("%s: a boxed ballot is not as it was sealed; nothing was opened", job)
        sound = False
    except LedgerBroken as broken:
        log.error("%s: %s", job, broken)
        sound = False
    except KeyMissing as error:
        log.error("%s put off: %s.key is missing or unreadable", job, error)
        return False
    else:
        log.info("%s: %s", job, f"{batch.ballots} ballots released" if batch else "done")
        sound = True
    DueRun.objects.done(job=job, due_on=due_on, now=now)
    return sound


def is_night(now: datetime) -> bool:
    return timezone.localtime(now).hour >= settings.MIX_HOUR


def is_time_to_verify(now: datetime) -> bool:
    """After the night's mixes."""
    return timezone.localtime(now).hour >= min(settings.MIX_HOUR + HOURS_TO_VERIFYING, 23)
