"""Ý kiến chỉ đạo: leadership writes it on a month; it is answered once, dated, and printed in the next report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.db.transaction import atomic

from reports.follow_up.cases import owners_for
from reports.models import Direction, DirectionEnd, Seal
from reports.models.directions import UNIT_LENGTH
from surveys import audit
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import Office, User
from surveys.periods import Period, local_day
from surveys.vietnamese import clerk_date, count, short_date

SENT_TWICE = timedelta(minutes=1)


class DirectionRefused(Exception):
    """Why nothing is written or answered."""


class MayNotDirect(DirectionRefused):
    """Not of the leadership of this office."""


class DueInThePast(DirectionRefused):
    """The day until which it is to be done is over already."""


class AnsweredAlready(DirectionRefused):
    """It was answered; the first answer stands."""


@dataclass(frozen=True)
class Told:
    """A direction as it stood at an instant, printed: what, who, until when, and what came of it. ``unit``: with the person."""

    direction: Direction
    text: str
    unit: str
    due: str
    result: str
    is_open: bool
    is_late: bool
    answer: str = ""
    answered_on: date | None = None


@atomic
def write(
    *,
    office: Office,
    period: Period,
    by: User,
    text: str,
    unit: str,
    receiver: str = "",
    due_on: date,
    now: datetime,
) -> Direction:
    """``receiver``: who in the unit answers for it, '' where nobody is named. The same words sent twice are one direction.

    Raises `MayNotDirect`, `DueInThePast`.
    """
    if not may_direct(by, office):
        raise MayNotDirect
    if due_on < local_day(now):
        raise DueInThePast
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    same = (
        Direction.objects.of(office).in_period(period).filter(author=by, text=text, unit=unit, due_on=due_on)
    )
    if standing := same.filter(written_at__gt=now - SENT_TWICE).first():
        return standing
    made = Direction.objects.create(
        office=office,
        period=str(period),
        author=by,
        text=text,
        unit=unit,
        receiver=receiver,
        due_on=due_on,
        written_at=now,
    )
    audit.record(
        action=Action.DIRECTION_WRITTEN,
        now=now,
        actor=by,
        office=office,
        subject=str(period),
        direction=made.pk,
    )
    return made


@atomic
def answer(*, direction: Direction, by: User, end: DirectionEnd, text: str, now: datetime) -> Direction:
    """Say what came of it. Raises `MayNotDirect`, `AnsweredAlready`."""
    standing = Direction.objects.select_related("office").select_for_update(of=("self",)).get(pk=direction.pk)
    if not may_direct(by, standing.office):
        raise MayNotDirect
    if standing.answered_at:
        raise AnsweredAlready
    standing.end, standing.answer, standing.answered_by, standing.answered_at = end, text, by, now
    standing.save(update_fields=["end", "answer", "answered_by", "answered_at"])
    told = {"direction": standing.pk, "end": str(end)}
    audit.record(
        action=Action.DIRECTION_ANSWERED,
        now=now,
        actor=by,
        office=standing.office,
        subject=standing.period,
        **told,
    )
    return standing


def may_direct(user: User, office: Office) -> bool:
    """Leadership of the office, of one of its departments, or of an office above it."""
    readable = Office.objects.with_figures_for(user)
    return user.has_perm("surveys.handle_cases") and readable.filter(pk=office.pk).exists()


# ── Told ───────────────────────────────────────────────────────────────────────────────


def of(office: Office, period: Period, *, at: datetime) -> list[Told]:
    """What the report of a period prints: open at the instant it is made, or answered since the report before.

    Whatever was written or answered later is unknown to it, so that a report made again is the same.
    """
    before = (
        Seal.objects.of(office)
        .filter(version=1, sealed_at__lt=at, period__lt=str(period))
        .order_by("-sealed_at")
        .values_list("sealed_at", flat=True)
        .first()
    )
    rows = Direction.objects.of(office).filter(written_at__lte=at)
    rows = rows.open_at(before) if before else rows
    return [told(row, at=at) for row in rows]


def within(office: Office, periods: Iterable[str], *, at: datetime) -> list[Told]:
    """What the report of several periods prints: what was written on them by then, and what came of it by then."""
    rows = Direction.objects.of(office).in_periods(periods).filter(written_at__lte=at)
    return [told(row, at=at) for row in rows.order_by("written_at", "pk")]


def on_page(office: Office, periods: Iterable[str], *, at: datetime) -> list[Told]:
    """What leadership's page shows: everything written on its periods, and what is open from others. One query."""
    rows = Direction.objects.of(office).filter(Q(period__in=list(periods)) | Q(answered_at__isnull=True))
    return [told(row, at=at) for row in rows.select_related("author").order_by("-written_at", "-pk")]


def about(office: Office, name: str, *, at: datetime) -> list[Told]:
    """What was asked for before in the same matter: directions that name the procedure, the latest first, five at most."""
    rows = Direction.objects.of(office).filter(text__contains=name).order_by("-written_at", "-pk")[:5]
    return [told(row, at=at) for row in rows]


def units_of(office: Office) -> list[str]:
    """Names that a direction may be given to: the office's departments, then the office itself."""
    below = Office.objects.filter(path__startswith=office.path).exclude(pk=office.pk).order_by("path")
    return [*below.values_list("name", flat=True)[:30], office.name]


def given_to(unit: str, receiver: str) -> str:
    """As it is printed: the unit, and in brackets the person, if one is named."""
    return f"{unit} ({receiver})" if receiver else unit


def receivers_of(office: Office) -> list[str]:
    """People who may be named, with their titles: staff of the office and of what is below it, tellers aside."""
    return [_titled(user) for user in owners_for(office)[:60]]


def head_of(office: Office, unit: str) -> str:
    """The one leader of the unit of that name at or below the office; '' when there is none, or more than one."""
    leaders = User.objects.filter(groups__name=Role.LEADERSHIP, is_active=True)
    found = leaders.filter(office__path__startswith=office.path, office__name=unit)[:2]
    return _titled(found[0]) if len(found) == 1 else ""


def _titled(user: User) -> str:
    return ", ".join(filter(None, [user.get_full_name(), user.title]))[:UNIT_LENGTH]


def told(direction: Direction, *, at: datetime) -> Told:
    """The direction as it stood at the instant."""
    is_open = direction.answered_at is None or direction.answered_at > at
    late_by = (local_day(at) - direction.due_on).days
    return Told(
        direction=direction,
        text=direction.text,
        unit=given_to(direction.unit, direction.receiver),
        due=short_date(direction.due_on),
        result=_result(direction, is_open=is_open, late_by=late_by),
        is_open=is_open,
        is_late=is_open and late_by > 0,
        answer="" if is_open else direction.answer,
        answered_on=None if is_open or direction.answered_at is None else local_day(direction.answered_at),
    )


def _result(direction: Direction, *, is_open: bool, late_by: int) -> str:
    if is_open or direction.answered_at is None:
        return f"Quá hạn {count(late_by)} ngày" if late_by > 0 else "Đang thực hiện, trong hạn"
    day = clerk_date(local_day(direction.answered_at))
    if direction.end == DirectionEnd.STOPPED:
        return f"Dừng thực hiện ngày {day}: {direction.answer}"
    return f"Hoàn thành ngày {day}: {direction.answer}"
