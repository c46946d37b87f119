"""What people do about signals: an inspector's word on a case, an independent count, the call-backs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError
from django.db.models import Count, Max
from django.db.transaction import atomic

from reports.arithmetic.statistics import most_bad_in_group, most_bad_when_none_seen
from reports.closing import is_closed
from reports.integrity.errors import (
    CountNotPossible,
    DrawnAlready,
    ExplanationMissing,
    NotClosedYet,
    NothingToDraw,
)
from reports.integrity.reading import read_coverage_again
from reports.models import (
    CallBack,
    CallBackList,
    CallBackOutcome,
    CallBackResult,
    DispositionKind,
    IndependentCount,
    SignalCase,
    SignalDisposition,
)
from surveys import audit
from surveys.audit import Action
from surveys.models import ApiKey, AuditEntry, Counter, Office, Spent, Transaction, User
from surveys.periods import Period, period_of

DISPOSED, COUNTED, DRAWN, CALLED = (
    Action.SIGNAL_DISPOSED,
    Action.COVERAGE_ENTERED,
    Action.CALL_BACKS_DRAWN,
    Action.CALL_BACK_ENTERED,
)
#: From two different signals on, chance is no answer any more.
SIGNALS_TO_EXPLAIN = 2
CLOSING = {DispositionKind.ORDINARY, DispositionKind.REFERRED}
#: Beyond this many the exact count over the whole group says what the formula says.
EXACT_UP_TO = 5000


@atomic
def dispose(
    *, case: SignalCase, kind: DispositionKind, text: str, user: User, now: datetime
) -> SignalDisposition:
    """The inspector's word on a case. Raises `ExplanationMissing`."""
    explained = case.dispositions.filter(kind=DispositionKind.EXPLAINED).exists()
    if kind == DispositionKind.ORDINARY and case.signals.count() >= SIGNALS_TO_EXPLAIN and not explained:
        raise ExplanationMissing
    word = SignalDisposition.objects.create(case=case, kind=kind, text=text, author=user, at=now)
    audit.record(action=DISPOSED, actor=user, office=case.office, subject=str(case), now=now, kind=kind)
    return word


@atomic
def enter_counts(
    *,
    office: Office,
    period: Period,
    counts: Mapping[Counter, int],
    source: str,
    now: datetime,
    user: User | None = None,
    api_key: ApiKey | None = None,
) -> None:
    """Independent counts of transactions by counter; what is said already is not said again, and S7 is found anew.

    Raises `CountNotPossible`.
    """
    if period.bounds()[0] > now or type(period) is not type(period_of(now, quarterly=office.quarterly)):
        raise CountNotPossible
    standing = dict(
        IndependentCount.objects.of(office)
        .in_period(period)
        .order_by("pk")
        .values_list("counter", "transactions")
    )
    for counter, transactions in counts.items():
        if standing.get(counter.pk) == transactions:
            continue
        IndependentCount.objects.create(
            office=office,
            period=str(period),
            counter=counter,
            transactions=transactions,
            source=source,
            entered_by=user,
            api_key=api_key,
            entered_at=now,
        )
        audit.record(
            action=COUNTED,
            actor=user,
            office=office,
            subject=f"{counter.code} {period}",
            now=now,
            transactions=transactions,
            source=source,
        )
    read_coverage_again(office=office, period=period, now=now)


@atomic
def draw_call_backs(*, office: Office, period: Period, size: int, user: User, now: datetime) -> CallBackList:
    """So many of a closed period's transactions, each as likely as any other; by chance that nobody can foresee.

    Raises `NotClosedYet`, `NothingToDraw`, `DrawnAlready`.
    """
    if not is_closed(office, period):
        raise NotClosedYet
    served = list(
        Transaction.objects.of(office)
        .filter(slip__period=str(period))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not served:
        raise NothingToDraw
    try:
        with atomic():
            made = CallBackList.objects.create(
                office=office, period=str(period), population=len(served), drawn_by=user, drawn_at=now
            )
    except IntegrityError as error:
        raise DrawnAlready from error
    drawn = random.SystemRandom().sample(served, min(size, len(served)))
    CallBack.objects.bulk_create(
        CallBack(list=made, number=number, transaction_id=pk) for number, pk in enumerate(drawn, start=1)
    )
    audit.record(action=DRAWN, actor=user, office=office, subject=str(period), now=now, size=len(drawn))
    return made


@atomic
def enter_call(
    *, call: CallBack, outcome: CallBackOutcome, note: str, user: User, now: datetime
) -> CallBackResult:
    """What the customer says on the telephone, held against the register: whether a ballot was handed out and came back."""
    was_used = Spent.objects.filter(slip__transaction=call.transaction_id).exists()
    contradicts = {
        CallBackOutcome.ANSWERED: not was_used,
        CallBackOutcome.SILENT: was_used,
        CallBackOutcome.NOT_HANDED: True,
        CallBackOutcome.BY_ANOTHER: True,
        CallBackOutcome.UNREACHED: None,
    }[CallBackOutcome(outcome)]
    said = CallBackResult.objects.create(
        call=call, outcome=outcome, contradicts=contradicts, note=note, author=user, at=now
    )
    subject = f"{call.list.period} {call.number}"
    audit.record(action=CALLED, actor=user, office=call.list.office, subject=subject, now=now)
    return said


@dataclass(frozen=True)
class Proof:
    """What the calls so far show of the whole period, with 95% certainty."""

    population: int
    drawn: int
    reached: int
    contradicting: int
    most: (
        int | None
    )  # of the population, at most so many are not as the register says; None before the first call

    @property
    def share(self) -> Decimal | None:
        return None if self.most is None else Decimal(self.most) / self.population


def proof_of(drawn: CallBackList) -> Proof:
    """Counts the last result of each call; whoever was not reached proves nothing."""
    last = dict(
        CallBackResult.objects.filter(call__list=drawn)
        .order_by("at", "pk")
        .values_list("call", "contradicts")
    )
    told = [contradicts for contradicts in last.values() if contradicts is not None]
    reached, bad, whole = len(told), sum(told), drawn.population
    most = None
    if reached and whole <= EXACT_UP_TO:
        most = most_bad_in_group(whole, reached, bad, Fraction(5, 100))
    elif reached and not bad:
        most = int(most_bad_when_none_seen(reached) * whole)
    return Proof(whole, drawn.calls.count(), reached, bad, most)


@dataclass(frozen=True)
class Attempt:
    """A member of staff sent ballots from the own session and was refused: how often, and when last (S0)."""

    name: str
    times: int
    last_at: datetime


def attempts_of(office: Office, period: Period) -> list[Attempt]:
    """Who of the office's people tried during the period, the latest first; which slip, nobody wrote down."""
    start, end = period.bounds()
    lines = AuditEntry.objects.of(office).filter(action=Action.STAFF_CAST_REFUSED, at__gte=start, at__lt=end)
    told = lines.order_by().values_list("actor").annotate(n=Count("pk"), last=Max("at"))
    people = User.objects.in_bulk([actor for actor, _n, _last in told])
    found = [Attempt(people[actor].get_full_name(), n, last) for actor, n, last in told]
    return sorted(found, key=lambda each: each.last_at, reverse=True)


def explanations_of(office: Office, period: Period) -> list[SignalDisposition]:
    """The written explanations of a period's cases, shown with its seal."""
    words = SignalDisposition.objects.filter(kind=DispositionKind.EXPLAINED)
    words = words.filter(case__office=office, case__period=str(period))
    return list(words.select_related("case", "author").order_by("case__counter", "pk"))
