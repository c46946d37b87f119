"""Take back what a teller pressed by mistake: a start, an end, a running transaction's procedure or customer.

Source: docs/spec/trust.md §2 (undo). A slip that was handed out stays in the books; it all looks the same whether or not
the slip was used.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.choices import SlipChannel
from surveys.models import Organisation, Procedure, Slip, Transaction, User
from surveys.periods import local_day
from surveys.reference.in_force import version_in_force
from surveys.slips import issuing
from surveys.slips.errors import FactsFixed, OnPaper, TooLateToUndo

#: How long an end can be taken back.
UNDO = timedelta(seconds=60)
REASON = "Hoàn tác"


@atomic
def remove_start(*, transaction: Transaction, by: User, now: datetime) -> None:
    """Remove a running transaction that was begun by mistake and never had a slip. Raises `FactsFixed`."""
    standing = _running(transaction)
    audit.record(
        action=Action.START_UNDONE, actor=by, now=now, office=standing.office, subject=standing.reference
    )
    standing.delete()


@atomic
def undo_end(*, transaction: Transaction, by: User, now: datetime) -> None:
    """Reopen a transaction within 60 s of its end; its slip stays, with a code that nobody has, shut until the next end.

    Sent twice it does nothing. Raises `TooLateToUndo`, `OnPaper`, `FactsFixed`.
    """
    standing = Transaction.objects.select_for_update().get(pk=transaction.pk)
    if standing.finished_at is None:
        return
    if standing.api_key_id is not None:
        raise FactsFixed
    slip = Slip.objects.select_for_update().get(transaction=standing)
    if now - standing.finished_at > UNDO or issuing.is_cancel_requested(slip):
        raise TooLateToUndo
    way = issuing.way_asked(slip)
    if way == SlipChannel.PAPER:
        raise OnPaper
    issuing.reissue_slip(slip=slip, channel=SlipChannel(way), reason=REASON, actor=by, now=now)
    # Open from the very instant it expires: never, until the next end opens it. The same for a used slip.
    Slip.objects.filter(pk=slip.pk).update(opens_at=Coalesce(F("expires_at"), F("opens_at")))
    Transaction.objects.filter(pk=standing.pk).update(outcome=None, finished_at=None)
    audit.record(
        action=Action.END_UNDONE, actor=by, now=now, office=standing.office, subject=standing.reference
    )


@atomic
def revise_running(
    *,
    transaction: Transaction,
    procedure: Procedure,
    organisation: Organisation | None,
    dossier: str,
    by: User,
    now: datetime,
) -> Transaction:
    """Another procedure, customer or dossier for what runs; the start stays, the time limit is computed anew.

    Raises `FactsFixed` once a slip was handed out, and `ProcedureNotInForce`.
    """
    standing = _running(transaction)
    version = version_in_force(
        procedure=procedure, channel=standing.channel, on=local_day(standing.started_at)
    )
    before = standing.procedure.code
    standing.procedure, standing.version = procedure, version
    standing.organisation, standing.dossier = organisation, dossier
    standing.due_at = issuing.due_at(version=version, started_at=standing.started_at)
    standing.save(update_fields=["procedure", "version", "organisation", "dossier", "due_at"])
    audit.record(
        action=Action.RUNNING_REVISED,
        actor=by,
        now=now,
        office=standing.office,
        subject=standing.reference,
        before=before,
        after=procedure.code,
    )
    return standing


def _running(transaction: Transaction) -> Transaction:
    """The row, locked where the engine can. Another system's rows are that system's, and a slip fixes the facts."""
    standing = Transaction.objects.select_for_update().get(pk=transaction.pk)
    is_fixed = standing.finished_at is not None or standing.api_key_id is not None
    if is_fixed or Slip.objects.filter(transaction=standing).exists():
        raise FactsFixed
    return standing
