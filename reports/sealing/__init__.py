"""Two persons sign, and a period is sealed for good (TRUST.md sections 4 and 5).

The first fixes the text; the second sees the same digest and signs it within a day, or the first signature is void.
"""

from reports.sealing.drafting import Draft, draft, standing_of
from reports.sealing.facts import (
    AlreadySealed,
    AnotherSignatureStands,
    BadReason,
    BoxNotEmpty,
    ChangedSince,
    CountsDoNotAddUp,
    DecisionPending,
    DifferencesWithoutNote,
    EarlierPeriodUnsealed,
    FirstSignatureExpired,
    LoginTooOld,
    NoFirstSignature,
    NotClosed,
    NothingToCorrect,
    NotInTheTeam,
    PaperPending,
    SamePersonTwice,
    SealingFact,
)
from reports.sealing.signing import (
    FRESH_LOGIN,
    TIME_FOR_THE_SECOND,
    check_ready,
    fate_of,
    open_signature,
    sign_first,
    sign_second,
    withdraw,
)

__all__ = [
    "FRESH_LOGIN",
    "TIME_FOR_THE_SECOND",
    "AlreadySealed",
    "AnotherSignatureStands",
    "BadReason",
    "BoxNotEmpty",
    "ChangedSince",
    "CountsDoNotAddUp",
    "DecisionPending",
    "DifferencesWithoutNote",
    "Draft",
    "EarlierPeriodUnsealed",
    "FirstSignatureExpired",
    "LoginTooOld",
    "NoFirstSignature",
    "NotClosed",
    "NotInTheTeam",
    "NothingToCorrect",
    "PaperPending",
    "SamePersonTwice",
    "SealingFact",
    "check_ready",
    "draft",
    "fate_of",
    "open_signature",
    "sign_first",
    "sign_second",
    "standing_of",
    "withdraw",
]
