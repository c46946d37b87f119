"""Signals of stuffing at work: found in the register, kept with the seal, looked into by an inspector (TRUST.md section 6)."""

from reports.stuffing.acts import (
    CLOSING,
    SIGNALS_TO_EXPLAIN,
    Attempt,
    Proof,
    attempts_of,
    dispose,
    draw_call_backs,
    enter_call,
    enter_counts,
    explanations_of,
    proof_of,
)
from reports.stuffing.facts import (
    CountNotPossible,
    DrawnAlready,
    ExplanationMissing,
    NotClosedYet,
    NothingToDraw,
    StuffingFact,
)
from reports.stuffing.reading import read_coverage_again, read_open_periods, take_reading

__all__ = [
    "CLOSING",
    "SIGNALS_TO_EXPLAIN",
    "Attempt",
    "CountNotPossible",
    "DrawnAlready",
    "ExplanationMissing",
    "NotClosedYet",
    "NothingToDraw",
    "Proof",
    "StuffingFact",
    "attempts_of",
    "dispose",
    "draw_call_backs",
    "enter_call",
    "enter_counts",
    "explanations_of",
    "proof_of",
    "read_coverage_again",
    "read_open_periods",
    "take_reading",
]
