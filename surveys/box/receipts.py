"""What a receipt says: waiting, counted, mistyped, or genuine but missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from surveys.box.signed_form import OpenForm
from surveys.crypto import codes, keys
from surveys.models import BoxedBallot, Receipt, Slip


def standing_receipt(*, slip: Slip, form: OpenForm) -> str | None:
    """The receipt of a form that was taken before: the first sending stands. None when this form never was."""
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    return receipt if is_taken(slip=slip, receipt_hash=codes.receipt_hash(receipt)) else None


class ReceiptState(Enum):
    MISTYPED = "mistyped"
    IN_THE_BOX = "in the box"
    COUNTED = "counted"
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
    receipt_hash = codes.receipt_hash(receipt)
    if BoxedBallot.objects.filter(receipt_hash=receipt_hash).exists():
        return ReceiptFacts(ReceiptState.IN_THE_BOX)
    if counted := Receipt.objects.select_related("office").filter(hash=receipt_hash).first():
        return ReceiptFacts(ReceiptState.COUNTED, counted)
    return ReceiptFacts(ReceiptState.MISSING)


def is_taken(*, slip: Slip, receipt_hash: str) -> bool:
    return is_known(office=slip.office_id, period=slip.period, receipt_hash=receipt_hash)


def is_known(*, office: int, period: str, receipt_hash: str) -> bool:
    where = {"office": office, "period": period}
    return (
        BoxedBallot.objects.filter(**where, receipt_hash=receipt_hash).exists()
        or Receipt.objects.filter(**where, hash=receipt_hash).exists()
    )
