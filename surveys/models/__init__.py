"""What the database holds, room by room; every invariant that can be a constraint is one."""

from surveys.models.box import Ballot, Batch, BoxedBallot, Receipt, Redaction, UnreadBallot, VoidMark
from surveys.models.box_jobs import BoxJob, BoxPair, BoxTrouble
from surveys.models.campaigns import (
    Campaign,
    CampaignExtension,
    CampaignUnit,
    Invitation,
    InvitationBatch,
    OpenLane,
    OpenSignal,
    RespondentGroup,
    period_named,
)
from surveys.models.mailings import Mailing
from surveys.models.offices import CalendarDay, Counter, Office, Organisation
from surveys.models.paper import PaperKeying, PaperPile, PileState, Stub
from surveys.models.people import ApiKey, AuditEntry, CredentialReset, Delegation, RestedRole, User
from surveys.models.procedures import CounterKey, Procedure, ProcedureVersion, SeasonalLimit
from surveys.models.questionnaires import (
    Criterion,
    Level,
    Questionnaire,
    QuestionnaireVersion,
    Reason,
    Scale,
    Section,
    TextQuestion,
)
from surveys.models.register import Erasure, PendingCode, Slip, SlipEvent, Spent, Tablet, Transaction
from surveys.models.revisions import Revision
from surveys.models.scans import PaperScan, ScanFile, ScanState
from surveys.models.spoken import AudioKind, SpokenClip, Voice

__all__ = [
    "ApiKey",
    "AudioKind",
    "AuditEntry",
    "Ballot",
    "Batch",
    "BoxJob",
    "BoxPair",
    "BoxTrouble",
    "BoxedBallot",
    "CalendarDay",
    "Campaign",
    "CampaignExtension",
    "CampaignUnit",
    "Counter",
    "CounterKey",
    "CredentialReset",
    "Criterion",
    "Delegation",
    "Erasure",
    "Invitation",
    "InvitationBatch",
    "Level",
    "Mailing",
    "Office",
    "OpenLane",
    "OpenSignal",
    "Organisation",
    "PaperKeying",
    "PaperPile",
    "PaperScan",
    "PendingCode",
    "PileState",
    "Procedure",
    "ProcedureVersion",
    "Questionnaire",
    "QuestionnaireVersion",
    "Reason",
    "Receipt",
    "Redaction",
    "RespondentGroup",
    "RestedRole",
    "Revision",
    "Scale",
    "ScanFile",
    "ScanState",
    "SeasonalLimit",
    "Section",
    "Slip",
    "SlipEvent",
    "Spent",
    "SpokenClip",
    "Stub",
    "Tablet",
    "TextQuestion",
    "Transaction",
    "UnreadBallot",
    "User",
    "Voice",
    "VoidMark",
    "period_named",
]
