"""Waiting ballots whose tag is false: found, recorded by two persons as damaged."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.transaction import atomic

from surveys import evidence
from surveys.box.boxed import RECEIPT_HASH, lock_box, tag_fields, tagged
from surveys.choices import VoidReason
from surveys.crypto import codes, keys
from surveys.models import BoxedBallot, Office, Receipt, User
from surveys.periods import Period
from surveys.reference.answers import Said
from surveys.reference.questionnaires import sheet_of


def false_tags(*, using: str = "default") -> list[tuple[int, str]]:
    """(office id, period) of every box that holds a ballot whose tag is not the one it was given."""
    key = keys.box_key()
    rows = BoxedBallot.objects.using(using).iterator(chunk_size=2000)
    return sorted(
        {(row.office_id, row.period) for row in rows if not codes.is_box_tag(key, row.tag, *tag_fields(row))}
    )


def damaged_in(*, office: Office, period: Period) -> int:
    """How many waiting ballots of one office and period carry a false tag."""
    return len(_damaged(BoxedBallot.objects.filter(office=office, period=str(period))))


@atomic
def record_damaged(*, office: Office, period: Period, first: User, second: User) -> int:
    """Put a ballot without answers, void, in the place of each row with a false tag; returns how many.

    The receipt stays, so that its holder finds it counted; nothing else of the row is believed. Who decides this is for
    the caller to check: an inspector and a second person.
    """
    lock_box()
    damaged = _damaged(BoxedBallot.objects.filter(office=office, period=str(period)))
    BoxedBallot.objects.filter(pk__in=[row.pk for row in damaged]).delete()
    known = (
        set(Receipt.objects.of(office).in_period(period).values_list("hash", flat=True)) if damaged else set()
    )
    BoxedBallot.objects.bulk_create(
        sorted((_without_answers(row, known, first, second) for row in damaged), key=lambda row: row.id)
    )
    return len(damaged)


def _damaged(rows: Iterable[BoxedBallot]) -> list[BoxedBallot]:
    key = keys.box_key()
    return [row for row in rows if not codes.is_box_tag(key, row.tag, *tag_fields(row))]


def _without_answers(row: BoxedBallot, known: set[str], first: User, second: User) -> BoxedBallot:
    receipt = (
        row.receipt_hash
        if RECEIPT_HASH.fullmatch(row.receipt_hash or "") and row.receipt_hash not in known
        else None
    )
    codes_of_sheet = [criterion.code for criterion in sheet_of(row.questionnaire_id).criteria]
    return tagged(
        BoxedBallot(
            office_id=row.office_id,
            period=row.period,
            questionnaire_id=row.questionnaire_id,
            counter="",
            procedure="",
            answers=evidence.canonical(dict.fromkeys(codes_of_sheet)),
            said=Said({}).words(),
            receipt_hash=receipt,
            void_reason=VoidReason.DAMAGED,
            keyed_by=f"{first.pk},{second.pk}",
        )
    )
