"""Which roll-ups, and who may see them. Chainable; no clock, no request. Closed by default: no office, no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from surveys.models.offices import Office
from surveys.models.querysets import OfOfficeQuerySet, Row

if TYPE_CHECKING:
    from surveys.models import User


class MonthQuerySet(OfOfficeQuerySet[Row]):
    def visible_to(self, user: User) -> Self:
        """The months of the offices whose figures the user may read; a teller reads none."""
        return self.filter(office__in=Office.objects.with_figures_for(user))
