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
from surveys.database.inserts import PreparedInsert
from surveys.models import Campaign, CampaignUnit, Invitation, InvitationBatch, Slip, User


@dataclass(frozen=True)
class Invited:
    """An invitation with its plain code, for the one file or letter that hands it over."""

    invitation: Invitation
    slip: Slip
    code: str


@dataclass(frozen=True)
class Prepared:
    """A batch with everything that is written of it, not stored yet: only the batch's key is missing."""

    batch: InvitationBatch
    invited: list[Invited]
    invitations: PreparedInsert
    slips: PreparedInsert


def invite(
    *, unit: CampaignUnit, name: str, organisations: Iterable[tuple[str, str]], by: User | None, now: datetime
) -> list[Invited]:
    """A batch of single-use codes, one for each (organisation, e-mail or ''). Raises `CampaignNotRunning`."""
    return hand_out(prepare(unit=unit, name=name, organisations=organisations, by=by, now=now))


def prepare(
    *, unit: CampaignUnit, name: str, organisations: Iterable[tuple[str, str]], by: User | None, now: datetime
) -> Prepared:
    """The same without storing it: 5.000 codes take seconds, for which no other writer waits. Raises `CampaignNotRunning`."""
    campaign = unit.campaign
    if campaign.state != CampaignState.OPEN:
        raise CampaignNotRunning
    batch = InvitationBatch(unit=unit, name=name, made_by=by, made_at=now)
    opens_at, ends_at = campaign.period.bounds()
    taken = set(Slip.objects.of(unit.office_id).values_list("serial", flat=True))
    invited = []
    for who, email in organisations:
        code = codes.new_code()
        invitation = Invitation(batch=batch, organisation=who, email=email)
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
        invited.append(Invited(invitation, slip, code))
    return Prepared(
        batch,
        invited,
        PreparedInsert.of(Invitation, [one.invitation for one in invited]),
        PreparedInsert.of(Slip, [one.slip for one in invited]),
    )


@atomic
def hand_out(prepared: Prepared) -> list[Invited]:
    """Store what `prepare` made, all of it."""
    prepared.batch.save(force_insert=True)
    prepared.invitations.fill("batch_id", prepared.batch.pk)
    prepared.invitations.run()
    prepared.slips.run()
    for one in prepared.invited:
        one.invitation.batch = prepared.batch  # whose key it has now
    return prepared.invited


def invited_slips(campaign: Campaign) -> QuerySet[Slip]:
    return Slip.objects.filter(period=campaign.slug, invitation__isnull=False)


def _free_serial(taken: set[str]) -> str:
    while (serial := codes.new_serial()) in taken:
        pass
    taken.add(serial)
    return serial
