"""Why a ballot was not taken."""

from __future__ import annotations


class CastingRefused(Exception):
    """Why a ballot was not taken."""


class SlipNotUsable(CastingRefused):
    """Used, expired, cancelled or not open yet; nobody is told which."""


class CampaignNotOpen(CastingRefused):
    """The campaign takes no answers for this unit, or takes none any more."""


class FormOfAnotherSlip(CastingRefused):
    """The hidden field was not made for this slip: the page must be shown afresh, answers kept."""


class ReceiptTaken(CastingRefused):
    """Two forms drew the same 40 bits: the page must be shown afresh, answers kept."""


class NotWhole(CastingRefused):
    """An answer is missing or wrong: the form says which."""


class PageIsOld(CastingRefused):
    """The page was made for another slip, or its receipt is taken: it is shown with a fresh field, answers kept."""
