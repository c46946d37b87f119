"""Invitations to a campaign: single-use codes, issued in batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.transaction import atomic

from surveys.campaigns.errors import CampaignNotRunning
from surveys.choices import CampaignState, SlipChannel
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


def invited_slips(campaign: Campaign) -> QuerySet[Slip]:
    return Slip.objects.filter(period=campaign.slug, invitation__isnull=False)


def _free_serial(taken: set[str]) -> str:
    while (serial := codes.new_serial()) in taken:
        pass
    taken.add(serial)
    return serial
