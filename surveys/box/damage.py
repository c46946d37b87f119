"""Waiting ballots that are not as they were sealed: found, and recorded without answers on the word of two persons."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet
from django.db.transaction import atomic

from surveys.box.boxed import RECEIPT_HASH, has_true_tag, lock_box, sealed
from surveys.box.contents import Contents
from surveys.box.opening import BoxTampered, opened
from surveys.choices import SlipState, VoidReason
from surveys.crypto import keys
from surveys.models import Ballot, BoxedBallot, Campaign, Office, Receipt, Slip, User
from surveys.periods import Period
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import questionnaire_of


def false_tags(*, using: str = "default") -> list[tuple[int, str]]:
    """(office id, period) of every box that holds a ballot whose tag is not the one it was given."""
    key = keys.box_key()
    rows = BoxedBallot.objects.using(using).iterator(chunk_size=500)
    return sorted({(row.office_id, row.period) for row in rows if not has_true_tag(row, key)})


def damaged_in(*, office: Office, period: Period) -> int:
    """How many waiting ballots of one office and period carry a false tag; whoever asks needs no opening key."""
    key = keys.box_key()
    rows = BoxedBallot.objects.filter(office=office, period=str(period)).iterator(chunk_size=500)
    return sum(not has_true_tag(row, key) for row in rows)


@atomic
def record_damaged(*, office: Office, period: Period, first: User, second: User) -> int:
    """Put a ballot without answers, void, in the place of each row that is not as it was sealed; returns how many.

    The receipt stays, so that its holder finds it counted; nothing else of the row is believed. Who decides this is for
    the caller to check: an inspector and a second person. A row whose opening key is missing is not damaged: then this
    raises `keys.KeyMissing`.
    """
    lock_box()
    opener, key = keys.box_opener(), keys.box_key()
    damaged: list[tuple[str, str | None]] = []
    sound: Counter[int] = Counter()
    for row in BoxedBallot.objects.filter(office=office, period=str(period)).iterator(chunk_size=500):
        try:
            sound[opened(row, opener, key).contents.questionnaire] += 1
        except BoxTampered:
            damaged.append((row.id, row.receipt_hash))
    BoxedBallot.objects.filter(pk__in=[name for name, _receipt in damaged]).delete()
    rows = _without_answers(damaged, sound, office, period, (first, second)) if damaged else []
    BoxedBallot.objects.bulk_create(sorted(rows, key=lambda row: row.id))
    return len(damaged)


def _without_answers(
    damaged: list[tuple[str, str | None]],
    sound: Counter[int],
    office: Office,
    period: Period,
    by: tuple[User, User],
) -> list[BoxedBallot]:
    known = set(Receipt.objects.of(office).in_period(period).values_list("hash", flat=True))
    versions = _missing_versions(sound, len(damaged), office, period)
    return [
        sealed(
            office=office.pk,
            period=str(period),
            contents=_nothing(version, by),
            receipt_hash=receipt if RECEIPT_HASH.fullmatch(receipt or "") and receipt not in known else None,
        )
        for (_name, receipt), version in zip(damaged, versions, strict=True)
    ]


def _nothing(version: int, by: tuple[User, User]) -> Contents:
    return Contents(
        questionnaire=version,
        counter="",
        procedure="",
        answers=dict.fromkeys(criterion.code for criterion in questionnaire_of(version).criteria),
        void_reason=VoidReason.DAMAGED.value,
        keyed_by=(by[0].pk, by[1].pk),
    )


def _missing_versions(sound: Counter[int], n: int, office: Office, period: Period) -> list[int]:
    """What the n damaged ballots were asked: the register's used slips by questionnaire, less the ballots that are sound.

    What that leaves open, as with the open answers of a campaign, was asked what most of the period's ballots were.
    """
    used = _by_version(Slip.objects.of(office).in_period(period).filter(state=SlipState.USED))
    released = _by_version(Ballot.objects.of(office).in_period(period))
    missing = list((used - released - sound).elements())[:n]
    known = used + released + sound
    usual = max(known, key=known.__getitem__) if known else _asked_in(period)
    return missing + [usual] * (n - len(missing))


def _asked_in(period: Period) -> int:
    """The questionnaire of a campaign, or the one in force when a month or quarter began."""
    campaign = Campaign.objects.filter(slug=str(period)).first()
    return campaign.questionnaire_id if campaign else questionnaire_in_force(on=period.first_day).pk


def _by_version(rows: QuerySet[Any]) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list("questionnaire").annotate(n=Count("pk"))))
