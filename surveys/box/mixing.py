"""Mix: nobody reads a single ballot (docs/spec/trust.md §3).

What one database transaction wrote together stays tied by row numbers and transaction ids, whatever the keys. So the
box is emptied in groups: a cell (counter, procedure) is released with at least K ballots; what stays behind is
written again under new names, in another order.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.db.transaction import atomic

from surveys import evidence
from surveys.box import late
from surveys.box.boxed import lock_box, tag_fields, tagged
from surveys.crypto import codes, keys
from surveys.models import Ballot, Batch, BoxedBallot, Office, Receipt, VoidMark, period_named
from surveys.periods import Period, frozen_from, local_day
from surveys.reference.in_force import working_calendar

Cell = tuple[str, str]  # (counter, procedure); '' where coarsened
Groups = dict[Cell, list[BoxedBallot]]


class BoxTampered(Exception):
    """A boxed ballot does not carry the tag it was given: the office's mix stops and the inspector is told."""


@atomic
def mix(*, office: Office, period: Period, now: datetime, closing: bool = False) -> Batch | None:
    """Release what may be read of one office and period; returns the batch, or None when nothing is released.

    What comes in after the closing mix is late paper: it is told with its answers in groups of K or not at all. In the last working days of a period nothing is released until its closing mix, which releases everything that is
    left. The rows that stay are written again in any case, so that no order of casting survives the night.
    """
    lock_box()
    waiting = list(BoxedBallot.objects.filter(office=office, period=str(period)))
    _check_tags(waiting)
    if closing:
        released, kept = _everything(waiting, at_least=settings.MIX_GROUP), []
        if not _is_unclosed(office, period):
            released = late.without_small_groups(released, at_least=settings.MIX_GROUP)
    elif now >= frozen_from(period, working_calendar(), settings.MIX_FREEZE_DAYS):
        released, kept = {}, waiting
    else:
        released, kept = _full_cells(waiting, at_least=settings.MIX_GROUP)
    BoxedBallot.objects.filter(office=office, period=str(period)).delete()
    BoxedBallot.objects.bulk_create(sorted(map(tagged, kept), key=lambda ballot: ballot.id))
    if not released and not (closing and _is_unclosed(office, period)):
        return None
    return _release(released, office=office, period=period, on=local_day(now), closing=closing)


def scrub_box() -> None:
    """Leave no old copy of a boxed ballot in the database's files; run after the mixes, outside a transaction."""
    if connection.vendor == "postgresql":
        _move_box()
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@atomic
def _move_box() -> None:
    """Into new files of the server. VACUUM FULL would carry the deleted rows along, with the transaction ids that tie
    them to their slips, whenever anybody on the server writes meanwhile; TRUNCATE carries nothing."""
    lock_box()
    waiting = list(BoxedBallot.objects.order_by("id"))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {BoxedBallot._meta.db_table}")
    BoxedBallot.objects.bulk_create(waiting)


def boxes_waiting() -> list[tuple[Office, Period, int]]:
    """Every office and period with ballots in the box, and how many; counts only, for the nightly run."""
    counts = list(
        BoxedBallot.objects.values_list("office", "period")
        .annotate(n=Count("pk"))
        .order_by("office", "period")
    )
    offices = Office.objects.in_bulk({office for office, _period, _n in counts})
    return [(offices[office], period_named(period), n) for office, period, n in counts]


def box_counts(*, using: str = "default") -> dict[tuple[int, str], tuple[int, int]]:
    """Waiting ballots by (office id, period): how many, and how many of them have a receipt. Participation only."""
    rows = (
        BoxedBallot.objects.using(using)
        .values_list("office", "period")
        .order_by()
        .annotate(n=Count("pk"), digital=Count("receipt_hash"))
    )
    return {(office, period): (n, digital) for office, period, n, digital in rows}


def _check_tags(waiting: Iterable[BoxedBallot]) -> None:
    key = keys.box_key()
    if not all(codes.is_box_tag(key, ballot.tag, *tag_fields(ballot)) for ballot in waiting):
        raise BoxTampered


def _by_cell(ballots: Iterable[BoxedBallot]) -> Groups:
    cells: Groups = defaultdict(list)
    for ballot in ballots:
        cells[ballot.counter, ballot.procedure].append(ballot)
    return cells


def _full_cells(waiting: list[BoxedBallot], *, at_least: int) -> tuple[Groups, list[BoxedBallot]]:
    """The cells that may be opened, and the ballots that wait for company."""
    cells = _by_cell(waiting)
    full = {cell: ballots for cell, ballots in cells.items() if _hiding(ballots) >= at_least}
    return full, [ballot for cell, ballots in cells.items() if cell not in full for ballot in ballots]


def _hiding(ballots: list[BoxedBallot]) -> int:
    """How many ballots hide each other. A void one is named as such, so it hides nobody."""
    return sum(not ballot.void_reason for ballot in ballots)


def _everything(waiting: list[BoxedBallot], *, at_least: int) -> Groups:
    """All ballots in groups of at least K, coarsened as little as that takes: procedure first, then counter.

    When too few are left over for a group of their own, the smallest group joins them. Only when the whole remainder
    is below K does a smaller group appear, and then with the seal.
    """
    groups, rest = _full_cells(waiting, at_least=at_least)
    by_counter: Groups = defaultdict(list)
    for ballot in rest:
        by_counter[ballot.counter, ""].append(ballot)
    left: list[BoxedBallot] = []
    for cell, ballots in by_counter.items():
        together = (
            groups.get(cell, []) + ballots
        )  # paper names no procedure, so such a cell may be full already
        if _hiding(together) >= at_least:
            groups[cell] = together
        else:
            left += ballots
    while left and _hiding(left) < at_least and groups:
        left += groups.pop(min(groups, key=lambda cell: (_hiding(groups[cell]), cell)))
    if left:
        groups["", ""] = left
    return groups


def _is_unclosed(office: Office, period: Period) -> bool:
    return not Batch.objects.filter(office=office, period=str(period), is_closing=True).exists()


def _release(groups: Groups, *, office: Office, period: Period, on: date, closing: bool) -> Batch:
    """Write batch, ballots, receipts and marks, each sorted by what it shows, and sign what stands now."""
    pairs = sorted(
        ((_ballot(row, cell, office), row) for cell, rows in groups.items() for row in rows),
        key=lambda pair: pair[0].leaf,
    )
    ballots = [ballot for ballot, _row in pairs]
    marks = [_void_mark(ballot, row) for ballot, row in pairs if row.void_reason]
    hashes = sorted(row.receipt_hash for _ballot_, row in pairs if row.receipt_hash)
    number = Batch.objects.of(office).in_period(period).count() + 1
    batch = Batch.objects.create(
        office=office,
        period=str(period),
        number=number,
        ballots=len(ballots),
        mixed_on=on,
        is_closing=closing,
        checkpoint=_checkpoint(ballots, marks, hashes, office=office, period=period, number=number, on=on),
    )
    for ballot in ballots:
        ballot.batch = batch
    Ballot.objects.bulk_create(ballots)
    VoidMark.objects.bulk_create(marks)
    Receipt.objects.bulk_create(Receipt(office=office, period=str(period), hash=value) for value in hashes)
    return batch


def _ballot(row: BoxedBallot, cell: Cell, office: Office) -> Ballot:
    """The released ballot of a boxed one, coarsened to its cell, under an id of its own."""
    counter, procedure = cell
    said = json.loads(row.said)
    extra = evidence.extra_text(said["comment"], counter, procedure, said["reasons"], said["texts"])
    salt, name = secrets.token_bytes(32), secrets.token_hex(16)
    x = evidence.x_of(salt, extra)
    leaf = evidence.ballot_leaf(
        id=name, answers=json.loads(row.answers), period=row.period, office=office.code, x=x
    )
    return Ballot(
        id=name,
        office=office,
        period=row.period,
        questionnaire_id=row.questionnaire_id,
        counter=counter,
        procedure=procedure,
        answers=row.answers,
        extra=extra,
        salt=salt.hex(),
        x=x,
        leaf=leaf.hex(),
    )


def _void_mark(ballot: Ballot, row: BoxedBallot) -> VoidMark:
    first, second = row.keyed_by.split(",")
    return VoidMark(ballot=ballot, reason=row.void_reason, first_id=int(first), second_id=int(second))


def _checkpoint(
    ballots: list[Ballot],
    marks: list[VoidMark],
    hashes: list[str],
    *,
    office: Office,
    period: Period,
    number: int,
    on: date,
) -> str:
    """The signed note over everything released of the period, the new rows included."""
    standing = Ballot.objects.of(office).in_period(period).order_by("batch__number", "leaf")
    audit = [*standing.values_list("leaf", flat=True), *(ballot.leaf for ballot in ballots)]
    receipts = sorted([*Receipt.objects.of(office).in_period(period).values_list("hash", flat=True), *hashes])
    voids = sorted(
        [
            *VoidMark.objects.filter(ballot__in=standing).values_list("ballot_id", "reason"),
            *((mark.ballot_id, mark.reason) for mark in marks),
        ]
    )
    text = evidence.checkpoint_text(
        evidence.CheckpointFacts(
            office=office.code,
            period=str(period),
            batch=number,
            audit_size=len(audit),
            audit_root=evidence.root([bytes.fromhex(leaf) for leaf in audit]).hex(),
            receipts_size=len(receipts),
            receipts_root=evidence.root([evidence.receipt_leaf(value) for value in receipts]).hex(),
            voids_size=len(voids),
            voids_root=evidence.root([evidence.void_leaf(*void) for void in voids]).hex(),
            previous=_previous_digest(office),
            date=on,
        )
    )
    return evidence.sign_note(text, keys.seal_key_name(), keys.seal_key())


def _previous_digest(office: Office) -> str:
    last = Batch.objects.of(office).order_by("-pk").first()
    return evidence.digest(last.checkpoint.split("\n\n")[0] + "\n") if last else evidence.NO_SEAL
