"""The mixer's work: what only the holder of the opening key can do. By the clock, and as the pages ask for it.

Run by the mixer's own user (`run_mixer`), or by `run_due` where one user does everything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from reports.closing import close_period, closes_from, count_unit, mix_box, periods_to_close
from reports.schedule.daily import is_night, once_a_day
from reports.silent.letters import count_no_more
from surveys import audit
from surveys.audit import Action
from surveys.box import damage, inspection, jobs, old_keys, unread
from surveys.box.inspection import Look
from surveys.box.mixing import BoxTampered, boxes_waiting, scrub_box
from surveys.choices import CampaignState
from surveys.crypto import keys
from surveys.models import BoxJob, BoxTrouble, Campaign, User, period_named
from surveys.models.box_jobs import BoxJobEnd, BoxJobKind, BoxJobStep
from surveys.paper import scrub_piles
from surveys.periods import Period, is_mixed_at_once, local_day

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class NotOver(Exception):
    """A box is to be opened for the last time while ballots may still come in."""


def mix_what_is_due(*, now: datetime) -> list[bool | None]:
    """The closings and, at night, the mixes that their day has not had yet; afterwards the files are scrubbed."""
    closings = [
        once_a_day(f"close {office.code} {period}", close_period, office=office, period=period, now=now)
        for office, period in periods_to_close(now=now)
    ]
    mixes = [
        once_a_day(f"mix {office.code} {period}", mix_box, office=office, period=period, now=now)
        for office, period, _waiting in (boxes_waiting() if is_night(now) else [])
    ]
    done = closings + mixes
    if any(each is not None for each in done):
        scrub_box()
        scrub_piles()
    if is_night(now) and old_keys.has_old_keys():
        once_a_day("destroy box keys", destroy_old_keys, now=now)
    return done


def destroy_old_keys(*, now: datetime) -> None:
    if gone := old_keys.destroy_what_is_over(on=local_day(now)):
        log.info("opening keys destroyed: %s", ", ".join(gone))


def look_into_boxes(look: Look, *, now: datetime) -> bool:
    """Say which key is opened here and open what is new; False where something does not open, which is told at once."""
    try:
        inspection.announce(on=local_day(now))
        troubles = look.into_boxes(now=now)
    except keys.KeyMissing as error:
        inspection.note_mixer(now=now, has_key=False)
        log.error(
            "the box cannot be opened: %s.key is missing or unreadable; restore it from its letters, or "
            "every waiting ballot is lost",
            error,
        )
        return False
    inspection.note_mixer(now=now, has_key=True)
    for each in troubles:
        log.error(
            "box of %s %s: %d rows damaged, %d sealed to a key that is not here",
            *(each.office.code, each.period, each.damaged, each.keyless),
        )
        audit.record(
            action=Action.BOX_UNOPENABLE,
            now=now,
            office=each.office,
            subject=each.period,
            period=each.period,
            damaged=each.damaged,
            keyless=each.keyless,
        )
    return not troubles


def work_off(*, clock: Clock) -> int:
    """Do every job that the pages have asked for, then scrub the files; returns how many were done, however they ended.

    Never inside a transaction.
    """
    done = do_jobs(clock=clock)
    if done:
        scrub_box()
        scrub_piles()
    return done


def do_jobs(*, clock: Clock) -> int:
    """The jobs alone: what they deleted still stands in the database's files."""
    done = 0
    while job := jobs.take(now=clock()):
        _work_off(job, clock)
        done += 1
    return done


def _work_off(job: BoxJob, clock: Clock) -> None:
    try:
        ballots = _VERBS[BoxJobKind(job.kind)](job, clock)
    except BoxTampered:
        jobs.end(job, how=BoxJobEnd.TAMPERED, now=clock())
    except NotOver:
        log.error("job %s refused: its time is not over, and no page asks for that", job)
        jobs.end(job, how=BoxJobEnd.FAILED, now=clock())
    except keys.KeyMissing as error:
        log.error("job %s put off: %s.key is not here", job, error)
        jobs.end(job, how=BoxJobEnd.KEYLESS, now=clock())
    except Exception:
        jobs.end(job, how=BoxJobEnd.FAILED, now=clock())
        raise
    else:
        jobs.end(job, how=BoxJobEnd.DONE, now=clock(), ballots=ballots)


def _closing(job: BoxJob, clock: Clock) -> int:
    """The slips had expired when the job was asked for; here only the box is opened for the last time."""
    batch = mix_box(
        office=job.office, period=_over(job, clock), now=clock(), closing=True, told=_telling(job, clock)
    )
    ballots = batch.ballots if batch else 0
    audit.record(
        action=Action.PERIOD_CLOSED,
        now=clock(),
        actor=_person(job.asked_by_id),
        office=job.office,
        subject=job.period,
        ballots=ballots,
    )
    return ballots


def _campaign(job: BoxJob, clock: Clock) -> int:
    period = _over(job, clock)
    if is_mixed_at_once(period):
        if count_no_more(period, now=clock()):
            unread.destroy_what_is_late(office=job.office, period=period)
        else:
            _destroy_what_stays_shut(job, period, clock)
        BoxTrouble.objects.of(job.office).in_period(job.period).delete()  # the next look says what is left
    batch = count_unit(office=job.office, period=period, now=clock(), told=_telling(job, clock))
    return batch.ballots if batch else 0


def _destroy_what_stays_shut(job: BoxJob, period: Period, clock: Clock) -> None:
    """Of letters to the silent: what is damaged is told, how many answered is not. Raises `BoxTampered` where nothing is sound."""
    tell = partial(audit.record, action=Action.BOX_TAMPERED, office=job.office, subject=job.period)
    try:
        damaged = unread.destroy_what_stays_shut(office=job.office, period=period)
    except BoxTampered:
        tell(now=clock(), period=job.period)
        raise
    if damaged:
        log.error("box of %s %s: %d damaged rows destroyed unopened", job.office.code, job.period, damaged)
        tell(now=clock(), period=job.period, destroyed=damaged)


def _damaged(job: BoxJob, clock: Clock) -> int:
    first, second = _person(job.asked_by_id), _person(job.second_id)
    if first is None or second is None:
        raise ValueError("two persons ask for damaged rows to be recorded")
    if is_mixed_at_once(period := _period(job)):
        raise NotOver  # of letters the damaged are destroyed at the end; recorded, they would count among the ten that hide
    recorded = damage.record_damaged(office=job.office, period=period, first=first, second=second)
    BoxTrouble.objects.of(job.office).in_period(job.period).delete()  # the next look says what is left
    return recorded


_VERBS: dict[BoxJobKind, Callable[[BoxJob, Clock], int]] = {
    BoxJobKind.CLOSING: _closing,
    BoxJobKind.CAMPAIGN: _campaign,
    BoxJobKind.DAMAGED: _damaged,
}


def _telling(job: BoxJob, clock: Clock) -> Callable[[int, int], None]:
    def told(opened: int, of: int) -> None:
        step = BoxJobStep.OPENING if opened < of else BoxJobStep.MIXING
        jobs.tell(job, step=step, now=clock(), opened=opened, of=of)

    return told


def _person(pk: int | None) -> User | None:
    """Whose number is written beside it; the mixer's role reads no accounts."""
    return User(pk=pk) if pk else None


def _over(job: BoxJob, clock: Clock) -> Period:
    """The period of a closing, by the mixer's own look at the clock: a job is a row, which whoever writes into the database
    could add, and a box that is closed while ballots come in tells them one by one. Raises `NotOver`."""
    campaign = Campaign.objects.filter(slug=job.period).first()
    if campaign:
        is_shut = campaign.state == CampaignState.CLOSED and job.kind == BoxJobKind.CAMPAIGN
        period: Period = campaign.period
        ends_at = period.bounds()[1]
    else:
        is_shut, period = job.kind == BoxJobKind.CLOSING, _period(job)
        ends_at = closes_from(period)
    if not is_shut or clock() < ends_at:
        raise NotOver
    return period


def _period(job: BoxJob) -> Period:
    return period_named(job.period)
