"""What is done about the silent: chosen, committed to with the seal, drawn, asked. Method: docs/spec/research/statistics-v2.md §G.

The list is never stored: the register's expired slips and the salt make it again, and it fits the published digest or nothing is
drawn. Erasing participation leaves serial and state of a slip as they are, so it can be redone after that, too.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.arithmetic.follow_up_bound import ByLetter, FollowUp, LettersFault
from reports.arithmetic.follow_up_draw import beacon_day, drawn, list_digest, lottery_beacon, silent_text
from reports.arithmetic.follow_up_standing import Promise, Standing
from reports.arithmetic.suppression import COUNTS_FROM, PERCENT_FROM
from reports.arithmetic.thresholds import FOLLOW_UP_DAYS
from reports.models import FollowUpChoice, Seal, SilentCommitment, SilentDraw, SilentResult
from reports.silent.errors import (
    BeaconToCome,
    DrawnAlready,
    ListChanged,
    NotDrawn,
    PeriodCorrected,
    TooLate,
)
from surveys import audit, evidence
from surveys.audit import Action
from surveys.choices import SlipState
from surveys.crypto import keys
from surveys.models import Office, Slip, User
from surveys.periods import is_calendar, local_day, start_of

COMMIT_HEADER = "kbnn-silent-commit-v1"
DRAW_HEADER = "kbnn-silent-draw-v1"
#: The northern lottery's drawing begins at 18:15; before it no number of the day is known.
BEACON_BORN = timedelta(hours=18, minutes=15)
#: What `select_related` brings of a commitment.
ALL_OF_IT = ("seal__office", "draw__letters__campaign", "draw__result")


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
    text = note_text(
        COMMIT_HEADER,
        office=seal.office.code,
        period=seal.period,
        seal=evidence.digest(seal.text),
        silent=len(serials),
        called=called,
        list=digest,
        beacon_on=beacon_day(local_day(now)).isoformat(),
        until=_last_day(seal).isoformat(),
        date=local_day(now).isoformat(),
    )
    return SilentCommitment.objects.create(
        seal=seal,
        silent=len(serials),
        called=called,
        salt=salt,
        digest=digest,
        text=text,
        note=signed(text),
        committed_at=now,
    )


def check_draw(*, commitment: SilentCommitment, now: datetime) -> None:
    """Whether the number of the commitment's day may draw. Raises a `SilentRefused`."""
    check(commitment, now=now)
    if now < start_of(draws_on(commitment)) + BEACON_BORN:
        raise BeaconToCome
    if commitment.draw_made:
        raise DrawnAlready
    list_of(commitment)


def draw(*, commitment: SilentCommitment, special_prize: str, user: User, now: datetime) -> SilentDraw:
    """Draw by the special prize of the day that the commitment fixed. Raises a `SilentRefused`."""
    check_draw(commitment=commitment, now=now)
    day = draws_on(commitment)
    beacon = lottery_beacon(day, special_prize)
    text = note_text(
        DRAW_HEADER,
        office=commitment.seal.office.code,
        period=commitment.seal.period,
        commitment=evidence.digest(commitment.text),
        beacon=beacon,
        called=commitment.called,
        until=last_day(commitment).isoformat(),
        date=local_day(now).isoformat(),
    )
    try:
        with atomic():
            made = SilentDraw.objects.create(
                commitment=commitment,
                beacon=beacon,
                beacon_on=day,
                drawn_by=user,
                drawn_at=now,
                text=text,
                note=signed(text),
            )
            note(Action.SILENT_DRAWN, commitment, user, now, beacon=made.beacon)
    except IntegrityError as error:
        raise DrawnAlready from error
    return made


def note_look(commitment: SilentCommitment, *, user: User, now: datetime) -> None:
    """Every look at the list is written down; whose slips they are, is not."""
    note(Action.SILENT_READ, commitment, user, now)


# ── What follows from it ───────────────────────────────────────────────────────────────


def list_of(commitment: SilentCommitment) -> str:
    """``silent.txt``, made again. Raises `PeriodCorrected`, `ListChanged`."""
    if is_corrected(commitment):
        raise PeriodCorrected
    text = silent_text(_serials(commitment.seal), commitment.salt)
    if list_digest(text) != commitment.digest:
        raise ListChanged
    return text


def draw_of(commitment: SilentCommitment) -> SilentDraw:
    """The public number that named the drawn. Raises `NotDrawn`."""
    made = commitment.draw_made
    if made is None:
        raise NotDrawn
    return made


def locked(commitment: SilentCommitment) -> SilentCommitment:
    """As it stands now, nobody else writing to the drawn or closing meanwhile; inside a transaction. Raises `NotDrawn`."""
    if not SilentDraw.objects.select_for_update().filter(commitment=commitment.pk).exists():
        raise NotDrawn
    return SilentCommitment.objects.standing().select_related(*ALL_OF_IT).get(pk=commitment.pk)


def redraw(commitment: SilentCommitment) -> tuple[str, ...]:
    """The drawn serials in their order, from the list and the public number. Raises a `SilentRefused`."""
    made = draw_of(commitment)
    return drawn(
        list_of(commitment).splitlines()[2:],
        seal_sha256=evidence.digest(commitment.seal.text),
        beacon=made.beacon,
        number=commitment.called,
    )


def called_slips(commitment: SilentCommitment) -> list[tuple[str, Slip]]:
    """The drawn in their order, with whose slip each was. Raises a `SilentRefused`."""
    serials = redraw(commitment)
    slips = Slip.objects.of(commitment.seal.office).filter(serial__in=serials)
    known = {
        slip.serial: slip
        for slip in slips.select_related("transaction__organisation", "counter", "procedure")
    }
    return [(serial, known[serial]) for serial in serials]


def addressees(commitment: SilentCommitment) -> list[str]:
    """Of each of the drawn, in their order, who is written to and about which visit. Raises a `SilentRefused`."""
    return [_addressee(slip) for _serial, slip in called_slips(commitment)]


def _addressee(slip: Slip) -> str:
    visit = slip.transaction
    if visit is None:
        raise ValueError("only a slip of a visit is asked about")
    who = visit.organisation.name[:100] if visit.organisation else _("Quý khách")
    day = date_format(local_day(slip.issued_at), "j/n/Y")
    return _("%(who)s (giao dịch ngày %(day)s, số %(reference)s)") % {
        "who": who,
        "day": day,
        "reference": visit.reference[:50],
    }


def follow_up(
    commitment: SilentCommitment, *, bad: int, unreached: int, by_letter: ByLetter | None = None
) -> FollowUp:
    """The numbers of the seal, of the letters and of the calls, for the bound."""
    told = evidence.stated(commitment.seal.text)
    return FollowUp(
        asked=int(told["issued"]) - int(told["cancelled"]),
        satisfied=int(told["satisfied"]),
        dissatisfied=int(told["dissatisfied"]),
        silent=commitment.silent,
        called=commitment.called,
        bad=bad,
        unreached=unreached,
        by_letter=by_letter,
    )


def known(office: Office, period: object) -> SilentCommitment | None:
    """The commitment of a period with all that followed from it; None where nobody was to be asked."""
    return SilentCommitment.objects.of_period(office, period).select_related(*ALL_OF_IT).first()


def standing(commitment: SilentCommitment) -> Standing:
    """Where a follow-up stands."""
    result = None if commitment.is_corrected else commitment.result_found
    return Standing(
        promise=promise_of(commitment),
        proved=proved_by(commitment, result) if result else None,
        is_void=commitment.is_corrected,
    )


def promise_of(commitment: SilentCommitment) -> Promise:
    """What was committed to and drawn."""
    made = commitment.draw_made
    return Promise(
        silent=commitment.silent,
        called=commitment.called,
        drawn_on=draws_on(commitment),
        until=last_day(commitment),
        beacon=made.beacon if made else "",
    )


def proved_by(commitment: SilentCommitment, result: SilentResult) -> FollowUp:
    """What the totals of a closed follow-up prove."""
    bad, good = result.letters_dissatisfied, result.letters_satisfied
    sent = commitment.letters_sent
    return follow_up(
        commitment,
        bad=result.dissatisfied,
        unreached=result.unreached,
        by_letter=ByLetter(sent.sent, good + bad, bad, LettersFault(result.letters_fault)) if sent else None,
    )


def draws_on(commitment: SilentCommitment) -> date:
    """The day whose public number draws."""
    return beacon_day(local_day(commitment.committed_at))


def last_day(commitment: SilentCommitment) -> date:
    """Until when it is drawn and closed."""
    return _last_day(commitment.seal)


def _last_day(seal: Seal) -> date:
    return local_day(seal.sealed_at) + timedelta(days=FOLLOW_UP_DAYS)


def is_corrected(commitment: SilentCommitment) -> bool:
    seal = commitment.seal
    return Seal.objects.of(seal.office).in_period(seal.period).filter(version__gt=1).exists()


def check(commitment: SilentCommitment, *, now: datetime) -> None:
    """Whether anything may be done about it now. Raises `PeriodCorrected`, `TooLate`."""
    if is_corrected(commitment):
        raise PeriodCorrected
    if local_day(now) > last_day(commitment):
        raise TooLate


def _serials(seal: Seal) -> list[str]:
    slips = Slip.objects.of(seal.office).in_period(seal.period).filter(state=SlipState.EXPIRED)
    return sorted(slips.values_list("serial", flat=True))


def note_text(header: str, **lines: object) -> str:
    """The text of a note: its kind, then a line a fact."""
    return "\n".join((header, *(f"{name}: {value}" for name, value in lines.items()))) + "\n"


def signed(text: str) -> str:
    """By the key of the seals."""
    return evidence.sign_note(text, keys.seal_key_name(), keys.seal_key())


def note(action: Action, commitment: SilentCommitment, user: User, now: datetime, **detail: object) -> None:
    seal = commitment.seal
    audit.record(action=action, actor=user, office=seal.office, subject=seal.period, now=now, **detail)
