"""Mix: nobody reads a single ballot (docs/spec/trust.md §3).

What one database transaction wrote together stays tied by row numbers and transaction ids, whatever the keys. So the
box is emptied in groups: a cell (counter, procedure) is released with at least K ballots; what stays behind is
sealed again under new names, in another order.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.transaction import atomic

from surveys import evidence
from surveys.box import late
from surveys.box.boxed import lock_box, sealed
from surveys.box.opening import BoxTampered as BoxTampered
from surveys.box.opening import Opened, Progress, open_all, opened
from surveys.crypto import keys
from surveys.models import Ballot, Batch, BoxedBallot, Office, Receipt, VoidMark, period_named
from surveys.periods import Period, frozen_from, is_mixed_at_once, local_day
from surveys.reference.in_force import working_calendar

Cell = tuple[str, str]  # (counter, procedure); '' where coarsened
Groups = dict[Cell, list[Opened]]
ROWS_AT_ONCE = 200


def mix(
    *, office: Office, period: Period, now: datetime, closing: bool = False, told: Progress | None = None
) -> Batch | None:
    """Release what may be read of one office and period; returns the batch, or None when nothing is released.

    What comes in after the closing mix is late paper: it is told with its answers in groups of K or not at all. So is all of a
    period that is mixed at once.
    In the last working days of a period nothing is released until its closing mix, which releases everything that is
    left. The rows that stay are sealed again under new ids in any case, so that no order of casting survives the night.
    Opening and sealing are done before the box is locked, but for what came in meanwhile: no cast waits for them.
    Raises `BoxTampered`, and `keys.KeyMissing` where the opening key is not here; then nothing is changed.
    """
    known = {ballot.id: ballot for ballot in open_all(_waiting(office, period), told=told)}
    _released, kept = _divided(list(known.values()), period=period, now=now, closing=closing)
    again = {ballot.id: _sealed_again(ballot, office, period) for ballot in kept}
    with atomic():
        lock_box()
        standing = _standing(office, period, known)
        groups, kept = _divided(standing, period=period, now=now, closing=closing)
        if closing and (is_mixed_at_once(period) or not _is_unclosed(office, period)):
            groups, kept = late.without_small_groups(groups, at_least=settings.MIX_GROUP)
        _waiting(office, period).delete()
        rows = [again.get(ballot.id) or _sealed_again(ballot, office, period) for ballot in kept]
        BoxedBallot.objects.bulk_create(sorted(rows, key=lambda row: row.id), batch_size=ROWS_AT_ONCE)
        if not groups and not (closing and _is_unclosed(office, period)):
            return None
        return _release(groups, office=office, period=period, on=local_day(now), closing=closing)


def _waiting(office: Office, period: Period) -> QuerySet[BoxedBallot]:
    return BoxedBallot.objects.filter(office=office, period=str(period))


def _standing(office: Office, period: Period, known: dict[str, Opened]) -> list[Opened]:
    """What lies in the locked box: as it was opened before, or opened now."""
    tags = dict(_waiting(office, period).values_list("id", "tag"))
    found = [known[name] for name, tag in tags.items() if name in known and known[name].tag == tag]
    fresh = tags.keys() - {ballot.id for ballot in found}
    if fresh:
        opener, key = keys.box_opener(), keys.box_key()
        rows = _waiting(office, period).iterator(chunk_size=ROWS_AT_ONCE)
        found += [opened(row, opener, key) for row in rows if row.id in fresh]
    return found


def _divided(
    ballots: list[Opened], *, period: Period, now: datetime, closing: bool
) -> tuple[Groups, list[Opened]]:
    """The groups that are released now, and the ballots that wait on."""
    if closing:
        return _everything(ballots, at_least=settings.MIX_GROUP), []
    if now >= frozen_from(period, working_calendar(), settings.MIX_FREEZE_DAYS):
        return {}, ballots
    return _full_cells(ballots, at_least=settings.MIX_GROUP)


def _sealed_again(ballot: Opened, office: Office, period: Period) -> BoxedBallot:
    return sealed(
        office=office.pk, period=str(period), contents=ballot.contents, receipt_hash=ballot.receipt_hash
    )


def scrub_box() -> None:
    """Leave no old copy of a boxed ballot in the database's files; run after the mixes, outside a transaction."""
    if connection.vendor == "postgresql":
        _move_box()
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@atomic
def _move_box() -> None:
    """Into new files of the server, on the server. VACUUM FULL would carry the deleted rows along, with the transaction
    ids that tie them to their slips, whenever anybody on the server writes meanwhile; TRUNCATE carries nothing."""
    lock_box()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE kbnn_box_moving ON COMMIT DROP AS SELECT * FROM surveys_boxedballot"
        )
        cursor.execute("TRUNCATE surveys_boxedballot")
        cursor.execute("INSERT INTO surveys_boxedballot SELECT * FROM kbnn_box_moving ORDER BY id")


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


def _by_cell(ballots: Iterable[Opened]) -> Groups:
    cells: Groups = defaultdict(list)
    for ballot in ballots:
        cells[ballot.contents.counter, ballot.contents.procedure].append(ballot)
    return cells


def _full_cells(waiting: list[Opened], *, at_least: int) -> tuple[Groups, list[Opened]]:
    """The cells that may be opened, and the ballots that wait for company."""
    cells = _by_cell(waiting)
    full = {cell: ballots for cell, ballots in cells.items() if _hiding(ballots) >= at_least}
    return full, [ballot for cell, ballots in cells.items() if cell not in full for ballot in ballots]


def _hiding(ballots: list[Opened]) -> int:
    """How many ballots hide each other. A void one is named as such, so it hides nobody."""
    return sum(not ballot.contents.void_reason for ballot in ballots)


def _everything(waiting: list[Opened], *, at_least: int) -> Groups:
    """All ballots in groups of at least K, coarsened as little as that takes: procedure first, then counter.

    When too few are left over for a group of their own, the smallest group joins them. Only when the whole remainder
    is below K does a smaller group appear, and then with the seal.
    """
    groups, rest = _full_cells(waiting, at_least=at_least)
    by_counter: Groups = defaultdict(list)
    for ballot in rest:
        by_counter[ballot.contents.counter, ""].append(ballot)
    left: list[Opened] = []
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
        ((_ballot(row, cell, office, period), row) for cell, rows in groups.items() for row in rows),
        key=lambda pair: pair[0].leaf,
    )
    ballots = [ballot for ballot, _row in pairs]
    marks = [_void_mark(ballot, row) for ballot, row in pairs if row.contents.void_reason]
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


def _ballot(opened: Opened, cell: Cell, office: Office, period: Period) -> Ballot:
    """The released ballot of a boxed one, coarsened to its cell, under an id of its own."""
    counter, procedure = cell
    said = opened.contents
    extra = evidence.extra_text(said.comment, counter, procedure, said.reasons, said.texts)
    salt, name = secrets.token_bytes(32), secrets.token_hex(16)
    x = evidence.x_of(salt, extra)
    leaf = evidence.ballot_leaf(id=name, answers=said.answers, period=str(period), office=office.code, x=x)
    return Ballot(
        id=name,
        office=office,
        period=str(period),
        questionnaire_id=said.questionnaire,
        counter=counter,
        procedure=procedure,
        answers=evidence.canonical(said.answers),
        extra=extra,
        salt=salt.hex(),
        x=x,
        leaf=leaf.hex(),
    )


def _void_mark(ballot: Ballot, opened: Opened) -> VoidMark:
    first, second = opened.contents.keyed_by
    return VoidMark(ballot=ballot, reason=opened.contents.void_reason, first_id=first, second_id=second)


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
    return evidence.sign_note(text, *keys.mixer_key())


def _previous_digest(office: Office) -> str:
    last = Batch.objects.of(office).order_by("-pk").first()
    return evidence.digest(last.checkpoint.split("\n\n")[0] + "\n") if last else evidence.NO_SEAL
