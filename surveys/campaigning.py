"""A campaign's life: set up, opened and thereby frozen, extended with a reason, closed; and its invitations.

Scores and places are made of what is counted, and live where that is read (`reports.standings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.transaction import atomic

from surveys.choices import CampaignState, SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.models import (
    Campaign,
    CampaignExtension,
    CampaignUnit,
    Invitation,
    InvitationBatch,
    Office,
    OpenLane,
    OpenSignal,
    RespondentGroup,
    Slip,
    User,
)
from surveys.periods import local_day


class CampaignFact(Exception):
    """Why something of a campaign is not done now."""


class CampaignFrozen(CampaignFact):
    """It is open or was: questionnaire, weights, units and days stay as they are."""


class CampaignIncomplete(CampaignFact):
    """What is missing before it can open; ``missing`` names it for the page."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = list(missing)


class CampaignNotRunning(CampaignFact):
    """It is not open."""


class StillRunning(CampaignFact):
    """Its last day is not over."""


class NoReason(CampaignFact):
    """An extension has a reason."""


class NotLater(CampaignFact):
    """An extension ends later than what stands, and not before today."""


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
    """What a draft lacks: "units", "questions", "weights", "legal_basis"; [] when it may open."""
    criteria = campaign.questionnaire.criteria.all()
    lacks = {
        "units": campaign.units.count() < 1,
        "questions": not criteria,
        "weights": bool(criteria)
        and not any(c.weight > 0 and (c.section is None or c.section.weight > 0) for c in criteria),
        "legal_basis": not campaign.legal_basis.strip(),
    }
    return [name for name, is_missing in lacks.items() if is_missing]


@atomic
def open_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Open, and thereby freeze. Answers are taken from its first day on. Raises `CampaignFrozen`, `CampaignIncomplete`."""
    standing = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if standing.state != CampaignState.DRAFT:
        raise CampaignFrozen
    if missing := missing_to_open(standing):
        raise CampaignIncomplete(missing)
    OpenLane.objects.bulk_create(
        OpenLane(unit=unit, lane=lane) for unit in standing.units.all() for lane in range(settings.OPEN_LANES)
    )
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


# ── Invitations ────────────────────────────────────────────────────────────────────────


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


# ── Participation ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Participation:
    """Of one unit: open answers, and what became of its invitations. Never an answer."""

    opened: int = 0
    invited: int = 0
    invited_returned: int = 0
    invited_expired: int = 0
    invited_cancelled: int = 0

    @property
    def issued(self) -> int:
        return self.opened + self.invited

    @property
    def returned(self) -> int:
        return self.opened + self.invited_returned


def participation(campaign: Campaign) -> dict[int, Participation]:
    """By office id, every unit of the campaign; two queries."""
    lanes = (
        OpenLane.objects.filter(unit__campaign=campaign)
        .values_list("unit__office")
        .annotate(n=Sum("answers"))
    )
    opened = dict(lanes.order_by())
    slips = (
        invited_slips(campaign)
        .order_by()
        .values("office")
        .annotate(
            invited=Count("pk"),
            returned=Count("pk", filter=Q(state=SlipState.USED)),
            expired=Count("pk", filter=Q(state=SlipState.EXPIRED)),
            cancelled=Count("pk", filter=Q(state=SlipState.CANCELLED)),
        )
    )
    invited = {row["office"]: row for row in slips}
    return {
        office: Participation(opened.get(office, 0), *_four(invited.get(office)))
        for office in campaign.units.values_list("office", flat=True)
    }


def signal(*, unit: CampaignUnit, kind: str, on: date) -> None:
    """Count one open answer that arrived in a way no crowd of customers does: "address" or "burst"."""
    row, _is_new = OpenSignal.objects.get_or_create(unit=unit, day=on, kind=kind)
    OpenSignal.objects.filter(pk=row.pk).update(answers=F("answers") + 1)


def _four(row: dict | None) -> tuple[int, int, int, int]:
    return (row["invited"], row["returned"], row["expired"], row["cancelled"]) if row else (0, 0, 0, 0)


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
