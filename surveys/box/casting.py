"""Cast: once, and only once (docs/spec/trust.md §2).

The conditional UPDATE of the slip is the gate, `Spent` is the proof, the box takes the answers. Nothing of the
request but the answers reaches the box.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import F

from surveys.box import group_commit
from surveys.box.boxed import CastFacts, SealedRow, boxed_ballot, open_ballot
from surveys.box.errors import (
    CampaignNotOpen,
    FormOfAnotherSlip,
    NotWhole,
    PageIsOld,
    ReceiptTaken,
    SlipNotUsable,
)
from surveys.box.receipts import is_known, is_taken, standing_receipt
from surveys.box.signed_form import HandedOut, OpenForm, read_form
from surveys.box.statements import store_in_one_statement, store_openly_in_one_statement
from surveys.choices import SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.database import replication
from surveys.models import CampaignUnit, OpenLane, Receipt, Slip, Spent
from surveys.reference.answers import Said
from surveys.slips.lookup import find_slip as find_slip
from surveys.slips.lookup import is_shown as is_shown
from surveys.slips.lookup import is_usable as is_usable
from surveys.slips.lookup import mac_of

#: The hidden field; the underscore keeps it apart from every criterion's code.
FORM_FIELD = "_form"


class Answered(Protocol):
    """A customer's form: `said` once it `is_valid`."""

    def is_valid(self) -> bool: ...
    @property
    def said(self) -> Said: ...


def cast(*, slip: Slip, form: OpenForm, said: Said, via: SlipChannel, now: datetime) -> str:
    """Take the ballot and return its receipt; the same form again returns the same receipt.

    Raises `SlipNotUsable` or `ReceiptTaken`; then nothing is stored.
    """
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    receipt_hash = codes.receipt_hash(receipt)
    facts = _facts(slip=slip, form=form, said=said, receipt_hash=receipt_hash, via=via, now=now)
    store = store_in_one_statement if connection.vendor == "postgresql" else _store_step_by_step
    try:
        store(slip, facts, now)
    except SlipNotUsable:
        if standing := standing_receipt(slip=slip, form=form):
            return standing
        # A whole ballot for a used slip: from here on its code answers like any other used one.
        Slip.objects.filter(pk=slip.pk, shown_until__isnull=False).update(shown_until=None)
        raise
    except IntegrityError as error:
        if Spent.objects.filter(pk=slip.pk).exists():
            raise SlipNotUsable from error
        if is_taken(slip=slip, receipt_hash=receipt_hash):
            raise ReceiptTaken from error
        raise  # no fact about the ballot: the database refused it, and the page must say so
    return receipt


def casts_at_once() -> bool:
    """Whether `cast_at_once` may be asked.

    Not on SQLite, where even a form that was taken before would wait for the one writer's turn. Not behind a cluster: there
    the look comes first, since it tells a connection that was lost before from an acknowledgement that was lost.
    """
    return connection.vendor == "postgresql" and not settings.CLUSTER


def cast_at_once(
    *, code: str, slip: HandedOut, form: OpenForm, said: Said, via: SlipChannel, now: datetime
) -> str | None:
    """Take the ballot of a slip that nobody looked at, and return its receipt; None, and nothing stored, where anything
    about it is not as its form says: then `find_slip` and `cast` say what, the same form sent twice included."""
    mac = mac_of(code)
    if not mac:
        return None
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    facts = _facts(
        slip=slip, form=form, said=said, receipt_hash=codes.receipt_hash(receipt), via=via, now=now
    )
    try:
        store_in_one_statement(slip, facts, now, code=mac)
    except (SlipNotUsable, IntegrityError):
        return None
    return receipt


def cast_openly(*, unit: CampaignUnit, form: OpenForm, said: Said) -> str:
    """Take an open answer to a unit and return its receipt; it counts as issued and returned in this very moment.

    The same form again gets the same receipt and is stored once. Nothing tells who answered, hence nothing keeps a
    person from answering twice. Raises `CampaignNotOpen`; then nothing is stored.
    """
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    boxed = open_ballot(unit, said, codes.receipt_hash(receipt))
    store = store_openly_in_one_statement if connection.vendor == "postgresql" else _store_openly
    try:
        store(unit, boxed)
    except (IntegrityError, ReceiptTaken):
        if not is_known(
            office=boxed.office_id, period=boxed.period, receipt_hash=codes.receipt_hash(receipt)
        ):
            raise
        replication.barrier()
    return receipt


def take(
    *,
    form: Answered,
    sent: Mapping[str, str],
    read: Callable[[str], OpenForm],
    store: Callable[[OpenForm], str],
) -> str:
    """The receipt of what was sent. ``read`` opens the hidden field, ``store`` casts once the answers are whole.

    Raises `NotWhole`, `PageIsOld`, and whatever else ``store`` raises.
    """
    try:
        opened = read(sent.get(FORM_FIELD, ""))
        if not form.is_valid():
            raise NotWhole
        return store(opened)
    except (FormOfAnotherSlip, ReceiptTaken) as error:
        raise PageIsOld from error


def take_on_slip(
    *, slip: Slip, form: Answered, sent: Mapping[str, str], via: SlipChannel, now: datetime
) -> str:
    """The receipt of a ballot on a slip. Raises `NotWhole`, `PageIsOld`, `SlipNotUsable`."""
    return take(
        form=form,
        sent=sent,
        read=lambda field: read_form(slip=slip, field=field),
        store=lambda opened: cast(slip=slip, form=opened, said=form.said, via=via, now=now),
    )


def sent_before(*, slip: Slip, sent: Mapping[str, str]) -> str | None:
    """The receipt of the first sending when the same form comes again on a used slip."""
    if slip.state != SlipState.USED:
        return None
    try:
        form = read_form(slip=slip, field=sent.get(FORM_FIELD, ""))
    except FormOfAnotherSlip:
        return None
    return standing_receipt(slip=slip, form=form)


def _store_openly(unit: CampaignUnit, boxed: SealedRow) -> None:
    group_commit.commit(lambda: _store_open_rows(unit, boxed))


def _store_open_rows(unit: CampaignUnit, boxed: SealedRow) -> None:
    # The lane is the gate: closing shuts all of them, and waits for each cast that holds one.
    lane = OpenLane.objects.filter(unit=unit.pk, lane=secrets.randbelow(settings.OPEN_LANES), is_open=True)
    if not lane.update(answers=F("answers") + 1):
        raise CampaignNotOpen
    if Receipt.objects.filter(office=boxed.office_id, period=boxed.period, hash=boxed.receipt_hash).exists():
        raise ReceiptTaken
    boxed.model().save(force_insert=True)


def _facts(
    *, slip: Slip | HandedOut, form: OpenForm, said: Said, receipt_hash: str, via: SlipChannel, now: datetime
) -> CastFacts:
    return CastFacts(
        open_seconds=_open_seconds(form, now),
        via=via,
        boxed=boxed_ballot(slip=slip, said=said, receipt_hash=receipt_hash),
    )


def _store_step_by_step(slip: Slip, facts: CastFacts, now: datetime) -> None:
    group_commit.commit(lambda: _store_rows(slip, facts, now))


def _store_rows(slip: Slip, facts: CastFacts, now: datetime) -> None:
    # Own columns only: across a join PostgreSQL would not look again after waiting for the row.
    if not Slip.objects.filter(pk=slip.pk).open_at(now).update(state=SlipState.USED):
        raise SlipNotUsable
    boxed = facts.boxed
    if Receipt.objects.filter(office=boxed.office_id, period=boxed.period, hash=boxed.receipt_hash).exists():
        raise ReceiptTaken
    Spent(slip_id=slip.pk, used_at=now, open_seconds=facts.open_seconds, via=facts.via).save(
        force_insert=True
    )
    boxed.model().save(force_insert=True)


def _open_seconds(form: OpenForm, now: datetime) -> int:
    # A clock set back between the two readings must not store a negative time.
    return max(0, int((now - form.opened_at).total_seconds()))
