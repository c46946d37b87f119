"""What is concluded: roll-ups that can be made again, and seals that never change."""

from reports.models.archive import KeptPaper
from reports.models.cases import Case, CaseState, Contact
from reports.models.counting import (
    CommentMask,
    DifferenceNote,
    FirstSignature,
    MinutesScan,
    Proposal,
    ProposalKind,
    SignatureEnd,
)
from reports.models.directions import Direction, DirectionEnd
from reports.models.documents import PaperForm, PaperKind, PaperPerson, PersonPart, SignedPaper
from reports.models.handling_times import HandlingTime
from reports.models.integrity import (
    CallBack,
    CallBackList,
    CallBackOutcome,
    CallBackResult,
    DispositionKind,
    IndependentCount,
    Signal,
    SignalCase,
    SignalDisposition,
    SignalReading,
)
from reports.models.months import DueRun, MonthCell, MonthSum
from reports.models.notices import Notice, NoticeKind, NoticeOff
from reports.models.participation import ClusterSum, SlipSum, SlipTotal, TransactionSum
from reports.models.past_months import PastPaper, PastPaperLevel
from reports.models.seals import Seal
from reports.models.silent import (
    FollowUpChoice,
    SilentCommitment,
    SilentDraw,
    SilentLetters,
    SilentResult,
)
from reports.models.standings import PastResult, Standing, StandingPublication, StandingSignature

__all__ = [
    "CallBack",
    "CallBackList",
    "CallBackOutcome",
    "CallBackResult",
    "Case",
    "CaseState",
    "ClusterSum",
    "CommentMask",
    "Contact",
    "DifferenceNote",
    "Direction",
    "DirectionEnd",
    "DispositionKind",
    "DueRun",
    "FirstSignature",
    "FollowUpChoice",
    "HandlingTime",
    "IndependentCount",
    "KeptPaper",
    "MinutesScan",
    "MonthCell",
    "MonthSum",
    "Notice",
    "NoticeKind",
    "NoticeOff",
    "PaperForm",
    "PaperKind",
    "PaperPerson",
    "PastPaper",
    "PastPaperLevel",
    "PastResult",
    "PersonPart",
    "Proposal",
    "ProposalKind",
    "Seal",
    "Signal",
    "SignalCase",
    "SignalDisposition",
    "SignalReading",
    "SignatureEnd",
    "SignedPaper",
    "SilentCommitment",
    "SilentDraw",
    "SilentLetters",
    "SilentResult",
    "SlipSum",
    "SlipTotal",
    "Standing",
    "StandingPublication",
    "StandingSignature",
    "TransactionSum",
]
