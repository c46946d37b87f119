"""When a ballot is acknowledged behind a cluster: once a second server has it (docs/cluster.md).

A commit that waits for the standby is visible on the primary already. If the wait is ended (a cancel, a demotion, a
crash) the client cannot tell what became of it, and whoever reads the row afterwards reads what may still be lost. So
a commit that was not confirmed raises `NotReplicated` (`kbnn_survey.postgresql`), and whatever leaves the house on the
strength of a read calls `barrier` first. On one server, and on SQLite, nothing here has an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import OperationalError, connection

#: A record later in the log than everything this session can see, with a commit of its own, which waits for the standby.
#: Every role may call it, it needs no table, and a standby refuses it.
BARRIER = "SELECT pg_logical_emit_message(true, 'kbnn', '')"
STATE = """
SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
       current_setting('synchronous_standby_names') <> ''
       AND current_setting('synchronous_commit') IN ('on', 'remote_apply'),
       to_regprocedure('kbnn_synchronous_standbys()') IS NOT NULL
"""


class NotReplicated(OperationalError):
    """Whether it was stored is not known: no second server confirmed it. Sending the same thing again settles it."""


@dataclass(frozen=True)
class State:
    """Of the server that answers: ``standbys`` is how many synchronous ones are connected, None where nobody may look."""

    read_only: bool
    waits: bool
    standbys: int | None

    def problems(self) -> list[str]:
        """What keeps it from acknowledging anything: read-only, synchronous, standby."""
        if self.read_only:
            return ["read-only"]
        named = [] if self.waits else ["synchronous"]
        return [*named, "standby"] if self.standbys == 0 else named


def barrier() -> None:
    """Return when a second server has everything that was read until now; raises `NotReplicated` or another error of
    the database when none says so. Inside a transaction it is the commit that waits."""
    if settings.CLUSTER:
        with connection.cursor() as cursor:
            cursor.execute(BARRIER)


def state() -> State:
    """How the server stands that this connection leads to. PostgreSQL alone."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        read_only, waits, may_look = cursor.fetchone()
        if not may_look:
            return State(read_only, waits, None)
        cursor.execute("SELECT kbnn_synchronous_standbys()")
        return State(read_only, waits, cursor.fetchone()[0])
