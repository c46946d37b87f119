"""What the database holds, room by room; every invariant that can be a constraint is one."""

from surveys.models.box import Ballot, Batch, BoxedBallot, Receipt, Redaction, VoidMark
from surveys.models.offices import CalendarDay, Counter, Office, Organisation
from surveys.models.paper import PaperKeying, PaperPile, PileState
from surveys.models.people import ApiKey, AuditEntry, Delegation, User
from surveys.models.procedures import Procedure, ProcedureVersion, SeasonalLimit
from surveys.models.questionnaires import Criterion, Level, Questionnaire, QuestionnaireVersion, Reason, Scale
from surveys.models.register import Slip, SlipEvent, Spent, Tablet, Transaction

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Ballot",
    "Batch",
    "BoxedBallot",
    "CalendarDay",
    "Counter",
    "Criterion",
    "Delegation",
    "Level",
    "Office",
    "Organisation",
    "PaperKeying",
    "PaperPile",
    "PileState",
    "Procedure",
    "ProcedureVersion",
    "Questionnaire",
    "QuestionnaireVersion",
    "Reason",
    "Receipt",
    "Redaction",
    "Scale",
    "SeasonalLimit",
    "Slip",
    "SlipEvent",
    "Spent",
    "Tablet",
    "Transaction",
    "User",
    "VoidMark",
]
