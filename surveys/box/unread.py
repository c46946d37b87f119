"""What a letters' box destroys unopened: at its end all of it below ten and rows that are damaged, and what nobody opened in time.

Nobody can record the damage of such a box by two persons, since no page lists it; and one damaged row should not keep the others shut.
Whoever was written to and is not counted stands as not reached, which the follow-up takes for dissatisfied.
"""

from __future__ import annotations

from django.conf import settings
from django.db.transaction import atomic

from surveys.box.boxed import RECEIPT_HASH, has_true_tag, lock_box
from surveys.box.opening import BoxTampered, unopenable
from surveys.choices import UnreadReason
from surveys.crypto import keys
from surveys.models import BoxedBallot, Office, UnreadBallot
from surveys.periods import Period, is_mixed_at_once


@atomic
def destroy_what_stays_shut(*, office: Office, period: Period) -> int:
    """Take the damaged rows out of a box that is over and, where fewer than K are left, these too; returns how many were damaged.

    Below K by their tags, which need no opening key, none is opened. Rows under a lost opening key are not damaged: among
    K or more they stay, and whoever mixes gets `keys.KeyMissing`. What was destroyed is written down without an answer.

    Raises `BoxTampered`, and destroys nothing, where no row at all is sound: then it is rather a key that is wrong. ValueError
    for a box of a month, quarter or ranked campaign, of which nothing is ever destroyed.
    """
    _check_of_letters(period)
    lock_box()
    key, rows = keys.box_key(), list(BoxedBallot.objects.filter(office=office, period=str(period)))
    damaged = [row for row in rows if not has_true_tag(row, key)]
    sound = [row for row in rows if row not in damaged]
    if len(sound) >= settings.MIX_GROUP:
        unreadable, _keyless = unopenable(sound)
        damaged += unreadable
        sound = [row for row in sound if row not in unreadable]
    if rows and not sound:
        raise BoxTampered
    few = sound if len(sound) < settings.MIX_GROUP else []
    _destroy(damaged, UnreadReason.DAMAGED)
    _destroy(few, UnreadReason.FEW)
    return len(damaged)


@atomic
def destroy_what_is_late(*, office: Office, period: Period) -> None:
    """Empty a letters' box whose answers can count no more, without any key. ValueError for a box of anything else."""
    _check_of_letters(period)
    lock_box()
    _destroy(list(BoxedBallot.objects.filter(office=office, period=str(period))), UnreadReason.LATE)


def _check_of_letters(period: Period) -> None:
    if not is_mixed_at_once(period):
        raise ValueError(f"{period} is not of letters to the silent")


def _destroy(rows: list[BoxedBallot], reason: UnreadReason) -> None:
    """In the order of what stays of them, which is not that of casting."""
    BoxedBallot.objects.filter(pk__in=[row.pk for row in rows]).delete()
    left = [
        UnreadBallot(
            office_id=row.office_id,
            period=row.period,
            reason=reason,
            receipt_hash=row.receipt_hash if RECEIPT_HASH.fullmatch(row.receipt_hash or "") else None,
        )
        for row in rows
    ]
    UnreadBallot.objects.bulk_create(sorted(left, key=lambda each: each.receipt_hash or ""))
