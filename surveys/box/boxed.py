"""The row of a waiting ballot: sealed to the box's public key, tagged, under a random id.

Whoever makes one needs no opening key, and cannot read it again.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace

from django.db import connection

from surveys.box.contents import Contents
from surveys.box.lengths import padded_bytes_of
from surveys.box.signed_form import HandedOut
from surveys.choices import SlipChannel
from surveys.crypto import codes, envelopes, keys
from surveys.models import BoxedBallot, CampaignUnit, Slip
from surveys.reference import counters
from surveys.reference.answers import Said

RECEIPT_HASH = re.compile("[0-9a-f]{64}")
#: How an answer to a campaign came in, in the place of a counter: answers are told apart by it, in groups only.
OPEN, INVITED = "OPEN", "INVITED"


@dataclass(frozen=True)
class SealedRow:
    """The columns of a `BoxedBallot`, as plain data: what a cast sends to the database needs no model's machinery."""

    id: str
    office_id: int
    period: str
    sealed: bytes
    receipt_hash: str | None
    tag: str = ""

    def model(self) -> BoxedBallot:
        """The row for the box, not saved."""
        return BoxedBallot(**vars(self))


@dataclass(frozen=True)
class CastFacts:
    """What the two rows of a cast hold: participation for the register, answers for the box."""

    open_seconds: int
    via: SlipChannel
    boxed: SealedRow


def lock_box() -> None:
    """Keep everybody else out of the box until the end of the transaction."""
    # SQLite's IMMEDIATE transaction keeps every other writer out already.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {BoxedBallot._meta.db_table} IN ACCESS EXCLUSIVE MODE")


def boxed_ballot(*, slip: Slip | HandedOut, said: Said, receipt_hash: str | None) -> SealedRow:
    """The row for the box, not saved. Of the slip it takes what the whole group shares."""
    contents = Contents(
        questionnaire=slip.questionnaire_id,
        counter=counters.place_of(slip.counter_id).code if slip.counter_id else INVITED,
        procedure=counters.procedure_code(slip.procedure_id) if slip.procedure_id else "",
        **said.contents(),
    )
    return sealed_row(office=slip.office_id, period=slip.period, contents=contents, receipt_hash=receipt_hash)


def open_ballot(unit: CampaignUnit, said: Said, receipt_hash: str) -> SealedRow:
    """The same of an open answer to a unit."""
    campaign = unit.campaign
    contents = Contents(
        questionnaire=campaign.questionnaire_id, counter=OPEN, procedure="", **said.contents()
    )
    return sealed_row(
        office=unit.office_id, period=campaign.slug, contents=contents, receipt_hash=receipt_hash
    )


def sealed(*, office: int, period: str, contents: Contents, receipt_hash: str | None) -> BoxedBallot:
    """`sealed_row` for whoever saves many at once."""
    return sealed_row(office=office, period=period, contents=contents, receipt_hash=receipt_hash).model()


def sealed_row(*, office: int, period: str, contents: Contents, receipt_hash: str | None) -> SealedRow:
    """Contents in an envelope under a fresh random id, with its tag. The envelope opens at this id alone."""
    row = secrets.token_bytes(envelopes.ROW_ID_BYTES)
    untagged = SealedRow(
        id=row.hex(),
        office_id=office,
        period=period,
        sealed=envelopes.seal(
            public=keys.box_public_key(),
            place=envelopes.Place(counters.office_code(office), period, row),
            body=contents.encoded(),
            padded_bytes=padded_bytes_of(contents.questionnaire),
        ),
        receipt_hash=receipt_hash,
    )
    return replace(untagged, tag=codes.box_tag(keys.box_key(), *tag_fields(untagged)))


def tag_fields(boxed: BoxedBallot | SealedRow) -> tuple[str | bytes, ...]:
    """Every column but the tag, in a fixed order; the tag covers the id as well."""
    return (boxed.id, str(boxed.office_id), boxed.period, bytes(boxed.sealed), boxed.receipt_hash or "")


def has_true_tag(boxed: BoxedBallot, key: bytes) -> bool:
    """Whether the row is one that holders of the box's MAC key wrote, as they wrote it."""
    return codes.is_box_tag(key, boxed.tag, *tag_fields(boxed))
