"""Why a change to a campaign was refused."""

from __future__ import annotations

from collections.abc import Sequence


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
