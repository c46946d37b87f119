"""A consistent copy of the database while it is in use, and back again, on both engines. Keys are never in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

SUFFIX = {"sqlite": ".sqlite3", "postgresql": ".pgdump"}


class DumpFailed(Exception):
    """The tool of the database said why, or the copy is not sound."""


def copy_to(path: Path) -> None:
    """Write the copy under another name, then rename it: a file of this name is always whole. Readable by its owner only."""
    fresh = path.with_name(f".{path.name}.part")
    fresh.unlink(missing_ok=True)
    previous = os.umask(0o077)
    try:
        if connection.vendor == "sqlite":
            _copy_sqlite(fresh)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={fresh}")
            _run("pg_restore", "--list", str(fresh), alone=True)
    finally:
        os.umask(previous)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)


def _copy_sqlite(path: Path) -> None:
    # Not the online backup: that copies free pages, too, and with them what the mix has just erased.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    check_sqlite(path)


def check_sqlite(path: Path) -> None:
    """Raises `DumpFailed` unless the file is a sound SQLite database."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            told = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise DumpFailed(str(error)) from error
    if told != "ok":
        raise DumpFailed(told)


def is_empty_place() -> bool:
    """Whether the configured database holds no table; a SQLite file that is not there is not made by asking."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if not path.exists() or not path.stat().st_size:
            return True
    with connection.cursor() as cursor:
        empty = not connection.introspection.table_names(cursor)
    connection.close()
    return empty


def put_back(path: Path) -> None:
    """Fill the empty place with a copy."""
    if connection.vendor == "postgresql":
        _run(
            "pg_restore",
            "--exit-on-error",
            "--single-transaction",
            "--no-owner",
            "--no-privileges",
            "--dbname",
            _name(),
            str(path),
            alone=True,
        )
        return
    check_sqlite(path)
    target = Path(connection.settings_dict["NAME"])
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.part")
    shutil.copyfile(path, fresh)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(target)


def _name() -> str:
    return connection.settings_dict["NAME"]


def _run(tool: str, *arguments: str, alone: bool = False) -> None:
    """Run one of PostgreSQL's own tools on the configured database; ``alone``: its arguments say what it works on."""
    facts = connection.settings_dict
    told = {
        "PGHOST": facts["HOST"],
        "PGPORT": facts["PORT"],
        "PGUSER": facts["USER"],
        "PGPASSWORD": facts["PASSWORD"],
    }
    environment = {**os.environ, **{name: str(value) for name, value in told.items() if value}}
    arguments = arguments if alone else (*arguments, _name())
    try:
        subprocess.run([_find(tool), *arguments], env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise DumpFailed(error.stderr.strip()) from error


def _find(tool: str) -> str:
    """On PATH, or the newest where Debian puts them."""
    places = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), key=lambda path: int(path.parent.parent.name)
    )
    found = str(places[-1]) if places else shutil.which(tool)
    if found is None:
        raise DumpFailed(f"{tool} is not installed")
    return found
