"""The groups of docs/spec/contract.md and their permissions, made anew after every migration: idempotent."""

from __future__ import annotations

from surveys.choices import ROLE_PERMISSIONS


def ensure_roles(using: str = "default") -> None:
    # The registry is not ready when this module loads.
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    # Django would make our permissions too, but only after this app was told of the migration.
    create_permissions(apps.get_app_config("surveys"), verbosity=0, using=using)
    for role, codenames in ROLE_PERMISSIONS.items():
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set(
            Permission.objects.using(using).filter(content_type__app_label="surveys", codename__in=codenames)
        )
