"""What is due, each job once a day, in rounds a minute apart."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import Error, connections
from django.utils import timezone

from reports import ledger, notices
from reports.closing import close_period, mix_box, periods_to_close
from reports.documents import archive
from reports.follow_up import cases, contacts
from reports.handling_times import sums
from reports.integrity import reading
from reports.ledger import alarms, checkpoints
from reports.models import DueRun, Seal
from reports.schedule import lag, retention
from surveys.box.mixing import BoxTampered, boxes_waiting, scrub_box
from surveys.models import Batch
from surveys.paper import scrub_piles
from surveys.periods import local_day

SECONDS_BETWEEN_ROUNDS = 60


STILL_MOVING = timedelta(days=100)


MONDAY = 0


MOST_KEPT_A_ROUND = 2  # papers are slow to set, and a round is to be short


HOURS_TO_VERIFYING = 2


log = logging.getLogger(__name__)


def run_rounds(*, clock: Callable[[], datetime], is_over: Callable[[], bool]) -> None:
    """Round after round until told to stop; a database that is away is waited for, no connection is kept meanwhile."""
    while not is_over():
        try:
            run_round(now=clock())
        except Error as error:
            log.error("scheduled work put off, database error: %s", str(error).strip().partition("\n")[0])
        finally:
            connections.close_all()
        for _second in range(SECONDS_BETWEEN_ROUNDS):
            if is_over():
                return
            time.sleep(1)


def run_round(*, now: datetime) -> bool:
    """Do what is due at an instant and not done yet that day; False when something was found tampered with."""
    closings = [
        _once(f"close {office.code} {period}", close_period, office=office, period=period, now=now)
        for office, period in periods_to_close(now=now)
    ]
    mixes = [
        _once(f"mix {office.code} {period}", mix_box, office=office, period=period, now=now)
        for office, period, _waiting in (boxes_waiting() if _is_night(now) else [])
    ]
    if any(done is not None for done in closings + mixes):
        scrub_box()
        scrub_piles()
    checked = _once("verify ledger", verify_ledger, now=now) if _is_time_to_verify(now) else None
    if settings.BACKUP_DIR and _is_time_to_verify(now):
        _once("back up", back_up, now=now)
    checkpoints.send_waiting(now=now)
    _tell_and_follow_up(now=now)
    lag.end_of_round(now=now)
    return False not in [*closings, *mixes, checked]


def _tell_and_follow_up(*, now: datetime) -> None:
    """Whatever goes wrong here is logged and put off: nothing of it may stop a mix or the schedule."""
    try:
        for seal in notices.untold_seals(now=now):
            _once(notices.job_of(seal), notices.tell_sealed, seal=seal, now=now)
        for seal in archive.waiting()[:MOST_KEPT_A_ROUND]:
            _once(f"keep papers {seal.code}", keep_papers, seal=seal, now=now)
        if _is_night(now):
            _once("erase contacts", contacts.erase_old_contacts, now=now)
            _once("follow up", follow_up, now=now)
            _once("signals", reading.read_open_periods, now=now)
            _once("erase what is over", retention.erase_what_is_over, now=now)
        if _is_night(now) and local_day(now).weekday() == MONDAY:
            _once("tell the week", notices.tell_week, now=now)
        notices.send_letters(now=now)
    except Error:
        raise
    except Exception:
        log.exception("follow-up put off")


def follow_up(*, now: datetime) -> None:
    """After the night's mixes, of each period that still moves: sum its times, open its cases, tell of a signal."""
    for office, period in sums.moving(since=local_day(now) - STILL_MOVING):
        try:
            sums.sum_up(office=office, period=period, now=now)
            cases.open_cases(office=office, period=period)
            notices.tell_signal(office=office, period=period, now=now)
        except Exception:
            log.exception("follow-up of %s %s put off", office, period)


def keep_papers(*, seal: Seal, now: datetime) -> None:
    """The record of a seal; a second signature does not wait for it."""
    archive.keep(seal=seal, now=now)


class LedgerBroken(Exception):
    """What was computed anew differs from what was signed; the inspector's pages say what."""


def verify_ledger(*, now: datetime) -> None:
    """Write checkpoints that have no file yet, compute the whole ledger anew, and keep what was found for the inspector."""
    checkpoints.keep_all()
    findings = ledger.examine(against=checkpoints.kept())
    alarms.record(findings, now=now)
    if findings:
        raise LedgerBroken(f"{len(findings)} findings, first: {findings[0]}")


def back_up(*, now: datetime) -> None:
    """The night's copy of the database. One that fails is logged as an error; the next night makes the next."""
    try:
        call_command("backup", settings.BACKUP_DIR, stdout=io.StringIO())
    except (CommandError, OSError) as error:
        log.error("no backup: %s", error)


def _is_night(now: datetime) -> bool:
    return timezone.localtime(now).hour >= settings.MIX_HOUR


def _is_time_to_verify(now: datetime) -> bool:
    """After the night's mixes."""
    return timezone.localtime(now).hour >= min(settings.MIX_HOUR + HOURS_TO_VERIFYING, 23)


def _once(job: str, verb: Callable[..., Batch | None], *, now: datetime, **facts) -> bool | None:
    """Do a job unless its day has had it: True done, None nothing to do, False when something was tampered with.

    The day is claimed before the work, so that two schedulers never do it both.
    """
    due_on = local_day(now)
    if not DueRun.objects.claim(job=job, due_on=due_on, now=now):
        return None
    try:
        batch = verb(now=now, **facts)
    except BoxTampered:
        log.error("%s: a boxed ballot carries a false tag; nothing was opened", job)
        sound = False
    except LedgerBroken as broken:
        log.error("%s: %s", job, broken)
        sound = False
    else:
        log.info("%s: %s", job, f"{batch.ballots} ballots released" if batch else "done")
        sound = True
    DueRun.objects.done(job=job, due_on=due_on, now=now)
    return sound
