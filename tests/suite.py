"""The whole suite, once an engine: SQLite always, PostgreSQL where the machine has one. What is left out is said aloud.

`python -m tests.suite [pytest arguments]`. With `STRICT=1` anything left out or skipped is a failure. `DATABASE_URL`,
where it names a PostgreSQL server, is used; otherwise a private cluster is started, and removed at the end.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import end_on_terminate, find_binaries, private_cluster

# Compiling the house anew takes each worker, and each server that a test starts, longer than most tests.
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
# Three workers for two cores, since each waits now and then; each has a database of its own. `-n 0` turns them off.
PYTEST = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "worksteal"]


def main(arguments: list[str]) -> int:
    """Run each engine in turn; the first failing one is the last, so that the closing line tells the truth."""
    end_on_terminate()
    given = os.environ.get("DATABASE_URL", "")
    given = given if given.startswith(("postgres", "psql", "pgsql")) else ""
    binaries = find_binaries()
    engines = ["sqlite", "postgresql"] if given or binaries else ["sqlite"]
    with contextlib.ExitStack() as resources:
        folder = resources.enter_context(
            tempfile.TemporaryDirectory(prefix="kbnn-suite-", ignore_cleanup_errors=True)
        )
        for engine in engines:
            url = "" if engine == "sqlite" else given or resources.enter_context(private_cluster(binaries))
            environment = {
                **{name: value for name, value in os.environ.items() if name != NO_BYTECODE},
                "DATABASE_URL": url,
                "TMPDIR": folder,  # whatever a killed run leaves behind goes with it
                "SUITE_ENGINES": " ".join(engines),
                "SUITE_TALLY": str(Path(folder) / "tally"),
            }
            print(f"\n──── the suite on {engine} ────", flush=True)
            if code := _run([*PYTEST, *arguments], environment):
                return code
    return 0


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run to the end; when this process is told to end, let pytest unwind first, which SIGTERM would not."""
    with subprocess.Popen(command, env=environment) as process:
        try:
            return process.wait()
        except (KeyboardInterrupt, SystemExit) as reason:
            if isinstance(reason, SystemExit):  # Ctrl-C has reached pytest already
                process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()
            sys.exit(130)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
