"""An account that was closed is opened again: the roles that a leader grants rest until one grants them anew (docs/spec/trust.md §4).

Else an administrator opens the account of a signer who left, sets its password, and signs as him a day later.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.db.transaction import atomic

from surveys import audit
from surveys.accounts import credential_resets
from surveys.audit import Action
from surveys.choices import GRANTED_ROLES, Role
from surveys.models import Delegation, Office, RestedRole, User
from surveys.periods import local_day

CLOSED_ACCOUNT = "tài khoản đã đóng"
INDOORS = (Role.ADMIN, Role.INSPECTOR)  # whose work is done, in part, on the administration's pages


def is_reopened(user: User) -> bool:
    """Whether saving the account as it stands would open one that the database has closed; locks its row."""
    if not user.is_active or user.pk is None:
        return False
    return User.objects.select_for_update().filter(pk=user.pk, is_active=False).exists()


@atomic
def rest_roles(*, user: User, by: User, now: datetime) -> list[str]:
    """Put every granted role of a reopened account to rest and tell the inspector; returns their names.

    Leading stays with whoever is the only one that ever led the office or one above it: nobody else could grant it
    anew. He signs nothing for a day, as after a new password.
    """
    if not ever_granted(user):
        return []
    own = set(user.groups.filter(name__in=GRANTED_ROLES).values_list("name", flat=True))
    if Role.LEADERSHIP in own and user.office and not ever_held(Role.LEADERSHIP, user.office, beside=user):
        own.discard(Role.LEADERSHIP)
    user.groups.remove(*Group.objects.filter(name__in=own))
    RestedRole.objects.bulk_create(
        RestedRole(user=user, office=user.office, role=role, by=by, at=now) for role in sorted(own)
    )
    acts = user.delegations.filter(
        role__in=GRANTED_ROLES, revoked_at__isnull=True, valid_to__gte=local_day(now)
    )
    rested = own | set(acts.values_list("role", flat=True))
    acts.update(revoked_at=now)
    user.is_staff = user.groups.filter(name__in=INDOORS).exists()
    user.save(update_fields=["is_staff"])
    user.__dict__.pop("roles", None)
    credential_resets.note(user=user, by=by, what=CLOSED_ACCOUNT, now=now)
    audit.record(
        action=Action.ROLES_RESTED,
        now=now,
        actor=by,
        office=user.office,
        subject=str(user),
        roles=sorted(rested),
    )
    return sorted(rested)


def ever_granted(user: User) -> bool:
    """Whether the account has or had a role that is a leader's to grant."""
    return (
        user.groups.filter(name__in=GRANTED_ROLES).exists()
        or user.delegations.filter(role__in=GRANTED_ROLES).exists()
        or RestedRole.objects.filter(user=user).exists()
    )


def ever_held(role: Role, office: Office, *, beside: User | None = None) -> bool:
    """Whether anybody, or anybody ``beside`` this one, had the role in the office or in one above it, active still or not."""
    own = User.objects.filter(groups__name=role, office__isnull=False)
    if beside:
        own = own.exclude(pk=beside.pk)
    granted = Delegation.objects.filter(role=role).exclude(delegate=beside)
    rested = RestedRole.objects.filter(role=role).exclude(user=beside)
    paths = own.order_by().values_list("office__path", flat=True)
    others = (rows.order_by().values_list("office__path", flat=True) for rows in (granted, rested))
    return any(office.path.startswith(path) for path in paths.union(*others))
