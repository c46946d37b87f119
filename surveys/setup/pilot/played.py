"""The database as it was after the replay, kept beside the one in use: what "Làm lại từ đầu" goes back to.

Going back puts another file in place; no row is deleted. SQLite only, since a server's database belongs to the server.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection


def _kept() -> Path:
    return settings.DATA_DIR / "pilot-played.sqlite3"


def wish() -> Path:
    """The file by which a page asks whoever started the server to go back."""
    return settings.DATA_DIR / "pilot-again"


def is_kept() -> bool:
    return connection.vendor == "sqlite" and _kept().exists()


def keep() -> None:
    """Copy the database once, when the year and the campaign are complete."""
    if connection.vendor != "sqlite" or _kept().exists():
        return
    fresh = _kept().with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(fresh)])
    fresh.chmod(0o600)
    fresh.replace(_kept())


def put_back() -> None:
    """Put the copy in the place of the database. Only while nobody has it open; without a copy nothing happens."""
    wish().unlink(missing_ok=True)
    if not is_kept():
        return
    connection.close()
    place = Path(connection.settings_dict["NAME"])
    fresh = place.with_suffix(".new")
    shutil.copyfile(_kept(), fresh)
    for rest in ("-journal", "-wal", "-shm"):
        place.with_name(place.name + rest).unlink(missing_ok=True)
    fresh.replace(place)
