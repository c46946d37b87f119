"""The revision of the books: a mark that the database itself moves whenever a watched table is written to."""

from __future__ import annotations

from django.db import models


class Revision(models.Model):
    """Drawn at random in the transaction that writes, so that it names the state of the watched tables and is undone with
    them. No time, no table, no row: it tells only that something changed.

    On SQLite one row, which every write replaces; on PostgreSQL one row more a statement, since writers of the same row
    would wait for each other. Read by `surveys.database.revision`, written by triggers alone.
    """

    mark = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.pk}: {self.mark}"
