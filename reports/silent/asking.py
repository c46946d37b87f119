"""What is done about the silent: chosen, committed to with the seal, drawn, asked. Method: docs/spec/research/statistics-v2.md §G.

The list is never stored: the register's expired slips and the salt make it again, and it fits the published digest or nothing is
drawn. Erasing participation leaves serial and state of a slip as they are, so it can be redone after that, too.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError
from django.db.transaction import atomic

from reports.arithmetic.follow_up_bound import FollowUp
from reports.arithmetic.follow_up_draw import drawn, list_digest, lottery_beacon, silent_text
from reports.arithmetic.suppression import COUNTS_FROM, PERCENT_FROM
from reports.arithmetic.thresholds import FOLLOW_UP_DAYS
from reports.models import FollowUpChoice, Seal, SilentCommitment, SilentDraw, SilentResult
from reports.silent.errors import (
    AskedAlready,
    BeaconToCome,
    BeaconTooEarly,
    BeaconTooLate,
    DrawnAlready,
    ListChanged,
    NotDrawn,
    PeriodCorrected,
    TooFewReached,
    TooLate,
    TotalsDoNotFit,
)
from surveys import audit, evidence
from surveys.audit import Action
from surveys.choices import SlipState
from surveys.crypto import keys
from surveys.models import Office, Slip, User
from surveys.periods import is_calendar, local_day

COMMIT_HEADER = "kbnn-silent-commit-v1"
RESULT_HEADER = "kbnn-silent-result-v1"
#: The lottery is drawn every day but for those of the New Year; later numbers would let the inspector choose among draws.
BEACON_WITHIN = timedelta(days=7)


@atomic
def choose(*, office: Office, number: int, user: User, now: datetime) -> None:
    """How many are asked after each seal from now on; 0: nobody. A seal that stands is not touched."""
    FollowUpChoice.objects.create(office=office, number=number, chosen_by=user, chosen_at=now)
    audit.record(
        action=Action.FOLLOW_UP_CHOSEN, actor=user, office=office, subject=office.code, now=now, number=number
    )


def commit(seal: Seal, *, now: datetime) -> SilentCommitment | None:
    """Fix the silent of a first seal, where the office chose so; None where nothing is to be asked.

    Nothing of a period whose ballots are not told in full, nor where fewer than ten are silent.
    """
    number = FollowUpChoice.of(seal.office)
    told = evidence.stated(seal.text)
    if not number or seal.version > 1 or not is_calendar(seal.period) or int(told["valid"]) < PERCENT_FROM:
        return None
    serials = _serials(seal)
    if len(serials) < COUNTS_FROM:
        return None
    salt, called = secrets.token_hex(32), min(number, len(serials))
    digest = list_digest(silent_text(serials, salt))
    text = _text(
        COMMIT_HEADER,
        office=seal.office.code,
        period=seal.period,
        seal=evidence.digest(seal.text),
        silent=len(serials),
        called=called,
        list=digest,
        date=local_day(now).isoformat(),
    )
    return SilentCommitment.objects.create(
        seal=seal,
        silent=len(serials),
        called=called,
        salt=salt,
        digest=digest,
        text=text,
        note=_signed(text),
        committed_at=now,
    )


def draw(
    *, commitment: SilentCommitment, day: date, special_prize: str, user: User, now: datetime
) -> SilentDraw:
    """Draw by the special prize of the northern lottery of a day after the commitment. Raises a `SilentFact`."""
    _check(commitment, now=now)
    if day <= local_day(commitment.committed_at):
        raise BeaconTooEarly
    if day > local_day(commitment.committed_at) + BEACON_WITHIN:
        raise BeaconTooLate
    if day > local_day(now):
        raise BeaconToCome
    list_of(commitment)
    try:
        with atomic():
            made = SilentDraw.objects.create(
                commitment=commitment,
                beacon=lottery_beacon(day, special_prize),
                beacon_on=day,
                drawn_by=user,
                drawn_at=now,
            )
            _audit(Action.SILENT_DRAWN, commitment, user, now, beacon=made.beacon)
    except IntegrityError as error:
        raise DrawnAlready from error
    return made


def close(
    *, commitment: SilentCommitment, satisfied: int, dissatisfied: int, user: User, now: datetime
) -> SilentResult:
    """Write down the two totals and publish what they prove; it cannot be undone. Raises a `SilentFact`."""
    _check(commitment, now=now)
    made = commitment.draw_made
    if made is None:
        raise NotDrawn
    reached = satisfied + dissatisfied
    if reached > commitment.called:
        raise TotalsDoNotFit
    if reached < COUNTS_FROM:
        raise TooFewReached
    found = follow_up(commitment, bad=dissatisfied, unreached=commitment.called - reached)
    text = _text(
        RESULT_HEADER,
        office=commitment.seal.office.code,
        period=commitment.seal.period,
        commitment=evidence.digest(commitment.text),
        beacon=made.beacon,
        called=found.called,
        satisfied=satisfied,
        dissatisfied=dissatisfied,
        unreached=found.unreached,
        most_bad=found.most_bad,
        low=f"{found.low.numerator}/{found.low.denominator}",
        date=local_day(now).isoformat(),
    )
    totals = {"called": found.called, "satisfied": satisfied, "dissatisfied": dissatisfied}
    try:
        with atomic():
            result = SilentResult.objects.create(
                draw=made, **totals, text=text, note=_signed(text), closed_by=user, closed_at=now
            )
            _audit(Action.SILENT_ASKED, commitment, user, now, **totals)
    except IntegrityError as error:
        raise AskedAlready from error
    return result


def note_look(commitment: SilentCommitment, *, user: User, now: datetime) -> None:
    """Every look at the list is written down; whose slips they are, is not."""
    _audit(Action.SILENT_READ, commitment, user, now)


# ── What follows from it ───────────────────────────────────────────────────────────────


def list_of(commitment: SilentCommitment) -> str:
    """``silent.txt``, made again. Raises `PeriodCorrected`, `ListChanged`."""
    if is_corrected(commitment):
        raise PeriodCorrected
    text = silent_text(_serials(commitment.seal), commitment.salt)
    if list_digest(text) != commitment.digest:
        raise ListChanged
    return text


def redraw(commitment: SilentCommitment) -> tuple[str, ...]:
    """The drawn serials in their order, from the list and the public number. Raises a `SilentFact`."""
    made = commitment.draw_made
    if made is None:
        raise NotDrawn
    return drawn(
        list_of(commitment).splitlines()[2:],
        seal_sha256=evidence.digest(commitment.seal.text),
        beacon=made.beacon,
        number=commitment.called,
    )


def follow_up(commitment: SilentCommitment, *, bad: int, unreached: int) -> FollowUp:
    """The numbers of the seal and of the calls, for the bound."""
    told = evidence.stated(commitment.seal.text)
    return FollowUp(
        asked=int(told["issued"]) - int(told["cancelled"]),
        satisfied=int(told["satisfied"]),
        dissatisfied=int(told["dissatisfied"]),
        silent=commitment.silent,
        called=commitment.called,
        bad=bad,
        unreached=unreached,
    )


def standing_of(office: Office, period: object) -> tuple[FollowUp | None, bool]:
    """What a closed follow-up of a period proves, None without one; and whether a correction voided one."""
    rows = SilentCommitment.objects.of_period(office, period).select_related("seal__office", "draw__result")
    commitment = rows.first()
    result = commitment.result_found if commitment else None
    if commitment is None or commitment.is_corrected or result is None:
        return None, bool(commitment and commitment.is_corrected and commitment.draw_made)
    return follow_up(commitment, bad=result.dissatisfied, unreached=result.unreached), False


def last_day(commitment: SilentCommitment) -> date:
    """Until when it is drawn and closed."""
    return local_day(commitment.seal.sealed_at) + timedelta(days=FOLLOW_UP_DAYS)


def is_corrected(commitment: SilentCommitment) -> bool:
    seal = commitment.seal
    return Seal.objects.of(seal.office).in_period(seal.period).filter(version__gt=1).exists()


def _check(commitment: SilentCommitment, *, now: datetime) -> None:
    if is_corrected(commitment):
        raise PeriodCorrected
    if local_day(now) > last_day(commitment):
        raise TooLate


def _serials(seal: Seal) -> list[str]:
    slips = Slip.objects.of(seal.office).in_period(seal.period).filter(state=SlipState.EXPIRED)
    return sorted(slips.values_list("serial", flat=True))


def _text(header: str, **lines: object) -> str:
    return "\n".join((header, *(f"{name}: {value}" for name, value in lines.items()))) + "\n"


def _signed(text: str) -> str:
    return evidence.sign_note(text, keys.seal_key_name(), keys.seal_key())


def _audit(action: Action, commitment: SilentCommitment, user: User, now: datetime, **detail: object) -> None:
    seal = commitment.seal
    audit.record(action=action, actor=user, office=seal.office, subject=seal.period, now=now, **detail)
