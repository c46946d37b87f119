"""Play the plan through the product's own verbs: log, issue, cast, mix, expire. No total is written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.transaction import atomic

from surveys.box import mixing
from surveys.choices import Outcome, ServiceChannel, SlipChannel
from surveys.models import Batch, Counter, Office, Organisation, Procedure, Slip, Spent, Transaction
from surveys.periods import TIME_ZONE, Month, closing_from
from surveys.reference import answers, in_force
from surveys.setup.pilot import casts
from surveys.setup.pilot.plan import MONTHS, Answer, Visit, visits_of
from surveys.slips import issuing

#: How long one transaction may last, since those who answer meanwhile wait for it.
LONGEST_SECONDS = 0.3
#: So many acts are played together all the same: on a busy machine the disk's sync would cost more than they do.
LEAST = 6


@dataclass(frozen=True)
class Event:
    at: datetime
    act: Callable[[], object]


def unplayed(office: Office) -> list[Month]:
    """The months that are not through their closing mix yet."""
    closed = set(Batch.objects.of(office).filter(is_closing=True).values_list("period", flat=True))
    return [month for month, _issued, _returned in MONTHS if str(month) not in closed]


def play(office: Office, month: Month) -> Iterator[int]:
    """One month, some events in each transaction; yields how many after each. Goes on after an interruption.

    A transaction an event costs the disk a sync each. Those who answer meanwhile wait for `LONGEST_SECONDS` at the most.
    """
    stage = _Stage(office, month)
    visits = visits_of(month, stage.calendar)
    events = sorted([*stage.events(visits), *stage.nights(month)], key=lambda event: event.at)
    played, known = 0, dict[Any, Any]()
    while played < len(events):
        first, began = played, monotonic()
        with atomic(), in_force.reading_once(known):
            while played < len(events) and (played - first < LEAST or monotonic() - began < LONGEST_SECONDS):
                events[played].act()
                played += 1
        yield played - first
    issuing.expire_slips(office=office, period=month)
    mixing.mix(office=office, period=month, now=closing_from(month), closing=True)


class _Stage:
    """The office's reference rows, read once, and the codes handed out so far."""

    def __init__(self, office: Office, month: Month) -> None:
        self.office = office
        counters = Counter.objects.filter(box_office=office).select_related("box_office")
        self.counters = {counter.code: counter for counter in counters}
        self.procedures = {procedure.code: procedure for procedure in Procedure.objects.all()}
        self.organisations = list(Organisation.objects.filter(office=office).order_by("code"))
        self.calendar = in_force.working_calendar()
        self.codes: dict[str, str] = {}
        #: What an interrupted replay has served already.
        self.played = set(
            Transaction.objects.filter(office=office, reference__startswith=f"HB-{month}-").values_list(
                "reference", flat=True
            )
        )

    def events(self, visits: list[Visit]) -> Iterator[Event]:
        for visit in visits:
            yield Event(visit.finished_at, partial(self._serve, visit))
            if visit.answer:
                yield Event(visit.answer.at, partial(self._answer, visit, visit.answer))

    def nights(self, month: Month) -> Iterator[Event]:
        """The mix in the evening of every working day until the closing: the server is off when nobody works."""
        night = datetime.combine(month.first_day, time(settings.MIX_HOUR), tzinfo=TIME_ZONE)
        while night < closing_from(month):
            if self.calendar.is_working(night.date()):
                yield Event(night, partial(mixing.mix, office=self.office, period=month, now=night))
            night += timedelta(days=1)

    def _serve(self, visit: Visit) -> None:
        if visit.reference in self.played:
            return
        done = issuing.log_transaction(
            counter=self.counters[visit.counter],
            procedure=self.procedures[visit.procedure],
            reference=visit.reference,
            organisation=self.organisations[visit.organisation % len(self.organisations)],
            channel=ServiceChannel.ONLINE if visit.channel == SlipChannel.LINK else ServiceChannel.COUNTER,
            started_at=visit.started_at,
            finished_at=visit.finished_at,
            outcome=Outcome(visit.outcome),
            now=visit.finished_at,
        )
        handed = issuing.issue_slip(
            transaction=done, channel=SlipChannel(visit.channel), now=visit.finished_at
        )
        self.codes[visit.reference] = handed.code

    def _answer(self, visit: Visit, answer: Answer) -> None:
        code = self.codes.pop(visit.reference, None) or self._code_again(visit)
        if code is None:
            return
        casts.answer(
            code=code,
            said=answers.Said(answer.answers, answer.comment, answer.reasons),
            via=SlipChannel(visit.channel),
            opened_at=answer.at - timedelta(seconds=answer.open_seconds),
            at=answer.at,
        )

    def _code_again(self, visit: Visit) -> str | None:
        """A fresh code for a slip issued before an interruption; None when it was used before it, too."""
        slip = Slip.objects.get(transaction__office=self.office, transaction__reference=visit.reference)
        if Spent.objects.filter(pk=slip.pk).exists():
            return None
        return issuing.reissue_slip(
            slip=slip, channel=SlipChannel(slip.channel), reason="", actor=None, now=slip.issued_at
        ).code
