"""The scripts of deploy/cluster on a bare Debian 12, in a folder: a member's and a web node's, everything real but systemd.

`python -m bench.bare_cluster`, as root, with debootstrap installed. One machine is both here, so the server that the web node
finds at its proxy's address is a plain PostgreSQL with the member's certificate; what the members do together, `make drills`
tells.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack

from bench import proof
from bench.bare_debian import ASK, READ_OPENING_KEY, SERVE, SET_UP, Machine, bare, bring_release

MEMBERS = "m1=10.0.0.11 m2=10.0.0.12 m3=10.0.0.13"
SECRETS = f"cd /root/phieu && sh deploy/cluster/secrets.sh /root/cluster {MEMBERS}"
MEMBER = "cd /root/phieu && sh deploy/cluster/member.sh /root/cluster/m1"
WEB = "cd /root/phieu && sh deploy/cluster/web.sh /root/cluster/web --host phieu.example.vn --mixes"
HOME = "/var/lib/postgresql"  # of Debian's postgres
SERVER = f"""
bin=/usr/lib/postgresql/15/bin
as() {{ runuser -u postgres -- "$@"; }}
as $bin/initdb -D {HOME}/plain -E UTF8 --locale=C.UTF-8 -A trust >/dev/null
as $bin/pg_ctl -D {HOME}/plain -w -l {HOME}/plain.log -o "-p 5000 -c unix_socket_directories={HOME} \\
    -c ssl=on -c ssl_cert_file=/etc/phieu-cluster/member.pem -c ssl_key_file=/etc/phieu-cluster/member.key" start >/dev/null
as sed -i 's/trust$/scram-sha-256/' {HOME}/plain/pg_hba.conf
as psql -X -q -h {HOME} -p 5000 -d postgres -c "ALTER ROLE postgres PASSWORD 'bare'" -c 'SELECT pg_reload_conf()' >/dev/null
as env PGPASSWORD=bare /etc/phieu-cluster/post-bootstrap 'host=127.0.0.1 port=5000 dbname=postgres user=postgres sslmode=require'
"""
CHECK = "timeout 120 runuser -u postgres -- patroni --validate-config /etc/patroni/config.yml 2>&1 || :"
STOP = f"runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl -D {HOME}/plain -m immediate stop || :"
OF_MEMBER = ("etc/phieu-cluster/*", "etc/patroni/config.yml", "etc/default/etcd")


def files(machine: Machine) -> dict[str, bytes]:
    """What a second run must leave as it is."""
    kept = {path: path.read_bytes() for pattern in OF_MEMBER for path in machine.root.glob(pattern)}
    return {str(path): content for path, content in kept.items()} | machine.files()


def try_it(machine: Machine, stack: ExitStack) -> dict[str, bool]:
    """Each promise and whether it was kept."""
    machine.sh("apt-get update -q && apt-get install -y -q --no-install-recommends openssl >/dev/null")
    machine.sh(SECRETS)
    machine.sh(MEMBER)
    checked = machine.sh(CHECK)
    asked = (machine.root / "root/systemctl.log").read_text()
    stack.callback(machine.sh, STOP)
    machine.sh(SERVER)
    machine.sh(WEB)
    machine.sh(SET_UP)
    before = files(machine)
    machine.sh(MEMBER)
    machine.sh(WEB)
    serving = subprocess.Popen(["chroot", machine.root, "sh", "-c", SERVE], env=machine.environment)
    stack.callback(lambda: (serving.terminate(), serving.wait(timeout=30)))
    time.sleep(10)
    told = machine.sh(f'/opt/phieu/.venv/bin/python -c "{ASK}" 2>&1 || :')
    return {
        "etcd speaks version 2 behind certificates": "ETCD_ENABLE_V2=true"
        in (machine.root / "etc/default/etcd").read_text(),
        "Patroni's own check misses nothing but the other members": all(
            "is not reachable" in line for line in checked.splitlines()
        )
        and "Terminated" not in checked,
        "strictly synchronous": "synchronous_mode_strict: true"
        in (machine.root / "etc/patroni/config.yml").read_text(),
        "member's services asked for": "enable -q etcd patroni phieu-base-backup.timer" in asked,
        "etcd goes before everything else": "Nice=-10"
        in (machine.root / "etc/systemd/system/etcd.service.d/phieu.conf").read_text(),
        "no server of its own": not list(machine.root.glob("etc/postgresql/15/main/*")),
        "HAProxy takes its configuration": (machine.root / "etc/haproxy/haproxy.cfg").exists(),
        "the product runs and says that nobody confirms": "503" in told or "synchronous" in told,
        "nothing changed by a second run": files(machine) == before,
        "the pages' user reads no opening key": "Permission denied" in machine.sh(READ_OPENING_KEY),
    }


def main() -> int:
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit("needs root and debootstrap (apt install debootstrap)")
    with bare() as machine, ExitStack() as stack:
        bring_release(machine.root)
        kept = try_it(machine, stack)
    print(json.dumps(kept, indent=1))
    failed = [name for name, good in kept.items() if not good]
    figure = f"a member and a web node on a fresh Debian 12 (systemd only asked), {len(kept) - len(failed)} of {len(kept)} promises"
    figure += f"; MISSED: {', '.join(failed)}" if failed else ""
    print(figure)
    proof.record("install-cluster", figure=figure, met=not failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
