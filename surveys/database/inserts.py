"""Many rows of one table, made ready before the transaction that writes them.

Django takes longer over the values of five thousand rows than SQLite over writing them, and on SQLite a transaction
that writes keeps every other writer waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model


@dataclass
class PreparedInsert:
    """One INSERT and the values of its rows, in the order of ``columns``."""

    statement: str
    columns: list[str]
    rows: list[list[Any]]

    @classmethod
    def of(cls, model: type[Model], objects: Sequence[Model]) -> PreparedInsert:
        """Of new rows, whose own key the database gives where it is a number."""
        fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
        columns = [str(field.column) for field in fields]
        quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
        places = ", ".join(["%s"] * len(columns))
        return cls(
            f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted}) VALUES ({places})",  # noqa: S608
            columns,
            [
                [field.get_db_prep_save(field.pre_save(each, True), connection) for field in fields]
                for each in objects
            ],
        )

    def fill(self, column: str, value: Any) -> None:
        """Set what was not known before the transaction: a key that it made."""
        at = self.columns.index(column)
        for row in self.rows:
            row[at] = value

    def fill_each(self, column: str, values: Sequence[Any]) -> None:
        """The same, a value for each row."""
        at = self.columns.index(column)
        for row, value in zip(self.rows, values, strict=True):
            row[at] = value

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self.statement, self.rows)
