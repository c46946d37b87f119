"""The vocabulary: which rows, and who may see them. Chainable; no clock, no request. Closed by default: no office, no rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from django.db import models
from django.db.models import Q

from surveys.choices import Role

if TYPE_CHECKING:
    from surveys.models.offices import Office
    from surveys.models.people import User


#: What a queryset of several tables holds.
Row = TypeVar("Row", bound=models.Model)


class DatedRow(Protocol):
    valid_from: date
    valid_to: date | None


def in_force(on: date) -> Q:
    """Dated rows that hold on a day; ``valid_to`` is the last day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def holds_on(row: DatedRow, on: date) -> bool:
    """What `in_force` asks the database, asked of a row that was read."""
    return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)


class OfOfficeQuerySet(models.QuerySet[Row]):
    """Rows that carry the office whose box they feed."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active or user.office is None:
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.all()
        return self.filter(office__path__startswith=user.office.path)

    def of(self, office: Office | int) -> Self:
        return self.filter(office=office)

    def in_period(self, period) -> Self:
        return self.filter(period=str(period))

    def in_periods(self, periods) -> Self:
        return self.filter(period__in=[str(period) for period in periods])
