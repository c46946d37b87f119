"""The two signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.transaction import atomic

from reports.closing import is_closed, reconcile, unsealed_before, waiting_in
from reports.integrity import reading
from reports.models import FirstSignature, Seal, SignatureEnd
from reports.month import organisations, participation
from reports.month.rollups import roll_up
from reports.sealing.drafting import damage, draft, has_changed, standing_of
from reports.sealing.errors import (
    AlreadySealed,
    BadReason,
    BoxNotEmpty,
    CountsDoNotAddUp,
    DecisionPending,
    DifferencesWithoutNote,
    EarlierPeriodUnsealed,
    NotClosed,
    NothingToCorrect,
    NotInTheTeam,
    PaperPending,
)
from reports.silent import asking
from surveys import audit, evidence, paper
from surveys.accounts import two_persons
from surveys.accounts.two_persons import (
    ActRefused,
    AnotherSignatureStands,
    ChangedSince,
    FirstSignatureExpired,
    NoFirstSignature,
    SamePersonTwice,
)
from surveys.audit import Action
from surveys.crypto import keys
from surveys.models import Office, User
from surveys.periods import Period, local_day, parse_period


def open_signature(office: Office) -> FirstSignature | None:
    """The one first signature of the office that waits; it may be too old, or overtaken."""
    return FirstSignature.objects.of(office).open().select_related("signer").first()


def fate_of(first: FirstSignature, *, now: datetime) -> SignatureEnd | None:
    """Why a waiting signature will not be sealed any more, as far as can be told without counting; None: it stands."""
    if two_persons.is_over(first.signed_at, now=now):
        return SignatureEnd.EXPIRED
    if standing_of(first.office, parse_period(first.period)) != first.standing:
        return SignatureEnd.CHANGED
    return None


def sign_first(
    *,
    office: Office,
    period: Period,
    user: User,
    seen: str,
    now: datetime,
    logged_in_at: datetime | None,
    reason: str = "",
) -> FirstSignature:
    """Fix what will be sealed. ``seen`` is the draft's as the page showed it; a correction has a reason.

    A signature of before that is too old or overtaken by a change is void and makes room. Raises an `ActRefused`.
    """
    if (before := open_signature(office)) and (end := fate_of(before, now=now)):
        _end(before, end, now=now)
    with atomic():
        _lock(office)
        _check_person(user, office, now=now, logged_in_at=logged_in_at)
        if waiting := open_signature(office):
            same = waiting.signer_id == user.pk and waiting.period == str(period)
            raise SamePersonTwice if same else AnotherSignatureStands
        check_ready(office, period, reason)
        shown = draft(office=office, period=period, reason=reason)
        if shown.seen != seen:
            raise ChangedSince
        fixed = shown.at(now.replace(microsecond=0))
        first = FirstSignature.objects.create(
            office=office,
            period=str(period),
            version=fixed.facts.version,
            reason=reason,
            text=fixed.text,
            digest=fixed.digest,
            standing=fixed.standing,
            signer=user,
            signed_at=now,
        )
        _audit(Action.SIGNED_FIRST, first, user, now, digest=fixed.digest, version=first.version)
    return first


def sign_second(
    *, first: FirstSignature, user: User, seen: str, now: datetime, logged_in_at: datetime | None
) -> Seal:
    """Seal what the first person fixed. ``seen`` is its digest as the page showed it. It cannot be undone.

    When anything changed since, or a day is over, the first signature is void and stays so. Raises an `ActRefused`.
    """
    try:
        with atomic():
            seal = _seal(first=first, user=user, seen=seen, now=now, logged_in_at=logged_in_at)
    except FirstSignatureExpired:
        _end(first, SignatureEnd.EXPIRED, now=now)
        raise
    except _Overtaken as fact:
        _end(first, SignatureEnd.CHANGED, now=now)
        raise ChangedSince from fact
    # Only now that the seal with both signatures stands may the key of before go.
    keys.forget_former_key(settings.KEYS_DIR)
    return seal


def withdraw(*, first: FirstSignature, user: User, now: datetime) -> None:
    """The first signer thinks better of it. Raises `NotInTheTeam` for anybody else, `NoFirstSignature` when too late."""
    if user.pk != first.signer_id:
        raise NotInTheTeam
    if not _end(first, SignatureEnd.WITHDRAWN, now=now):
        raise NoFirstSignature


class _Overtaken(Exception):
    """The second person's figures are not the first one's."""


def _joined(first: FirstSignature, user: User, *, seen: str, now: datetime) -> FirstSignature:
    """The first signature, held, as it stands. Raises why nobody, or this person, or from this page, may join it."""
    standing = FirstSignature.objects.select_for_update().get(pk=first.pk)
    if standing.ended_at:
        raise AlreadySealed if standing.end == SignatureEnd.SEALED else NoFirstSignature
    if standing.signer_id == user.pk:
        raise SamePersonTwice
    if two_persons.is_over(standing.signed_at, now=now):
        raise FirstSignatureExpired
    if seen != standing.digest:
        raise ChangedSince  # an old page: the first signature itself stands
    return standing


def _seal(
    *, first: FirstSignature, user: User, seen: str, now: datetime, logged_in_at: datetime | None
) -> Seal:
    office, period = first.office, parse_period(first.period)
    _lock(office)
    _check_person(user, office, now=now, logged_in_at=logged_in_at)
    standing = _joined(first, user, seen=seen, now=now)
    text = _text_again(standing, office, period)
    if text != standing.text:
        raise _Overtaken
    seal = Seal.objects.create(
        office=office,
        period=standing.period,
        version=standing.version,
        reason=standing.reason,
        text=text,
        note=signed_note(text),
        code=evidence.seal_code(text),
        first=standing.signer,
        second=user,
        sealed_at=standing.signed_at.replace(microsecond=0),
        marks_hidden=standing.version > 1,
    )
    standing.ended_at, standing.end = now, SignatureEnd.SEALED
    standing.save(update_fields=["ended_at", "end"])
    roll_up(office=office, period=period, sealing=True)
    participation.keep(seal)
    organisations.keep(seal)
    asking.commit(seal, now=now)
    reading.take_reading(office=office, period=period, now=now, final=True)
    _audit(
        Action.SEALED,
        standing,
        user,
        now,
        code=seal.code,
        version=seal.version,
        signer=standing.signer.username,
    )
    return seal


def _text_again(first: FirstSignature, office: Office, period: Period) -> str | None:
    """The text as it comes out now; None when the period could not be signed as it stands."""
    if standing_of(office, period) != first.standing:
        return None
    try:
        check_ready(office, period, first.reason)
        at = first.signed_at.replace(microsecond=0)
        return draft(office=office, period=period, reason=first.reason, sealed_at=at).text
    except ActRefused:
        return None


def signed_note(text: str) -> str:
    """The signed note; the first one after a change of keys is signed with the key of before, too."""
    note = evidence.sign_note(text, keys.seal_key_name(), keys.seal_key())
    if former := keys.former_seal_key():
        note = evidence.cosign_note(note, *former)
    return note


def _lock(office: Office) -> None:
    """One signature of an office at a time. The weaker lock lets slips and ballots come in meanwhile."""
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)


def _check_person(user: User, office: Office, *, now: datetime, logged_in_at: datetime | None) -> None:
    if not user.counts_for(office, local_day(now)):
        raise NotInTheTeam
    two_persons.check_signer(user, now=now, logged_in_at=logged_in_at)


def check_ready(office: Office, period: Period, reason: str) -> None:
    """Everything before the signatures, in the order of the room's steps."""
    last = Seal.objects.standing(office, period)
    if last and not reason:
        raise AlreadySealed
    if reason and not last:
        raise BadReason
    if not last and (earlier := unsealed_before(office, period)):
        raise EarlierPeriodUnsealed(earlier[0])
    left = paper.unsettled(office=office, period=period)
    if left.open_piles:
        raise PaperPending
    if not is_closed(office, period):
        raise NotClosed
    if waiting_in(office, period):
        raise BoxNotEmpty
    if damage(office, period).filter(decided_at__isnull=True).exists():
        raise DecisionPending
    found = reconcile(office=office, period=period)
    if found.broken:
        raise CountsDoNotAddUp([each.words for each in found.broken])
    if found.without_note:
        raise DifferencesWithoutNote
    if last and not has_changed(last, office, period):
        raise NothingToCorrect


def _end(first: FirstSignature, end: SignatureEnd, *, now: datetime) -> bool:
    """Close a waiting signature for good; False when it was closed before."""
    with atomic():
        waiting = FirstSignature.objects.filter(pk=first.pk, ended_at__isnull=True)
        if not waiting.update(ended_at=now, end=end):
            return False
        _audit(Action.SIGNATURE_VOID, first, first.signer, now, why=end.value)
    return True


def _audit(action: Action, signature: FirstSignature, user: User, now: datetime, **detail: Any) -> None:
    audit.record(
        action=action, actor=user, office=signature.office, subject=signature.period, now=now, **detail
    )
