"""The hidden field of an opened ballot: nonce and opening time, signed together with the slip."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

from surveys.box.errors import FormOfAnotherSlip
from surveys.models import CampaignUnit, Slip

NONCE_BYTES = 16


@dataclass(frozen=True)
class OpenForm:
    """One opening of the ballot: the nonce names the receipt, ``opened_at`` tells how long it was open."""

    nonce: bytes
    opened_at: datetime


def open_form(*, slip: Slip, now: datetime) -> str:
    """A fresh hidden field for the slip: nonce and opening time, signed together with the slip."""
    return _sign(_salt(slip), now)


def open_form_of(*, unit: CampaignUnit, now: datetime) -> str:
    """A fresh hidden field for an open answer to a unit: nonce and opening time, signed together with the unit."""
    return _sign(_open_salt(unit), now)


def _sign(salt: str, now: datetime) -> str:
    value = {"n": secrets.token_hex(NONCE_BYTES), "t": int(now.timestamp())}
    return signing.dumps(value, salt=salt)


def read_form(*, slip: Slip, field: str) -> OpenForm:
    """The form behind a hidden field. Raises `FormOfAnotherSlip` for any field not made for this slip."""
    return _read(field, _salt(slip))


def read_form_of(*, unit: CampaignUnit, field: str) -> OpenForm:
    """The same for an open answer. Raises `FormOfAnotherSlip` for any field not made for this unit."""
    return _read(field, _open_salt(unit))


def _read(field: str, salt: str) -> OpenForm:
    try:
        value = signing.loads(field, salt=salt)
    except signing.BadSignature as error:
        raise FormOfAnotherSlip from error
    return OpenForm(bytes.fromhex(value["n"]), datetime.fromtimestamp(value["t"], tz=UTC))


def _salt(slip: Slip) -> str:
    return f"surveys.form.{slip.pk.hex}"


def _open_salt(unit: CampaignUnit) -> str:
    return f"surveys.open.{unit.pk}"
