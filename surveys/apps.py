import os

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Thu phiếu")

    def ready(self) -> None:
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa.signals import authentication_failed

        from surveys import checks  # noqa: F401 - registers itself
        from surveys.accounts import attempts, sessions

        user_logged_in.connect(sessions.begin)
        authentication_step_completed.connect(sessions.begin_anew)
        authentication_failed.connect(attempts.wrong_code)
        connection_created.connect(keep_no_read_only_connection)
        pre_migrate.connect(make_room, sender=self)
        post_migrate.connect(settle, sender=self)


def keep_no_read_only_connection(connection, **_kwargs) -> None:
    """What SQLite opened on a read-only disk stays read-only for its life: let that be one request.

    So casting goes on by itself as soon as the disk takes writes again.
    """
    if connection.vendor == "sqlite" and not os.access(connection.settings_dict["NAME"], os.W_OK):
        connection.close_at = 0


def make_room(using: str, plan: list, **_kwargs) -> None:
    """SQLite renames no table that another table's trigger speaks of; what is taken away here `settle` puts back.

    A start without anything to migrate leaves the guards where they are.
    """
    from surveys.database import triggers

    if plan:
        triggers.remove(using)


def settle(using: str, **_kwargs) -> None:
    """What must stand after every migration: roles, and the triggers that a table remake drops."""
    from surveys.accounts import roles
    from surveys.database import triggers

    roles.ensure_roles(using)
    triggers.install(using)
