"""Log a transaction, hand out its ballot, cancel it, hand it out again (docs/spec/trust.md §2).

Staff learn from none of these whether a slip was used: the answer, the rows written and the time taken are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, Value, When
from django.db.transaction import atomic

from surveys.choices import Outcome, ServiceChannel, SlipChannel, SlipEventKind, SlipState
from surveys.crypto import codes, keys
from surveys.models import (
    ApiKey,
    Counter,
    Office,
    Organisation,
    Procedure,
    ProcedureVersion,
    Slip,
    SlipEvent,
    Stub,
    Tablet,
    Transaction,
    User,
)
from surveys.periods import Period, expires_at, is_quarter, local_day, period_of
from surveys.reference.errors import IssuingRefused
from surveys.reference.in_force import questionnaire_in_force, version_in_force, working_calendar
from surveys.slips.errors import (
    CounterClosed,
    FinishedBeforeStart,
    FinishedInFuture,
    ReferenceConflict,
    SecondSupplement,
    SlipNotReissuable,
    StartedInFuture,
)

# Clocks of the treasury's machines differ a little; a transaction further in the future is a mistake.
CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True)
class Issued:
    """A slip with its plain code, for the one response that hands it over."""

    slip: Slip
    code: str


@atomic
def log_transaction(
    *,
    counter: Counter,
    procedure: Procedure,
    reference: str,
    started_at: datetime,
    now: datetime,
    outcome: Outcome | None = None,
    finished_at: datetime | None = None,
    dossier: str = "",
    organisation: Organisation | None = None,
    channel: ServiceChannel = ServiceChannel.COUNTER,
    clerk: User | None = None,
    api_key: ApiKey | None = None,
) -> Transaction:
    """Enter one service in the register, running or finished.

    A second call with the same reference returns the first row; when that one was running and this one brings the
    outcome, it is finished. Raises `ReferenceConflict` when the facts differ, and the other facts of this module.
    """
    ended_at = None if outcome is None else finished_at or now
    _check_times(started_at=started_at, finished_at=ended_at or finished_at, now=now)
    if counter.closed_on and counter.closed_on <= local_day(started_at):
        raise CounterClosed
    facts = {
        "counter": counter,
        "procedure": procedure,
        "dossier": dossier,
        "organisation": organisation,
        "channel": channel,
    }
    standing = (
        Transaction.objects.select_for_update()
        .filter(office=counter.box_office_id, reference=reference)
        .first()
    )
    if standing is None:
        version = version_in_force(procedure=procedure, channel=channel, on=local_day(started_at))
        entered = _enter(
            office=counter.box_office,
            reference=reference,
            version=version,
            due_at=due_at(version=version, started_at=started_at),
            started_at=started_at,
            outcome=outcome,
            finished_at=ended_at,
            clerk=clerk,
            api_key=api_key,
            **facts,
        )
        if entered is not None:
            return entered
        # Another request entered the same reference in this very moment.
        standing = Transaction.objects.get(office=counter.box_office_id, reference=reference)
    _agree(standing, facts, started_at=started_at)
    if outcome is None or ended_at is None:
        return standing
    return finish_transaction(transaction=standing, outcome=outcome, finished_at=ended_at, now=now)


@atomic
def finish_transaction(
    *, transaction: Transaction, outcome: Outcome, finished_at: datetime, now: datetime
) -> Transaction:
    """Give a running transaction its outcome. The same outcome and end again changes nothing."""
    _check_times(started_at=transaction.started_at, finished_at=finished_at, now=now)
    try:
        with atomic():
            finished = Transaction.objects.filter(pk=transaction.pk, finished_at__isnull=True).update(
                outcome=outcome, finished_at=finished_at
            )
    except IntegrityError as error:
        raise SecondSupplement from error
    transaction.refresh_from_db()
    if not finished and (transaction.outcome, transaction.finished_at) != (outcome, finished_at):
        raise ReferenceConflict
    return transaction


@atomic
def issue_slip(*, transaction: Transaction, channel: SlipChannel, now: datetime) -> Issued:
    """Hand out the ballot of a finished transaction: one transaction, one slip, whoever asks how often.

    Asked again it hands over a fresh code of the same slip. The period is fixed here, for good.
    """
    if transaction.finished_at is None:
        raise IssuingRefused("a running transaction has no slip")
    office = transaction.office
    period = period_of(now, quarterly=office.quarterly)
    questionnaire = questionnaire_in_force(on=period.first_day)
    code = codes.new_code()
    opens_at = min(transaction.finished_at, now)
    try:
        with atomic():
            slip = Slip.objects.create(
                transaction=transaction,
                office=office,
                period=str(period),
                counter_id=transaction.counter_id,
                procedure_id=transaction.procedure_id,
                questionnaire=questionnaire,
                channel=channel,
                serial=free_serials(office, 1)[0],
                issued_at=now,
                opens_at=opens_at,
                expires_at=_expiry(channel=channel, issued_at=now, period=period),
                **codes.macs(keys.slip_key(), code),
            )
    except IntegrityError:
        standing = Slip.objects.filter(transaction=transaction).first()
        if standing is None:
            raise
        # After an undone end it was shut; this end opens it again, whether or not it was used.
        Slip.objects.filter(pk=standing.pk).update(opens_at=opens_at)
        return reissue_slip(slip=standing, channel=channel, now=now, actor=None, reason="")
    return Issued(slip, code)


@atomic
def reissue_slip(
    *, slip: Slip, channel: SlipChannel, reason: str, actor: User | None, now: datetime
) -> Issued:
    """Rotate the code of a slip; serial, period and count stay, and the old code is dead.

    Whether the slip was used decides nothing here, and nothing of what the fresh code answers until a whole ballot is
    sent to it. The slip handed back says until when the fresh code answers, which the row of a used slip does not.
    Raises `SlipNotReissuable`.
    """
    if is_cancel_requested(slip) or _is_over(slip, now):
        raise SlipNotReissuable
    code = codes.new_code()
    unused, used = Q(state=SlipState.ISSUED), Q(state=SlipState.USED)
    ends = _expiry(channel=channel, issued_at=slip.issued_at, period=_period(slip))
    ends_at = Value(ends)
    # The channel of a used slip stays, since the month counts by it; in one statement, so that nothing can be timed.
    Slip.objects.filter(pk=slip.pk).update(
        channel=Case(When(unused, then=Value(channel)), default="channel"),
        expires_at=Case(When(unused, then=ends_at), default="expires_at", output_field=DateTimeField()),
        shown_until=Case(When(used, then=ends_at), default="shown_until", output_field=DateTimeField()),
        shown_as=Case(When(used, then=Value(channel)), default=Value("")),
        delivered_at=None,
        **codes.macs(keys.slip_key(), code),
    )
    SlipEvent.objects.create(
        slip=slip, kind=SlipEventKind.REISSUED, channel=channel, reason=reason, actor=actor, at=now
    )
    slip.refresh_from_db(fields=["code_mac", "short_mac", "delivered_at"])
    slip.expires_at = ends
    return Issued(slip, code)


@atomic
def cancel_slip(*, slip: Slip, reason: str, actor: User, now: datetime) -> None:
    """Ask for a slip to be cancelled. A used slip stays used, and nobody is told which it was."""
    unused = Q(state=SlipState.ISSUED)
    Slip.objects.filter(pk=slip.pk).update(
        state=Case(When(unused, then=Value(SlipState.CANCELLED)), default="state"), shown_until=None
    )
    if not is_cancel_requested(slip):
        SlipEvent.objects.create(slip=slip, kind=SlipEventKind.CANCELLED, reason=reason, actor=actor, at=now)


@atomic
def expire_slips(*, office: Office, period: Period) -> int:
    """Close the door on every unused slip of the period; returns how many. The first step of closing.

    Commit before the closing mix: every cast in flight holds its slip's row, so none can slip in between.
    """
    return (
        Slip.objects.of(office)
        .in_period(period)
        .filter(state=SlipState.ISSUED)
        .update(state=SlipState.EXPIRED)
    )


def fetch_for_tablet(*, tablet: Tablet, now: datetime) -> Issued | None:
    """The oldest undelivered tablet slip of the tablet's counter, handed out or re-issued within the last two minutes.

    Its code is made here. Returns None when there is none; two tablets of one counter never get the same slip.
    Not atomic: a poll that finds nothing must not take a lock, and the one conditional UPDATE decides by itself.
    """
    since = now - timedelta(seconds=settings.TABLET_WINDOW_SECONDS)
    reissued = SlipEvent.objects.filter(slip=OuterRef("pk"), kind=SlipEventKind.REISSUED, at__gt=since)
    waiting = Slip.objects.filter(
        Q(issued_at__gt=since) | Exists(reissued),
        for_tablet(now),
        counter=tablet.counter_id,
        delivered_at__isnull=True,
        issued_at__gt=now - timedelta(days=settings.SLIP_DAYS + 1),  # the index ends the search here
        opens_at__lte=now,
    ).order_by("issued_at")
    for slip in waiting[:3]:
        code = codes.new_code()
        if Slip.objects.filter(for_tablet(now), pk=slip.pk, delivered_at__isnull=True).update(
            delivered_at=now, **codes.macs(keys.slip_key(), code)
        ):
            return Issued(slip, code)
    return None


def for_tablet(now: datetime) -> Q:
    """Slips that a tablet may show: those it was chosen for, and used ones that were asked for there anew.

    `accounts.tablets.has_nothing` asks the same in one statement.
    """
    unused = Q(channel=SlipChannel.TABLET, state=SlipState.ISSUED, expires_at__gt=now)
    return unused | Q(state=SlipState.USED, shown_as=SlipChannel.TABLET, shown_until__gt=now)


def due_at(*, version: ProcedureVersion, started_at: datetime) -> datetime | None:
    """When the result is due by the version's limit; None while the decree's limit is not entered."""
    limit = version.limit_on(local_day(started_at))
    if limit is None:
        return None
    return working_calendar().due_at(started_at, limit, version.limit_unit)


def _check_times(*, started_at: datetime, finished_at: datetime | None, now: datetime) -> None:
    if finished_at and finished_at > now + CLOCK_TOLERANCE:
        raise FinishedInFuture
    if started_at > now + CLOCK_TOLERANCE:
        raise StartedInFuture
    if finished_at is None:
        return
    if finished_at < started_at:
        raise FinishedBeforeStart


def _enter(**columns: Any) -> Transaction | None:
    try:
        with atomic():
            return Transaction.objects.create(**columns)
    except IntegrityError as error:
        same_office = Transaction.objects.filter(office=columns["office"])
        if same_office.filter(reference=columns["reference"]).exists():
            return None
        if columns["outcome"] == Outcome.SUPPLEMENT:
            raise SecondSupplement from error
        raise


def _agree(standing: Transaction, facts: dict[str, Any], *, started_at: datetime) -> None:
    if standing.started_at != started_at or any(
        getattr(standing, name) != value for name, value in facts.items()
    ):
        raise ReferenceConflict


def free_serials(office: Office, n: int) -> list[str]:
    """n serials that the office never used, nor printed, each another; drawn together and looked up together."""
    free: dict[str, None] = {}
    while len(free) < n:
        drawn = {codes.new_serial() for _each in range(n - len(free))} - set(free)
        for rows in (Slip, Stub):
            drawn -= set(rows.objects.of(office).filter(serial__in=drawn).values_list("serial", flat=True))
        free |= dict.fromkeys(drawn)
    return list(free)


def _expiry(*, channel: str, issued_at: datetime, period: Period) -> datetime | None:
    if channel == SlipChannel.PAPER:
        return None
    return expires_at(issued_at, period, days=settings.SLIP_DAYS, grace_day=settings.SLIP_GRACE_DAY)


def _period(slip: Slip) -> Period:
    return period_of(slip.issued_at, quarterly=is_quarter(slip.period))


def _is_over(slip: Slip, now: datetime) -> bool:
    """Whether the time to answer is over, by the way the slip was last asked to go.

    Not by its own expiry: a used slip keeps the one it had, and a refusal would tell that it was used.
    """
    limit = _expiry(channel=way_asked(slip), issued_at=slip.issued_at, period=_period(slip))
    return limit is not None and limit <= now


def way_asked(slip: Slip) -> str:
    """The channel the slip was last asked to go by; a used slip's own channel stays what it was."""
    return (slip.events.filter(kind=SlipEventKind.REISSUED).last() or slip).channel


def is_cancel_requested(slip: Slip) -> bool:
    """Whether anybody asked for the slip to be cancelled; the same whether or not it was used."""
    return slip.events.filter(kind=SlipEventKind.CANCELLED).exists()
