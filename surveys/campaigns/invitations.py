"""Invitations to a campaign: issued in batches, sent by letter, reminded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q, QuerySet
from django.db.transaction import atomic
from django.utils.formats import date_format

from surveys.campaigns.errors import CampaignNotRunning
from surveys.choices import CampaignState, SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.models import Campaign, CampaignUnit, Invitation, InvitationBatch, Slip, User


@dataclass(frozen=True)
class Invited:
    """An invitation with its plain code, for the one file or letter that hands it over."""

    invitation: Invitation
    slip: Slip
    code: str


@atomic
def invite(
    *, unit: CampaignUnit, name: str, organisations: Iterable[tuple[str, str]], by: User | None, now: datetime
) -> list[Invited]:
    """A batch of single-use codes, one for each (organisation, e-mail or ''). Raises `CampaignNotRunning`."""
    campaign = unit.campaign
    if campaign.state != CampaignState.OPEN:
        raise CampaignNotRunning
    batch = InvitationBatch.objects.create(unit=unit, name=name, made_by=by, made_at=now)
    made = [Invitation(batch=batch, organisation=who, email=email) for who, email in organisations]
    Invitation.objects.bulk_create(made)
    opens_at, ends_at = campaign.period.bounds()
    taken = set(Slip.objects.of(unit.office_id).values_list("serial", flat=True))
    handed = []
    for invitation in made:
        code = codes.new_code()
        slip = Slip(
            invitation=invitation,
            office_id=unit.office_id,
            period=campaign.slug,
            questionnaire_id=campaign.questionnaire_id,
            channel=SlipChannel.LINK,
            serial=_free_serial(taken),
            issued_at=now,
            opens_at=opens_at,
            expires_at=ends_at,
            **codes.macs(keys.slip_key(), code),
        )
        handed.append(Invited(invitation, slip, code))
    Slip.objects.bulk_create(one.slip for one in handed)
    return handed


@atomic
def remind(*, unit: CampaignUnit, now: datetime) -> list[Invited]:
    """Fresh codes for invitations by e-mail that wait for their answer; the old codes are dead.

    The list goes into letters and nowhere else: staff are told how many, never who.
    """
    waiting = invited_slips(unit.campaign).filter(
        ~Q(invitation__email=""), office=unit.office_id, state=SlipState.ISSUED, expires_at__gt=now
    )
    handed = []
    for slip in waiting.select_related("invitation"):
        code = codes.new_code()
        if Slip.objects.filter(pk=slip.pk, state=SlipState.ISSUED).update(
            **codes.macs(keys.slip_key(), code)
        ):
            handed.append(Invited(slip.invitation, slip, code))
    Invitation.objects.filter(pk__in=[one.invitation.pk for one in handed]).update(reminded_at=now)
    return handed


def invited_slips(campaign: Campaign) -> QuerySet[Slip]:
    return Slip.objects.filter(period=campaign.slug, invitation__isnull=False)


def _free_serial(taken: set[str]) -> str:
    while (serial := codes.new_serial()) in taken:
        pass
    taken.add(serial)
    return serial


SUBJECT = "Mời trả lời: {name}"
REMINDER = "Nhắc: {name}"
TEXT = """Kính gửi {organisation},

Kho bạc Nhà nước mời ông/bà trả lời đợt khảo sát “{name}” ({basis}), từ {first} đến hết {last}.

Phiếu của ông/bà: {address}
(mã này dùng được một lần; hoặc gõ {short} tại {typed})

Phiếu không ghi tên. Chúng tôi biết mã nào chưa dùng để nhắc, không biết ai đã trả lời thế nào.
"""


def link(code: str) -> str:
    """The address of a code's ballot."""
    return f"{settings.BASE_URL}/p/{code}"


def send(*, invited: Iterable[Invited], campaign: Campaign, reminding: bool, now: datetime) -> int:
    """Send each invited with an address one letter; how many went. Raises OSError when the mail server is away.

    A letter that went is remembered at once, so that a run that breaks off is told how far it came.
    """
    sent = 0
    with get_connection() as connection:
        for one in invited:
            if not one.invitation.email:
                continue
            _letter(one, campaign, reminding, connection).send()
            if not reminding:
                Invitation.objects.filter(pk=one.invitation.pk).update(mailed_at=now)
            sent += 1
    return sent


def _letter(one: Invited, campaign: Campaign, reminding: bool, connection) -> EmailMessage:
    words = {
        "organisation": one.invitation.organisation,
        "name": campaign.name,
        "basis": campaign.legal_basis,
        "first": date_format(campaign.opens_on, "j/n/Y"),
        "last": date_format(campaign.ends_on, "j/n/Y"),
        "address": link(one.code),
        "short": one.code[:12],
        "typed": f"{settings.BASE_URL}/p",
    }
    subject = (REMINDER if reminding else SUBJECT).format(name=campaign.name)
    return EmailMessage(subject, TEXT.format(**words), to=[one.invitation.email], connection=connection)
