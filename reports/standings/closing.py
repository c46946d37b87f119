"""Close a campaign and count it: the closing mix of every unit's box, then the sums that scores rest on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reports.closing import mix_box
from reports.month.rollups import roll_up
from surveys.campaigns import lifecycle
from surveys.choices import CampaignState
from surveys.models import Batch, Campaign, Office


def close_and_count(*, campaign: Campaign, now: datetime) -> Iterator[Office]:
    """Close what is open, then mix and count unit by unit, yielding each; begun again, it goes on where it broke off.

    Never inside a transaction: the closing stands before the first box is opened. Raises the facts of
    `campaigning.close`, and `BoxTampered` of a unit's mix.
    """
    if campaign.state != CampaignState.CLOSED:
        campaign = lifecycle.close(campaign=campaign, now=now)
    for office in uncounted(campaign):
        mix_box(office=office, period=campaign.period, now=now, closing=True)
        # Nothing of a campaign is shown before its standings, so a small last group needs no holding back.
        roll_up(office=office, period=campaign.period, sealing=True)
        yield office


def uncounted(campaign: Campaign) -> list[Office]:
    """Units without their closing mix."""
    done = Batch.objects.in_period(campaign.slug).filter(is_closing=True).values("office")
    return list(
        Office.objects.filter(campaign_units__campaign=campaign).exclude(pk__in=done).order_by("code")
    )
