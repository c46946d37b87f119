"""A waiting ballot's row: what it holds, and the tag that protects it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from django.db import connection

from surveys import evidence
from surveys.crypto import codes, keys
from surveys.models import BoxedBallot, CampaignUnit, Slip, Spent
from surveys.reference import counters
from surveys.reference.answers import Said

RECEIPT_HASH = re.compile("[0-9a-f]{64}")


def lock_box() -> None:
    # SQLite's IMMEDIATE transaction keeps every other writer out already.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {BoxedBallot._meta.db_table} IN ACCESS EXCLUSIVE MODE")


#: How an answer to a campaign came in, in the place of a counter: answers are told apart by it, in groups only.
OPEN, INVITED = "OPEN", "INVITED"


def open_ballot(unit: CampaignUnit, said: Said, receipt_hash: str) -> BoxedBallot:
    return tagged(
        BoxedBallot(
            office_id=unit.office_id,
            period=unit.campaign.slug,
            questionnaire_id=unit.campaign.questionnaire_id,
            counter=OPEN,
            procedure="",
            answers=evidence.canonical(dict(said.answers)),
            said=said.words(),
            receipt_hash=receipt_hash,
        )
    )


def tag_fields(ballot: BoxedBallot) -> tuple[str, ...]:
    """Every column of a boxed ballot but the tag, in a fixed order; the tag covers the id as well."""
    return (
        ballot.id,
        str(ballot.office_id),
        ballot.period,
        str(ballot.questionnaire_id),
        ballot.counter,
        ballot.procedure,
        ballot.answers,
        ballot.said,
        ballot.receipt_hash or "",
        ballot.void_reason,
        ballot.keyed_by,
    )


def tagged(ballot: BoxedBallot) -> BoxedBallot:
    """The ballot under a fresh random id, with its tag."""
    ballot.id = secrets.token_hex(16)
    ballot.tag = codes.box_tag(keys.box_key(), *tag_fields(ballot))
    return ballot


@dataclass(frozen=True)
class CastFacts:
    """The two rows of a cast: participation for the register, answers for the box."""

    spent: Spent
    boxed: BoxedBallot


def boxed_ballot(*, slip: Slip, said: Said, receipt_hash: str) -> BoxedBallot:
    """The row for the box, tagged, not saved. Of the slip it takes what the whole group shares."""
    return tagged(
        BoxedBallot(
            office_id=slip.office_id,
            period=slip.period,
            questionnaire_id=slip.questionnaire_id,
            counter=counters.place_of(slip.counter_id).code if slip.counter_id else INVITED,
            procedure=counters.procedure_code(slip.procedure_id) if slip.procedure_id else "",
            answers=evidence.canonical(dict(said.answers)),
            said=said.words(),
            receipt_hash=receipt_hash,
        )
    )
