"""The running month of the pilot: a few transactions of today through the product's own verbs, so that no room is empty.

Between the article's year and today nobody came, hence there is nothing to count, to seal or to be late with.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.transaction import atomic

from surveys.choices import Outcome, SlipChannel
from surveys.models import Counter, Office, Organisation, Procedure, Transaction, User
from surveys.periods import TIME_ZONE, start_of
from surveys.reference import answers
from surveys.setup.pilot import casts
from surveys.slips import correcting, issuing

#: Counter, procedure, minutes ago it began and ended (None: it is running), and whether its ballot came back.
VISITS = [
    ("Q2", "8", 170, 120, True),
    ("Q1", "6", 150, 95, True),
    ("Q3", "4", 110, 88, False),
    ("Q1", "4", 90, 70, True),
    ("Q1", "10", 75, 41, False),
    ("Q4", "6", 60, 30, True),
    ("Q2", "4", 34, 16, True),
    ("Q1", "6", 12, None, False),
    ("Q1", "4", 3, None, False),
]

#: How the dossiers of `VISITS` are numbered; whoever tries the counter or the ballot begins others, the same day, too.
OURS = r"^HB-\d{4}-\d{2}-\d{2}-\d{4}-Q\d$"


@atomic
def play(office: Office, *, now: datetime) -> None:
    """Once a day, whatever was tried before; what would have begun before midnight is left out, since it would lie in
    another period. What was left running on an earlier day is taken off the counter."""
    midnight = start_of(now.astimezone(TIME_ZONE).date())
    ours = Transaction.objects.filter(office=office, reference__regex=OURS)
    if ours.filter(started_at__gte=midnight).exists():
        return
    for left in ours.filter(finished_at=None):
        correcting.remove_start(transaction=left, by=User.objects.get(username="teller"), now=now)
    counters = {
        counter.code: counter
        for counter in Counter.objects.filter(box_office=office).select_related("box_office")
    }
    procedures = Procedure.objects.in_bulk(field_name="code")
    customers = list(Organisation.objects.filter(office=office).order_by("code"))
    for number, (counter, procedure, began, ended, returned) in enumerate(VISITS):
        started_at = now - timedelta(minutes=began)
        if started_at < midnight:
            continue
        finished_at = None if ended is None else now - timedelta(minutes=ended)
        done = issuing.log_transaction(
            counter=counters[counter],
            procedure=procedures[procedure],
            reference=f"HB-{started_at.astimezone(TIME_ZONE):%Y-%m-%d-%H%M}-{counter}",
            organisation=customers[number % len(customers)],
            started_at=started_at,
            finished_at=finished_at,
            outcome=Outcome.RESOLVED if finished_at else None,
            now=finished_at or started_at,
        )
        if finished_at:
            handed = issuing.issue_slip(transaction=done, channel=SlipChannel.TABLET, now=finished_at)
            if returned:
                _answer(handed.code, at=finished_at + timedelta(seconds=40 + number))


def hand_out(office: Office, *, now: datetime) -> str:
    """The plain code of a slip for whoever tries the ballot: one more transaction of today, at counter 1."""
    counter = Counter.objects.select_related("box_office").get(box_office=office, code="Q1")
    done = issuing.log_transaction(
        counter=counter,
        procedure=Procedure.objects.get(code="6"),
        reference=f"HB-{now.astimezone(TIME_ZONE):%Y-%m-%d-%H%M%S-%f}",
        started_at=now - timedelta(minutes=8),
        finished_at=now,
        outcome=Outcome.RESOLVED,
        now=now,
    )
    return issuing.issue_slip(transaction=done, channel=SlipChannel.LINK, now=now).code


def _answer(code: str, *, at: datetime) -> None:
    said = answers.Said({"attitude": 1, "time": 1})
    opened_at = at - timedelta(seconds=20)
    casts.answer(code=code, said=said, via=SlipChannel.TABLET, opened_at=opened_at, at=at)
