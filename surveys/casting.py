"""Cast: once, and only once (TRUST.md section 2).

The conditional UPDATE of the slip is the gate, `Spent` is the proof, the box takes the answers. Nothing of the
request but the answers reaches the box.
"""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from threading import Lock

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, connection
from django.db.models import F
from django.db.transaction import atomic

from surveys import evidence
from surveys.choices import SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.models import BoxedBallot, CampaignUnit, OpenLane, Receipt, Slip, Spent
from surveys.prepared import Prepared
from surveys.reference import counters
from surveys.reference.answers import Said
from surveys.slips.lookup import find_slip as find_slip
from surveys.slips.lookup import is_usable as is_usable

NONCE_BYTES = 16
#: How an answer to a campaign came in, in the place of a counter: answers are told apart by it, in groups only.
OPEN, INVITED = "OPEN", "INVITED"


class CastingFact(Exception):
    """Why a ballot was not taken."""


class SlipNotUsable(CastingFact):
    """Used, expired, cancelled or not open yet; nobody is told which."""


class CampaignNotOpen(CastingFact):
    """The campaign takes no answers for this unit, or takes none any more."""


class FormOfAnotherSlip(CastingFact):
    """The hidden field was not made for this slip: the page must be shown afresh, answers kept."""


class ReceiptTaken(CastingFact):
    """Two forms drew the same 40 bits: the page must be shown afresh, answers kept."""


@dataclass(frozen=True)
class OpenForm:
    """One opening of the ballot: the nonce names the receipt, ``opened_at`` tells how long it was open."""

    nonce: bytes
    opened_at: datetime


def open_form(*, slip: Slip, now: datetime) -> str:
    """A fresh hidden field for the slip: nonce and opening time, signed together with the slip."""
    return _sign(_salt(slip), now)


def open_form_of(*, unit: CampaignUnit, now: datetime) -> str:
    """A fresh hidden field for an open answer to a unit: nonce and opening time, signed together with the unit."""
    return _sign(_open_salt(unit), now)


def _sign(salt: str, now: datetime) -> str:
    value = {"n": secrets.token_hex(NONCE_BYTES), "t": int(now.timestamp())}
    return signing.dumps(value, salt=salt)


def read_form(*, slip: Slip, field: str) -> OpenForm:
    """The form behind a hidden field. Raises `FormOfAnotherSlip` for any field not made for this slip."""
    return _read(field, _salt(slip))


def read_form_of(*, unit: CampaignUnit, field: str) -> OpenForm:
    """The same for an open answer. Raises `FormOfAnotherSlip` for any field not made for this unit."""
    return _read(field, _open_salt(unit))


def _read(field: str, salt: str) -> OpenForm:
    try:
        value = signing.loads(field, salt=salt)
    except signing.BadSignature as error:
        raise FormOfAnotherSlip from error
    return OpenForm(bytes.fromhex(value["n"]), datetime.fromtimestamp(value["t"], tz=UTC))


def cast(*, slip: Slip, form: OpenForm, said: Said, via: SlipChannel, now: datetime) -> str:
    """Take the ballot and return its receipt; the same form again returns the same receipt.

    Raises `SlipNotUsable` or `ReceiptTaken`; then nothing is stored.
    """
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    receipt_hash = codes.receipt_hash(receipt)
    facts = _facts(slip=slip, form=form, said=said, receipt_hash=receipt_hash, via=via, now=now)
    store = _store_in_one_statement if connection.vendor == "postgresql" else _store_step_by_step
    try:
        store(slip, facts, now)
    except SlipNotUsable:
        if standing := standing_receipt(slip=slip, form=form):
            return standing
        raise
    except IntegrityError as error:
        if Spent.objects.filter(pk=slip.pk).exists():
            raise SlipNotUsable from error
        if _is_taken(slip=slip, receipt_hash=receipt_hash):
            raise ReceiptTaken from error
        raise  # no fact about the ballot: the database refused it, and the page must say so
    return receipt


def cast_openly(*, unit: CampaignUnit, form: OpenForm, said: Said) -> str:
    """Take an open answer to a unit and return its receipt; it counts as issued and returned in this very moment.

    The same form again gets the same receipt and is stored once. Nothing tells who answered, hence nothing keeps a
    person from answering twice. Raises `CampaignNotOpen`; then nothing is stored.
    """
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    boxed = _open_ballot(unit, said, codes.receipt_hash(receipt))
    store = _store_openly_in_one if connection.vendor == "postgresql" else _store_openly
    try:
        store(unit, boxed)
    except (IntegrityError, ReceiptTaken):
        if not _is_known(office=boxed.office_id, period=boxed.period, receipt_hash=boxed.receipt_hash):
            raise
    return receipt


@atomic
def _store_openly(unit: CampaignUnit, boxed: BoxedBallot) -> None:
    # The lane is the gate: closing shuts all of them, and waits for each cast that holds one.
    lane = OpenLane.objects.filter(unit=unit.pk, lane=secrets.randbelow(settings.OPEN_LANES), is_open=True)
    if not lane.update(answers=F("answers") + 1):
        raise CampaignNotOpen
    if Receipt.objects.filter(office=boxed.office_id, period=boxed.period, hash=boxed.receipt_hash).exists():
        raise ReceiptTaken
    boxed.save(force_insert=True)


def _store_openly_in_one(unit: CampaignUnit, boxed: BoxedBallot) -> None:
    columns = {name: value for name, value in vars(boxed).items() if not name.startswith("_")}
    columns |= {"unit": unit.pk, "lane": secrets.randbelow(settings.OPEN_LANES)}
    with atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        FROM_LANE.run(cursor, columns)
        if not cursor.rowcount:
            raise CampaignNotOpen


def _open_ballot(unit: CampaignUnit, said: Said, receipt_hash: str) -> BoxedBallot:
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


def standing_receipt(*, slip: Slip, form: OpenForm) -> str | None:
    """The receipt of a form that was taken before: the first sending stands. None when this form never was."""
    receipt = codes.receipt(keys.receipt_key(), form.nonce)
    return receipt if _is_taken(slip=slip, receipt_hash=codes.receipt_hash(receipt)) else None


class ReceiptState(Enum):
    MISTYPED = "mistyped"
    IN_THE_BOX = "in the box"
    COUNTED = "counted"
    MISSING = "missing"  # genuine, yet nowhere: raise the alarm


@dataclass(frozen=True)
class ReceiptFacts:
    state: ReceiptState
    counted: Receipt | None = None


def receipt_state(*, typed: str) -> ReceiptFacts:
    """Where the ballot of a typed receipt is. Never how it was answered."""
    receipt = codes.normalise_receipt(typed)
    if not receipt or not codes.is_genuine(keys.receipt_key(), receipt):
        return ReceiptFacts(ReceiptState.MISTYPED)
    receipt_hash = codes.receipt_hash(receipt)
    if BoxedBallot.objects.filter(receipt_hash=receipt_hash).exists():
        return ReceiptFacts(ReceiptState.IN_THE_BOX)
    if counted := Receipt.objects.select_related("office").filter(hash=receipt_hash).first():
        return ReceiptFacts(ReceiptState.COUNTED, counted)
    return ReceiptFacts(ReceiptState.MISSING)


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
class _Facts:
    """The two rows of a cast: participation for the register, answers for the box."""

    spent: Spent
    boxed: BoxedBallot


def _facts(
    *, slip: Slip, form: OpenForm, said: Said, receipt_hash: str, via: SlipChannel, now: datetime
) -> _Facts:
    return _Facts(
        spent=Spent(slip_id=slip.pk, used_at=now, open_seconds=_open_seconds(form, now), via=via),
        boxed=boxed_ballot(slip=slip, said=said, receipt_hash=receipt_hash),
    )


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


# Whom SQLite lets wait it lets wait unfairly: each looks every tenth of a second, and some always look too late. So the
# threads of one process queue up here and take one place there.
_turn = Lock()


def _store_step_by_step(slip: Slip, facts: _Facts, now: datetime) -> None:
    # Inside another transaction this thread may hold SQLite's lock already, for which the one with the turn would wait.
    with nullcontext() if connection.in_atomic_block else _turn, atomic():
        _store_rows(slip, facts, now)


def _store_rows(slip: Slip, facts: _Facts, now: datetime) -> None:
    # Own columns only: across a join PostgreSQL would not look again after waiting for the row.
    if not Slip.objects.filter(pk=slip.pk).open_at(now).update(state=SlipState.USED):
        raise SlipNotUsable
    boxed = facts.boxed
    if Receipt.objects.filter(office=boxed.office_id, period=boxed.period, hash=boxed.receipt_hash).exists():
        raise ReceiptTaken
    facts.spent.save(force_insert=True)
    boxed.save(force_insert=True)


# The same steps in one statement: gate, proof, box. Without a row from the gate nothing follows. A receipt that is
# counted already turns the office into NULL, which the table refuses, and everything is undone.
SLIP_GATE = """
WITH gate AS (
    UPDATE surveys_slip SET state = 'U'
    WHERE id = %(slip)s AND state = 'I' AND opens_at <= %(now)s AND expires_at > %(now)s
    RETURNING id
), proof AS (
    INSERT INTO surveys_spent (slip_id, used_at, open_seconds, via)
    SELECT id, %(now)s, %(open_seconds)s, %(via)s FROM gate
)
"""
# An open answer has no slip to prove anything of: its gate is a lane of its unit.
LANE_GATE = """
WITH gate AS (
    UPDATE surveys_openlane SET answers = answers + 1
    WHERE unit_id = %(unit)s AND lane = %(lane)s AND is_open
    RETURNING id
)
"""
INTO_BOX = """
INSERT INTO surveys_boxedballot (id, office_id, period, questionnaire_id, counter, procedure, answers, said,
                                 receipt_hash, void_reason, keyed_by, tag)
SELECT %(id)s, CASE WHEN EXISTS (SELECT 1 FROM surveys_receipt WHERE office_id = %(office_id)s
                                 AND period = %(period)s AND hash = %(receipt_hash)s)
               THEN NULL ELSE %(office_id)s END,
       %(period)s, %(questionnaire_id)s, %(counter)s, %(procedure)s, %(answers)s, %(said)s,
       %(receipt_hash)s, '', '', %(tag)s
FROM gate
"""
BOX_TYPES = {
    **dict.fromkeys(("office_id", "questionnaire_id"), "bigint"),
    **dict.fromkeys(
        ("id", "period", "counter", "procedure", "answers", "said", "receipt_hash", "tag"), "text"
    ),
}
SLIP_TYPES = {"slip": "uuid", "now": "timestamptz", "open_seconds": "integer", "via": "text"}
FROM_SLIP = Prepared("kbnn_cast", SLIP_GATE + INTO_BOX, SLIP_TYPES | BOX_TYPES)
FROM_LANE = Prepared(
    "kbnn_cast_openly", LANE_GATE + INTO_BOX, {"unit": "bigint", "lane": "integer"} | BOX_TYPES
)


def _store_in_one_statement(slip: Slip, facts: _Facts, now: datetime) -> None:
    columns = {name: value for name, value in vars(facts.boxed).items() if not name.startswith("_")}
    columns |= {
        "slip": slip.pk,
        "now": now,
        "via": str(facts.spent.via),
        "open_seconds": facts.spent.open_seconds,
    }
    # One statement is a transaction of its own; inside another one a refusal must not spoil that one.
    with atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        FROM_SLIP.run(cursor, columns)
        if not cursor.rowcount:
            raise SlipNotUsable


def _is_taken(*, slip: Slip, receipt_hash: str) -> bool:
    return _is_known(office=slip.office_id, period=slip.period, receipt_hash=receipt_hash)


def _is_known(*, office: int, period: str, receipt_hash: str) -> bool:
    where = {"office": office, "period": period}
    return (
        BoxedBallot.objects.filter(**where, receipt_hash=receipt_hash).exists()
        or Receipt.objects.filter(**where, hash=receipt_hash).exists()
    )


def _open_seconds(form: OpenForm, now: datetime) -> int:
    # A clock set back between the two readings must not store a negative time.
    return max(0, int((now - form.opened_at).total_seconds()))


def _salt(slip: Slip) -> str:
    return f"surveys.form.{slip.pk.hex}"


def _open_salt(unit: CampaignUnit) -> str:
    return f"surveys.open.{unit.pk}"
