"""Mailings to the invited: a page asks for them, the scheduler sends them, and one that stops goes on where it stopped.

No plain code is kept for a letter that has not gone yet, so every letter, a first one too, brings a fresh code. The old
code stays valid until the mail server accepted the letter; a refused letter's code is forgotten. Where the server's answer
was not heard, the letter may have arrived: the same letter, code and Message-ID alike, is tried once more; what goes later
is another letter, and then the codes of both open the ballot until it expires or a later mailing's letter is accepted
(docs/spec/trust.md §2, two codes for a moment).
"""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError
from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.transaction import atomic

from surveys.campaigns.invitations import Invited, invited_slips
from surveys.campaigns.letters import REMINDER, SUBJECT, letter_to
from surveys.choices import SlipState
from surveys.crypto import codes, keys
from surveys.database import replication
from surveys.database.retention import ERASED
from surveys.models import (
    Campaign,
    CampaignUnit,
    Invitation,
    InvitationBatch,
    Mailing,
    PendingCode,
    Slip,
    User,
)
from surveys.periods import local_day, start_of

#: The server took the letter's envelope or words apart and said no; the next one may pass.
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
#: Letters between two looks at what else is due.
MOST_AT_ONCE = 50
#: A scheduler that has said nothing of its mailing for so long is taken for dead; the next goes on.
SILENCE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(minutes=15)
#: So many letters that are put off by the server end a run: it is the server that has no time, not an address.
MOST_PUT_OFF = 10
#: A refusal that says "later" so many runs in a row is one for good (about two hours and a half).
MOST_RUNS_OF_LATER = 12
#: One call begins no letter later, so that a slow server holds up nothing else that is due.
LONGEST_RUN = timedelta(seconds=30)
#: A letter that a scheduler took in hand goes from no other one before: twice four answers of ``EMAIL_ANSWER_TIMEOUT`` fit in.
LONGEST_LETTER = timedelta(minutes=20)
#: Nobody gets a reminder on the day of another letter, nor sooner behind it.
REMINDED_AFTER = timedelta(hours=12)
#: Where the server's answer was not heard in so many runs of one mailing, its letter goes no more: it may lie there already.
MOST_UNHEARD = 2
#: Enhanced status codes (RFC 3463 §3) of which the address is the cause: 5.1.x addressing, 5.2.x mailbox.
_ENHANCED = re.compile(r"5\.(\d{1,3})\.\d{1,3}\b")
_OF_THE_ADDRESS = {"1", "2"}
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Progress:
    """Letters: accepted by a mail server, refused by it, and still waiting for it, to people of so many units; ``unheard``: the
    server's answer was not heard, so that they may have arrived."""

    accepted: int
    refused: int
    waiting: int
    units: int
    unheard: int = 0


def send_first(*, batch: InvitationBatch, by: User | None, now: datetime) -> Mailing:
    """Ask for the first letters of a batch, to each invited with an address."""
    return _ask(batch.unit, batch, by, now)


def remind(*, unit: CampaignUnit, by: User | None, now: datetime) -> Mailing | None:
    """Ask for letters to everybody whose code waits for an answer and whose last letter is of an earlier day; None where there is nobody.

    Staff are told how many, never who; an address that was refused is told, since somebody must mend it. Asked while the
    last reminder is still on its way, it is that one.
    """
    try:
        with atomic():
            mailing = _ask(unit, None, by, now)
    except IntegrityError:
        return Mailing.objects.unfinished().filter(unit=unit, batch=None).first()
    if mailing.letters == 0:
        mailing.delete()
        return None
    return mailing


def send_due(*, clock: Clock, most: int = MOST_AT_ONCE) -> int:
    """Send what waits, the oldest mailing first; returns how many letters a mail server answered for."""
    sent, until = 0, clock() + LONGEST_RUN
    while sent < most and clock() < until and (mailing := _take(now=clock())):
        connection = get_connection()
        try:
            _open(connection)
        except OSError as error:
            log.warning("no mail server answers, mailing %s and those after it wait: %s", mailing.pk, error)
            _put_off_all(mailing, clock())
            break
        try:
            sent += _go_on(mailing, connection, clock, most - sent, until)
        finally:
            connection.close()
    return sent


def written_to_lately(unit: CampaignUnit, *, now: datetime) -> int:
    """How many a reminder would leave out, since their last letter has only just gone."""
    return _waiting(unit, now).filter(_written_to_lately(now)).count()


def under_way(campaign: Campaign) -> Progress:
    """All letters of a campaign's units together."""
    mailings = Mailing.objects.filter(unit__campaign=campaign)
    gone = mailings.aggregate(accepted=Sum("accepted", default=0), refused=Sum("refused", default=0))
    running = mailings.unfinished().aggregate(
        letters=Sum("letters", default=0),
        gone=Sum(F("accepted") + F("refused"), default=0),
        units=Count("unit", distinct=True),
    )
    pending = PendingCode.objects.filter(mailing__unit__campaign=campaign, mailing__ended_at__isnull=False)
    return Progress(
        **gone,
        waiting=max(running["letters"] - running["gone"], 0),
        units=running["units"],
        unheard=pending.values("slip").distinct().count(),
    )


def refused_addresses(unit: CampaignUnit) -> list[str]:
    """Where the last letter was refused: somebody must mend these addresses."""
    refused = Invitation.objects.filter(batch__unit=unit, refused_at__isnull=False)
    return list(refused.order_by("email").values_list("email", flat=True))


def _ask(unit: CampaignUnit, batch: InvitationBatch | None, by: User | None, now: datetime) -> Mailing:
    mailing = Mailing(unit=unit, batch=batch, asked_by=by, asked_at=now, next_at=now)
    mailing.letters = _left(mailing, now).count()
    mailing.save()
    return mailing


def _left(mailing: Mailing, now: datetime) -> QuerySet[Slip]:
    """Whose letter has not gone; ``unheard``: how often the server's answer to it was not heard, those last."""
    own = Q(invitation__batch=mailing.batch_id, invitation__mailed_at__isnull=True)
    if mailing.batch_id is None:
        own = ~_written_to_lately(mailing.asked_at)
        # Whose first letter is still on its way is not reminded of it.
        own &= ~Q(invitation__batch__in=Mailing.objects.unfinished().exclude(batch=None).values("batch"))
    not_refused = Q(invitation__refused_at__isnull=True) | Q(invitation__refused_at__lt=mailing.asked_at)
    in_hand = PendingCode.objects.filter(in_hand_since__gt=now - LONGEST_LETTER)
    return (
        _waiting(mailing.unit, now)
        .filter(own, not_refused)
        .exclude(pk__in=in_hand.values("slip"))
        .annotate(unheard=Count("pending_codes", filter=Q(pending_codes__mailing=mailing.pk)))
        .filter(unheard__lt=MOST_UNHEARD)
        .select_related("invitation")
        .order_by("unheard", "invitation__organisation", "pk")
    )


def _waiting(unit: CampaignUnit, now: datetime) -> QuerySet[Slip]:
    """Invited by an address, and their code waits for an answer."""
    waiting = invited_slips(unit.campaign).filter(
        office=unit.office_id, state=SlipState.ISSUED, expires_at__gt=now
    )
    return waiting.exclude(invitation__email="")


def _written_to_lately(now: datetime) -> Q:
    moment = min(start_of(local_day(now)), now - REMINDED_AFTER)
    first = Q(invitation__mailed_at__isnull=False, invitation__mailed_at__gte=moment)
    return first | Q(invitation__reminded_at__isnull=False, invitation__reminded_at__gte=moment)


def _take(*, now: datetime) -> Mailing | None:
    """The oldest mailing that is due, for whoever calls: two schedulers never get the same."""
    due = Mailing.objects.due_at(now)
    for mailing in due.select_related("unit__campaign", "unit__office")[:3]:
        if due.filter(pk=mailing.pk).update(next_at=now + SILENCE):
            mailing.next_at = now + SILENCE
            return mailing
    return None


def _keep(mailing: Mailing, next_at: datetime, **changes: object) -> bool:
    """Say when the mailing may go on, unless another scheduler took it meanwhile for a silent one's; whether it is still ours."""
    ours = Mailing.objects.unfinished().filter(pk=mailing.pk, next_at=mailing.next_at)
    kept = bool(ours.update(next_at=next_at, **changes))
    mailing.next_at = next_at if kept else mailing.next_at
    return kept


def _go_on(mailing: Mailing, connection: BaseEmailBackend, clock: Clock, most: int, until: datetime) -> int:
    slips = list(_left(mailing, clock())[:most])
    if not slips:
        _end(mailing, clock())
        return 0
    sent = put_off = 0
    for slip in slips:
        if not _left(mailing, clock()).filter(pk=slip.pk).exists():
            continue  # answered, or its campaign closed, since the list was read
        if clock() > until:
            break
        try:
            answered = _send_one(mailing, slip, connection, clock)
            if answered is None:
                return sent
            sent += answered
            put_off += not answered
        except OSError as error:
            log.warning("the mail server hung up, mailing %s waits: %s", mailing.pk, error)
            _put_off(mailing, clock())
            return sent
        if put_off == MOST_PUT_OFF:
            break
    if put_off:
        _put_off(mailing, clock())
    else:
        _keep(mailing, clock())
    return sent


def _send_one(mailing: Mailing, slip: Slip, connection: BaseEmailBackend, clock: Clock) -> bool | None:
    """False where the server says "later", None where another scheduler is at this mailing. Raises OSError where the server's
    answer was not heard: the letter may have gone, so its code stays."""
    code, now = codes.new_code(), clock()
    macs = codes.macs(keys.slip_key(), code)
    if slip.invitation is None:
        raise ValueError("only to a slip of an invitation goes a letter")
    one = Invited(slip.invitation, slip, code)
    letter = letter_to(one, mailing.unit.campaign, SUBJECT if mailing.batch_id else REMINDER, connection)
    with atomic():  # one letter is never in two hands
        if not _keep(mailing, now + SILENCE):
            return None
        if not _remembered(one).select_for_update().exists():
            return True  # forgotten since the list was read: no letter, and no code of one
        pending = PendingCode.objects.create(slip=slip, mailing=mailing, in_hand_since=now, **macs)
    replication.barrier()
    try:
        _hand_over(letter, connection)
    except REFUSALS as refusal:
        pending.delete()
        if _is_for_now(refusal) and mailing.failures < MOST_RUNS_OF_LATER:
            return False
        _refused(mailing, one, clock())
    except Exception:
        PendingCode.objects.filter(pk=pending.pk).update(in_hand_since=None)
        raise
    else:
        _accepted(mailing, one, pending, clock())
    return True


def _hand_over(letter: EmailMessage, connection: BaseEmailBackend) -> None:
    """Send it; the same letter once more on a new connection where the server's answer was not heard. Raises OSError."""
    try:
        letter.send()
    except REFUSALS:
        raise
    except OSError:
        connection.close()
        _open(connection)
        letter.send()


def _open(connection: BaseEmailBackend) -> None:
    """Connect within ``EMAIL_TIMEOUT``; what the server then does with a letter may take it longer (RFC 5321 §4.5.3.2)."""
    connection.open()
    if sock := getattr(getattr(connection, "connection", None), "sock", None):
        sock.settimeout(settings.EMAIL_ANSWER_TIMEOUT)


def _is_for_now(refusal: smtplib.SMTPException) -> bool:
    """Whether another time may be better: every code is a 4xx (RFC 5321 §4.2.1), as greylisting and full disks are, or a 5xx that
    is not about the address, as a sender's quota for the day is."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return all(_may_pass(code, words) for code, words in refusal.recipients.values())
    if isinstance(refusal, smtplib.SMTPSenderRefused):
        return True  # it is we who are refused, not the address
    return isinstance(refusal, smtplib.SMTPResponseException) and _may_pass(
        refusal.smtp_code, refusal.smtp_error
    )


def _may_pass(code: int, words: bytes | str) -> bool:
    said = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    enhanced = _ENHANCED.match(said.strip())
    return 400 <= code < 500 or bool(enhanced and enhanced[1] not in _OF_THE_ADDRESS)


@atomic
def _accepted(mailing: Mailing, one: Invited, pending: PendingCode, now: datetime) -> None:
    """The accepted letter's code becomes the slip's own, also where the slip was used meanwhile: nobody learns of it.

    Codes of this mailing's letters that were not heard of stay: the one that was accepted does not tell that they are lost.
    Nothing is written back of an invitation that was forgotten while its letter was on the way.
    """
    reminded = {"reminded_at": now} if mailing.batch_id is None else {}
    # The invitation before the slip, as whoever forgets them takes them.
    first = Coalesce("mailed_at", Value(now, DateTimeField()))
    if _remembered(one).update(mailed_at=first, refused_at=None, **reminded):
        slip = Slip.objects.filter(pk=one.slip.pk).exclude(code_mac__startswith=ERASED)
        slip.update(**codes.macs(keys.slip_key(), one.code))
    pending.delete()
    PendingCode.objects.filter(slip=one.slip).exclude(mailing=mailing).delete()
    _count(mailing, accepted=F("accepted") + 1)


@atomic
def _refused(mailing: Mailing, one: Invited, now: datetime) -> None:
    _remembered(one).update(refused_at=now)
    _count(mailing, refused=F("refused") + 1)


def _remembered(one: Invited) -> QuerySet[Invitation]:
    """The invitation, unless its address was forgotten meanwhile."""
    return Invitation.objects.filter(pk=one.invitation.pk).exclude(email="")


def _count(mailing: Mailing, **counts: Combinable) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(failures=0, **counts)
    mailing.failures = 0


def _put_off(mailing: Mailing, now: datetime) -> None:
    mailing.failures += 1
    wait = min(timedelta(minutes=2 ** min(mailing.failures - 1, 6)), LONGEST_WAIT)
    _keep(mailing, now + wait, failures=mailing.failures)


def _put_off_all(mailing: Mailing, now: datetime) -> None:
    """One server takes the letters of all: asked once, it is away for every mailing that is due."""
    _put_off(mailing, now)
    Mailing.objects.due_at(now).update(next_at=mailing.next_at)


def _end(mailing: Mailing, now: datetime) -> None:
    """Done, unless a letter of it may still be in the hands of a scheduler that was silent."""
    in_hand = PendingCode.objects.filter(mailing=mailing, in_hand_since__gt=now - LONGEST_LETTER)
    if in_hand.exists():
        _keep(mailing, now + SILENCE)
    else:
        _keep(mailing, now, ended_at=max(now, mailing.asked_at), failures=0)
