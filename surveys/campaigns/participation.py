"""Participation in a campaign by unit, and the signal about open answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum

from surveys.campaigns.invitations import invited_slips
from surveys.choices import SlipState
from surveys.models import Campaign, CampaignUnit, OpenLane, OpenSignal


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
    def invited_waiting(self) -> int:
        return self.invited - self.invited_returned - self.invited_expired - self.invited_cancelled

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


def _four(row: Mapping[str, Any] | None) -> tuple[int, int, int, int]:
    return (row["invited"], row["returned"], row["expired"], row["cancelled"]) if row else (0, 0, 0, 0)
