"""Commit what several threads of one process store in one transaction, where the database knows one writer (SQLite).

A commit on SQLite is five waits for the disk. Whoever comes while another commits queues up; the next in turn stores for all
who queue, each in a savepoint of its own, and commits once. Nobody returns before the commit that has its rows.
(Group commit: DeWitt et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from django.db import Error, IntegrityError, OperationalError, connection
from django.db.transaction import atomic

Write = Callable[[], None]


class Entry:
    """One thread's write, and what became of it."""

    def __init__(self, write: Write) -> None:
        self.write = write
        self.error: Exception | None = None
        self.is_over = False

    def settle(self, error: Exception | None) -> None:
        self.error, self.is_over = error, True


_queue: deque[Entry] = deque()
# Whom SQLite lets wait it lets wait unfairly: each looks every tenth of a second, and some always look too late. So the
# threads of one process queue up here and take one place there.
_turn = Lock()


def commit(write: Write) -> None:
    """Return once what ``write`` stored is committed; raises what it raised, or the commit did: then nothing of it is stored.

    ``write`` runs in a transaction, perhaps in another thread, so it uses this thread's connection for nothing.
    """
    if connection.in_atomic_block:
        # This thread may hold SQLite's lock already, for which the one whose turn it is would wait.
        with atomic():
            write()
        return
    mine = Entry(write)
    _queue.append(mine)
    with _turn:
        if not mine.is_over:
            _commit_all([_queue.popleft() for _ in range(len(_queue))])
    if mine.error:
        raise mine.error


def _commit_all(entries: Sequence[Entry]) -> None:
    try:
        if len(entries) == 1 or not _commit_together(entries):
            for each in entries:
                _commit_alone(each)
    finally:
        for each in entries:
            if not each.is_over:  # this thread is being ended
                each.settle(OperationalError("the thread that stored this row was ended before its commit"))


def _commit_together(entries: Sequence[Entry]) -> bool:
    """Whether the transaction of all came to an end that says of each what became of it."""
    errors: dict[Entry, Exception] = {}
    try:
        with atomic():
            for each in entries:
                try:
                    with atomic():
                        each.write()
                except Exception as error:
                    # Its own refusal leaves the others' rows as they are; whatever else is wrong ends the transaction.
                    if isinstance(error, Error) and not isinstance(error, IntegrityError):
                        raise
                    errors[each] = error
            if connection.needs_rollback:
                raise OperationalError("a savepoint could not be rolled back")
    except IntegrityError:
        return False  # asked at the commit, which does not say whose row it was
    except Exception as error:
        errors = dict.fromkeys(entries, error)
    for each in entries:
        each.settle(errors.get(each))
    return True


def _commit_alone(entry: Entry) -> None:
    try:
        with atomic():
            entry.write()
    except Exception as error:
        entry.settle(error)
    else:
        entry.settle(None)
