"""The powers of a role that was granted for some days, beside those of the groups that Django knows."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser

from surveys.choices import GRANTED_ROLES, ROLE_PERMISSIONS
from surveys.models import User


class GrantedRoles(BaseBackend):
    """Logs nobody in; says what a leader's word lets a person do today (docs/spec/trust.md §4)."""

    def get_group_permissions(self, user_obj: User | AnonymousUser, obj: object = None) -> set[str]:
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        roles = [role for role in GRANTED_ROLES if user_obj.has_role(role)]
        return {f"surveys.{name}" for role in roles for name in ROLE_PERMISSIONS[role]}
