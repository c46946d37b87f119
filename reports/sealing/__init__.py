"""Two persons sign, and a period is sealed for good (docs/spec/trust.md §4 and §5).

The first fixes the text; the second sees the same digest and signs it within a day, or the first signature is void.
"""

from reports.sealing.drafting import Draft, draft, standing_of
from reports.sealing.errors import (
    AlreadySealed,
    BadReason,
    BoxNotEmpty,
    CountsDoNotAddUp,
    DecisionPending,
    DifferencesWithoutNote,
    EarlierPeriodUnsealed,
    NotClosed,
    NothingToCorrect,
    NotInTheTeam,
    NotSealed,
    PaperPending,
    SealingRefused,
)
from reports.sealing.signing import (
    check_ready,
    fate_of,
    open_signature,
    sign_first,
    sign_second,
    signed_note,
    withdraw,
)

__all__ = [
    "AlreadySealed",
    "BadReason",
    "BoxNotEmpty",
    "CountsDoNotAddUp",
    "DecisionPending",
    "DifferencesWithoutNote",
    "Draft",
    "EarlierPeriodUnsealed",
    "NotClosed",
    "NotInTheTeam",
    "NotSealed",
    "NothingToCorrect",
    "PaperPending",
    "SealingRefused",
    "check_ready",
    "draft",
    "fate_of",
    "open_signature",
    "sign_first",
    "sign_second",
    "signed_note",
    "standing_of",
    "withdraw",
]
