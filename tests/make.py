"""Builders: plain functions with defaults over the factories and the product's verbs; build only what the test is about."""

from __future__ import annotations

import itertools
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.db.transaction import atomic

from surveys.box import boxed, casting, opening, signed_form
from surveys.choices import Outcome, Role, SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.models import (
    BoxedBallot,
    Counter,
    Delegation,
    Office,
    Procedure,
    QuestionnaireVersion,
    Slip,
    Spent,
    Transaction,
    User,
)
from surveys.periods import closing_from, period_of
from surveys.reference import answers as reference_answers
from surveys.reference import in_force
from surveys.slips import issuing, pads
from tests.factories.offices import (
    LONG_AGO,
    CounterFactory,
    DepartmentFactory,
    OfficeFactory,
    ProcedureFactory,
)
from tests.factories.people import DelegationFactory, UserFactory
from tests.factories.questionnaires import CriterionFactory, QuestionnaireVersionFactory, ScaleFactory

__all__ = ["LONG_AGO"]

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
# A Wednesday in the middle of a month: mixing is not frozen, slips live, the calendar is plain.
NOW = datetime(2026, 11, 11, 9, 30, tzinfo=HANOI)

_numbers = itertools.count(1)


def now() -> datetime:
    """The real clock, for what goes through a page."""
    return datetime.now(HANOI)


def at(day: int, hour: int = 9, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HANOI)


def office(code: str = "", *, parent: Office | None = None, seals: bool = True, **fields) -> Office:
    return OfficeFactory(parent=parent, seals=seals, **_named(code), **fields)


def department(*, of: Office | None = None, code: str = "") -> Office:
    return DepartmentFactory(**_named(code), **({"parent": of} if of else {}))


def counter(code: str = "", *, of: Office | None = None, **fields) -> Counter:
    return CounterFactory(**_named(code), **({"office": of} if of else {}), **fields)


def procedure(code: str = "", *, limit: int | None = 30, unit: str = "minute") -> Procedure:
    return ProcedureFactory(
        **_named(code), version__limit_value=limit, version__limit_unit=unit if limit else ""
    )


def questionnaire(
    *, criteria: tuple[str, ...] = ("attitude", "time"), levels: int = 2
) -> QuestionnaireVersion:
    """The counter's questionnaire; levels are 0 … n−1, the upper half (rounded up) satisfied."""
    found = QuestionnaireVersion.objects.filter(questionnaire__code=in_force.COUNTER_QUESTIONNAIRE).first()
    if found:
        return found
    version = QuestionnaireVersionFactory()
    scale = ScaleFactory(code=f"thang-{levels}", name=f"{levels} mức", levels=levels)
    for position, code in enumerate(criteria, start=1):
        CriterionFactory(version=version, code=code, scale=scale, position=position)
    return version


def user(
    *roles: Role, of: Office | None = None, at: Counter | None = None, username: str = "", **fields
) -> User:
    return UserFactory(
        roles=roles, office=of, counter=at, **({"username": username} if username else {}), **fields
    )


def lent(delegate: User, *, to: Office, on: date, days: int = 0) -> Delegation:
    """The counting of another office's box, lent from a day on for so many days more."""
    return DelegationFactory(office=to, delegate=delegate, valid_from=on, days=days)


def teller(*, at: Counter | None = None, **fields) -> User:
    at = at or counter()
    return user(Role.TELLER, of=at.office, at=at, **fields)


def _named(code: str) -> dict[str, str]:
    """A code that was chosen; else the factory counts on."""
    return {"code": code} if code else {}


def issued(
    *,
    at: Counter | None = None,
    kind: Procedure | None = None,
    now: datetime = NOW,
    channel: SlipChannel = SlipChannel.SLIP,
    outcome: Outcome = Outcome.RESOLVED,
    reference: str = "",
    **facts,
) -> issuing.Issued:
    """A slip with its plain code, through the product's own verbs."""
    questionnaire()
    done = issuing.log_transaction(
        counter=at or counter(),
        procedure=kind or procedure(),
        reference=reference or f"GD-{next(_numbers)}",
        started_at=now - timedelta(minutes=10),
        finished_at=now,
        outcome=outcome,
        now=now,
        **facts,
    )
    return issuing.issue_slip(transaction=done, channel=channel, now=now)


def running(*, at: Counter, kind: Procedure, now: datetime | None = None, reference: str = "", **facts):
    """A transaction that has begun; the real clock unless told otherwise, since a page will end it."""
    questionnaire()
    when = now or datetime.now(HANOI)
    return issuing.log_transaction(
        counter=at,
        procedure=kind,
        reference=reference or f"GD-{next(_numbers)}",
        started_at=when,
        now=when,
        **facts,
    )


def cast(
    handed: issuing.Issued,
    *,
    now: datetime | None = None,
    comment: str = "",
    **levels: int,
) -> str:
    """The receipt of a ballot on that slip; ``levels`` by criterion, of the usual two 1 unless named."""
    slip = casting.find_slip(code=handed.code)
    when = now or handed.slip.issued_at + timedelta(minutes=5)
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=when))
    said = _said(comment, levels)
    return casting.cast(slip=slip, form=form, said=said, via=handed.slip.channel, now=when)


def issued_together(n: int, *, at: Counter, kind: Procedure, now: datetime = NOW) -> list[issuing.Issued]:
    """n slips of one cell: the first by the product's own verbs, the others its copies under codes of their own.

    Most of the suite's time goes into such slips, and the verbs have tests of their own.
    """
    first = issued(at=at, kind=kind, now=now)
    handed = [first]
    for serial in issuing.free_serials(first.slip.office, n - 1):
        code = codes.new_code()
        done = _copy(first.slip.transaction, reference=f"GD-{next(_numbers)}")
        slip = _copy(first.slip, transaction=done, serial=serial, **codes.macs(keys.slip_key(), code))
        handed.append(issuing.Issued(slip, code))
    Transaction.objects.bulk_create([each.slip.transaction for each in handed[1:]])
    Slip.objects.bulk_create([each.slip for each in handed[1:]])
    return handed


def _copy(row: Model, **other):
    """The same row under a key of its own, not stored yet."""
    fields = [
        field for field in row._meta.concrete_fields if not field.primary_key and field.name not in other
    ]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | other)


def ballots(
    n: int, *, at: Counter, kind: Procedure, now: datetime = NOW, comment: str = "", **levels: int
) -> list[str]:
    """n cast ballots in one cell; their receipts. The first by the product's own verbs, the others stored as it is."""
    if not n:
        return []
    first, *others = issued_together(n, at=at, kind=kind, now=now)
    receipt = cast(first, now=now, comment=comment, **levels)
    return [receipt, *_cast_like(first, others, said=_said(comment, levels))]


def _cast_like(
    first: issuing.Issued, others: list[issuing.Issued], *, said: reference_answers.Said
) -> list[str]:
    """The same ballot on slips of the same cell, each in an envelope and with a receipt of its own; their receipts."""
    receipts = [
        codes.receipt(keys.receipt_key(), secrets.token_bytes(signed_form.NONCE_BYTES)) for _ in others
    ]
    spent = Spent.objects.get(pk=first.slip.pk)
    envelopes = [
        boxed.boxed_ballot(slip=each.slip, said=said, receipt_hash=codes.receipt_hash(receipt)).model()
        for each, receipt in zip(others, receipts, strict=True)
    ]
    with atomic():
        Slip.objects.filter(pk__in=[each.slip.pk for each in others]).update(state=SlipState.USED)
        Spent.objects.bulk_create([_copy(spent, slip=each.slip) for each in others])
        BoxedBallot.objects.bulk_create(envelopes)
    return receipts


def _said(comment: str, levels: dict[str, int]) -> reference_answers.Said:
    return reference_answers.Said(answers={"attitude": 1, "time": 1} | levels, comment=comment)


def pad(sheets: int = 2, *, of: Office, now: datetime = NOW) -> list[pads.Printed]:
    """The stubs of a pad with their plain codes, through the product's own verb."""
    return pads.make_pad(office=of, sheets=sheets, by=user(Role.ADMIN, of=of), now=now)


def slip_of(handed: issuing.Issued) -> Slip:
    return Slip.objects.get(pk=handed.slip.pk)


def team(box: Office) -> tuple[User, User]:
    return user(Role.COUNTING, of=box), user(Role.COUNTING, of=box)


def sealed(at: Counter, *, now: datetime = NOW, reason: str = "", by: tuple[User, User] | None = None):
    """The seal of the period of that instant at the counter's office: closed, counted, signed by two on the 4th after.

    With a reason it is the seal of a correction, signed four days later.
    """
    from reports import closing, sealing

    box = at.box_office
    period = period_of(now, quarterly=box.quarterly)
    when = closing_from(period) + timedelta(days=4 if reason else 0, hours=9)
    first, second = by or team(box)
    if not reason:
        closing.close_period(office=box, period=period, now=when)
    seen = sealing.draft(office=box, period=period, reason=reason).seen
    signed = {"now": when, "logged_in_at": when}
    signature = sealing.sign_first(office=box, period=period, user=first, seen=seen, reason=reason, **signed)
    return sealing.sign_second(first=signature, user=second, seen=signature.digest, **signed)


def corrected(
    at: Counter, handed: issuing.Issued, *, now: datetime = NOW, reason: str = "Tìm thấy một phiếu giấy"
):
    """The seal of a correction of a sealed period: one late paper ballot, which enters without its answers."""
    from surveys import paper

    box, two = at.box_office, team(at.box_office)
    period = period_of(now, quarterly=box.quarterly)
    when = closing_from(period) + timedelta(days=3)
    pile = paper.open_pile(office=box, counter=at, period=period, by=two[0], now=when, late=True)
    for keyer in two:
        counted = {"stubs": [handed.slip.serial], "counts": {"1-0": 1}, "foreign": 0, "done": True}
        paper.key(pile=pile, by=keyer, now=when, **counted)
    for keyer in two:
        paper.confirm(pile=pile, by=keyer, seen=paper.compare(pile=pile, by=keyer).digest, now=when)
    closed_by_hand(office=box, period=period, user=two[0], now=when)
    return sealed(at, now=now, reason=reason, by=two)


def closed_by_hand(*, office: Office, period, user: User, now: datetime):
    """Asked for by one of the team and done by the mixer; the job as it ended."""
    from reports import closing
    from reports.schedule import mixer

    job = closing.close_by_hand(office=office, period=period, user=user, now=now)
    mixer.do_jobs(clock=lambda: now)
    job.refresh_from_db()
    return job


def waiting(**where) -> list[opening.Opened]:
    """The ballots in the box as only the mixer sees them, in the order of their random ids."""
    return list(opening.open_all(BoxedBallot.objects.filter(**where).order_by("id")))


def edited_by_hand(row: BoxedBallot) -> None:
    """A waiting ballot as somebody with the database left it: one bit of its envelope is another."""
    changed = bytearray(row.sealed)
    changed[-1] ^= 1
    BoxedBallot.objects.filter(pk=row.pk).update(sealed=bytes(changed))


def mp3(words: str = "") -> bytes:
    """Half a second of silence: frames of 32 kbit/s behind a tag that holds the words."""
    said = words.encode()
    size = bytes(len(said) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\0\0" + size + said + (b"\xff\xfb\x10\xc4" + bytes(100)) * 20
