"""What the follow-up proves, and its closing: the letters' answers by their box, the totals of the calls as they were typed.

Each channel is told from ten answers on, by itself; fewer count as not reached. So no published number less another,
nor less what the inspector knows of the calls, tells of fewer than ten letters.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.db.transaction import atomic

from reports.arithmetic.follow_up_bound import ByLetter, FollowUp
from reports.arithmetic.suppression import COUNTS_FROM
from reports.models import SilentCommitment, SilentDraw, SilentResult
from reports.silent import asking
from reports.silent.errors import (
    AskedAlready,
    TooFewReached,
    TooFewTelephoned,
    TotalsDoNotFit,
)
from reports.silent.letters import Answers, answers
from surveys import evidence
from surveys.audit import Action
from surveys.models import User
from surveys.periods import local_day

#: Without letters, and with them.
RESULT_HEADER, RESULT_WITH_LETTERS = "kbnn-silent-result-v1", "kbnn-silent-result-v2"


def weigh(*, commitment: SilentCommitment, satisfied: int, dissatisfied: int, now: datetime) -> FollowUp:
    """What the follow-up proves with these totals of the calls. Raises a `SilentRefused`."""
    return _weighed(commitment, answers(commitment, now=now), satisfied, dissatisfied, now)


def close(
    *, commitment: SilentCommitment, satisfied: int, dissatisfied: int, user: User, now: datetime
) -> SilentResult:
    """Write down the two totals of the calls beside the letters' answers; it cannot be undone. Raises a `SilentRefused`."""
    try:
        with atomic():
            commitment = asking.locked(commitment)
            by_letter = answers(commitment, now=now)
            found = _weighed(commitment, by_letter, satisfied, dissatisfied, now)
            letters = by_letter or Answers()
            made = asking.draw_of(commitment)
            text = _text(commitment, made, found, letters, now)
            totals = {
                "called": found.called,
                "satisfied": satisfied + letters.satisfied,
                "dissatisfied": found.bad,
                "letters_satisfied": letters.satisfied,
                "letters_dissatisfied": letters.dissatisfied,
            }
            result = SilentResult.objects.create(
                draw=made,
                **totals,
                letters_fault=letters.fault,
                ballots=letters.ballots,
                receipts=letters.receipts,
                text=text,
                note=asking.signed(text),
                closed_by=user,
                closed_at=now,
            )
            asking.note(Action.SILENT_ASKED, commitment, user, now, **totals)
    except IntegrityError as error:
        raise AskedAlready from error
    return result


def _weighed(
    commitment: SilentCommitment,
    by_letter: Answers | None,
    satisfied: int,
    dissatisfied: int,
    now: datetime,
) -> FollowUp:
    asking.check(commitment, now=now)
    asking.draw_of(commitment)
    if commitment.result_found:
        raise AskedAlready
    sent = commitment.letters_sent
    letters = by_letter or Answers()
    telephoned = satisfied + dissatisfied
    if telephoned > commitment.called - (sent.sent if sent else 0):
        raise TotalsDoNotFit
    if telephoned < COUNTS_FROM and not letters.answered:
        raise TooFewReached
    if 0 < telephoned < COUNTS_FROM:
        raise TooFewTelephoned
    return asking.follow_up(
        commitment,
        bad=dissatisfied + letters.dissatisfied,
        unreached=commitment.called - telephoned - letters.answered,
        by_letter=ByLetter(sent.sent, letters.answered, letters.dissatisfied, letters.fault)
        if sent
        else None,
    )


def _text(
    commitment: SilentCommitment, made: SilentDraw, found: FollowUp, letters: Answers, now: datetime
) -> str:
    """follow-up.txt, unsigned; version 1 as long as nobody was written to."""
    return asking.note_text(
        RESULT_WITH_LETTERS if found.by_letter else RESULT_HEADER,
        office=commitment.seal.office.code,
        period=commitment.seal.period,
        commitment=evidence.digest(commitment.text),
        beacon=made.beacon,
        called=found.called,
        satisfied=found.called - found.unreached - found.bad,
        dissatisfied=found.bad,
        unreached=found.unreached,
        **(_letter_lines(commitment, found.by_letter, letters) if found.by_letter else {}),
        most_bad=found.most_bad,
        low=f"{found.low.numerator}/{found.low.denominator}",
        date=local_day(now).isoformat(),
    )


def _letter_lines(commitment: SilentCommitment, by_letter: ByLetter, letters: Answers) -> dict[str, object]:
    """How many were written to and, from ten answers on, their totals with the digests of the two files that prove them."""
    lines: dict[str, object] = {"letters": by_letter.sent, "letters_answered": by_letter.answered}
    lines |= {"letters_fault": by_letter.fault.value} if by_letter.fault else {}
    if not letters.answered or commitment.letters_sent is None:
        return lines
    return lines | {
        "letters_dissatisfied": by_letter.bad,
        "letters_period": commitment.letters_sent.campaign.slug,
        "letters_criteria": letters.criteria,
        "sha256_letters": evidence.digest(letters.ballots),
        "sha256_receipts": evidence.digest(letters.receipts),
    }
