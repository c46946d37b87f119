"""The installing script on a bare Debian 12: made by debootstrap, in a folder, with everything real but systemd.

`python -m bench.bare_debian`, as root, with debootstrap installed. Runs deploy/setup-debian.sh there, founds an office,
runs the script again, serves as the unit does and asks for readiness; tries what the application's role may not do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import proof
from bench.ours import ROOT

MIRROR = [os.environ["DEBIAN_MIRROR"]] if "DEBIAN_MIRROR" in os.environ else []  # else debootstrap's own
PORT = 18743
# The machine's own way to packages, if it has one.
FROM_HOST = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf")
# systemd cannot be tried in a folder: what it is asked for is only written down, and nothing is started by packages.
STUBS = {
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
    "usr/local/bin/systemctl": '#!/bin/sh\necho "$*" >>/root/systemctl.log\n',
}
SERVE = f"""
set -a; . /etc/phieu.env; set +a
install -d -o phieu /run/phieu && cd /opt/phieu
PROMETHEUS_MULTIPROC_DIR=/run/phieu PORT={PORT} exec setpriv --reuid phieu --regid phieu --clear-groups --no-new-privs \\
    .venv/bin/python -m gunicorn --config deploy/gunicorn.conf.py kbnn_survey.wsgi:application
"""
ASK = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{PORT}/readyz', timeout=5).read().decode())"
DELETE = """
PGPASSWORD=$(sed -n 's|^DATABASE_URL=postgres://[^:]*:\\([^@]*\\)@.*|\\1|p' /etc/phieu.env) \\
    psql -X -h 127.0.0.1 -U phieu_app phieu -c 'DELETE FROM surveys_ballot' 2>&1 || :
"""
READ_OPENING_KEY = "runuser -u phieu -- cat /var/lib/phieu-mix/keys/* 2>&1 || :"
SET_UP = (
    "phieu set_up --code HB --name 'Kho bạc Nhà nước Hòa Bình' --short-name 'KBNN Hòa Bình' --department '' "
    "--counters 2 --admin quantri </dev/null"
)
INSTALL = "cd /root/phieu && sh deploy/setup-debian.sh"


class Machine:
    """A folder with a Debian in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "PIP_CERT": "/root/ca.crt",
        }

    def sh(self, script: str) -> str:
        """Run to the end; both channels. Ends the program when it fails."""
        done = subprocess.run(
            ["chroot", self.root, "sh", "-c", script], env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{script[:80]} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """Everything that must not change when the script is run again."""
        kept = [
            *self.root.glob("etc/phieu*.env"),
            *self.root.glob("var/lib/phieu/keys/*"),
            *self.root.glob("var/lib/phieu-mix/keys/*"),
            self.root / "var/lib/phieu/secret-key",
        ]
        return {str(path): path.read_bytes() for path in kept}


@contextmanager
def bare() -> Iterator[Machine]:
    root = Path(tempfile.mkdtemp(prefix="bare-debian-", dir="/var/tmp"))
    root.chmod(0o755)
    mounted = []
    try:
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", root, *MIRROR],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for name in ("proc", "dev"):
            subprocess.run(["mount", "--bind", f"/{name}", root / name], check=True)
            mounted.append(root / name)
        furnish(root)
        yield Machine(root)
    finally:
        for place in mounted:
            subprocess.run(
                ["umount", place], check=True
            )  # or nothing is removed: the machine's own /dev hangs there
        shutil.rmtree(root)


def furnish(root: Path) -> None:
    for name in filter(lambda each: Path("/", each).exists(), FROM_HOST):
        shutil.copyfile(Path("/", name), root / name)
    shutil.copyfile("/etc/ssl/certs/ca-certificates.crt", root / "root/ca.crt")
    shutil.copytree("/etc/apt/apt.conf.d", root / "etc/apt/apt.conf.d", dirs_exist_ok=True)
    for name, text in STUBS.items():
        (root / name).write_text(text)
        (root / name).chmod(0o755)
    tree = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    (root / "root/phieu").mkdir()
    subprocess.run(["tar", "-xf", "-", "-C", root / "root/phieu"], input=tree, check=True)


def try_it(machine: Machine, stack: ExitStack) -> dict[str, bool]:
    """Each promise and whether it was kept."""
    machine.sh("apt-get update -q")
    machine.sh(f"{INSTALL} --host phieu.example.vn --printer")
    stack.callback(machine.sh, "pg_ctlcluster 15 main stop --mode immediate || :")
    machine.sh(SET_UP)
    before = machine.files()
    again = machine.sh(INSTALL)
    serving = subprocess.Popen(["chroot", machine.root, "sh", "-c", SERVE], env=machine.environment)
    stack.callback(lambda: (serving.terminate(), serving.wait(timeout=30)))
    time.sleep(10)
    ready = json.loads(machine.sh(f'/opt/phieu/.venv/bin/python -c "{ASK}"'))
    machine.sh("phieu backup /var/backups/phieu && phieu run_due && phieu run_mixer")
    settings = machine.sh(
        "runuser -u postgres -- psql -XAt phieu -c 'SHOW data_checksums' -c 'SHOW log_statement' -c 'SHOW log_rotation_age'"
    )
    return {
        "ready": ready == {"status": "ready", "missing": [], "warnings": []},
        "nothing changed by a second run": machine.files() == before and "CHỨNG THƯ" not in again,
        "its role may not delete": "permission denied" in machine.sh(DELETE),
        "the pages' user reads no opening key": "Permission denied" in machine.sh(READ_OPENING_KEY),
        "PostgreSQL's settings": settings.split() == ["on", "none", "1d"],
        "backup": len(list(machine.root.glob("var/backups/phieu/*.pgdump"))) == 1,
        "CUPS keeps nothing": "\nPreserveJobFiles No" in (machine.root / "etc/cups/cupsd.conf").read_text(),
        "units enabled": bool(
            re.search(
                "^enable .*phieu-web phieu-due phieu-mix",
                (machine.root / "root/systemctl.log").read_text(),
                re.M,
            )
        ),
    }


def main() -> int:
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit("needs root and debootstrap (apt install debootstrap)")
    with bare() as machine, ExitStack() as stack:
        began = time.monotonic()
        kept = try_it(machine, stack)
        seconds = time.monotonic() - began
    failed = [name for name, good in kept.items() if not good]
    figure = f"ready in {seconds / 60:.0f} minutes on a fresh Debian 12 (PostgreSQL, nginx, CUPS; systemd only asked), {len(kept) - len(failed)} of {len(kept)} promises"
    figure += f"; MISSED: {', '.join(failed)}" if failed else ""
    print(figure)
    proof.record("install", figure=figure, met=not failed, command="python -m bench.bare_debian")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
