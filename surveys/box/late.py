"""Late paper: sheets that enter after the closing mix (docs/spec/trust.md §4).

Two versions of a period are two pages that anybody may subtract. So a published group gains at least K valid ballots at
once, or none: what is left below K enters without answers, named `LATE`, and stays in its sealed envelope.
"""

from __future__ import annotations

import json

from surveys import evidence
from surveys.choices import VoidReason
from surveys.models import BoxedBallot
from surveys.reference.answers import Said

Groups = dict[tuple[str, str], list[BoxedBallot]]


def without_small_groups(groups: Groups, *, at_least: int) -> Groups:
    """The groups of late rows as they may be told: those with fewer than K valid ballots lose their answers together.

    A digital ballot is never voided (docs/spec/trust.md §4); none can come in once the slips have expired.
    """
    told = {
        cell: rows
        for cell, rows in groups.items()
        if sum(not row.void_reason for row in rows) >= at_least or any(row.receipt_hash for row in rows)
    }
    unanswered = [_without_answers(row) for cell, rows in groups.items() if cell not in told for row in rows]
    if unanswered:
        told["", ""] = told.get(("", ""), []) + unanswered
    return told


def _without_answers(row: BoxedBallot) -> BoxedBallot:
    """The row as it is written down for everybody; a sheet that is missing or damaged keeps that reason."""
    row.answers = evidence.canonical(dict.fromkeys(json.loads(row.answers)))
    row.said = Said({}).words()
    if row.void_reason not in (VoidReason.MISSING, VoidReason.DAMAGED):
        row.void_reason = VoidReason.LATE
    return row
