"""Django's SQLite, without the check that a column holds JSON: with trusted_schema=OFF SQLite refuses such a table.

Tables of our own keep JSON as text (docs/decisions/0003). Those of allauth do not, and Django reads and writes them the
same either way. Beside the pilot's replay, who wants to write says so (`turns`); nowhere else.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.backends.sqlite3 import base

from kbnn_survey.sqlite3 import turns


class DatabaseWrapper(base.DatabaseWrapper):
    data_type_check_constraints = {
        field: check
        for field, check in base.DatabaseWrapper.data_type_check_constraints.items()
        if field != "JSONField"
    }

    def create_cursor(self, name=None):
        if not settings.TRY_IT:
            return super().create_cursor(name)
        cursor = self.connection.cursor(factory=CursorInTurn)
        cursor.beside = Path(self.settings_dict["NAME"])
        return cursor


class CursorInTurn(base.SQLiteCursorWrapper):
    """What takes the write lock, a transaction's beginning or a statement of its own, waits for it visibly."""

    beside: Path

    def execute(self, query, params=None):
        if self.connection.in_transaction or query.startswith(("SELECT", "PRAGMA")):
            return super().execute(query, params)
        with turns.waiting(self.beside):
            return super().execute(query, params)
