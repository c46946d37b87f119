"""Close a campaign and count it: the closing mix of every unit's box, then the sums that scores rest on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reports.closing import count_unit
from surveys.box import jobs
from surveys.campaigns import lifecycle
from surveys.choices import CampaignState
from surveys.models import Batch, BoxJob, Campaign, Office, User
from surveys.models.box_jobs import BoxJobEnd, BoxJobKind


def ask_to_count(*, campaign: Campaign, by: User, now: datetime) -> int:
    """Close what is open, and ask the mixer for every unit that is not counted; returns how many that are.

    Asked again it asks once. Raises the facts of `campaigns.lifecycle.close`. Never inside a transaction.
    """
    if campaign.state != CampaignState.CLOSED:
        campaign = lifecycle.close(campaign=campaign, now=now)
    offices = uncounted(campaign)
    for office in offices:
        jobs.ask(office=office, period=campaign.slug, kind=BoxJobKind.CAMPAIGN, by=by, now=now)
    return len(offices)


def is_being_counted(campaign: Campaign) -> bool:
    """Whether the mixer has not done yet what it was asked."""
    return BoxJob.objects.in_period(campaign.slug).open().exists()


def troubled(campaign: Campaign) -> list[Office]:
    """Units whose last job did not end well, and that are not counted since."""
    left = uncounted(campaign)
    ended = BoxJob.objects.in_period(campaign.slug).filter(office__in=left, ended_at__isnull=False)
    bad = set(ended.exclude(end=BoxJobEnd.DONE).values_list("office", flat=True))
    return [office for office in left if office.pk in bad]


def close_and_count(*, campaign: Campaign, now: datetime) -> Iterator[Office]:
    """Close what is open, then mix and count unit by unit, yielding each; begun again, it goes on where it broke off.
    For whoever holds the opening key: the pages ask (`ask_to_count`).

    Never inside a transaction: the closing stands before the first box is opened. Raises the facts of
    `campaigning.close`, and `BoxTampered` of a unit's mix.
    """
    if campaign.state != CampaignState.CLOSED:
        campaign = lifecycle.close(campaign=campaign, now=now)
    for office in uncounted(campaign):
        count_unit(office=office, period=campaign.period, now=now)
        yield office


def uncounted(campaign: Campaign) -> list[Office]:
    """Units without their closing mix."""
    done = Batch.objects.in_period(campaign.slug).filter(is_closing=True).values("office")
    return list(
        Office.objects.filter(campaign_units__campaign=campaign).exclude(pk__in=done).order_by("code")
    )
