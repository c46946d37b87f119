"""The test database: migrated once a run, copied for each worker, and put back after every test that commits.

Migrating takes as long as hundreds of tests, and Django's own flush empties every table there is and makes all groups
and permissions anew; most tests touch a dozen tables.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.transaction import atomic

# What this worker's database is a copy of, and on PostgreSQL what stands in it before any test.
_template = ""
_beginning: dict[str, str] = {}


def make(folder: Path) -> None:
    """Lead the connection to this worker's own copy of the template, which the first comer migrates.

    ``folder`` belongs to one run and is shared by its workers.
    """
    global _template, _beginning
    own = connection.creation._get_test_db_name()
    _template = str(folder / "template.sqlite3") if _is_file() else f"{own.partition('_gw')[0]}_template"
    with _alone(folder) as users:
        if not any(users.iterdir()):
            _migrate(_template)
        (users / Path(own).name).touch()
        _copy(own)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
    if not _is_file():
        with connection.cursor() as cursor:
            _beginning = _what_stands(cursor)


def put_back() -> None:
    """Undo whatever was committed: rows, triggers taken away, the cache."""
    connection.close()  # and with it whatever the test has left open
    if _is_file():
        _put_back_file()
    else:
        _put_back_rows()


def remove(folder: Path) -> None:
    """Drop this worker's database, and the template together with the last one."""
    own = connection.settings_dict["NAME"]
    connection.close()
    with _alone(folder) as users:
        _drop(own)
        (users / Path(own).name).unlink()
        if not any(users.iterdir()):
            _drop(_template)


@contextlib.contextmanager
def empty() -> Iterator[None]:
    """Lead the connection to a database without any table for a while, then back to this worker's own."""
    own = connection.settings_dict["NAME"]
    connection.close()
    if not _is_file():
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{own}_empty"')
    connection.settings_dict["NAME"] = f"{own}_empty"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        _drop(f"{own}_empty")


def _is_file() -> bool:
    return connection.vendor == "sqlite"


# --- the template -----------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """No other worker is at it meanwhile. Yields a folder with one file for each worker that has a copy."""
    with (folder / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        users = folder / "databases"
        users.mkdir(exist_ok=True)
        yield users


def _migrate(name: str) -> None:
    test = connection.settings_dict["TEST"]
    own, test["NAME"] = test["NAME"], name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    test["NAME"] = own


def _copy(own: str) -> None:
    if _is_file():
        shutil.copyfile(_template, own)
        return
    _drop(own)
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{_template}"')


def _drop(name: str) -> None:
    if _is_file():
        Path(name).unlink()
        return
    with connection.creation._nodb_cursor() as cursor:
        # A thread that has not quite ended, of a live server or of a race, may not hold what is to go.
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


# --- putting back -------------------------------------------------------------------------------------------------
class _Patience:
    """Ends a copy that another connection keeps waiting for twenty seconds, which SQLite's own never does."""

    def __init__(self) -> None:
        self.left = 80  # waits of a quarter of a second

    def __call__(self, status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self.left -= 1
        if not self.left:
            raise TimeoutError("a connection that this test left open holds its database")


def _put_back_file() -> None:
    with (
        contextlib.closing(sqlite3.connect(_template)) as template,
        contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=20)) as own,
    ):
        own.execute("PRAGMA synchronous=OFF")
        template.backup(own, progress=_Patience())


def _put_back_rows() -> None:
    with connection.cursor() as cursor:
        if _what_stands(cursor) == _beginning:
            _empty(cursor)
            return
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        numbers = cursor.fetchall()
    connection.close()
    _copy(connection.settings_dict["NAME"])
    # No number is given out twice in a run, and none that a row of the template bears.
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT setval(format('%%I', sequencename)::regclass, GREATEST(last_value, %s)) FROM pg_sequences"
            " WHERE sequencename = %s",
            [(number, name) for name, number in numbers],
        )


def _what_stands(cursor) -> dict[str, str]:
    """The tables and triggers there are, and the rows of those tables that are not empty before any test."""
    tables = connection.introspection.table_names(cursor)
    filled = [table for table in tables if table in _beginning] if _beginning else _filled(cursor, tables)
    asked = {
        "": "SELECT string_agg(pg_get_triggerdef(t.oid) || tgenabled::text || prosrc, chr(10) ORDER BY tgname)"
        " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT tgisinternal"
    }
    asked |= {
        table: f'SELECT string_agg(t::text, chr(10) ORDER BY t::text) FROM "{table}" t' for table in filled
    }
    cursor.execute(f"SELECT {', '.join(f'md5(({query}))' for query in asked.values())}")
    return {"tables": " ".join(sorted(tables)), **dict(zip(asked, cursor.fetchone(), strict=True))}


def _filled(cursor, tables: list[str]) -> list[str]:
    cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables))
    return [table for (table,) in cursor.fetchall()]


def _empty(cursor) -> None:
    """Delete past the append-only triggers what was not there; the next test's rows lie in order again, as in new tables."""
    tables = connection.introspection.table_names(cursor)
    names = [f'"{table}"' for table in _filled(cursor, [each for each in tables if each not in _beginning])]
    if not names:
        return
    with atomic():
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER; DELETE FROM {name}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    cursor.execute(f"VACUUM {', '.join(names)}")
