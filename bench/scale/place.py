"""A filled database of the bench's own: a private PostgreSQL, a folder, keys, and the environment that leads there."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ours import ROOT
from bench.postgres import Server

PREFIX = "scale_"
HOST = "127.0.0.1:8000"


class Place:
    """One database and its folder. Nothing else of the machine is touched."""

    def __init__(self, server: Server, folder: Path, name: str) -> None:
        self.server, self.folder, self.database = server, folder, PREFIX + name
        self.environment = (
            os.environ
            | server.environment
            | {
                "DATABASE_URL": f"postgres:///{self.database}",
                "DATA_DIR": str(folder),
                "KEYS_DIR": str(folder / "keys"),
                "MIX_KEYS_DIR": str(folder / "mix-keys"),
                "SECRET_KEY": secrets.token_urlsafe(50),
                "BASE_URL": f"http://{HOST}",
                "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings",
                "PYTHONWARNINGS": "ignore",
            }
        )
        self.environment.pop("DEBUG", None)
        server.create(self.database)
        # So that a request's work can be told: it is all in one process. (What PGOPTIONS says the product's own options hide.)
        server.query("postgres", f"ALTER DATABASE {self.database} SET max_parallel_workers_per_gather = 0")
        self.run("manage.py", "prepare", "-v0")

    def run(self, *command: object, quiet: bool = True) -> None:
        out = subprocess.DEVNULL if quiet else None
        subprocess.run(
            [sys.executable, *map(str, command)], cwd=ROOT, env=self.environment, check=True, stdout=out
        )

    def ask(self, module: str, *arguments: object) -> dict:
        """What a module of the bench, run as a program over this place, prints as JSON in its last line."""
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    def codes(self, count: int) -> list[str]:
        """Log so many transactions and issue their slips, through the product's verbs. Their plain codes."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.ours"], cwd=ROOT, env=self.environment, input=f"{count}\n",
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    def size(self) -> int:
        """Bytes of the database, indexes included."""
        return int(self.server.query(self.database, f"SELECT pg_database_size('{self.database}')"))


@contextmanager
def place(server: Server, name: str) -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="bench-scale-"))
    try:
        yield Place(server, folder, name)
    finally:
        server.query("postgres", f'DROP DATABASE IF EXISTS "{PREFIX}{name}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)
