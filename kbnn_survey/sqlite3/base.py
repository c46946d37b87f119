"""Django's SQLite, without the check that a column holds JSON: with trusted_schema=OFF SQLite refuses such a table.

Tables of our own keep JSON as text (docs/decisions/0003). Those of allauth do not, and Django reads and writes them the
same either way.
"""

from __future__ import annotations

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    data_type_check_constraints = {
        field: check
        for field, check in base.DatabaseWrapper.data_type_check_constraints.items()
        if field != "JSONField"
    }
