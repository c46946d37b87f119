"""What a receipt says: waiting, counted, mistyped, or genuine but missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from surveys.box.signed_form import OpenForm
from surveys.crypto import codes, keys
from surveys.database import replication
from surveys.models import BoxedBallot, Campaign, Receipt, Slip, UnreadBallot


def standing_receipt(*, slip: Slip, form: OpenForm) -> str | None:
    """The receipt of a form that was taken before: the first sending stands. None when this form never was."""
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    if not is_taken(slip=slip, receipt_hash=codes.receipt_hash(receipt)):
        return None
    replication.barrier()  # its first sending may have been told that nobody knows
    return receipt


class ReceiptState(Enum):
    MISTYPED = "mistyped"
    IN_THE_BOX = "in the box"
    COUNTED = "counted"
    UNREAD = "unread"  # destroyed unopened, in a letters' box
    MISSING = "missing"  # genuine, yet nowhere: raise the alarm


@dataclass(frozen=True)
class ReceiptFacts:
    state: ReceiptState
    counted: Receipt | None = None


def receipt_state(*, typed: str) -> ReceiptFacts:
    """Where the ballot of a typed receipt is. Never how it was answered."""
    receipt = codes.normalise_receipt(typed)
    if not receipt or not codes.is_genuine(keys.receipt_key(), receipt):
        return ReceiptFacts(ReceiptState.MISTYPED)
    found = _found(codes.receipt_hash(receipt))
    replication.barrier()  # after the look: what a standby says is neither a promise nor an alarm
    return found


def _found(receipt_hash: str) -> ReceiptFacts:
    known = Receipt.objects.filter(hash=receipt_hash)
    if counted := known.first():
        return ReceiptFacts(ReceiptState.COUNTED, counted)
    if BoxedBallot.objects.filter(receipt_hash=receipt_hash).exists():
        return ReceiptFacts(ReceiptState.IN_THE_BOX)
    if counted := known.all().first():  # a mix may have released it between the two looks
        return ReceiptFacts(ReceiptState.COUNTED, counted)
    # Of a month or a ranked campaign nothing is ever destroyed: whoever wrote such a row hides a ballot that is missing.
    of_letters = Campaign.objects.of_letters().values("slug")
    if UnreadBallot.objects.filter(receipt_hash=receipt_hash, period__in=of_letters).exists():
        return ReceiptFacts(ReceiptState.UNREAD)
    return ReceiptFacts(ReceiptState.MISSING)


def is_taken(*, slip: Slip, receipt_hash: str) -> bool:
    return is_known(office=slip.office_id, period=slip.period, receipt_hash=receipt_hash)


def is_known(*, office: int, period: str, receipt_hash: str) -> bool:
    where = {"office": office, "period": period}
    return (
        BoxedBallot.objects.filter(**where, receipt_hash=receipt_hash).exists()
        or Receipt.objects.filter(**where, hash=receipt_hash).exists()
    )
