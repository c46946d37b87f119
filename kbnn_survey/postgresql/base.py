"""Django's PostgreSQL for a cluster: what is committed is acknowledged when a standby has it, or not at all.

- Any warning after a statement of its own or after COMMIT means that the wait for the standby was ended: `NotReplicated`.
  The driver gives a warning's text only, in the server's language, so none is told from another.
- The wait is bounded here, since nothing on the server bounds it. A cut or broken one is `NotReplicated`, too.
- A connection to a server that has become a standby, or is being shut down, is closed at once: the next statement
  finds the new primary.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import InterfaceError, OperationalError

from kbnn_survey.postgresql.waits import TooManyWait, Wait, Waits
from surveys.database.replication import BARRIER, NotReplicated

WAITS = Waits()
#: Statements after which nothing waits for a standby. A statement that only looks as if it read is the barrier.
READS = ("SELECT", "EXECUTE kbnn_find", "PREPARE", "SHOW", "DECLARE", "FETCH", "CLOSE")
READ_ONLY = "25006"
SHUTTING_DOWN = "57P"
UNCONFIRMED = "no second server has confirmed the commit"


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._confirmed)

    def _confirmed(self, execute, sql, params, many, context):
        """What is executed outside a transaction commits by itself; inside one, the COMMIT is looked at."""
        try:
            if self.in_atomic_block or not self.autocommit or not _writes(sql):
                return execute(sql, params, many, context)
            with self._acknowledged():
                return execute(sql, params, many, context)
        except Exception as error:
            if self._is_lost(error):
                self.close()
            raise

    def _commit(self) -> None:
        if self.connection is None:
            return
        with self._acknowledged():
            super()._commit()  # type: ignore[misc]  # the stubs leave it out

    @contextmanager
    def _acknowledged(self) -> Iterator[None]:
        driver = self.connection
        del driver.notices[:]
        try:
            with WAITS.bounded(driver, seconds=settings.COMMIT_WAIT) as wait:
                try:
                    yield
                except (OperationalError, InterfaceError) as error:
                    if _broke_off(wait):
                        raise NotReplicated(UNCONFIRMED) from error
                    raise
        except TooManyWait:
            raise NotReplicated("too many commits wait for a second server already") from None
        if driver.notices:
            raise NotReplicated(UNCONFIRMED)

    def _is_lost(self, error: BaseException) -> bool:
        told: BaseException | None = error
        while told is not None:
            code = getattr(told, "pgcode", None) or ""
            if code == READ_ONLY or code.startswith(SHUTTING_DOWN):
                return True
            told = told.__cause__
        return self.connection is not None and bool(self.connection.closed)


def _writes(sql: object) -> bool:
    return sql == BARRIER or not (isinstance(sql, str) and sql.lstrip().startswith(READS))


def _broke_off(wait: Wait) -> bool:
    return wait.cut or bool(getattr(wait.driver, "closed", 0))
