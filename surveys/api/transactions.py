"""The interface by which the treasury's own software logs transactions (docs/spec/contract.md)."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from ninja import Field, Router, Schema, Status
from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from surveys.api.auth import KeyRequest, office_of
from surveys.api.problems import Problem, invalid
from surveys.choices import Outcome, ServiceChannel, SlipChannel
from surveys.models import Counter, Office, Organisation, Procedure, Transaction
from surveys.reference import errors as reference_errors
from surveys.slips import errors as slips_errors
from surveys.slips import issuing
from surveys.spreadsheets.cleaning import visible
from surveys.vietnamese import clean_text

router = Router()


class ChannelName(StrEnum):
    counter = "counter"
    online = "online"


class OutcomeName(StrEnum):
    resolved = "resolved"
    supplement = "supplement"
    refused = "refused"


def _clean(text: object) -> object:
    """One line without anything a reader cannot see, before its length is looked at."""
    return visible(clean_text(text)) if isinstance(text, str) else text


def _iso(moment: object) -> object:
    """Text alone: a number could be seconds or milliseconds, of whatever year they are counted from."""
    if not isinstance(moment, str) or not ISO_MOMENT.match(moment):
        raise PydanticCustomError("datetime_type", "no ISO 8601")
    return moment


def _told_whole(moment: datetime) -> datetime:
    """A moment that says its zone, in years that every clock and database here can hold.

    A machine whose clock was never set says 0001, 1970 or 9999; without a zone nobody knows which hour is meant.
    """
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise PydanticCustomError("moment_year", "no such year")
    if moment.tzinfo is None:
        raise PydanticCustomError("moment_zone", "no zone")
    return moment


YEARS = 2000, 2999
ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Moment = Annotated[datetime, BeforeValidator(_iso), AfterValidator(_told_whole)]
Line = Annotated[str, BeforeValidator(_clean)]


class TransactionIn(Schema):
    """One service to one customer. Without ``finished_at`` and ``outcome`` it is running and has no ballot yet."""

    reference: Line = Field(min_length=1, max_length=80)
    dossier: Line = Field("", max_length=80)
    office: Line | None = Field(None, max_length=32)
    counter: Line = Field(max_length=16)
    procedure: Line = Field(max_length=16)
    channel: ChannelName = ChannelName.counter
    organisation: Line | None = Field(None, max_length=200)
    outcome: OutcomeName | None = None
    started_at: Moment | None = None
    finished_at: Moment | None = None


class TransactionOut(Schema):
    """``serial``, ``ballot_url`` and ``expires_at`` are null while the transaction is running."""

    id: UUID
    serial: str | None = None
    ballot_url: str | None = None
    expires_at: datetime | None = None


@router.post(
    "/transactions",
    response={201: TransactionOut, 200: TransactionOut},
    summary="Ghi một giao dịch",
    operation_id="surveys_api_log_transaction",  # clients generate names from it, so no module's name belongs in it
)
def log_transaction(request: KeyRequest, payload: TransactionIn):
    """Log a transaction and receive its ballot's address. The same call again gives a fresh address: the old is dead."""
    now = timezone.now()
    office = office_of(request.auth, payload.office)
    standing = Transaction.objects.of(office).filter(reference=payload.reference).first()
    finished_at = _finished_at(payload, standing, now)
    started_at = payload.started_at or (standing.started_at if standing else finished_at or now)
    try:
        done = issuing.log_transaction(
            **_parties(payload, office),
            reference=payload.reference,
            dossier=payload.dossier,
            channel=ServiceChannel(payload.channel.value),
            outcome=_outcome(payload) if finished_at else None,
            started_at=started_at,
            finished_at=finished_at,
            api_key=request.auth,
            now=now,
        )
        if finished_at is None:
            return Status(200 if standing else 201, TransactionOut(id=done.pk))
        channel = SlipChannel.LINK if done.channel == ServiceChannel.ONLINE else SlipChannel.SLIP
        is_new = not hasattr(done, "slip")
        handed = issuing.issue_slip(transaction=done, channel=channel, now=now)
    except reference_errors.IssuingRefused as fact:
        raise _problem(fact) from fact
    return Status(
        201 if is_new else 200,
        TransactionOut(
            id=done.pk,
            serial=handed.slip.serial,
            ballot_url=f"{settings.BASE_URL}/p/{handed.code}",
            expires_at=handed.slip.expires_at,
        ),
    )


def _finished_at(payload: TransactionIn, standing: Transaction | None, now: datetime) -> datetime | None:
    """The end as sent. An outcome without the field means the service ended just now; an explicit null, that it runs."""
    if payload.finished_at or "finished_at" in payload.model_fields_set or payload.outcome is None:
        return payload.finished_at
    return standing.finished_at if standing and standing.finished_at else now


def _outcome(payload: TransactionIn) -> Outcome:
    if payload.outcome is None:
        raise invalid({"outcome": "Giao dịch đã xong phải có kết quả."})
    return Outcome(payload.outcome.value)


def _parties(payload: TransactionIn, office: Office) -> dict:
    """Counter, procedure and organisation by their codes; every unknown one is named."""
    counter = (
        Counter.objects.select_related("office", "box_office")
        .filter(box_office=office, code=payload.counter)
        .first()
    )
    procedure = Procedure.objects.filter(code=payload.procedure).first()
    errors = {}
    if counter is None:
        errors["counter"] = f"Đơn vị không có quầy “{payload.counter}”."
    if procedure is None:
        errors["procedure"] = f"Không có thủ tục mang mã “{payload.procedure}”."
    if errors:
        raise invalid(errors)
    return {
        "counter": counter,
        "procedure": procedure,
        "organisation": _organisation(payload.organisation, office),
    }


def _organisation(named: str | None, office: Office) -> Organisation | None:
    """The customer's organisation by code, else by name; one never heard of is entered under what was sent."""
    if not named:
        return None
    known = Organisation.objects.filter(office=office)
    return (
        known.filter(code=named).first()
        or known.filter(name=named).first()
        or Organisation.objects.get_or_create(office=office, code=named[:40], defaults={"name": named})[0]
    )


FACTS = {
    slips_errors.ReferenceConflict: (
        409,
        "reference-conflict",
        "Số tham chiếu này đã dùng cho một việc khác.",
        "reference",
    ),
    slips_errors.SecondSupplement: (
        409,
        "second-supplement",
        "Hồ sơ này đã một lần yêu cầu bổ sung; chỉ được yêu cầu bổ sung một lần.",
        "dossier",
    ),
    slips_errors.FinishedInFuture: (
        422,
        "invalid",
        "Giờ kết thúc muộn hơn giờ máy chủ quá 02 phút.",
        "finished_at",
    ),
    slips_errors.StartedInFuture: (
        422,
        "invalid",
        "Giờ bắt đầu muộn hơn giờ máy chủ quá 02 phút.",
        "started_at",
    ),
    slips_errors.FinishedBeforeStart: (
        422,
        "invalid",
        "Giờ kết thúc không được trước giờ bắt đầu.",
        "finished_at",
    ),
    reference_errors.ProcedureNotInForce: (
        422,
        "invalid",
        "Thủ tục này không có hiệu lực vào ngày đó.",
        "procedure",
    ),
    reference_errors.NoQuestionnaire: (422, "invalid", "Chưa có mẫu phiếu cho ngày đó.", "finished_at"),
    slips_errors.CounterClosed: (422, "invalid", "Quầy này đã đóng.", "counter"),
    slips_errors.SlipNotReissuable: (
        409,
        "slip-closed",
        "Phiếu của giao dịch này không phát lại được: đã có yêu cầu hủy hoặc đã hết hạn trả lời.",
        "reference",
    ),
}


def _problem(fact: reference_errors.IssuingRefused) -> Problem:
    status, kind, title, field = FACTS[type(fact)]
    return Problem(status, kind, title, {field: title})
