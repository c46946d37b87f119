"""The installing script on a bare Debian 12: made by debootstrap, in a folder, with everything real but systemd.

`python -m bench.bare_debian [--bundle FIRST NEXT]`, as root, with debootstrap installed. Runs deploy/setup-debian.sh there, founds an
office, runs the script again, serves as the unit does and asks for readiness; tries what the application's role may not do.
With two bundles (`make bundle`) it does so without any network: installs from the first, upgrades from the next, goes back,
and is offered what somebody else has changed or signed.
"""

from __future__ import annotations

import argparse
import ctypes
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
ASK = f"""import socket, time, urllib.request
give_up = time.monotonic() + 60
while socket.socket().connect_ex(('127.0.0.1', {PORT})) and time.monotonic() < give_up:
    time.sleep(0.2)
print(urllib.request.urlopen('http://127.0.0.1:{PORT}/readyz', timeout=60).read().decode())"""
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
CLONE_NEWNET = 0x40000000  # sched.h
# Another's file among the packages, a changed one, and all of it signed anew by another key: each is refused (exit 1).
STRANGE = (
    "cd /root/next && touch debs/other.deb && ! sh release/deploy/setup-debian.sh 2>&1 && rm debs/other.deb"
)
CHANGED = "cd /root/next && echo '#' >>release/manage.py && ! sh release/deploy/setup-debian.sh 2>&1"
FORGED = """cd /root/next && openssl genpkey -algorithm ed25519 -out /root/other.pem && openssl pkey -in /root/other.pem -pubout -out release.pub
find . -type f ! -name 'SHA256SUMS*' -exec sha256sum {} + >SHA256SUMS
openssl pkeyutl -sign -rawin -inkey /root/other.pem -in SHA256SUMS -out SHA256SUMS.sig
! sh release/deploy/setup-debian.sh 2>&1"""
UNSIGNED = """cd /root/next && cp /etc/phieu-release.pub release.pub && find . -type f ! -name 'SHA256SUMS*' -exec sha256sum {} + >SHA256SUMS
! sh release/deploy/setup-debian.sh 2>&1"""
# docs/operating.md, "Lùi lại", without its two lines about units.
GO_BACK = """
kept=$(ls -t /var/backups/phieu/*.pgdump | head -n 1)
runuser -u postgres -- psql -X -q -c 'ALTER DATABASE phieu RENAME TO phieu_loi' -f /opt/phieu/deploy/postgres-roles.sql
ln -sfn %s /opt/phieu
phieu restore "$kept" --nothing-since && phieu set_up --check
"""


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


def bring_release(root: Path) -> None:
    tree = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    (root / "root/phieu").mkdir()
    subprocess.run(["tar", "-xf", "-", "-C", root / "root/phieu"], input=tree, check=True)


def bring_bundles(root: Path, bundles: list[Path]) -> None:
    for name, bundle in zip(("first", "next"), bundles, strict=True):
        (root / "root" / name).mkdir()
        subprocess.run(
            ["tar", "-xf", bundle.resolve(), "--strip-components", "1", "-C", root / "root" / name],
            check=True,
        )
    (root / "root/phieu").symlink_to("first/release")


def cut_network() -> None:
    """This process and those it starts see a loopback and nothing else."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        sys.exit(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def upgrades(machine: Machine) -> dict[str, bool]:
    """From the next bundle, and back; what somebody changed or signed is refused."""
    first = machine.sh("readlink /opt/phieu").strip()
    machine.sh("phieu backup /var/backups/phieu")
    said = machine.sh("cd /root/next/release && sh deploy/setup-debian.sh")
    second = machine.sh("readlink /opt/phieu").strip()
    machine.sh(GO_BACK % first)
    refused = {
        "a strange file": "tệp lạ" in machine.sh(STRANGE),
        "a changed file": "Gói hỏng" in machine.sh(CHANGED),
        "another key": "khoá khác" in machine.sh(FORGED),
        "a list that nobody signed": "Chữ ký" in machine.sh(UNSIGNED),
    }
    return {
        "upgrades from a bundle": "chữ ký đúng" in said and first != second,
        "goes back": machine.sh("readlink /opt/phieu").strip() == first,
        **{f"refuses {what}": was for what, was in refused.items()},
    }


def try_it(machine: Machine, stack: ExitStack, *, bundles: bool) -> dict[str, bool]:
    """Each promise and whether it was kept."""
    if not bundles:
        machine.sh("apt-get update -q")
    machine.sh(f"{INSTALL} --host phieu.example.vn --printer")
    stack.callback(machine.sh, "pg_ctlcluster 15 main stop --mode immediate || :")
    machine.sh(SET_UP)
    before = machine.files()
    again = machine.sh(INSTALL)
    serving = subprocess.Popen(["chroot", machine.root, "sh", "-c", SERVE], env=machine.environment)
    stack.callback(lambda: (serving.terminate(), serving.wait(timeout=30)))
    ready = json.loads(machine.sh(f'/opt/phieu/.venv/bin/python -c "{ASK}"'))
    said_missing = [ready["status"]] * (ready["status"] != "ready") + ready["missing"] + ready["warnings"]
    print("readyz:", *said_missing or ["ready"])
    machine.sh("phieu backup /var/backups/phieu && phieu run_due && phieu run_mixer")
    settings = machine.sh(
        "runuser -u postgres -- psql -XAt phieu -c 'SHOW data_checksums' -c 'SHOW log_statement' -c 'SHOW log_rotation_age'"
    )
    kept = {
        "ready": not said_missing,
        "nothing changed by a second run": machine.files() == before and "CHỨNG THƯ" not in again,
        "its role may not delete": "permission denied" in machine.sh(DELETE),
        "the pages' user reads no opening key": "Permission denied" in machine.sh(READ_OPENING_KEY),
        "PostgreSQL's settings": settings.split() == ["on", "none", "1d"],
        "backup": bool(
            list(machine.root.glob("var/backups/phieu/*.pgdump"))
        ),  # at night run_due makes one, too
        "CUPS keeps nothing": "\nPreserveJobFiles No" in (machine.root / "etc/cups/cupsd.conf").read_text(),
        "units enabled": bool(
            re.search(
                "^enable .*phieu-web phieu-due phieu-mix",
                (machine.root / "root/systemctl.log").read_text(),
                re.M,
            )
        ),
    }
    serving.terminate()
    serving.wait(timeout=30)
    return kept | (upgrades(machine) if bundles else {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", nargs=2, type=Path, default=[], metavar=("FIRST", "NEXT"))
    bundles = parser.parse_args().bundle
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit("needs root and debootstrap (apt install debootstrap)")
    with bare() as machine, ExitStack() as stack:
        if bundles:
            bring_bundles(machine.root, bundles)
            cut_network()
        else:
            bring_release(machine.root)
        began = time.monotonic()
        kept = try_it(machine, stack, bundles=bool(bundles))
        seconds = time.monotonic() - began
    failed = [name for name, good in kept.items() if not good]
    figure = f"ready in {seconds / 60:.0f} minutes on a fresh Debian 12{' without a network' if bundles else ''} (PostgreSQL, nginx, CUPS; systemd only asked), {len(kept) - len(failed)} of {len(kept)} promises"
    figure += f"; MISSED: {', '.join(failed)}" if failed else ""
    print(figure)
    key, command = ("bundle", " --bundle FIRST NEXT") if bundles else ("install", "")
    proof.record(key, figure=figure, met=not failed, command=f"python -m bench.bare_debian{command}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
