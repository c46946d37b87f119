"""Django's `migrate`, which on SQLite lets the customers through between two migrations."""

from __future__ import annotations

import time

from django.core.management.commands import migrate
from django.db import connections

from surveys.models import Slip

#: SQLite's waiting writers look every tenth of a second whether it is their turn, and would miss a shorter gap.
BREATH_SECONDS = 0.3


class Command(migrate.Command):
    """One migration holds SQLite's only write lock; without a pause those who wait would wait for all of them."""

    def handle(self, *args, **options) -> None:
        connection = connections[options["database"]]
        self.is_in_use = (
            connection.vendor == "sqlite" and Slip._meta.db_table in connection.introspection.table_names()
        )
        return super().handle(*args, **options)

    def migration_progress_callback(self, action, migration=None, fake=False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action.endswith("_success") and migration and self.is_in_use:
            time.sleep(BREATH_SECONDS)
