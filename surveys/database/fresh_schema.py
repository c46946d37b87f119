"""A new SQLite database as a file of statements, so that a first start need not walk through every migration.

The file may lag behind: `migrate` goes on from where it ends. `make schema` renews it, and a test
holds it to what the migrations make.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

FILE = Path(__file__).parent.parent / "data" / "fresh_schema.sql"


def is_new(connection: BaseDatabaseWrapper) -> bool:
    """Whether it is an SQLite database without any table."""
    return connection.vendor == "sqlite" and not connection.introspection.table_names()


def load(connection: BaseDatabaseWrapper) -> None:
    """Lay out every table of the file in one transaction, dated now; a database that breaks off meanwhile stays empty."""
    connection.ensure_connection()
    connection.connection.executescript(FILE.read_text(encoding="utf-8"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = %s", [timezone.now()])


def write(connection: BaseDatabaseWrapper, path: Path) -> None:
    """Write the file from a database that was just migrated."""
    connection.ensure_connection()
    path.write_text("\n".join(statements(connection.connection)) + "\n", encoding="utf-8")


def statements(database: sqlite3.Connection) -> list[str]:
    """Tables, their first rows, indices, triggers, in an order that looks at no foreign key; dated to a fixed day."""
    database.execute("UPDATE django_migrations SET applied = '2000-01-01 00:00:00'")
    return ["PRAGMA foreign_keys=OFF;", *database.iterdump(), "PRAGMA foreign_keys=ON;"]
