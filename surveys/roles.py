"""The groups of CONTRACT.md and their permissions, made anew after every migration: idempotent."""

from __future__ import annotations

from surveys.choices import ROLE_PERMISSIONS


def ensure_roles(using: str = "default") -> None:
    from django.contrib.auth.models import Group, Permission  # the registry is not ready when this module loads

    for role, codenames in ROLE_PERMISSIONS.items():
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set(
            Permission.objects.using(using).filter(content_type__app_label="surveys", codename__in=codenames)
        )
