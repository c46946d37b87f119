"""Which roll-ups, and who may see them. Chainable; no clock, no request. Closed by default: no office, no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from surveys.models.querysets import OfOfficeQuerySet

if TYPE_CHECKING:
    from surveys.models import User


class MonthQuerySet(OfOfficeQuerySet):
    def visible_to(self, user: User) -> Self:
        """The months of the offices whose figures the user may read; a teller reads none."""
        offices = self.model._meta.get_field("office").related_model.objects
        return self.filter(office__in=offices.with_figures_for(user))


def offices_read_by(model: type[models.Model], user: User) -> models.QuerySet:
    offices = model._meta.get_field("office").related_model.objects
    return offices.with_figures_for(user)
