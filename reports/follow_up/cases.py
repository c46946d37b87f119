"""Released dissatisfied ballots and comments become cases: cause, owner, due day, action, reply.

Source: docs/spec/trust.md §3.

A case is opened only where the month's page tells of answers at all, says neither counter nor procedure, and never when
it was opened. Words are read through the ballot, so that masking and erasing reach here by themselves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum
from django.db.transaction import atomic

from reports.arithmetic.suppression import COUNTS_FROM
from reports.models import Case, CaseState, MonthCell
from reports.month.rollups import held_back
from surveys import audit, evidence
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import Ballot, Batch, Office, Reason, User
from surveys.periods import Month, Period, local_day, parse_period
from surveys.reference.questionnaires import questionnaire_of
from surveys.vietnamese import mask_digit_runs

CASE_READ, CASE_CHANGED, CONTACT_READ, CONTACT_ANSWERED = (
    Action.COMMENTS_READ,
    Action.CASE_CHANGED,
    Action.CONTACT_READ,
    Action.CONTACT_ANSWERED,
)
NO_COMMENT = '{"comment":"",'


class CaseRefused(Exception):
    """Why a case stays as it is."""


class MayNotHandle(CaseRefused):
    """Neither leadership of the office nor the owner of the case."""


class CaseClosed(CaseRefused):
    """A closed case stands as it is."""


class CauseOrActionMissing(CaseRefused):
    """No case is closed without a cause and what was done."""


class DueTooLate(CaseRefused):
    """The day lies after the last one on which the period's cases must be answered."""


# ── Opening ────────────────────────────────────────────────────────────────────────────


@atomic
def open_cases(*, office: Office, period: Period) -> int:
    """A case for each released ballot that is dissatisfied or bears words and has none yet; how many were opened.

    None while the period has fewer than ten valid ballots, since then not even their sum is told. Every case gets the
    same due day, whenever it was opened.
    """
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    if valid_in(office, period) < COUNTS_FROM:
        return 0
    batches = held_back(Batch.objects.of(office).in_period(period))
    ballots = Ballot.objects.of(office).in_period(period).exclude(batch__in=batches)
    ballots = ballots.filter(void_mark__isnull=True)
    unhappy = _dissatisfied(ballots)
    worded = Q(extra__isnull=False, comment_mask__isnull=True) & ~Q(extra__startswith=NO_COMMENT)
    wanted = ballots.filter(case__isnull=True).filter(unhappy | worded).order_by("pk")
    bad = set(ballots.filter(unhappy).values_list("pk", flat=True))
    made = Case.objects.bulk_create(
        Case(
            office=office,
            period=str(period),
            ballot_id=pk,
            is_dissatisfied=pk in bad,
            due_on=last_day_of(period),
        )
        for pk in wanted.values_list("pk", flat=True)
    )
    return len(made)


def valid_in(office: Office, period: object) -> int:
    """Valid ballots of a period as its page counts them."""
    return MonthCell.objects.of(office).in_period(period).aggregate(n=Sum("valid", default=0))["n"]


def last_day_of(period: Period) -> date:
    """The end of the month after the period: nothing of it can be put off for longer."""
    return Month.of(period.last_day).next().last_day


def _dissatisfied(ballots: QuerySet[Ballot]) -> Q:
    """The few patterns of answers that count as not satisfied, so that the database finds the ballots."""
    patterns = ballots.order_by().values_list("questionnaire", "answers").distinct()
    unhappy = [
        Q(questionnaire=version, answers=answers)
        for version, answers in patterns
        if not evidence.satisfied(json.loads(answers), questionnaire_of(version).counted)
    ]
    found = Q(pk__in=[])
    for pattern in unhappy:
        found |= pattern
    return found


# ── Reading ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Words:
    """What one ballot says: each criterion with its answer, the reasons that were ticked, the words."""

    answers: tuple[tuple[str, str, bool], ...]  # criterion, level, counts as satisfied
    reasons: tuple[str, ...]
    comment: str


def read(*, case: Case, by: User, now: datetime) -> Words:
    """The ballot without counter and procedure, for the owner, leadership and inspectors; that it was read is written down."""
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise MayNotHandle
    ballot = Ballot.objects.select_related("comment_mask").get(pk=case.ballot_id)
    questionnaire, answers = questionnaire_of(ballot.questionnaire_id), json.loads(ballot.answers)
    extra = json.loads(ballot.extra) if ballot.extra else {}
    labels = {reason.code: reason.label.vi for reason in questionnaire.reasons}
    masked = hasattr(ballot, "comment_mask")
    audit.record(action=CASE_READ, now=now, actor=by, office=case.office, subject=case.period, comments=1)
    return Words(
        answers=tuple(
            (criterion.short_name, level.label.vi, level.satisfied)
            for criterion in questionnaire.criteria
            for level in criterion.levels
            if level.value == answers.get(criterion.code)
        ),
        reasons=tuple(labels.get(code, code) for code in extra.get("reasons", [])),
        comment="" if masked else mask_digit_runs(extra.get("comment", "")),
    )


def owners_for(office: Office) -> QuerySet[User]:
    """Who may be asked: staff of the office and of what is below it. Never a teller, who may have served the customer."""
    below = Q(office__path__startswith=office.path)
    staff = User.objects.filter(below, is_active=True).exclude(groups__name=Role.TELLER)
    return staff.order_by("last_name", "first_name", "pk")


def causes_of(office: Office) -> list[str]:
    """What to choose from: the questionnaire's reasons, then what the office has written before; anything else may be typed."""
    reasons = list(Reason.objects.order_by("-version", "position").values_list("label", flat=True))
    own = (
        Case.objects.of(office).exclude(cause="").order_by("cause").values_list("cause", flat=True).distinct()
    )
    return list(dict.fromkeys([*reasons, *own]))[:60]


# ── Handling ───────────────────────────────────────────────────────────────────────────


@atomic
def handle(
    *,
    case: Case,
    by: User,
    now: datetime,
    cause: str,
    action: str,
    reply: str,
    close: bool = False,
    owner: User | None = None,
    due_on: date | None = None,
) -> Case:
    """Write down what is known so far; ``close`` ends it. Owner and day are leadership's to set and left alone by others.

    Raises `MayNotHandle`, `CaseClosed`, `CauseOrActionMissing`, `DueTooLate`.
    """
    standing = Case.objects.select_related("office").select_for_update(of=("self",)).get(pk=case.pk)
    leads = may_lead(by, standing.office)
    if not leads and standing.owner_id != by.pk:
        raise MayNotHandle
    if standing.state == CaseState.CLOSED:
        raise CaseClosed
    if close and not (cause and action):
        raise CauseOrActionMissing
    if leads:
        standing.owner = owner
        standing.due_on = _checked(due_on, standing)
    standing.cause, standing.action = cause, action
    _answer(standing, reply, now)
    standing.state = CaseState.CLOSED if close else _state_of(standing)
    standing.closed_at = now if close else None
    standing.save()
    told = {"case": standing.pk[:6], "state": str(standing.state), "replied": bool(standing.reply)}
    audit.record(
        action=CASE_CHANGED, now=now, actor=by, office=standing.office, subject=standing.period, **told
    )
    return standing


def may_lead(user: User, office: Office) -> bool:
    """Leadership of the office, of one of its departments, or of an office above it."""
    readable = Office.objects.with_figures_for(user)
    return user.has_perm("surveys.handle_cases") and readable.filter(pk=office.pk).exists()


def _checked(due_on: date | None, case: Case) -> date:
    due_on = due_on or case.due_on
    if due_on > last_day_of(parse_period(case.period)):
        raise DueTooLate
    return due_on


def _answer(case: Case, reply: str, now: datetime) -> None:
    """The first reply sets the day; a better wording later does not move it, nor does taking it back make it timely."""
    if reply and case.replied_at is None:
        case.replied_at, case.was_late = now, local_day(now) > case.due_on
    if not reply:
        case.replied_at, case.was_late = None, False
    case.reply = reply


def _state_of(case: Case) -> CaseState:
    touched = case.owner_id or case.cause or case.action or case.reply
    return CaseState.DOING if touched else CaseState.NEW
