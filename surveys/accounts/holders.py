"""Who holds a role on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Max, Q, QuerySet

from surveys.choices import Role
from surveys.models import Delegation, User


def holders(role: Role, *, on: date) -> QuerySet[User]:
    """Active holders of a role: their own, or granted for that day in their office by a leader."""
    own = User.groups.through.objects.filter(group__name=role)
    granted = Delegation.objects.in_force(on).filter(role=role, office=F("delegate__office"))
    held = Q(pk__in=own.values("user")) | Q(pk__in=granted.values("delegate"))
    return User.objects.filter(held, is_active=True)


def leads_until(user: User, *, on: date) -> date | None:
    """The last day on which the user leads, where leading was granted for some days; None for who leads by an own role."""
    if user.groups.filter(name=Role.LEADERSHIP).exists():
        return None
    granted = user.delegations.in_force(on).filter(role=Role.LEADERSHIP, office=user.office_id)
    return granted.aggregate(last=Max("valid_to"))["last"]
