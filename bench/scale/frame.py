"""Who is there before the ballots come: 64 offices below one, their counters, one person of each role."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import Group
from django.utils import timezone

from surveys.choices import OfficeKind, Role
from surveys.models import Counter, Office, User
from surveys.periods import Month
from surveys.reference.loading import load_reference_data

OFFICES, MONTHS, COUNTERS = 64, 36, 4
PROCEDURES = 3
SINCE = date(2020, 1, 1)


def months() -> list[Month]:
    """The 36 months up to the running one."""
    last = Month.of(timezone.now())
    return [last.plus(place - MONTHS + 1) for place in range(MONTHS)]


def build() -> None:
    """Offices K00 … K63 with counters Q1 … Q4, below KBNN; leadership and two counters of ballots at KBNN and at K00."""
    load_reference_data()
    country = _office("KBNN", None)
    offices = [_office(f"K{place:02}", country) for place in range(OFFICES)]
    for box in offices:
        for number in range(1, COUNTERS + 1):
            Counter.objects.create(office=box, code=f"Q{number}", name=f"Quầy {number}")
    first = offices[0]
    user("lead", Role.LEADERSHIP, first)
    user("head", Role.LEADERSHIP, country)
    user("team1", Role.COUNTING, first)
    user("team2", Role.COUNTING, first)
    user("teller", Role.TELLER, first, Counter.objects.get(box_office=first, code="Q1"))


def _office(code: str, parent: Office | None) -> Office:
    return Office.objects.create(
        code=code,
        parent=parent,
        kind=OfficeKind.PROVINCIAL,
        name=f"Kho bạc Nhà nước {code}",
        short_name=f"KBNN {code}",
        seals=True,
        valid_from=SINCE,
    )


def user(name: str, role: Role, office: Office, counter: Counter | None = None) -> None:
    made = User.objects.create_user(username=name, office=office, counter=counter)
    made.groups.set(Group.objects.filter(name=role))
