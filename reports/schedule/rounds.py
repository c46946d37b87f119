"""What is due, each job once a day, in rounds a minute apart."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import Error, connections
from django.utils import timezone

from kbnn_survey.plain_cache import PlainCache
from reports import ledger, notices
from reports.documents import archive
from reports.follow_up import cases, contacts
from reports.handling_times import sums
from reports.integrity import reading
from reports.ledger import alarms, checkpoints
from reports.models import Seal, SilentLetters
from reports.schedule import lag, mixer, retention
from reports.schedule.daily import LedgerBroken, is_night, is_time_to_verify, once_a_day
from reports.silent import letters as silent_letters
from surveys.box.inspection import Look
from surveys.campaigns import mailings
from surveys.paper.scans import inbox
from surveys.paper.scans import jobs as scan_jobs
from surveys.periods import local_day

SECONDS_BETWEEN_ROUNDS = 60
STILL_MOVING = timedelta(days=100)
FILES_OF_DAYS = timedelta(
    days=2
)  # of the mixer's checkpoints; what is older, the nightly examination looks for
MONDAY = 0
MOST_KEPT_A_ROUND = 2  # papers are slow to set, and a round is to be short
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def run_rounds(*, clock: Clock, is_over: Callable[[], bool]) -> None:
    """Round after round until told to stop; what the pages ask of the mixer is done between two of them.

    A database that is away is waited for, no connection is kept meanwhile.
    """
    look = Look()
    keep_going(
        each_minute=lambda: run_round(now=clock(), look=look),
        each_second=lambda: _work_off(clock=clock),
        is_over=is_over,
    )


def _work_off(*, clock: Clock) -> None:
    if not settings.SEPARATE_MIXER:
        mixer.work_off(clock=clock)
    _send_letters(clock=clock)


def run_mixer_rounds(*, clock: Clock, is_over: Callable[[], bool]) -> None:
    """The same for a user of the system that does nothing but mix."""
    look = Look()
    keep_going(
        each_minute=lambda: run_mixer_round(now=clock(), look=look),
        each_second=lambda: mixer.work_off(clock=clock),
        is_over=is_over,
    )


def keep_going(
    *,
    each_minute: Callable[[], object],
    each_second: Callable[[], object],
    is_over: Callable[[], bool],
) -> None:
    """Both again and again until told to stop; an error of the database puts off what it met, nothing else."""
    while not is_over():
        _try(each_minute)
        for _second in range(SECONDS_BETWEEN_ROUNDS):
            if is_over():
                return
            time.sleep(1)
            if not is_over():
                _try(each_second, closes=False)
        connections.close_all()


def _try(act: Callable[[], object], *, closes: bool = True) -> None:
    failed = False
    try:
        act()
    except Error as error:
        failed = True
        log.error("scheduled work put off, database error: %s", str(error).strip().partition("\n")[0])
    finally:
        if closes or failed:
            connections.close_all()


def run_round(*, now: datetime, look: Look | None = None) -> bool:
    """Do what is due at an instant and not done yet that day; False when something was found tampered with."""
    began = time.monotonic()
    sound = settings.SEPARATE_MIXER or run_mixer_round(now=now, look=look)
    if settings.SEPARATE_MIXER:
        checkpoints.keep_recent(
            since=local_day(now) - FILES_OF_DAYS
        )  # the mixer's user writes into no directory of ours
    checked = once_a_day("verify ledger", verify_ledger, now=now) if is_time_to_verify(now) else None
    if settings.BACKUP_DIR and is_time_to_verify(now):
        once_a_day("back up", back_up, now=now)
    checkpoints.send_waiting(now=now)
    _tell_and_follow_up(now=now)
    # What came before may have taken minutes: a letter's hour is not the round's.
    _send_letters(clock=lambda: now + timedelta(seconds=time.monotonic() - began))
    lag.end_of_round(now=now)
    return sound and checked is not False


def run_mixer_round(*, now: datetime, look: Look | None = None) -> bool:
    """What is due of the mixer; False when a box was found tampered with, or cannot be opened."""
    look = look or Look()
    opens = mixer.look_into_boxes(look, now=now) if look.is_due(now) else True
    return False not in [*mixer.mix_what_is_due(now=now), opens]


def _tell_and_follow_up(*, now: datetime) -> None:
    """Whatever goes wrong here is logged and put off: nothing of it may stop a mix or the schedule."""
    try:
        if isinstance(kept := caches["default"], PlainCache):
            kept.forget_what_is_over()  # tables of a dry run hold names and addresses
        inbox.take_files(now=now)
        if scan_jobs.is_waiting(now=now):
            scan_jobs.start()
        for seal in notices.untold_seals(now=now):
            once_a_day(notices.job_of(seal), notices.tell_sealed, seal=seal, now=now)
        for seal in archive.waiting()[:MOST_KEPT_A_ROUND]:
            once_a_day(f"keep papers {seal.code}", keep_documents, seal=seal, now=now)
        _end_letters(now=now)
        if is_night(now):
            once_a_day("erase contacts", contacts.erase_old_contacts, now=now)
            once_a_day("follow up", follow_up, now=now)
            once_a_day("signals", reading.read_open_periods, now=now)
            once_a_day("erase what is over", retention.erase_what_is_over, now=now)
        if is_night(now) and local_day(now).weekday() == MONDAY:
            once_a_day("tell the week", notices.tell_week, now=now)
        notices.send_letters(now=now)
    except Error:
        raise
    except Exception:
        log.exception("follow-up put off")


def _end_letters(*, now: datetime) -> None:
    """Once an hour until all of it is done: a mixer that was down, or a database that was locked, costs no day."""
    for each in silent_letters.over(now=now):
        hour = timezone.localtime(now).hour
        try:
            once_a_day(f"end letters {each.pk} at {hour}", end_letters, letters=each, now=now)
        except Error:
            raise
        except Exception:
            log.exception("letters %s not ended, tried again in an hour", each.pk)


def _send_letters(*, clock: Clock) -> None:
    """Some of the letters to the invited; whatever goes wrong is logged, and the next round tries again."""
    try:
        mailings.send_due(clock=clock)
    except Error:
        raise
    except Exception:
        log.exception("letters to the invited put off")


def follow_up(*, now: datetime) -> None:
    """After the night's mixes, of each period that still moves: sum its times, open its cases, tell of a signal."""
    for office, period in sums.moving(since=local_day(now) - STILL_MOVING):
        try:
            sums.sum_up(office=office, period=period, now=now)
            cases.open_cases(office=office, period=period)
            notices.tell_signal(office=office, period=period, now=now)
        except Exception:
            log.exception("follow-up of %s %s put off", office, period)


def keep_documents(*, seal: Seal, now: datetime) -> None:
    """The record of a seal; a second signature does not wait for it."""
    archive.keep(seal=seal, now=now)


def end_letters(*, letters: SilentLetters, now: datetime) -> None:
    """What letters to the silent brought is counted the next time that the mixer looks."""
    silent_letters.end(letters=letters, now=now)


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
