"""What is concluded: roll-ups that can be made again, and seals that never change."""

from reports.models.counting import (
    CommentMask,
    DifferenceNote,
    FirstSignature,
    MinutesScan,
    Proposal,
    ProposalKind,
    SignatureEnd,
)
from reports.models.months import DueRun, MonthCell, MonthSum
from reports.models.papers import PaperForm, PaperKind, PaperPerson, PersonPart, SignedPaper
from reports.models.seals import Seal
from reports.models.standings import PastResult, Standing, StandingPublication, StandingSignature

__all__ = [
    "CommentMask",
    "DifferenceNote",
    "DueRun",
    "FirstSignature",
    "MinutesScan",
    "MonthCell",
    "MonthSum",
    "PaperForm",
    "PaperKind",
    "PaperPerson",
    "PastResult",
    "PersonPart",
    "Proposal",
    "ProposalKind",
    "Seal",
    "SignatureEnd",
    "SignedPaper",
    "Standing",
    "StandingPublication",
    "StandingSignature",
]
