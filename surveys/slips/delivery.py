"""From a transaction's end to a ballot in the customer's hand, by the way that the teller or the customer chose.

The verbs of `issuing` decide and commit; only then the printer is asked, so that no lock waits for paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from surveys import printing
from surveys.choices import Outcome, SlipChannel, SlipEventKind
from surveys.models import Counter, Slip, Transaction, User
from surveys.printing import Trouble
from surveys.slips import errors, issuing


@dataclass(frozen=True)
class Handed:
    """The slip and the way it went. ``trouble`` is why it is not on paper yet, and then nobody has its code;
    ``withdrawn``: the end was entered, but the slip of the end undone before is cancelled or over, and stays so."""

    slip: Slip
    channel: SlipChannel
    trouble: Trouble | None = None
    withdrawn: bool = False


def channel_for(counter: Counter, wished: str) -> SlipChannel:
    """The wished way where the counter offers it, else the counter's usual one."""
    offered = counter.channels
    return SlipChannel(wished) if wished in offered else offered[0]


def finish_and_hand_over(
    *, transaction: Transaction, outcome: Outcome, channel: SlipChannel, now: datetime
) -> Handed:
    """The outcome and its slip. A press sent twice finds the first one's slip and leaves its code alone: it may be on
    the tablet or on paper by now. Raises the facts of `issuing`."""
    try:
        slip, code = _finish_and_issue(transaction, outcome, channel, now)
    except errors.SlipNotReissuable:
        return Handed(_finish_without_slip(transaction, outcome, now), channel, withdrawn=True)
    return _deliver(slip, channel, code)


def hand_over_again(
    *, slip: Slip, channel: SlipChannel, reason: str, actor: User | None, seen: int | None, now: datetime
) -> Handed:
    """A fresh code of the slip, by that way. ``seen`` = requests on the page that asked: a second press does nothing."""
    issued = _reissue_once(slip, channel, reason, actor, seen, now)
    if issued is None:
        return Handed(slip, channel)
    slip.expires_at = (
        issued.slip.expires_at
    )  # printed on it; what was read before is of the way it went before
    return _deliver(slip, channel, issued.code)


@atomic
def _finish_and_issue(
    transaction: Transaction, outcome: Outcome, channel: SlipChannel, now: datetime
) -> tuple[Slip, str]:
    # Locks the row where the engine can, so that the second of two presses sees the first one's end.
    standing = Transaction.objects.select_for_update().get(pk=transaction.pk)
    if standing.finished_at is None:
        standing = issuing.finish_transaction(transaction=standing, outcome=outcome, finished_at=now, now=now)
    elif standing.outcome != outcome:
        raise errors.ReferenceConflict
    elif issued := Slip.objects.filter(transaction=standing).first():
        return issued, ""
    handed = issuing.issue_slip(transaction=standing, channel=channel, now=now)
    return handed.slip, handed.code


@atomic
def _finish_without_slip(transaction: Transaction, outcome: Outcome, now: datetime) -> Slip:
    """The way out of an undone end whose slip was cancelled or expired meanwhile: one slip, and no second."""
    issuing.finish_transaction(transaction=transaction, outcome=outcome, finished_at=now, now=now)
    return Slip.objects.get(transaction=transaction)


@atomic
def _reissue_once(
    slip: Slip, channel: SlipChannel, reason: str, actor: User | None, seen: int | None, now: datetime
) -> issuing.Issued | None:
    locked = Slip.objects.select_for_update().get(pk=slip.pk)
    latest = locked.events.last()
    if seen is not None and latest and locked.events.count() > seen and latest.kind == SlipEventKind.REISSUED:
        return None
    return issuing.reissue_slip(slip=locked, channel=channel, reason=reason, actor=actor, now=now)


def _deliver(slip: Slip, channel: SlipChannel, code: str) -> Handed:
    """The tablet fetches its ballot itself and paper bears no code; only the printer is given one."""
    if channel != SlipChannel.SLIP or not code:
        return Handed(slip, channel)
    try:
        printing.hand_over(slip=slip, code=code)
    except printing.PrinterProblem as problem:
        return Handed(slip, channel, problem.trouble)
    return Handed(slip, channel)
