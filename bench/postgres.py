"""A private PostgreSQL with the durability of a real one, for the length of a run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

USER = "bench"
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class NotFound(Exception):
    """No PostgreSQL server binaries on this machine."""


def binaries():
    """The folder of the newest Debian server binaries, or the one on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NotFound("PostgreSQL's server programs are missing: apt install postgresql")


class Server:
    """Context manager. Reached by a unix socket only; the server refuses to run as root, so root lends it a plain user."""

    def __enter__(self):
        self.bin = binaries()
        self.root = Path(tempfile.mkdtemp(prefix="bench-pg-"))
        if os.geteuid() == 0:
            account = _plain_account()
            os.chown(self.root, account.pw_uid, account.pw_gid)
            self._as = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        else:
            self._as = []
        try:
            self._tool("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale")
            self.start()
            self._check_durable()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self, **settings):
        """Start over the data that are there, with settings beside the usual ones."""
        options = self._options + "".join(f" -c {name}={value}" for name, value in settings.items())
        self._tool("pg_ctl", "-D", self.data, "-l", self.root / "log", "-w", "-o", options, "start")

    def stop(self, mode="fast"):
        """`immediate` is a crash: nothing is written out, and the next start recovers."""
        self._tool("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    @property
    def data(self):
        return self.root / "data"

    @property
    def _options(self):
        return f"-c listen_addresses='' -c unix_socket_directories='{self.root}' -c max_connections=50"

    @property
    def environment(self):
        """What libpq needs to find this server."""
        return {"PGHOST": str(self.root), "PGUSER": USER}

    def create(self, database):
        self.query("postgres", f'CREATE DATABASE "{database}"')

    def query(self, database, sql):
        """The unaligned text that psql prints for one statement."""
        command = [
            self.bin / "psql",
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            database,
            "-c",
            sql,
        ]
        done = subprocess.run(
            command, env=os.environ | self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def _check_durable(self):
        """A bench on a server that may forget a ballot would flatter everybody, and us most."""
        for setting, wanted in DURABLE.items():
            if (found := self.query("postgres", f"SHOW {setting}")) != wanted:
                raise RuntimeError(f"PostgreSQL runs with {setting}={found}, the bench wants {wanted}")

    def _tool(self, name, *arguments):
        done = subprocess.run(
            [*self._as, self.bin / name, *map(str, arguments)],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr.strip()}")


def _plain_account():
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no plain user to run PostgreSQL as")
