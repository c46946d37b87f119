"""Why a change to a campaign was refused."""

from __future__ import annotations

from collections.abc import Sequence


class CampaignRefused(Exception):
    """Why something of a campaign is not done now."""


class CampaignFrozen(CampaignRefused):
    """It is open or was: questionnaire, weights, units and days stay as they are."""


class CampaignIncomplete(CampaignRefused):
    """What is missing before it can open; ``missing`` names it for the page."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = list(missing)


class CampaignNotRunning(CampaignRefused):
    """It is not open."""


class StillRunning(CampaignRefused):
    """Its last day is not over."""


class NoReason(CampaignRefused):
    """An extension has a reason."""


class NotLater(CampaignRefused):
    """An extension ends later than what stands, and not before today."""
