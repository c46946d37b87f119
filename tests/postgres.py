"""A private PostgreSQL cluster: made in a temporary folder, used, stopped and removed.

`python -m tests.postgres COMMAND …` runs a command with `DATABASE_URL` pointing at such a cluster.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

OLDEST = 14  # Django 5.2
# As in production, since what is proved here must hold there, but for the waiting for the disk: nobody pulls the plug on
# a test, and `make faults` proves what holds when somebody does. Reached by its socket only, so no port can collide.
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0700
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = on
track_commit_timestamp = off
log_statement = none
log_parameter_max_length = 0
"""


def find_binaries() -> Path | None:
    """The folder of the newest usable server binaries: on PATH, or where Debian puts them; None without any."""
    folders = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for folder in folders:
        if (
            all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres"))
            and _major(folder) >= OLDEST
        ):
            return folder
    return None


@contextlib.contextmanager
def private_cluster(binaries: Path, more: str = "") -> Iterator[str]:
    """Start a cluster, yield its `DATABASE_URL` (superuser, socket), and remove every trace of it at the end.

    ``more``: lines for its configuration.
    """
    folder = Path(tempfile.mkdtemp(prefix="kbnn-pg-", dir=_open_folder()))
    user = _unprivileged()
    if user:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)

    def run(name: str, *arguments: str) -> None:
        _run_as(user, folder, binaries / name, *arguments)

    data = folder / "data"
    try:
        run(
            "initdb", "-D", str(data), "-U", "kbnn", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--data-checksums",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"{CONFIGURATION.format(folder=folder)}{more}\n")
        run("pg_ctl", "-D", str(data), "-w", "-t", "60", "-l", str(folder / "log"), "start")
        yield f"postgres://kbnn@/{folder}/postgres"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError, FileNotFoundError):
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _major(folder: Path) -> int:
    told = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(told.split()[2].split(".")[0])


def _unprivileged() -> str | None:
    """Whom to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _open_folder() -> str | None:
    """A temporary folder that another user may enter; a caller's own TMPDIR often may not."""
    preferred = Path(tempfile.gettempdir()).resolve()
    enterable = all(path.stat().st_mode & 0o001 for path in (preferred, *preferred.parents))
    short = len(str(preferred)) < 60  # a socket's path has room for 107 bytes
    return str(preferred) if short and (enterable or os.geteuid() != 0) else "/var/tmp"  # noqa: S108


def _run_as(user: str | None, folder: Path, *command: str | Path) -> None:
    """Run to the end, quietly; what it said is printed only when it failed."""
    told = folder / "said"
    identity = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    with told.open("w+", encoding="utf-8") as said:  # a file, not a pipe: the server inherits it and stays
        code = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **identity,
        ).returncode  # fmt: skip
        if code:
            said.seek(0)
            log = folder / "log"
            print(said.read(), log.read_text(encoding="utf-8") if log.exists() else "", file=sys.stderr)
            raise subprocess.CalledProcessError(code, [str(part) for part in command])


def end_on_terminate() -> None:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that the cluster is removed."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def main(command: list[str]) -> int:
    binaries = find_binaries()
    if not command or binaries is None:
        sys.exit(
            "usage: python -m tests.postgres COMMAND …" if binaries else "no PostgreSQL server binaries found"
        )
    end_on_terminate()
    with private_cluster(binaries) as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
