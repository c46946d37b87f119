"""Published evidence, format v1: leaves, trees, the seal and its files, signed notes.

Source: docs/spec/trust.md §3 and §5.

Pure: facts come in, text and bytes go out; no clock, no setting, no database. A hash is 32 `bytes` inside a tree
and 64 lowercase hex digits in every text. Whatever the format has no place for raises `EvidenceError`.
"""

from surveys.evidence.files import BallotRow, ballots_csv, receipts_csv, voids_csv
from surveys.evidence.grammar import NO_SEAL, EvidenceError
from surveys.evidence.leaves import (
    ballot_data,
    ballot_leaf,
    canonical,
    extra_text,
    receipt_leaf,
    void_leaf,
    x_of,
)
from surveys.evidence.notes import cosign_note, open_note, sign_note
from surveys.evidence.seals import (
    CheckpointFacts,
    Criterion,
    SealFacts,
    broken_identities,
    checkpoint_text,
    complete,
    digest,
    satisfied,
    seal_code,
    seal_text,
    small_seal_text,
    stated,
    stated_criteria,
)
from surveys.evidence.trees import (
    GrowingTree,
    StandingTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "NO_SEAL",
    "BallotRow",
    "CheckpointFacts",
    "Criterion",
    "EvidenceError",
    "GrowingTree",
    "SealFacts",
    "StandingTree",
    "ballot_data",
    "ballot_leaf",
    "ballots_csv",
    "broken_identities",
    "canonical",
    "checkpoint_text",
    "complete",
    "consistency_proof",
    "cosign_note",
    "digest",
    "extra_text",
    "inclusion_proof",
    "leaf_hash",
    "open_note",
    "receipt_leaf",
    "receipts_csv",
    "root",
    "satisfied",
    "seal_code",
    "seal_text",
    "sign_note",
    "small_seal_text",
    "stated",
    "stated_criteria",
    "verify_consistency",
    "verify_inclusion",
    "void_leaf",
    "voids_csv",
    "x_of",
]
