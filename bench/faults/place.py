"""A real office, for the length of one fault: folder, keys, database of either engine, and the servers over it.

`Kit` sets an office up once a run, and makes a fresh copy of it for each fault. Everything that a place starts ends
with it, whatever happened.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psycopg2

from bench import load
from bench.ours import ROOT
from bench.postgres import USER, Server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = (SQLITE, POSTGRESQL)
OFFICE = "HB"


class Failed(Exception):
    """Something that a fault needs did not come about, so nothing was measured."""


def gunicorn_of(release: Path) -> list[str]:
    """How a release is served, as `make serve` does it: by workers of its own where it has them."""
    own = release / "kbnn_survey" / "buffered_worker.py"
    worker = "kbnn_survey.buffered_worker.BufferedWorker" if own.exists() else "gthread"
    return [
        "-m", "gunicorn", "kbnn_survey.wsgi:application", "--worker-class", worker, "--workers", "2", "--threads", "4",
        "--no-control-socket", "--log-level", "critical",
    ]  # fmt: skip


class Web:
    """gunicorn over a place, a process group of its own. ``address`` is new with each start."""

    def __init__(self, place: Place, environment: Mapping[str, str], before: tuple[str, ...]) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as the server
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
            self.address = listener.getsockname()
            descriptor = listener.fileno()
            self.process = subprocess.Popen(
                [*before, sys.executable, *gunicorn_of(place.code), "--bind", f"fd://{descriptor}"],
                cwd=place.code, env=place.environment | dict(environment), pass_fds=[descriptor], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            )  # fmt: skip
        # This process keeps no copy of the socket: what the server did not take dies with it.

    def wait(self, seconds: float = 60) -> None:
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if self.process.poll() is not None:
                raise Failed(f"gunicorn ended with {self.process.returncode}: {self._said()}")
            with suppress(OSError, load.NotStored):
                load.request(self.address, "GET", "/healthz")
                return
            time.sleep(0.05)
        raise Failed("the server did not answer in time")

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-2000:]

    def kill(self) -> None:
        """kill −9 of master and workers at once."""
        end(self.process, patience=0)

    def stop(self) -> None:
        end(self.process)
        self._log.close()

    def readiness(self) -> tuple[int, list[str]]:
        """Status of /readyz and what it names as missing."""
        answer = load.request(self.address, "GET", "/readyz")
        return answer.status, json.loads(answer.body)["missing"]


class Place:
    """One office; ``environment`` is what its processes get. Made by `Kit.place`."""

    def __init__(self, folder: Path, engine: str, server: Server | None = None, database: str = "") -> None:
        self.folder, self.engine, self.server, self.database = folder, engine, server, database
        self.code = ROOT  # the release that is run here
        url = f"sqlite:///{self.file}" if engine == SQLITE else f"postgres:///{database}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in UNWANTED},
            **(server.environment if server else {}),
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "SECRET_KEY": "for-faults-only-" + "x" * 50,
            "BASE_URL": "http://127.0.0.1:8000",
            "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings",
        }
        self._stack = ExitStack()

    def close(self) -> None:
        self._stack.close()

    @property
    def file(self) -> Path:
        return self.folder / "kbnn.sqlite3"

    def serve(self, environment: Mapping[str, str] | None = None, before: tuple[str, ...] = ()) -> Web:
        """Start the server and wait until it answers; `before` is a program that starts it."""
        web = Web(self, environment or {}, before)
        self._stack.callback(web.stop)
        web.wait()
        return web

    def start(self, *command: str, **options) -> subprocess.Popen:
        """A process beside the server, ended with the place."""
        environment = self.environment | options.pop("environment", {})
        process = subprocess.Popen(
            command, cwd=self.code, env=environment, text=True, start_new_session=True, **options
        )
        self._stack.callback(end, process)
        return process

    def python(self, *arguments: str, check: bool = True, seconds: float = 600, **environment: str) -> str:
        """Run a program of Python to its end; what it said on both channels. Raises `Failed` when it failed."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.code, env=self.environment | environment, timeout=seconds,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if check and done.returncode:
            raise Failed(f"{' '.join(arguments)} ended with {done.returncode}: {done.stdout[-2000:]}")
        return done.stdout

    def manage(self, *arguments: str, **options) -> str:
        return self.python("manage.py", *arguments, **options)

    def issue(self, count: int, **environment: str) -> list[str]:
        """Log so many transactions and issue their slips, through the product's verbs. Their plain codes."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.ours"], cwd=self.code, env=self.environment | environment,
            input=f"{count}\n", stdout=subprocess.PIPE, text=True, check=True, timeout=300,
        )  # fmt: skip
        return json.loads(done.stdout)

    def rows(self, sql: str) -> list[tuple]:
        """What the database itself says, past the product."""
        if self.engine == SQLITE:
            with closing(sqlite3.connect(self.file, timeout=30)) as connection:
                return connection.execute(sql).fetchall()
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(sql)
            return cursor.fetchall()

    def migrated(self) -> int:
        """How many migrations the database has gone through; a squash counts as those it replaces."""
        return self.rows("SELECT count(*) FROM django_migrations WHERE name NOT LIKE '%_squashed_%'")[0][0]

    def integrity(self) -> str:
        """'ok', or what SQLite's integrity_check or PostgreSQL's amcheck found."""
        if self.engine == SQLITE:
            return self.rows("PRAGMA integrity_check")[0][0]
        amcheck = self.server.bin / "pg_amcheck"
        if not amcheck.exists():
            return "ok"
        done = subprocess.run(
            [amcheck, "--install-missing", "--heapallindexed", "-d", self.database],
            env=os.environ | self.server.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return "ok" if not done.returncode else done.stdout[-500:]

    def _connect(self):
        return psycopg2.connect(host=self.server.environment["PGHOST"], user=USER, dbname=self.database)


UNWANTED = {
    "DEBUG", "KEYS_DIR", "MIX_KEYS_DIR", "SEPARATE_MIXER", "DATABASE_MIXER", "SECRET_KEY_FILE", "ALLOWED_HOSTS", "BEHIND_PROXY", "TRUSTED_PROXIES", "MIX_HOUR",
    "CHECKPOINT_EMAIL", "EMAIL_URL", "EMAIL_FROM", "PORT", "LD_PRELOAD",
}  # fmt: skip


class Kit:
    """Context manager: an office set up once by `manage.py set_up`, and fresh copies of it."""

    def __enter__(self) -> Kit:
        self._stack = ExitStack()
        self.root = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        self.root.chmod(0o711)  # a database server of another user must be able to pass
        self._models: dict[str, Place] = {}
        self._server: Server | None = None
        return self

    def __exit__(self, *_) -> None:
        self._stack.close()

    @contextmanager
    def place(self, engine: str, folder: Path | None = None) -> Iterator[Place]:
        """A fresh copy of the office in an empty folder; the same keys and static files everywhere."""
        model = self._model(engine)
        folder = folder or Path(tempfile.mkdtemp(dir=self.root))
        furnish(folder, model.folder)
        if engine == SQLITE:
            shutil.copyfile(model.file, folder / model.file.name)
            place = Place(folder, engine)
        else:
            name = f"office_{secrets.token_hex(4)}"
            self._server.query("postgres", f"CREATE DATABASE {name} TEMPLATE {model.database}")
            place = Place(folder, engine, self._server, name)
        try:
            yield place
        finally:
            place.close()
            if engine == POSTGRESQL:
                self._server.query("postgres", f"DROP DATABASE IF EXISTS {place.database} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def own_place(self, server: Server) -> Iterator[Place]:
        """An office on a PostgreSQL server of the caller's, with the keys of the others."""
        model, folder = self._model(SQLITE), Path(tempfile.mkdtemp(dir=self.root))
        furnish(folder, model.folder)
        server.create("office")
        place = Place(folder, POSTGRESQL, server, "office")
        try:
            set_up(place)
            yield place
        finally:
            place.close()
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def old_place(self, engine: str, code: Path) -> Iterator[Place]:
        """An office set up by another release, the tree under `code`; its own keys and static files."""
        self._model(engine)
        folder, name = Path(tempfile.mkdtemp(dir=self.root)), f"old_{secrets.token_hex(4)}"
        if engine == POSTGRESQL:
            self._server.create(name)
        place = Place(folder, engine, self._server if engine == POSTGRESQL else None, name)
        place.code = code
        try:
            set_up(place)
            yield place
        finally:
            place.close()
            if engine == POSTGRESQL:
                self._server.query("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def empty_place(self, like: Place) -> Iterator[Place]:
        """The same keys, no database yet: where a backup is put back."""
        folder = Path(tempfile.mkdtemp(dir=self.root))
        furnish(folder, like.folder)
        name = f"empty_{secrets.token_hex(4)}"
        if like.engine == POSTGRESQL:
            self._server.create(name)
        place = Place(folder, like.engine, like.server, name)
        try:
            yield place
        finally:
            place.close()
            if like.engine == POSTGRESQL:
                self._server.query("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def static(self) -> Path:
        """The collected files of style and script, of no place in particular."""
        return next(iter(self._models.values())).folder / "static"

    def _model(self, engine: str) -> Place:
        if engine not in self._models:
            print(f"  setting up an office on {engine}", flush=True)
            folder = self.root / f"model-{engine}"
            folder.mkdir()
            if engine == POSTGRESQL:
                self._server = self._stack.enter_context(Server())
                self._server.create("model")
            if self._models:  # static files are the same on both
                other = next(iter(self._models.values())).folder
                (folder / "static").symlink_to(other / "static")
            model = Place(folder, engine, self._server if engine == POSTGRESQL else None, "model")
            set_up(model)
            self._models[engine] = model
        return self._models[engine]


def set_up(place: Place) -> None:
    place.manage(
        "set_up", "--code", OFFICE, "--name", "Kho bạc Nhà nước Hòa Bình", "--short-name", "KBNN Hòa Bình",
        "--department", "", "--counters", "2", "--admin", "quantri",
    )  # fmt: skip


def furnish(folder: Path, model: Path) -> None:
    """Keys, the mixer's too, and the static files by a link."""
    for name in ("keys", "mix-keys"):
        if (model / name).exists():  # a release of the time before the sealed box has no mixer's
            shutil.copytree(model / name, folder / name)
    (folder / "static").symlink_to((model / "static").resolve())


def end(process: subprocess.Popen, *, patience: float = 15) -> None:
    """Ask a process that leads its group, wait, then kill the whole group.

    Not one that was waited for before: its number may be somebody else's by now.
    """
    if process.returncode is not None:
        return
    if patience:
        os.kill(process.pid, signal.SIGTERM)
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up and not _has_ended(process):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)  # not waited for yet, so the number is still its own
    process.wait(timeout=30)


def _has_ended(process: subprocess.Popen) -> bool:
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
