"""What a table is on one engine beyond Django's models; migrations call it, at once or as the table came to it."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BOX = "surveys_boxedballot"


def leave_room_in_slips(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Room in each page for the row that a cast changes, which then needs no new entry in any index."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE surveys_slip SET (fillfactor = 75)")


def make_box_ready(_apps: Any, schema_editor: BaseDatabaseSchemaEditor, *, table: str = BOX) -> None:
    """Envelopes are not worth compressing, and SQLite's hidden row numbers would keep the order of casting."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL")
    else:
        drop_row_number(_apps, schema_editor, table=table)


def drop_row_number(_apps: Any, schema_editor: BaseDatabaseSchemaEditor, *, table: str = BOX) -> None:
    """Make an empty SQLite table anew, as it is but without row numbers. Raises `AssertionError` where it holds rows."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
        definition = cursor.fetchone()[0]
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
            [table],
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
        if cursor.fetchone()[0]:
            raise AssertionError(f"{table} holds ballots; mix before migrating")
        cursor.execute(f"DROP TABLE {table}")
        for statement in (f"{definition} WITHOUT ROWID", *indexes):
            cursor.execute(statement)
