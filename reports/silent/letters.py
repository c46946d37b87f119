"""Letters to some of the drawn: a second slip by e-mail, answered into a box of its own and mixed like any ballot.

The answers lie in a campaign period that no page lists. The letters go the way of all invitations: the code stands in the letter
alone, so nobody of the staff ever holds one. They are told from ten answers on; fewer count as not reached, since
whoever typed the totals of the calls would know them by subtraction, and are destroyed unopened (`surveys.box.unread`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from reports.arithmetic.follow_up_bound import LettersFault
from reports.arithmetic.suppression import COUNTS_FROM
from reports.arithmetic.thresholds import FOLLOW_UP_DAYS
from reports.ledger.reading import Ledger, LedgerTampered, read_ledger
from reports.models import SilentCommitment, SilentLetters, SilentResult
from reports.silent import asking
from reports.silent.errors import (
    LettersOut,
    LettersSentAlready,
    NotOfTheDrawn,
    TooFewLetters,
    TooLateForLetters,
)
from surveys.audit import Action
from surveys.box import jobs
from surveys.box.jobs import MixerBusy
from surveys.campaigns import invitations, lifecycle, mailings
from surveys.choices import CampaignState, UnreadReason
from surveys.database import retention
from surveys.models import Batch, Campaign, CampaignUnit, Erasure, Office, Slip, UnreadBallot, User
from surveys.models.box_jobs import BoxJobKind
from surveys.periods import Period, local_day, parse_period
from surveys.reference.questionnaires import questionnaire_of

#: How long a letter may be answered, its first day not counted; less where the sixty days end sooner, never below a week.
LETTERS_OPEN, LETTERS_OPEN_AT_LEAST = timedelta(days=21), timedelta(days=7)
#: Left after the letters' last day for counting them, the last calls and the closing.
DAYS_TO_CLOSE = timedelta(days=2)
BATCH = "Hỏi lại"
NOTICE = (
    "Phiếu này thay cho một phiếu phát trong {period} không thu về, được bốc thăm để hỏi lại. Phiếu không ghi tên; người "
    "ở quầy không biết thư gửi cho ai. Chỉ công bố tổng số, khi có từ {fewest} phiếu trả lời; ít hơn thì hủy, không mở."
)
NOTICE_EN = (
    "This ballot replaces one handed out in {period} that was not returned; it was drawn by lot. It bears no name, and "
    "nobody at the counter knows who was written to. Only totals are published, from {fewest} answers on; fewer are destroyed unopened."
)


@dataclass(frozen=True)
class Answers:
    """What the letters brought, as far as it may be told; the files are those of the published evidence, '' where nothing is."""

    satisfied: int = 0
    dissatisfied: int = 0
    fault: LettersFault = LettersFault.NONE
    criteria: str = ""
    ballots: str = ""
    receipts: str = ""

    @property
    def answered(self) -> int:
        return self.satisfied + self.dissatisfied


def last_day(commitment: SilentCommitment, *, now: datetime) -> date:
    """The last day of letters that are sent now. Raises `TooLateForLetters`."""
    today = local_day(now)
    day = min(today + LETTERS_OPEN, asking.last_day(commitment) - DAYS_TO_CLOSE)
    if day < today + LETTERS_OPEN_AT_LEAST:
        raise TooLateForLetters
    return day


def last_day_or_none(commitment: SilentCommitment, *, now: datetime) -> date | None:
    """The same for a page, None when it is too late."""
    try:
        return last_day(commitment, now=now)
    except TooLateForLetters:
        return None


def check(commitment: SilentCommitment, *, addresses: Mapping[int, str], now: datetime) -> date:
    """Whether these letters could go now; their last day. Raises a `SilentRefused`."""
    asking.check(commitment, now=now)
    asking.draw_of(commitment)
    if commitment.letters_sent or commitment.result_found:
        raise LettersSentAlready
    if not addresses.keys() <= set(range(1, commitment.called + 1)):
        raise NotOfTheDrawn
    if len(addresses) < COUNTS_FROM:
        raise TooFewLetters
    return last_day(commitment, now=now)


def send(
    *, commitment: SilentCommitment, addresses: Mapping[int, str], user: User, now: datetime
) -> SilentLetters:
    """Write to the drawn at these places (from 1 on) under their e-mail addresses, once for all; the others are telephoned.

    Raises a `SilentRefused`; then no letter goes.
    """
    places = sorted(addresses)
    try:
        with atomic():
            commitment = asking.locked(commitment)
            ends_on = check(commitment, addresses=addresses, now=now)
            unit = _opened(commitment, ends_on=ends_on, user=user, now=now)
            sent = SilentLetters.objects.create(
                draw=asking.draw_of(commitment),
                campaign=unit.campaign,
                places=" ".join(map(str, places)),
                sent=len(places),
                sent_by=user,
                sent_at=now,
            )
            named = dict(enumerate(asking.addressees(commitment), 1))
            letters = [(named[place], addresses[place]) for place in places]
            secrets.SystemRandom().shuffle(letters)  # the order of the rows would lead back to the places
            made = invitations.invite(unit=unit, name=BATCH, organisations=letters, by=user, now=now)
            mailings.send_first(batch=made[0].invitation.batch, by=user, now=now)
            asking.note(Action.SILENT_LETTERS, commitment, user, now, letters=len(places))
    except IntegrityError as error:
        raise LettersSentAlready from error
    return sent


def _opened(commitment: SilentCommitment, *, ends_on: date, user: User, now: datetime) -> CampaignUnit:
    """The letters' own period, open: the period's ballot is asked again."""
    seal = commitment.seal
    period = parse_period(seal.period)
    slips = Slip.objects.of(seal.office).in_period(period)
    campaign = lifecycle.set_up(
        by=user,
        units={seal.office: None},
        groups=(),
        slug=f"hoi-lai-{commitment.digest[:16]}",
        name=f"Hỏi lại phiếu không thu về {period.label}",
        name_en=f"Follow-up of ballots not returned, {period}",
        legal_basis=f"Cam kết kèm niêm phong {seal.code}",
        opens_on=local_day(now),
        closes_on=ends_on,
        questionnaire_id=slips.order_by("-issued_at").values_list("questionnaire", flat=True)[:1].get(),
        notice=NOTICE.format(period=period.label, fewest=COUNTS_FROM),
        notice_en=NOTICE_EN.format(period=period, fewest=COUNTS_FROM),
        is_ranked=False,
    )
    return lifecycle.open_campaign(campaign=campaign, now=now).units.get()


def answers(commitment: SilentCommitment, *, now: datetime) -> Answers | None:
    """What the letters brought; None where none were sent. Fewer than ten are told as none, and so is what is damaged.

    Raises `LettersOut` until they are counted, or until two days after their last one the mixer still has not opened the box.
    """
    sent = commitment.letters_sent
    if sent is None:
        return None
    office, campaign = commitment.seal.office, sent.campaign
    if not Batch.objects.of(office).in_period(campaign.slug).filter(is_closing=True).exists():
        if local_day(now) < campaign.ends_on + DAYS_TO_CLOSE:
            raise LettersOut
        return Answers(fault=LettersFault.UNOPENED)
    try:
        ledger = _ledger(office, campaign)
    except LedgerTampered:
        return Answers(fault=LettersFault.DAMAGED)
    unread = UnreadBallot.objects.of(office).in_period(campaign.slug)
    is_damaged = unread.filter(reason=UnreadReason.DAMAGED).exists()
    fault = LettersFault.DAMAGED if is_damaged else LettersFault.NONE
    if ledger.counts["valid"] < COUNTS_FROM:
        return Answers(fault=fault)
    return Answers(
        ledger.counts["satisfied"],
        ledger.counts["dissatisfied"],
        fault=fault,
        criteria=";".join(map(str, ledger.criteria)),
        ballots=ledger.files["ballots"].decode("ascii"),
        receipts=ledger.files["receipts"].decode("ascii"),
    )


def _ledger(office: Office, campaign: Campaign) -> Ledger:
    criteria = questionnaire_of(campaign.questionnaire_id).counted
    return read_ledger(office=office, period=campaign.period, criteria=criteria)


def over(*, now: datetime) -> QuerySet[SilentLetters]:
    """Letters whose last day is over and whose box had no closing mix yet, or whose addresses are not forgotten."""
    counted = Batch.objects.filter(period=OuterRef("campaign__slug"), is_closing=True)
    forgotten = Erasure.objects.filter(period=OuterRef("campaign__slug"), what=retention.PARTICIPATION)
    late = SilentLetters.objects.exclude(Exists(counted) & Exists(forgotten))
    return late.filter(campaign__ends_on__lt=local_day(now)).select_related(
        "campaign", "draw__commitment__seal__office"
    )


def end(*, letters: SilentLetters, now: datetime) -> None:
    """Take no more answers, forget whom the letters went to and when each was answered, and ask the mixer to count.

    What was closed without its letters the mixer destroys unopened. Harmless when run again. Never inside a transaction.
    """
    campaign, office = letters.campaign, letters.draw.commitment.seal.office
    if campaign.state == CampaignState.OPEN:
        campaign = lifecycle.close(campaign=campaign, now=now)
    if not Erasure.objects.filter(period=campaign.slug, what=retention.PARTICIPATION).exists():
        retention.forget_invited(campaign=campaign, office=office, now=now)
    if not Batch.objects.of(office).in_period(campaign.slug).filter(is_closing=True).exists():
        try:
            jobs.ask(office=office, period=campaign.slug, kind=BoxJobKind.CAMPAIGN, by=None, now=now)
        except MixerBusy:
            return  # the next round asks again


def count_no_more(period: Period, *, now: datetime) -> bool:
    """Whether a letters' box that was not opened yet is too late: the follow-up was closed without it, or nobody may close it now."""
    closed = SilentResult.objects.filter(draw=OuterRef("draw"))
    if SilentLetters.objects.filter(Exists(closed), campaign__slug=str(period)).exists():
        return True
    return local_day(now) > period.last_day + timedelta(days=FOLLOW_UP_DAYS)
