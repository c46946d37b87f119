"""What is due in a period's life: the nightly mix and the closing, each step in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.transaction import atomic

from reports.ledger import checkpoints
from reports.models import Seal
from reports.month.rollups import roll_up
from surveys import audit, paper
from surveys.audit import Action
from surveys.box import jobs, mixing
from surveys.box.opening import Progress
from surveys.models import Batch, BoxJob, Office, Slip, User
from surveys.models.box_jobs import BoxJobKind
from surveys.periods import NotAPeriod, Period, closing_from, local_day, parse_period
from surveys.slips import issuing


class ClosingRefused(Exception):
    """Why a period is not closed now."""


class NotInTheTeam(ClosingRefused):
    """Not of the counting team of this box, or a teller: who hands out ballots must not count them."""


class TooEarly(ClosingRefused):
    """Slips of the period may still come back."""


class PilesOpen(ClosingRefused):
    """Paper is being keyed."""


class NothingToClose(ClosingRefused):
    """The closing mix has been and nothing has come into the box since."""


def mix_box(
    *,
    office: Office,
    period: Period,
    now: datetime,
    closing: bool = False,
    told: Progress | None = None,
) -> Batch | None:
    """Mix one box and count what it released; the batch, or None when nothing was released.

    Counting again what was counted before is harmless, and makes up for a night that broke off in between; the figures
    of a sealed period wait for the seal of its correction. A box with a damaged row is entered in the audit trail, and
    `BoxTampered` raised. The mixer's own: whoever lacks the opening key gets `keys.KeyMissing`.
    """
    try:
        batch = mixing.mix(office=office, period=period, now=now, closing=closing, told=told)
    except mixing.BoxTampered:
        audit.record(
            action=Action.BOX_TAMPERED, office=office, subject=str(period), now=now, period=str(period)
        )
        raise
    if batch and not settings.SEPARATE_MIXER:  # else the pages' user writes the file, into its own directory
        checkpoints.keep(batch)
    if Seal.objects.standing(office, period) is None:
        roll_up(office=office, period=period)
    return batch


def count_unit(
    *, office: Office, period: Period, now: datetime, told: Progress | None = None
) -> Batch | None:
    """The closing mix of one box of a campaign, then its sums. Nothing of a campaign is shown before its standings, so a small
    last group needs no holding back. The mixer's own; raises as `mix_box`.
    """
    batch = mix_box(office=office, period=period, now=now, closing=True, told=told)
    roll_up(office=office, period=period, sealing=True)
    return batch


def close_period(*, office: Office, period: Period, now: datetime) -> Batch | None:
    """Expire what was never used, then the closing mix, then the count (docs/spec/trust.md §4). The mixer's own.

    Never inside a transaction: expiry must stand before the mix looks into the box, so that no ballot comes in after.
    """
    _expire(office, period)
    return mix_box(office=office, period=period, now=now, closing=True)


def close_by_hand(*, office: Office, period: Period, user: User, now: datetime) -> BoxJob:
    """The team closes a period, also while paper is out that nobody brought: it expires with the rest.

    The slips expire here and now; the box is opened by the mixer, which is asked to and does it within seconds. After
    the closing that opens what a late pile has put into the box since, for a correction. Asked twice it is one job.
    Raises `NotInTheTeam`, `TooEarly`, `PilesOpen`, `NothingToClose`, and `jobs.MixerBusy`. Never inside a transaction.
    """
    check_ready_to_close(office=office, period=period, user=user, now=now)
    _expire(office, period)
    return jobs.ask(office=office, period=period, kind=BoxJobKind.CLOSING, by=user, now=now)


def check_ready_to_close(*, office: Office, period: Period, user: User, now: datetime) -> None:
    """Raises what `close_by_hand` would, and closes nothing."""
    if not user.counts_for(office, local_day(now)):
        raise NotInTheTeam
    if now < closes_from(period):
        raise TooEarly
    if paper.unsettled(office=office, period=period).open_piles:
        raise PilesOpen
    if is_closed(office, period) and not waiting_in(office, period):
        raise NothingToClose


def _expire(office: Office, period: Period) -> None:
    with atomic(durable=True):
        issuing.expire_slips(office=office, period=period)


def closes_from(period: Period) -> datetime:
    """The instant from which a period may be closed: the 4th of the month after."""
    return closing_from(period, settings.SLIP_GRACE_DAY)


def is_closed(office: Office, period: Period) -> bool:
    return Batch.objects.of(office).in_period(period).filter(is_closing=True).exists()


def waiting_in(office: Office, period: Period) -> int:
    """Ballots in the box; how many, never which."""
    return mixing.box_counts().get((office.pk, str(period)), (0, 0))[0]


def periods_to_close(*, now: datetime) -> Iterable[tuple[Office, Period]]:
    """Periods whose time is over and that had no closing mix; those with paper outstanding wait for their entry."""
    closed = set(Batch.objects.filter(is_closing=True).values_list("office", "period"))
    handed_out = set(Slip.objects.offices_and_periods())
    offices = Office.objects.in_bulk({office for office, _period in handed_out - closed})
    for office, text in sorted(handed_out - closed):
        try:
            period = parse_period(text)
        except NotAPeriod:  # a campaign closes on a day of its own
            continue
        if now < closes_from(period):
            continue
        left = paper.unsettled(office=offices[office], period=period)
        if not (left.open_piles or left.outstanding):
            yield offices[office], period


def periods_of(office: Office) -> list[Period]:
    """Every month or quarter in which slips were handed out, in order of time; campaigns are none."""
    found = []
    for text in Slip.objects.periods_of(office):
        try:
            found.append(parse_period(text))
        except NotAPeriod:
            continue
    return sorted(found, key=lambda period: (period.first_day, period.last_day))


def unsealed_before(office: Office, period: Period) -> list[Period]:
    """Earlier periods that wait for their seal: months seal in order."""
    sealed = set(Seal.objects.of(office).values_list("period", flat=True))
    return [
        each for each in periods_of(office) if each.first_day < period.first_day and str(each) not in sealed
    ]
