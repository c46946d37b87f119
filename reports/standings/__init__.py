"""Scores and places of a campaign: counted when it is closed, signed by two, published by an act of its own."""

from reports.standings.closing import close_and_count, uncounted
from reports.standings.document import Unit, document, formula_of, formula_words, title_line
from reports.standings.signing import (
    FRESH_LOGIN,
    CampaignNotCounted,
    ChangedSince,
    CredentialsSetBack,
    LoginTooOld,
    NobodyAnswered,
    NoFirstSignature,
    NoReason,
    NotForYou,
    SamePersonTwice,
    StandingFact,
    open_signature,
    publish,
    sign_first,
    sign_second,
    standing_text,
)

__all__ = [
    "FRESH_LOGIN",
    "CampaignNotCounted",
    "ChangedSince",
    "CredentialsSetBack",
    "LoginTooOld",
    "NoFirstSignature",
    "NoReason",
    "NobodyAnswered",
    "NotForYou",
    "SamePersonTwice",
    "StandingFact",
    "Unit",
    "close_and_count",
    "document",
    "formula_of",
    "formula_words",
    "open_signature",
    "publish",
    "sign_first",
    "sign_second",
    "standing_text",
    "title_line",
    "uncounted",
]
