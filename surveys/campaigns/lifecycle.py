"""A campaign's life: set up, opened and thereby frozen, extended with a reason, closed; and its invitations.

Scores and places are made of what is counted, and live where that is read (`reports.standings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db.transaction import atomic

from surveys.box import lengths
from surveys.campaigns.errors import (
    CampaignFrozen,
    CampaignIncomplete,
    CampaignNotRunning,
    NoReason,
    NotLater,
    StillRunning,
)
from surveys.campaigns.invitations import invited_slips
from surveys.choices import CampaignState, SlipState
from surveys.models import (
    Campaign,
    CampaignExtension,
    CampaignUnit,
    Office,
    OpenLane,
    RespondentGroup,
    User,
)
from surveys.periods import local_day
from surveys.reference.questionnaire_logic import Fault, faults_of
from surveys.reference.questionnaires import read_questionnaire


@atomic
def set_up(
    *, by: User | None, units: Mapping[Office, int | None], groups: Sequence[tuple[str, str, str]], **facts
) -> Campaign:
    """A campaign as a draft. ``units``: office to the number of its customers, None unknown. ``groups``: (code, label,
    English label). ``facts``: the columns of `Campaign`."""
    campaign = Campaign.objects.create(made_by=by, **facts)
    _put_units(campaign, units)
    _put_groups(campaign, groups)
    return campaign


@atomic
def revise(
    *,
    campaign: Campaign,
    units: Mapping[Office, int | None] | None = None,
    groups: Sequence[tuple[str, str, str]] | None = None,
    **facts,
) -> Campaign:
    """Change a draft. Raises `CampaignFrozen`."""
    standing = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if standing.state != CampaignState.DRAFT:
        raise CampaignFrozen
    for name, value in facts.items():
        setattr(standing, name, value)
    standing.save()
    if units is not None:
        _put_units(standing, units)
    if groups is not None:
        _put_groups(standing, groups)
    return standing


def missing_to_open(campaign: Campaign) -> list[str]:
    """What a draft lacks: "units", "questions", "weights", "logic", "legal_basis"; [] when it may open."""
    criteria = campaign.questionnaire.criteria.all()
    lacks = {
        "units": campaign.units.count() < 1,
        "questions": not criteria,
        "weights": bool(criteria)
        and not any(c.weight > 0 and (c.section is None or c.section.weight > 0) for c in criteria),
        "logic": bool(faults_to_open(campaign)),
        "legal_basis": not campaign.legal_basis.strip(),
    }
    return [name for name, is_missing in lacks.items() if is_missing]


def faults_to_open(campaign: Campaign) -> list[Fault]:
    """Why nobody could answer or score the questionnaire of a draft; once it is open, nothing of it can be mended."""
    return faults_of(read_questionnaire(campaign.questionnaire_id))


@atomic
def open_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Open, and thereby freeze. Answers are taken from its first day on. Raises `CampaignFrozen`, `CampaignIncomplete`."""
    standing = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if standing.state != CampaignState.DRAFT:
        raise CampaignFrozen
    if missing := missing_to_open(standing):
        raise CampaignIncomplete(missing)
    if standing.is_ranked:  # without a lane nothing is cast openly
        OpenLane.objects.bulk_create(
            OpenLane(unit=unit, lane=lane)
            for unit in standing.units.all()
            for lane in range(settings.OPEN_LANES)
        )
    lengths.freeze(standing.questionnaire_id)
    standing.state, standing.opened_at = CampaignState.OPEN, now
    standing.save(update_fields=["state", "opened_at"])
    return standing


@atomic
def extend(*, campaign: Campaign, until: date, reason: str, by: User, now: datetime) -> CampaignExtension:
    """Move the last day of an open campaign. Raises `CampaignNotRunning`, `NotLater`, `NoReason`."""
    standing = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if standing.state != CampaignState.OPEN:
        raise CampaignNotRunning
    if until <= standing.ends_on or until < local_day(now):
        raise NotLater
    if not reason.strip():
        raise NoReason
    extension = CampaignExtension.objects.create(
        campaign=standing, until=until, reason=reason.strip(), by=by, at=now
    )
    Campaign.objects.filter(pk=standing.pk).update(ends_on=until)
    standing.refresh_from_db()
    invited_slips(standing).filter(state=SlipState.ISSUED).update(expires_at=standing.period.bounds()[1])
    return extension


def close(*, campaign: Campaign, now: datetime) -> Campaign:
    """Take no more answers: shut the lanes, expire unused invitations, and commit, before anything is mixed.

    Every cast in flight holds its lane or slip, so none slips in between and none is lost. Never inside a transaction.
    Raises `CampaignNotRunning`, `StillRunning`.
    """
    with atomic(durable=True):
        standing = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if standing.state != CampaignState.OPEN:
            raise CampaignNotRunning
        if now < standing.period.bounds()[1]:
            raise StillRunning
        OpenLane.objects.filter(unit__campaign=standing).update(is_open=False)
        invited_slips(standing).filter(state=SlipState.ISSUED).update(state=SlipState.EXPIRED)
        standing.state, standing.closed_at = CampaignState.CLOSED, now
        standing.save(update_fields=["state", "closed_at"])
    return standing


def takes_answers(campaign: Campaign, *, now: datetime) -> bool:
    return campaign.state == CampaignState.OPEN and campaign.period.holds(now)


# ── Participation ──────────────────────────────────────────────────────────────────────


def _put_units(campaign: Campaign, units: Mapping[Office, int | None]) -> None:
    campaign.units.all().delete()
    CampaignUnit.objects.bulk_create(
        CampaignUnit(campaign=campaign, office=office, population=n) for office, n in units.items()
    )


def _put_groups(campaign: Campaign, groups: Sequence[tuple[str, str, str]]) -> None:
    campaign.groups.all().delete()
    RespondentGroup.objects.bulk_create(
        RespondentGroup(campaign=campaign, code=code, label=label, label_en=english, position=position)
        for position, (code, label, english) in enumerate(groups, start=1)
    )
