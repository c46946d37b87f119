"""The hidden field of an opened ballot: nonce and opening time, signed together with the slip.

The field of a counter's slip also says what the register says of it and never changes, so that a cast need not ask first.
That part is sealed (RFC 8439): tellers know the ids of their slips, and a kept page holds answers.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from surveys.box.errors import FormOfAnotherSlip
from surveys.models import CampaignUnit, Slip

NONCE_BYTES = 16
_SEAL_NONCE_BYTES = 12  # of those: each form has its own


@dataclass(frozen=True)
class OpenForm:
    """One opening of the ballot: the nonce names the receipt, ``opened_at`` tells how long it was open."""

    nonce: bytes
    opened_at: datetime


@dataclass(frozen=True)
class HandedOut:
    """A counter's slip as it was when its ballot was opened; of its fields only ``channel`` ever changes."""

    pk: UUID
    office_id: int
    period: str
    counter_id: int
    procedure_id: int
    questionnaire_id: int
    channel: str


def open_form(*, slip: Slip, now: datetime) -> str:
    """A fresh hidden field for the slip: nonce and opening time, signed together with the slip."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    said = {} if slip.invitation_id else {"s": _said_of(slip, nonce)}
    return _sign(_salt(slip.pk), now, nonce, said)


def open_form_of(*, unit: CampaignUnit, now: datetime) -> str:
    """A fresh hidden field for an open answer to a unit: nonce and opening time, signed together with the unit."""
    return _sign(_open_salt(unit), now, secrets.token_bytes(NONCE_BYTES), {})


def _said_of(slip: Slip, nonce: bytes) -> str:
    """The slip's part, sealed; of a used slip handed out anew the way it went, as an unused one's row says it."""
    named = (
        slip.pk.hex,
        slip.office_id,
        slip.period,
        slip.counter_id,
        slip.procedure_id,
        slip.questionnaire_id,
        slip.shown_as or slip.channel,
    )
    text = json.dumps(named, separators=(",", ":")).encode()
    sealed = _seal(settings.SECRET_KEY).encrypt(nonce[:_SEAL_NONCE_BYTES], text, None)
    return signing.b64_encode(sealed).decode("ascii")


@cache
def _seal(secret: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(salted_hmac("surveys.form.slip", b"", secret, algorithm="sha256").digest())


def _sign(salt: str, now: datetime, nonce: bytes, said: dict[str, str]) -> str:
    return signing.dumps({"n": nonce.hex(), "t": int(now.timestamp()), **said}, salt=salt)


def read_form(*, slip: Slip, field: str) -> OpenForm:
    """The form behind a hidden field. Raises `FormOfAnotherSlip` for any field not made for this slip."""
    return _read(field, _salt(slip.pk))


def read_form_of(*, unit: CampaignUnit, field: str) -> OpenForm:
    """The same for an open answer. Raises `FormOfAnotherSlip` for any field not made for this unit."""
    return _read(field, _open_salt(unit))


def read_handed_out(*, field: str) -> tuple[HandedOut, OpenForm] | None:
    """The slip of a hidden field and its form, nothing looked up; None where the field does not name a counter's slip.

    The slip's id is read before the signature is: it says only which one the signature must be of.
    """
    try:
        value = json.loads(signing.b64_decode(field.partition(":")[0].encode()))
        nonce, sealed = bytes.fromhex(value["n"]), signing.b64_decode(value["s"].encode())
        text = _seal(settings.SECRET_KEY).decrypt(nonce[:_SEAL_NONCE_BYTES], sealed, None)
        pk, *named = json.loads(text)
        slip = HandedOut(UUID(hex=pk), *named)
        return slip, _read(field, _salt(slip.pk))
    except (
        FormOfAnotherSlip,
        InvalidTag,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ):
        return None


def _read(field: str, salt: str) -> OpenForm:
    try:
        value = signing.loads(field, salt=salt)
    except signing.BadSignature as error:
        raise FormOfAnotherSlip from error
    return OpenForm(bytes.fromhex(value["n"]), datetime.fromtimestamp(value["t"], tz=UTC))


def _salt(slip: UUID) -> str:
    return f"surveys.form.{slip.hex}"


def _open_salt(unit: CampaignUnit) -> str:
    return f"surveys.open.{unit.pk}"
