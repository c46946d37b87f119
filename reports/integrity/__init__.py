"""Signals of stuffing, from participation alone: who handed out what, when it came back, never what was answered.

Pure: no Django, no clock. The rules are those of docs/spec/trust.md §6, numbered S0 to S8 (S3 is not built). A signal is
something to look into, no proof; each carries the chance with which an honest counter would show it.
"""

from reports.integrity.bursts import most_customers, ordered_late_run
from reports.integrity.rules import (
    ALPHA,
    MOST_USES,
    REISSUED,
    CounterMonth,
    Finding,
    Share,
    Use,
    cancelling,
    coverage,
    fishers_tail,
    judge,
    latencies,
    losing_by_reissue,
    return_rate,
    summary,
)

__all__ = [
    "ALPHA",
    "MOST_USES",
    "REISSUED",
    "CounterMonth",
    "Finding",
    "Share",
    "Use",
    "cancelling",
    "coverage",
    "fishers_tail",
    "judge",
    "latencies",
    "losing_by_reissue",
    "most_customers",
    "ordered_late_run",
    "return_rate",
    "summary",
]
