"""Late paper: sheets that enter after the closing mix (docs/spec/trust.md §4).

Two versions of a period are two pages that anybody may subtract. So a published group gains at least K valid ballots at
once, or none: what is left below K enters without answers, named `LATE`, and stays in its sealed envelope.
"""

from __future__ import annotations

from dataclasses import replace

from surveys.box.opening import Opened
from surveys.choices import VoidReason

Groups = dict[tuple[str, str], list[Opened]]


def without_small_groups(groups: Groups, *, at_least: int) -> tuple[Groups, list[Opened]]:
    """The groups of late ballots as they may be told, and what stays shut.

    Of a group with fewer than K valid ballots the sheets of paper lose their answers together. A digital ballot is never
    voided (docs/spec/trust.md §4), and none can come in once the slips have expired: whoever closed a box in the database,
    let somebody answer and had it closed again would have that answer alone. It waits, and the books say where it is.
    """
    told = {
        cell: ballots
        for cell, ballots in groups.items()
        if sum(not each.contents.void_reason for each in ballots) >= at_least
    }
    left = [each for cell, ballots in groups.items() if cell not in told for each in ballots]
    shut = [each for each in left if each.receipt_hash and not each.contents.void_reason]
    unanswered = [_without_answers(each) for each in left if each not in shut]
    if unanswered:
        told["", ""] = told.get(("", ""), []) + unanswered
    return told, shut


def _without_answers(ballot: Opened) -> Opened:
    """The ballot as it is written down for everybody; a sheet that is missing or damaged keeps that reason."""
    said = ballot.contents
    keeps_reason = said.void_reason in (VoidReason.MISSING, VoidReason.DAMAGED)
    contents = replace(
        said,
        answers=dict.fromkeys(said.answers),
        comment="",
        reasons=(),
        texts={},
        void_reason=said.void_reason if keeps_reason else VoidReason.LATE.value,
    )
    return replace(ballot, contents=contents)
