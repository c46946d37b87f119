"""Django's `migrate`; on SQLite it lets the customers through between two migrations, and a new database begins from a file."""

from __future__ import annotations

import time
from pathlib import Path

from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from surveys.database import fresh_schema
from surveys.models import Slip

#: SQLite's waiting writers look every tenth of a second whether it is their turn, and would miss a shorter gap.
BREATH_SECONDS = 0.3


class Command(migrate.Command):
    """One migration holds SQLite's only write lock; without a pause those who wait would wait for all of them."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--write-fresh-schema",
            type=Path,
            metavar="FILE",
            help="walk through every migration of an empty database, then write what it made",
        )

    def handle(self, *args, **options) -> None:
        connection = connections[options["database"]]
        tables = connection.introspection.table_names()
        self.is_in_use = connection.vendor == "sqlite" and Slip._meta.db_table in tables
        self.has_applied = False
        writes = options.get("write_fresh_schema")
        if writes and not fresh_schema.is_new(connection):
            raise CommandError("The fresh schema is written from an empty SQLite database.")
        if not writes and not options["app_label"] and fresh_schema.is_new(connection):
            fresh_schema.load(connection)
        super().handle(*args, **options)
        if writes:
            fresh_schema.write(connection, writes)
        if self.is_in_use and self.has_applied:
            # What a migration moved or took away stands in the log until a checkpoint empties it.
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def migration_progress_callback(self, action, migration=None, fake=False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action.endswith("_success") and migration and self.is_in_use:
            self.has_applied = True
            time.sleep(BREATH_SECONDS)
