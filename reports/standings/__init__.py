"""Scores and places of a campaign: counted when it is closed, signed by two, published by an act of its own."""

from reports.standings.closing import ask_to_count, close_and_count, is_being_counted, troubled, uncounted
from reports.standings.document import Unit, document, formula_of, formula_words, title_line
from reports.standings.signing import (
    CampaignNotCounted,
    NobodyAnswered,
    NoReason,
    NotForYou,
    StandingRefused,
    open_signature,
    publish,
    sign_first,
    sign_second,
    standing_text,
)

__all__ = [
    "CampaignNotCounted",
    "NoReason",
    "NobodyAnswered",
    "NotForYou",
    "StandingRefused",
    "Unit",
    "ask_to_count",
    "close_and_count",
    "document",
    "formula_of",
    "formula_words",
    "is_being_counted",
    "open_signature",
    "publish",
    "sign_first",
    "sign_second",
    "standing_text",
    "title_line",
    "troubled",
    "uncounted",
]
