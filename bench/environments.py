"""One virtual environment for each compared project, under .bench/, hash-locked and rebuilt when its lock changes."""

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parent / ".bench"
SHARED = ("Django", "gunicorn", "psycopg2-binary")


def python_for(name):
    """The interpreter of the environment of requirements-<name>.txt; made on first use, about ten seconds."""
    lock, place = HERE / f"requirements-{name}.txt", HOME / name
    python, stamp = place / "bin" / "python", place / "lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest() + " " + sys.version
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"  installing {lock.name}", flush=True)
        venv.create(place, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "-qq", "--require-hashes", "-r", lock]
        subprocess.run(install, check=True, stdin=subprocess.DEVNULL)
        stamp.write_text(wanted)
    return python


def versions(python):
    """{package: version} of what must be the same on every side of the comparison, Python included."""
    code = (
        "import json, platform; from importlib.metadata import version;"
        f"print(json.dumps({{'Python': platform.python_version()}} | {{n: version(n) for n in {SHARED!r}}}))"
    )
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, env=os.environ)
    return json.loads(done.stdout)
