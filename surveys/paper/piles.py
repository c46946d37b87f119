"""The verbs of a pile, from its opening to its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Count
from django.db.transaction import atomic

from surveys import audit, evidence
from surveys.accounts import two_persons
from surveys.audit import Action
from surveys.box import boxed
from surveys.box.contents import Contents
from surveys.choices import SlipChannel, SlipState, VoidReason
from surveys.database import revision
from surveys.models import Batch, BoxedBallot, Counter, Office, PaperKeying, PaperPile, PileState, Slip, User
from surveys.paper.comparing import Comparison, compare, differing
from surveys.paper.errors import (
    ChangedMeanwhile,
    CounterOfAnotherOffice,
    MayNotCount,
    MoreCommentsThanSheets,
    MoreSheetsThanStubs,
    NotClosedYet,
    PeriodClosed,
    PileEnded,
    StillDifferent,
    TooManyPatterns,
    TwoKeyAlready,
)
from surveys.paper.patterns import Pattern, is_too_wide, patterns_of
from surveys.paper.scans.ending import end as scans_end
from surveys.paper.stubs import slips_of, use_up
from surveys.periods import Period, local_day
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import questionnaire_of


@dataclass(frozen=True)
class Unsettled:
    """What keeps a period from closing: piles begun, and paper handed out that is in no pile yet."""

    open_piles: int
    outstanding: int


@atomic
def open_pile(
    *, office: Office, counter: Counter, period: Period, by: User, now: datetime, late: bool = False
) -> PaperPile:
    """Begin a pile, or find the one that is open: a counter and period have one at a time.

    ``late`` is for what turns up once the period is closed: its expired slips may still be entered, and after its seal
    that is a correction. Raises `MayNotCount`, `CounterOfAnotherOffice`, `PeriodClosed`, `NotClosedYet`, `TooManyPatterns`.
    """
    _check_may_count(by, office, now)
    if counter.box_office_id != office.pk:
        raise CounterOfAnotherOffice
    if _is_closed(office, str(period)) != late:
        raise NotClosedYet if late else PeriodClosed
    where = {"office": office, "counter": counter, "period": str(period)}
    version = _questionnaire(period, where)
    if is_too_wide(questionnaire_of(version)):
        raise TooManyPatterns
    if standing := PaperPile.objects.filter(**where, state=PileState.OPEN).first():
        return standing
    try:
        with atomic():
            pile = PaperPile.objects.create(
                **where, questionnaire_id=version, is_late=late, opened_by=by, opened_at=now
            )
    except IntegrityError:  # a colleague opened it in this very moment
        return PaperPile.objects.get(**where, state=PileState.OPEN)
    audit.record(action=Action.PAPER_OPENED, now=now, actor=by, office=office, subject=str(pile), late=late)
    return pile


@atomic
def key(
    *,
    pile: PaperPile,
    by: User,
    stubs: Sequence[str],
    counts: Mapping[str, int],
    foreign: int,
    done: bool,
    now: datetime,
) -> PaperKeying:
    """Write down one person's count, over what that person keyed before; any change undoes both confirmations.

    ``stubs`` as typed or scanned: whole codes, short codes, addresses from the QR, or serials. ``done`` says that this
    person has finished. Raises `StubsRefused`, `MoreSheetsThanStubs`, `TwoKeyAlready`; then nothing is stored.
    """
    standing = _locked(pile, by, now)
    slips = slips_of(standing, stubs)
    known = {pattern.key for pattern in patterns_of(questionnaire_of(standing.questionnaire_id))}
    kept = {name: n for name, n in counts.items() if n and name in known}
    if done and sum(kept.values()) > len(slips):
        raise MoreSheetsThanStubs(sheets=sum(kept.values()), stubs=len(slips))
    keying = _place_of(standing, by)
    keying.stubs = json.dumps(sorted(slip.pk.hex for slip in slips))
    keying.counts = evidence.canonical(kept)
    keying.foreign, keying.is_done = foreign, done
    keying.save()
    standing.keyings.update(confirmed_at=None)
    if standing.differing is None and standing.keyings.filter(is_done=True).count() == 2:
        standing.differing = differing(compare(pile=standing, by=by))
        standing.save(update_fields=["differing"])
    return keying


@atomic
def take_place(*, pile: PaperPile, by: User, now: datetime) -> PaperKeying:
    """The person is one of the two who key this pile; once more changes nothing. Raises `TwoKeyAlready`, `PileEnded`."""
    keying = _place_of(_locked(pile, by, now), by)
    if keying.pk is None:
        keying.save()
    return keying


@atomic
def write_comments(*, pile: PaperPile, by: User, comments: Iterable[tuple[str, str]], now: datetime) -> None:
    """The words written on the sheets, (pattern, words), in place of those typed before; undoes confirmations.

    One of the two types them, once both have counted, so that a comment tells neither what the other found.
    """
    standing = _locked(pile, by, now)
    comparison = compare(pile=standing, by=by)
    # Sorted, so that the order of the sheets in the pile is not kept.
    written = sorted((name, words) for name, words in comments if words)
    _check_comments(written, {row.key: max(row.first, row.second) for row in comparison.rows})
    standing.comments = json.dumps(written, ensure_ascii=False)
    standing.save(update_fields=["comments"])
    standing.keyings.update(confirmed_at=None)


@atomic
def confirm(*, pile: PaperPile, by: User, seen: str, now: datetime) -> bool:
    """One of the two confirms what both counted; with the second confirmation the pile enters the box: True.

    ``seen`` is the digest of the comparison that was read. Confirming again changes nothing. Raises `StillDifferent`,
    `ChangedMeanwhile`, `MoreCommentsThanSheets`, and `StubsRefused` when a slip was cancelled or used meanwhile.
    """
    standing = PaperPile.objects.select_for_update().get(pk=pile.pk)
    if standing.state == PileState.ENTERED and by.pk in (standing.first_id, standing.second_id):
        return True
    standing = _locked(pile, by, now)
    comparison = compare(pile=standing, by=by)
    if not comparison.agrees:
        raise StillDifferent
    if comparison.digest != seen:
        raise ChangedMeanwhile
    _check_comments(comparison.comments, {row.key: row.first for row in comparison.rows})
    standing.keyings.filter(keyer=by, confirmed_at__isnull=True).update(confirmed_at=now)
    if standing.keyings.filter(confirmed_at__isnull=False).count() < 2:
        return False
    _enter(standing, comparison, by=by, now=now)
    return True


@atomic
def give_up(*, pile: PaperPile, by: User, reason: str, now: datetime) -> None:
    """Drop an open pile with all that was keyed; its slips stay as they are. Again: nothing."""
    standing = PaperPile.objects.select_for_update().get(pk=pile.pk)
    if standing.state == PileState.GIVEN_UP:
        return
    standing = _locked(pile, by, now)
    _end(standing, PileState.GIVEN_UP, now=now)
    audit.record(
        action=Action.PAPER_GIVEN_UP,
        now=now,
        actor=by,
        office=standing.office,
        subject=str(standing),
        reason=reason,
    )


def unsettled(*, office: Office, period: Period | str, is_sealed: bool = False) -> Unsettled:
    """What of a period's paper has not come to an end; both zero before it may be closed. Of a period that ``is_sealed``
    every slip has ended, and a kept page need not look again."""
    open_piles = PaperPile.objects.of(office).in_period(period).filter(state=PileState.OPEN).count()
    slips = Slip.objects.of(office).in_period(period)
    with revision.settled() if is_sealed else nullcontext():
        outstanding = slips.filter(channel=SlipChannel.PAPER, state=SlipState.ISSUED).count()
    return Unsettled(open_piles, outstanding)


def scrub_piles() -> None:
    """Leave no old copy of what was keyed in the database's files; beside `mixing.scrub_box`, outside a transaction.

    On SQLite deleted rows are overwritten at once. On PostgreSQL only TRUNCATE is sure to carry nothing along.
    """
    if connection.vendor == "postgresql":
        _move_piles()


def waiting(*, offices: Iterable[Office]) -> list[Mapping[str, Any]]:
    """Paper in no pile's end yet: ``counter`` (id), ``period``, ``n``; participation only."""
    slips = Slip.objects.filter(office__in=offices, channel=SlipChannel.PAPER, state=SlipState.ISSUED)
    order = "period", "office__path", "counter__code"
    return list(slips.values("counter", "period").order_by(*order).annotate(n=Count("pk")))


def expired(*, office: Office, period: Period) -> list[tuple[Counter, int]]:
    """What a late pile of a closed period may hold: paper that nobody brought in time, by counter."""
    slips = Slip.objects.of(office).in_period(period)
    slips = slips.filter(channel=SlipChannel.PAPER, state=SlipState.EXPIRED, counter__isnull=False)
    counts = dict(slips.values_list("counter").order_by().annotate(n=Count("pk")))
    return [(each, counts[each.pk]) for each in Counter.objects.filter(pk__in=counts).order_by("code")]


def _check_may_count(user: User, office: Office, now: datetime) -> None:
    if not user.counts_for(office, local_day(now)):
        raise MayNotCount
    two_persons.check_own_credentials(user, now=now)


def _is_closed(office: Office, period: str) -> bool:
    return Batch.objects.of(office).in_period(period).filter(is_closing=True).exists()


def _questionnaire(period: Period, where: Mapping) -> int:
    """The version the period's paper was handed out with; a period never mixes two."""
    handed = (
        Slip.objects.filter(**where, channel=SlipChannel.PAPER)
        .values_list("questionnaire", flat=True)
        .first()
    )
    return handed or questionnaire_in_force(on=period.first_day).pk


def _locked(pile: PaperPile, by: User, now: datetime) -> PaperPile:
    """The pile as it stands, kept from everybody else until the end of the transaction."""
    standing = PaperPile.objects.select_for_update().get(pk=pile.pk)
    _check_may_count(by, standing.office, now)
    if standing.state != PileState.OPEN:
        raise PileEnded
    return standing


def _place_of(pile: PaperPile, by: User) -> PaperKeying:
    """The person's own keying, or the free one of the two places."""
    taken = {each.place: each for each in pile.keyings.all()}
    mine = next((each for each in taken.values() if each.keyer_id == by.pk), None)
    if mine is not None:
        return mine
    if len(taken) == 2:
        raise TwoKeyAlready
    return PaperKeying(pile=pile, keyer=by, place=2 if 1 in taken else 1)


def _check_comments(comments: Iterable[tuple[str, str]], sheets: Mapping[str, int]) -> None:
    names = [name for name, _words in comments]
    if any(names.count(name) > sheets.get(name, 0) for name in names):
        raise MoreCommentsThanSheets


def _enter(pile: PaperPile, comparison: Comparison, *, by: User, now: datetime) -> None:
    """Slips to used, sheets into the box, the missing ones with them; then the particulars are erased."""
    stubs = json.loads(comparison.first.stubs)
    use_up(pile, stubs, now=now)
    rows = _box_rows(pile, comparison)
    # Sorted by random ids, as the mix does: the order of the pile is not kept.
    BoxedBallot.objects.bulk_create(sorted(rows, key=lambda row: row.id), batch_size=200)
    pile.stubs, pile.sheets, pile.foreign = len(stubs), comparison.sheets.first, comparison.foreign.first
    pile.first, pile.second = comparison.first.keyer, comparison.second.keyer
    _end(pile, PileState.ENTERED, now=now)
    figures = {
        "stubs": pile.stubs,
        "sheets": pile.sheets,
        "foreign": pile.foreign,
        "differing": pile.differing,
    }
    audit.record(
        action=Action.PAPER_ENTERED, now=now, actor=by, office=pile.office, subject=str(pile), **figures
    )


def _box_rows(pile: PaperPile, comparison: Comparison) -> list[BoxedBallot]:
    """One row a stub: the sheets by pattern, the words on as many of them as bear words, and the missing sheets."""
    patterns = {pattern.key: pattern for pattern in patterns_of(questionnaire_of(pile.questionnaire_id))}
    words: dict[str, list[str]] = {}
    for name, comment in comparison.comments:
        words.setdefault(name, []).append(comment)
    nothing = dict.fromkeys(next(iter(patterns.values())).answers)
    missing = Pattern(VoidReason.MISSING.value, nothing, VoidReason.MISSING)
    counted = [(patterns[row.key], row.first) for row in comparison.rows]
    counted.append((missing, comparison.stubs.first - comparison.sheets.first))
    return [
        _box_row(pile, comparison, pattern, comment)
        for pattern, n in counted
        for comment in (words.get(pattern.key, []) + [""] * n)[:n]
    ]


def _box_row(pile: PaperPile, comparison: Comparison, pattern: Pattern, comment: str) -> BoxedBallot:
    contents = Contents(
        questionnaire=pile.questionnaire_id,
        counter=pile.counter.code,
        procedure="",  # the sheet does not say, and its stub must not
        answers=dict(pattern.answers),
        comment=comment,
        void_reason=str(pattern.reason),
        keyed_by=(comparison.first.keyer_id, comparison.second.keyer_id),
    )
    return boxed.sealed(office=pile.office_id, period=pile.period, contents=contents, receipt_hash=None)


@atomic
def _move_piles() -> None:
    """Into new files, on the server: the mixer, who does it, cannot read what was keyed."""
    tables = ("surveys_paperpile", "surveys_paperkeying")
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE {table}_moving ON COMMIT DROP AS SELECT * FROM {table}")  # noqa: S608 - ours
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
        for table in tables:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table}_moving ORDER BY id")  # noqa: S608


def _end(pile: PaperPile, state: PileState, *, now: datetime) -> None:
    pile.keyings.all().delete()
    scans_end(pile=pile, now=now)
    pile.state, pile.ended_at, pile.comments = state, now, "[]"
    pile.save()
