"""What a new SQLite database begins from is what all the migrations make."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parent.parent.parent.parent
ASKED = {
    "roles": "SELECT g.name, p.codename FROM auth_group_permissions o JOIN auth_group g ON g.id = o.group_id"
    " JOIN auth_permission p ON p.id = o.permission_id",
    "permissions": "SELECT c.app_label, c.model, p.codename, p.name FROM auth_permission p"
    " JOIN django_content_type c ON c.id = p.content_type_id",
    "migrations": "SELECT app, name FROM django_migrations",
}

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only, pytest.mark.slow]


def _schema(rows) -> dict[str, str]:
    return {name: re.sub(r"\s+", " ", statement) for name, statement in rows if statement}


def test_a_database_from_the_file_is_the_one_that_every_migration_makes(tmp_path):
    migrated = tmp_path / "every.sql"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--write-fresh-schema", str(migrated)],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": f"sqlite:///{tmp_path / 'every.sqlite3'}", "SECRET_KEY": "none-needed"}
        | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings"},
        check=True,
        capture_output=True,
    )
    every = sqlite3.connect(tmp_path / "every.sqlite3")
    read = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'django_cache%'"
    with connection.cursor() as cursor:
        assert _schema(cursor.execute(read).fetchall()) == _schema(every.execute(read))
        for words in ASKED.values():
            assert set(cursor.execute(words).fetchall()) == set(every.execute(words))
