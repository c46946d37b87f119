"""A real office on an empty database: the office under the State Treasury, its department and counters, the first
administrator and the first leader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import Group
from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.choices import OfficeKind, Role, SlipChannel
from surveys.models import Counter, Office, User
from surveys.periods import local_day
from surveys.reference.counter_keys import lay_keys
from surveys.reference.loading import ARTICLES_BALLOT, load_reference_data

HEAD = "KBNN"
#: The ballot that a real office starts with, a file of `surveys/data/`; later versions are made on its own pages.
BALLOT = ARTICLES_BALLOT


class FoundingRefused(Exception):
    """Why no office was founded."""


class PilotInTheWay(FoundingRefused):
    """The database holds illustrating rows, which must never stand beside real ones."""


class OfficeInTheWay(FoundingRefused):
    """An office was founded here before."""


@dataclass(frozen=True)
class Founding:
    """What is asked of whoever sets an office up. ``counters`` are (code, name) pairs; without a department the
    counters belong to the office itself; ``leader`` '' is added later. ``password_is_drawn``: by the machine, written in
    a file, so it is to be changed; the leader's is, since whoever asks is not the leader."""

    code: str
    name: str
    short_name: str
    kind: OfficeKind
    counters: Sequence[tuple[str, str]]
    username: str
    password: str
    department_code: str = ""
    department_name: str = ""
    quarterly: bool = False
    leader: str = ""
    leader_password: str = ""
    password_is_drawn: bool = False


@atomic
def found_office(*, wished: Founding, now: datetime) -> Office:
    """Enter everything or nothing. Raises the facts of this module, and ValidationError for a code that is none."""
    check_empty()
    load_reference_data(ballot=BALLOT)
    today = local_day(now)
    head = _office(
        HEAD,
        "Kho bạc Nhà nước",
        "KBNN trung ương",
        OfficeKind.CENTRAL,
        None,
        today,
        seals=False,
        is_head=True,
    )
    office = _office(
        wished.code,
        wished.name,
        wished.short_name,
        wished.kind,
        head,
        today,
        seals=True,
        quarterly=wished.quarterly,
    )
    place = office
    if wished.department_code:
        name = wished.department_name
        place = _office(wished.department_code, name, name, OfficeKind.DEPARTMENT, office, today, seals=False)
    for code, name in wished.counters:
        counter = Counter(office=place, code=code, name=name, default_channel=SlipChannel.TABLET)
        counter.full_clean(exclude=["box_office"])
        counter.save()
        lay_keys(counter=counter)
    admin = _first_people(wished, office)
    audit.record(action=Action.OFFICE_FOUNDED, actor=admin, office=office, now=now, subject=office.code)
    return office


def check_empty() -> None:
    """Raise the fact that keeps an office from being founded here."""
    if Office.objects.filter(is_pilot=True).exists():
        raise PilotInTheWay
    if Office.objects.exists():
        raise OfficeInTheWay


def _office(code, name, short_name, kind, parent, since: date, **fields) -> Office:
    office = Office(
        code=code, name=name, short_name=short_name, kind=kind, parent=parent, valid_from=since, **fields
    )
    office.full_clean(exclude=["path"])
    office.save()
    return office


def _first_people(wished: Founding, office: Office) -> User:
    """The administrator, who is returned, and the leader, if one is named."""
    facts = {"title": "Quản trị hệ thống", "is_staff": True, "password_is_given": wished.password_is_drawn}
    admin = _person(wished.username, wished.password, Role.ADMIN, office, **facts)
    if wished.leader:
        facts = {"title": "Lãnh đạo đơn vị", "password_is_given": True}
        _person(wished.leader, wished.leader_password, Role.LEADERSHIP, office, **facts)
    return admin


def _person(username: str, password: str, role: Role, office: Office, **fields) -> User:
    person = User(username=username, office=office, **fields)
    person.set_password(password)
    person.full_clean()
    person.save()
    person.groups.set(Group.objects.filter(name=role))
    return person
