"""What one person proposes and another decides: damaged rows, masked comments, erased comments.

Source: docs/spec/trust.md §3 and §4.

Of a ballot's answers nothing can be proposed: a digital ballot is void for nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db.transaction import atomic

from reports.models import CommentMask, Proposal, ProposalKind
from reports.month.rollups import held_back
from surveys import audit
from surveys.accounts import two_persons
from surveys.accounts.two_persons import ActRefused
from surveys.audit import Action
from surveys.box import damage, jobs
from surveys.models import AuditEntry, Ballot, Batch, BoxTrouble, Office, Redaction, User, period_named
from surveys.models.box_jobs import BoxJobKind
from surveys.periods import Period, is_mixed_at_once, local_day


class DecidingRefused(ActRefused):
    """Why nothing is proposed or decided."""


class MayNotDecide(DecidingRefused):
    """Not one of those who propose or decide such a thing."""


class SamePerson(DecidingRefused):
    """Whoever proposed does not decide."""


class NothingThere(DecidingRefused):
    """No damaged row, or no comment to hide or erase."""


class ProposedAlready(DecidingRefused):
    """It waits for its second person."""


class DecidedAlready(DecidingRefused):
    """It has been decided."""


@atomic
def propose(
    *,
    kind: ProposalKind,
    office: Office,
    period: Period,
    user: User,
    reason: str,
    now: datetime,
    ballot: str = "",
) -> Proposal:
    """Write down what one person proposes. Damaged rows: an inspector; comments: whoever may read them.

    Raises `MayNotDecide`, `CredentialsSetBack`, `NothingThere`, `ProposedAlready`.
    """
    if not may_propose(user, kind, office):
        raise MayNotDecide
    two_persons.check_own_credentials(user, now=now)
    if not _is_there(kind, office, period, ballot):
        raise NothingThere
    try:
        with atomic():
            made = Proposal.objects.create(
                kind=kind,
                office=office,
                period=str(period),
                ballot=ballot,
                reason=reason,
                first=user,
                proposed_at=now,
            )
    except IntegrityError as error:
        raise ProposedAlready from error
    _audit(Action.PROPOSED, made, user, now)
    return made


@atomic
def decide(*, proposal: Proposal, user: User, accept: bool, now: datetime) -> Proposal:
    """Another person agrees, and it is done; or refuses, and nothing is.

    Raises `MayNotDecide`, `CredentialsSetBack`, `SamePerson`, `DecidedAlready`, `NothingThere`, and `jobs.MixerBusy`.
    """
    standing = (
        Proposal.objects.select_for_update(of=("self",)).select_related("office", "first").get(pk=proposal.pk)
    )
    if not may_decide(user, standing, now=now):
        raise MayNotDecide
    two_persons.check_own_credentials(user, now=now)
    if standing.first_id == user.pk:
        raise SamePerson
    if standing.decided_at:
        raise DecidedAlready
    standing.second, standing.decided_at, standing.is_accepted = user, now, accept
    standing.save(update_fields=["second", "decided_at", "is_accepted"])
    if accept:
        _carry_out(standing, now=now)
    _audit(Action.DECIDED, standing, user, now, accepted=accept)
    return standing


def may_propose(user: User, kind: ProposalKind, office: Office) -> bool:
    right = "surveys.inspect" if kind == ProposalKind.DAMAGED else "surveys.read_comments"
    return user.has_perm(right) and Office.objects.with_figures_for(user).filter(pk=office.pk).exists()


def may_decide(user: User, proposal: Proposal, *, now: datetime) -> bool:
    """For a damaged row the second person may be of the counting team; a comment stays among those who read comments."""
    if may_propose(user, ProposalKind(proposal.kind), proposal.office):
        return True
    return proposal.kind == ProposalKind.DAMAGED and user.counts_for(proposal.office, local_day(now))


@dataclass(frozen=True)
class Comment:
    """The words of one released ballot, by its random id, and what waits to be decided of them."""

    pk: str
    words: str
    proposal: Proposal | None = None


def comments_of(*, office: Office, period: Period, user: User, now: datetime) -> list[Comment]:
    """Released ballots of a period with words that are neither masked nor erased; that they were read is written down.

    In the order of their random ids, which says nothing. Raises `MayNotDecide`.
    """
    if not may_propose(user, ProposalKind.MASK, office):
        raise MayNotDecide
    found = [
        Comment(ballot.pk, json.loads(ballot.extra)["comment"])
        for ballot in _with_words(office, period).order_by("pk")
    ]
    audit.record(
        action=Action.COMMENTS_READ,
        actor=user,
        office=office,
        subject=str(period),
        now=now,
        comments=len(found),
    )
    return found


def _with_words(office: Office, period: Period):
    batches = held_back(Batch.objects.of(office).in_period(period))
    ballots = Ballot.objects.of(office).in_period(period).exclude(batch__in=batches)
    # The words are canonical JSON, so an empty comment always looks the same.
    return ballots.filter(extra__isnull=False, comment_mask__isnull=True).exclude(
        extra__startswith='{"comment":"",'
    )


def damaged_rows(office: Office, period: Period) -> int:
    """Waiting rows that are not as they were sealed: by their tags, which anybody here can tell, or by the mixer's word."""
    trouble = BoxTrouble.objects.of(office).in_period(period).first()
    return max(damage.damaged_in(office=office, period=period), trouble.damaged if trouble else 0)


def boxes_in_trouble(user: User) -> list[BoxTrouble]:
    """Boxes with damaged rows that wait for this inspector's word, by office; those of letters go at their end by themselves."""
    if not user.has_perm("surveys.inspect"):
        return []
    offices = Office.objects.with_figures_for(user)
    asked = set(
        Proposal.objects.filter(kind=ProposalKind.DAMAGED, decided_at=None).values_list("office", "period")
    )
    found = BoxTrouble.objects.filter(office__in=offices, damaged__gt=0).select_related("office")
    return [
        each
        for each in found.order_by("office__path", "period")
        if (each.office_id, each.period) not in asked and not is_mixed_at_once(period_named(each.period))
    ]


def stumbled_over(office: Office, period: Period) -> int:
    """Damaged rows, looked for only after the mixer stumbled over one, since that reads the whole box."""
    stumbled = AuditEntry.objects.of(office).filter(
        action__in=(Action.BOX_TAMPERED, Action.BOX_UNOPENABLE), subject=str(period)
    )
    return damaged_rows(office, period) if stumbled.exists() else 0


def _is_there(kind: ProposalKind, office: Office, period: Period, ballot: str) -> bool:
    if kind == ProposalKind.DAMAGED:
        return not ballot and damaged_rows(office, period) > 0
    return _with_words(office, period).filter(pk=ballot).exists()


def _carry_out(proposal: Proposal, *, now: datetime) -> None:
    period = period_named(proposal.period)
    if not _is_there(ProposalKind(proposal.kind), proposal.office, period, proposal.ballot):
        raise NothingThere
    by = {"first": proposal.first, "second": proposal.second}
    if proposal.kind == ProposalKind.DAMAGED:
        # Nobody but the mixer opens the box: it does so within seconds.
        jobs.ask(
            office=proposal.office,
            period=period,
            kind=BoxJobKind.DAMAGED,
            by=proposal.first,
            second=proposal.second,
            now=now,
        )
    elif proposal.kind == ProposalKind.MASK:
        CommentMask.objects.create(ballot_id=proposal.ballot, reason=proposal.reason, masked_at=now, **by)
    else:
        # First the line that says who and why: the trigger lets the words go only where it stands.
        Redaction.objects.create(
            ballot_id=proposal.ballot, reason=proposal.reason, redacted_on=local_day(now), **by
        )
        Ballot.objects.filter(pk=proposal.ballot).update(extra=None, salt=None)


def _audit(action: Action, proposal: Proposal, user: User, now: datetime, **detail) -> None:
    """Never which ballot: the trail tells who did what for which reason."""
    told = {"kind": proposal.kind, "reason": proposal.reason, **detail}
    audit.record(action=action, actor=user, office=proposal.office, subject=proposal.period, now=now, **told)
