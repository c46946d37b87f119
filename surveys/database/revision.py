"""Values that are made once and kept until one of the rows they were made from changes.

One mechanism for pages, their parts and what they are computed from. The database moves the revision in the transaction of the
write itself (`revision_triggers`), so a seal, a correction, a mix, a holiday or a new name of the office is seen by the next
request of every process. What a value was made from is watched while it is made: a statement that asks a table without
triggers, the register above all, is put again before the value is handed out, and its rows must be the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from kbnn_survey.plain_cache import READ, as_moment
from surveys.database.revision_triggers import REVISION, watched
from surveys.models import Revision

T = TypeVar("T")
#: What names one state of the watched tables.
Mark = tuple[object, ...]
#: Of a process. The oldest goes first.
MOST_BYTES = 32 * 2**20
_WORDS, _INSTANT = re.compile(r"\w+"), re.compile(r"\d{4}-\d\d-\d\d \d\d:")
_CURRENT = f"SELECT COUNT(*), MAX(id), SUM(mark % 1000000007), MAX(mark) FROM {REVISION}"  # noqa: S608

_steady: ContextVar[Mark | None] = ContextVar("revision", default=None)
_settled: ContextVar[bool] = ContextVar("settled", default=False)


def current() -> Mark:
    """The revision that this transaction sees, and the local day, since what is due changes with it; one statement."""
    if (steady := _steady.get()) is not None:
        return steady
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT)
        return (*cursor.fetchone(), timezone.localdate())


@contextmanager
def steady() -> Iterator[None]:
    """One look at the revision for everything that is asked inside; for what only reads."""
    token = _steady.set(current())
    try:
        yield
    finally:
        _steady.reset(token)


@contextmanager
def settled() -> Iterator[None]:
    """What is read inside moves only together with a watched row, or with something that is read outside: it is not read
    again before a kept value is handed out. For counts of a sealed period, whose slips cost as much as there are."""
    token = _settled.set(True)
    try:
        yield
    finally:
        _settled.reset(token)


def gather() -> None:
    """Put the rows of past writes together, for every night: one is enough to name the state."""
    last = Revision.objects.order_by("-pk").values_list("pk", flat=True).first()
    if last is not None:
        Revision.objects.filter(pk__lt=last).delete()


class Store:
    """What one process keeps of one revision; at the next one it is empty."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.forget()

    def forget(self) -> None:
        self.mark: Mark | None = None
        self.entries: dict[Hashable, Entry] = {}
        self.bytes = 0

    def get(self, mark: Mark, key: Hashable) -> Entry | None:
        return self.entries.get(key) if mark == self.mark else None

    def put(self, mark: Mark, key: Hashable, entry: Entry) -> None:
        with self.lock:
            if mark != self.mark:
                self.forget()
                self.mark = mark
            if before := self.entries.pop(key, None):
                self.bytes -= before.weight
            self.entries[key] = entry
            self.bytes += entry.weight
            while self.bytes > MOST_BYTES:
                self.bytes -= self.entries.pop(next(iter(self.entries))).weight


store = Store()


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """``make()``, or what it returned under this key, as long as everything that it read is still the same.

    The key holds what the value depends on beside rows and the day; an hour or minute of the clock may not change it. The
    value is shared: nobody may change it.
    """
    mark = current()
    found = store.get(mark, key)
    if found is not None and found.stands():
        return cast(T, found.value)
    reads = Reads()
    with connection.execute_wrapper(reads):
        made = make()
    if reads.can_be_repeated:
        store.put(mark, key, Entry(made, tuple(reads.checks), reads.until))
    return made


@dataclass(frozen=True)
class Check:
    """A statement on tables without triggers, and what names its rows."""

    sql: str
    params: Any
    rows: bytes

    def holds(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return name_of(cursor.fetchall()) == self.rows


@dataclass(frozen=True)
class Entry:
    """``until``: when the first of the counts that the value was made from is to be counted anew."""

    value: object
    checks: tuple[Check, ...]
    until: datetime | None

    def stands(self) -> bool:
        is_over = self.until is not None and self.until <= timezone.now()
        return not is_over and all(check.holds() for check in self.checks)

    @property
    def weight(self) -> int:
        """Bytes, roughly."""
        return getattr(self.value, "weight", 1000) + 1000 * len(self.checks)


class Reads:
    """Wrapper of statements: notes those that are to be put again, each with the rows that it found just before."""

    def __init__(self) -> None:
        self.can_be_repeated, self.checks = True, list[Check]()
        self.until: datetime | None = None

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if self.can_be_repeated and not (_settled.get() and is_reading(sql)):
            self.can_be_repeated = not many and is_reading(sql) and not is_of_this_moment(params)
            if self.can_be_repeated and not only_watched(sql):
                self._note(context["connection"], sql, params)
        return execute(sql, params, many, context)

    def _note(self, database: BaseDatabaseWrapper, sql: str, params: Any) -> None:
        with closing(
            database.create_cursor()
        ) as cursor:  # past the wrappers: the page's statement is counted once
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        if rows and sql == READ:  # what lies there ends by itself, and so does what is made from it
            ends = [as_moment(database, expires) for _value, expires in rows]
            self.until = min(ends if self.until is None else [*ends, self.until])
        elif rows and "django_cache" in sql:
            self.can_be_repeated = False
        self.checks.append(Check(sql, params, name_of(rows)))


def name_of(rows: object) -> bytes:
    return sha256(repr(rows).encode()).digest()


def is_reading(sql: str) -> bool:
    return _WORDS.findall(sql)[0].upper() in ("SELECT", "WITH")


def is_of_this_moment(params: Any) -> bool:
    """Whether a statement asks for an instant of now, and not of a day's beginning: it would be another one next time."""
    yesterday = str(timezone.now() - timedelta(days=1))[:10]
    texts = (str(each) for each in params or () if isinstance(each, str | datetime))
    return any(text[:10] >= yesterday for text in texts if _INSTANT.match(text) and not _is_midnight(text))


def _is_midnight(text: str) -> bool:
    when = datetime.fromisoformat(text)
    return timezone.localtime(when if when.tzinfo else when.replace(tzinfo=UTC)).time() == time()


@lru_cache(maxsize=2048)
def only_watched(sql: str) -> bool:
    """Whether a statement reads, and names no table that is not watched."""
    return is_reading(sql) and unwatched().isdisjoint(_WORDS.findall(sql))


@cache
def unwatched() -> frozenset[str]:
    every = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_cache"}
    return frozenset(every - {model._meta.db_table for model in watched()} - {REVISION})
