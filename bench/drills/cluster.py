"""Three members of Patroni, etcd and PostgreSQL, each in a network namespace of its own, and HAProxy before them.

What is run is what deploy/cluster installs: its secrets, its certificates, its configurations. Each member has two lines,
one to the other members and one to the web nodes, so that it can be cut off from either. No watchdog, since the machine
that is drilled would be the one to restart: that is the harder case.
"""

from __future__ import annotations

import http.client
import json
import os
import pwd
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg2

from bench.faults.place import POSTGRESQL, Failed, Place, end
from bench.ours import ROOT

DEPLOY = ROOT / "deploy" / "cluster"
NAMES = ("m1", "m2", "m3")
MEMBERS_NET, CLIENTS_NET = "10.77.1", "10.77.2"
PROXY = ("127.0.0.1", 5000)
ACCOUNT = "postgres"
LOOKING = 2.0  # seconds
ETCD_NICE = -10  # as member.sh has systemd start it


def run(*command: object, check: bool = True, **options) -> str:
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, **options,
    )  # fmt: skip
    if check and done.returncode:
        raise Failed(f"{command[0]} ended with {done.returncode}: {done.stdout[-1500:]}")
    return done.stdout


class Member:
    """etcd and Patroni of one machine, and the PostgreSQL that Patroni starts."""

    def __init__(self, number: int, root: Path, lock: str) -> None:
        self.name, self.root, self.lock = NAMES[number], root / NAMES[number], lock
        self.address = f"{MEMBERS_NET}.{11 + number}"
        self.outside = f"{CLIENTS_NET}.{11 + number}"
        self.data = self.root / "data"
        self.processes: dict[str, subprocess.Popen] = {}

    def wire(self) -> None:
        run("ip", "netns", "add", self.name)
        run("ip", "-n", self.name, "link", "set", "lo", "up")
        for line, bridge, address in (("m", "brm", self.address), ("c", "brc", self.outside)):
            outer, inner = f"{line}-{self.name}", f"eth-{line}"
            run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", self.name)
            run("ip", "link", "set", outer, "master", bridge, "up")
            run("ip", "-n", self.name, "addr", "add", f"{address}/24", "dev", inner)
            run("ip", "-n", self.name, "link", "set", inner, "up")

    def furnish(self, *settings: str) -> None:
        """What member.sh lays out, in a folder of the run. ``settings``: NAME=VALUE for fill.sh."""
        for name in ("post-bootstrap", "on-role-change", "roles.sql"):
            shutil.copy(DEPLOY / name, self.root)
        shutil.copy(DEPLOY.parent / "postgres-roles.sql", self.root)
        given = (f"ETC={self.root}", f"DATA={self.data}", "WATCHDOG=off", *settings)
        for name in ("etcd.env", "patroni.yml"):
            text = run("sh", DEPLOY / "fill.sh", name, self.root / "member.env", *given)
            (self.root / name).write_text(text.replace("\netcd:\n", f"\n{self.lock}:\n"))
        (self.root / "etcd").mkdir()
        Path(f"{self.data}.socket").mkdir()
        owner = pwd.getpwnam(ACCOUNT)
        for path in (*self.root.rglob("*"), self.root, Path(f"{self.data}.socket")):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def forget(self) -> None:
        """A new machine has taken the place: nothing of what it held is there."""
        for folder in (self.data, Path(f"{self.data}.socket"), self.root / "etcd"):
            shutil.rmtree(folder)

    def start(self, what: str, **settings: str) -> None:
        """``settings``: of etcd, besides what etcd.env has."""
        lines = (self.root / "etcd.env").read_text().splitlines()
        environment = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        environment |= {"ETCD_DATA_DIR": str(self.root / "etcd"), "ETCD_LOG_OUTPUTS": "stderr"} | settings
        command = {"etcd": ["etcd"], "patroni": ["patroni", str(self.root / "patroni.yml")]}[what]
        with (self.root / f"{what}.log").open("ab") as log:
            self.processes[what] = subprocess.Popen(
                self._command(*command, nice=ETCD_NICE if what == "etcd" else 0),
                cwd="/", env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | (environment if what == "etcd" else {}),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def validate(self) -> None:
        """Patroni's own check of what is written; raises `Failed` with what it finds. Before Patroni runs, after etcd does."""
        give_up = time.monotonic() + 20
        command = self._command("patroni", "--validate-config", str(self.root / "patroni.yml"))
        while found := run(*command, check=False, cwd="/"):
            if "not reachable" not in found or time.monotonic() > give_up:
                raise Failed(f"patroni --validate-config of {self.name}: {found}")
            time.sleep(0.2)

    def _command(self, *command: str, nice: int = 0) -> list[str]:
        account = (f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups")
        return ["ip", "netns", "exec", self.name, "nice", "-n", str(nice), "setpriv", *account, *command]

    def kill(self, what: str) -> None:
        """kill −9 of one of the two; PostgreSQL outlives a killed Patroni."""
        process = self.processes.pop(what)
        process.kill()
        process.wait(timeout=10)

    def stop(self, patience: float = 60) -> None:
        """As systemd stops it: Patroni with its PostgreSQL, then etcd."""
        for what in ("patroni", "etcd"):
            process = self.processes.pop(what)
            process.terminate()
            process.wait(timeout=patience)

    def hand_over(self) -> None:
        """What the operator does: deploy/cluster/switch-over, which stops Patroni in an orderly way and starts it again."""
        process = self.processes["patroni"]
        command = ["ip", "netns", "exec", self.name, "sh", DEPLOY / "switch-over"]
        orders = {"DATA": str(self.data), "RESTART": f"kill {process.pid}", "PATRONI": str(process.pid)}
        run(*command, env=os.environ | orders, timeout=60)
        process.wait(timeout=60)
        self.start("patroni")

    def kill_all(self) -> None:
        """The machine is gone: every process in its namespace, kill −9."""
        for _again in range(20):
            pids = run("ip", "netns", "pids", self.name, check=False).split()
            if not pids:
                break
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.05)
        for process in self.processes.values():
            process.wait(timeout=10)
        self.processes.clear()

    def boot(self) -> None:
        for what in ("etcd", "patroni"):
            if what not in self.processes:
                self.start(what)

    def postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def hold(self, what: str, *, still: bool) -> None:
        """SIGSTOP, or SIGCONT: Patroni alone, or PostgreSQL with all that it has started. It is there and does nothing."""
        if what == "patroni":
            pids = [self.processes[what].pid]
        else:
            postmaster = self.postmaster()
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            pids = [postmaster, *map(int, children)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP if still else signal.SIGCONT)

    def plug(self, *lines: str, out: bool = False) -> None:
        """Take the cable out of a line ("m" to the members, "c" to the web nodes), or put it in again."""
        for line in lines:
            run("ip", "link", "set", f"{line}-{self.name}", "down" if out else "up")


class Cluster:
    """Context manager: three members and HAProxy, healthy. Runs inside a network namespace of the drill's own. ``lock``: what
    patroni.yml has it kept in, `etcd` as deployed or, to show why, `etcd3`."""

    environment: dict[str, str]

    def __init__(self, lock: str = "etcd") -> None:
        self.lock = lock

    def __enter__(self) -> Cluster:
        self.root = Path(tempfile.mkdtemp(prefix="drills-", dir="/var/tmp"))
        self.root.chmod(0o755)
        self.members = {name: Member(number, self.root, self.lock) for number, name in enumerate(NAMES)}
        self.proxy: subprocess.Popen | None = None
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> None:
        for bridge, net in (("brm", MEMBERS_NET), ("brc", CLIENTS_NET)):
            run("ip", "link", "add", bridge, "type", "bridge")
            run("ip", "addr", "add", f"{net}.1/24", "dev", bridge)
            run("ip", "link", "set", bridge, "up")
        addresses = [f"{each.name}={each.address}" for each in self.members.values()]
        run("sh", DEPLOY / "secrets.sh", self.root, *addresses)
        web = self.root / "web" / "web.env"
        web.write_text(web.read_text().replace(f"{MEMBERS_NET}.", f"{CLIENTS_NET}."))
        for path in (web.parent, web.parent / "ca.pem"):
            path.chmod(0o755)
        passwords = dict(
            line.split("=", 1) for line in (self.root / "authority/passwords").read_text().split()
        )
        self.password = passwords["SUPERUSER_PASSWORD"]
        self.environment = {
            "PGHOST": PROXY[0], "PGPORT": str(PROXY[1]), "PGUSER": "postgres", "PGPASSWORD": self.password,
            "PGSSLMODE": "verify-ca", "PGSSLROOTCERT": str(self.root / "web/ca.pem"),
        }  # fmt: skip
        self.url = (
            f"postgres://postgres:{self.password}@{PROXY[0]}:{PROXY[1]}/postgres"
            f"?sslmode=verify-ca&sslrootcert={self.root}/web/ca.pem"
        )
        for member in self.members.values():
            member.wire()
            member.furnish()
        for member in self.members.values():
            member.start("etcd")
        for member in self.members.values():
            member.validate()
        for member in self.members.values():
            member.boot()
        self.start_proxy()
        self.wait_healthy(120)

    def __exit__(self, *_) -> None:
        if self.proxy:
            end(self.proxy)
        for member in self.members.values():
            with suppress(Exception):
                member.kill_all()
        if "KEEP_LOGS" in os.environ:
            print(f"  logs in {self.root}")
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def start_proxy(self, *, each: int = 0) -> None:
        """``each``: how many connections a member is given, where it is another number than the shipped one."""
        text = run("sh", DEPLOY / "fill.sh", "haproxy.cfg", self.root / "web/web.env", f"ETC={self.root}/web")
        if each:
            text = re.sub(r"(:5432 maxconn) \d+", rf"\1 {each}", text).replace(
                "maxconn 400", f"maxconn {2 * each}"
            )
        (self.root / "haproxy.cfg").write_text(text)
        run("haproxy", "-c", "-q", "-f", self.root / "haproxy.cfg")
        self.proxy = subprocess.Popen(
            ["haproxy", "-db", "-f", str(self.root / "haproxy.cfg")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def admit(self, connections: int) -> None:
        """Take more connections than two web nodes need; every member is started anew."""
        self.configure(f"postgresql.parameters.max_connections={connections + 20}")
        self.ctl("restart", "phieu", "--force")
        self.kill_proxy()
        self.start_proxy(each=connections)
        self.wait_healthy(120)

    def kill_proxy(self) -> None:
        end(self.proxy, patience=0)

    # --- what it looks like -------------------------------------------------------------------------------------
    def look(self) -> list[dict]:
        """The members as the first of them says that answers (GET /cluster); [] when none does. One that is cut off from the
        others cannot be asked: its own etcd would tell an old tale."""
        context = ssl.create_default_context(cafile=str(self.root / "web/ca.pem"))
        for member in self.members.values():
            connection = http.client.HTTPSConnection(member.address, 8008, timeout=LOOKING, context=context)
            with suppress(OSError, ValueError, KeyError, http.client.HTTPException), closing(connection):
                connection.request("GET", "/cluster")
                return json.loads(connection.getresponse().read())["members"]
        return []

    def primary(self) -> Member | None:
        for row in self.look():
            if row["role"] == "leader" and row["state"] == "running":
                return self.members[row["name"]]
        return None

    def standby(self, *, synchronous: bool = True) -> Member:
        for row in self.look():
            if row["role"] == ("sync_standby" if synchronous else "replica"):
                return self.members[row["name"]]
        raise Failed("no such standby")

    def is_healthy(self) -> bool:
        rows = self.look()
        sound = all(row["state"] in ("running", "streaming") and _follows(row) for row in rows)
        in_order = sorted(row["role"] for row in rows) == ["leader", "replica", "sync_standby"]
        return in_order and sound and len({row.get("timeline") for row in rows}) == 1

    def wait_healthy(self, seconds: float = 90) -> float:
        """Seconds until three members stand in order. Raises `Failed`."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.is_healthy():
                return time.monotonic() - began
            time.sleep(0.5)
        raise Failed(f"the cluster did not heal in {seconds:.0f} s: {self.look()}")

    def etcd_leader(self) -> Member:
        for member in self.members.values():
            told = self.etcdctl(member, "endpoint", "status", "-w", "json", check=False)
            with suppress(ValueError, IndexError, KeyError):
                status = json.loads(told[told.index("[") :])[0]["Status"]
                if status["header"]["member_id"] == status["leader"]:
                    return member
        raise Failed("etcd has no leader")

    def ctl(self, *arguments: str) -> str:
        """patronictl, on a member that is up."""
        member = next(each for each in self.members.values() if "patroni" in each.processes)
        return run(*self._ctl(member, *arguments), timeout=60)

    def configure(self, setting: str) -> None:
        """Change the configuration that all members share: NAME=VALUE. Raises `Failed` when etcd takes it no third time."""
        for attempt in range(3):
            try:
                self.ctl("edit-config", "phieu", "--set", setting, "--force", "--quiet")
            except Failed:
                if attempt == 2:
                    raise
                time.sleep(1)
            else:
                return

    @staticmethod
    def _ctl(member: Member, *arguments: str) -> list[str]:
        return [
            "ip",
            "netns",
            "exec",
            member.name,
            "patronictl",
            "-c",
            str(member.root / "patroni.yml"),
            *arguments,
        ]

    @staticmethod
    def etcdctl(member: Member, *arguments: str, check: bool = True) -> str:
        """On a member, of the etcd there. Raises `Failed` when it ends badly and ``check`` says so."""
        files = (
            "--cacert",
            member.root / "ca.pem",
            "--cert",
            member.root / "member.pem",
            "--key",
            member.root / "member.key",
        )
        where = ("--endpoints", "https://127.0.0.1:2379", "--command-timeout", "2s")
        command = ["ip", "netns", "exec", member.name, "env", "ETCDCTL_API=3", "etcdctl"]
        return run(*command, *files, *where, *arguments, check=check)

    def connect(self, member: Member, database: str = "phieu"):
        """Past HAProxy, as the superuser."""
        return psycopg2.connect(
            host=member.outside, user="postgres", password=self.password, dbname=database, connect_timeout=3
        )


def _follows(row: dict) -> bool:
    """Whether a member is the primary, or less than a megabyte behind it."""
    return row["role"] == "leader" or (isinstance(row.get("lag"), int) and row["lag"] < 2**20)


class ClusterPlace(Place):
    """An office whose database is behind HAProxy; looked into past it, on whoever is primary. The cluster's own database is
    ``phieu``; another one is made, empty."""

    def __init__(self, folder: Path, cluster: Cluster, database: str = "phieu") -> None:
        super().__init__(folder, POSTGRESQL, None, database)
        self.cluster = cluster
        if database != "phieu":
            with closing(cluster.connect(cluster.primary())) as connection, connection.cursor() as cursor:
                connection.autocommit = True
                cursor.execute(f"CREATE DATABASE {database}")
        self.environment |= cluster.environment | {"CLUSTER": "1"}

    def _connect(self):
        for _second in range(60):
            if primary := self.cluster.primary():
                with suppress(psycopg2.OperationalError):
                    connection = self.cluster.connect(primary, self.database)
                    with closing(connection.cursor()) as cursor:
                        cursor.execute("SELECT pg_is_in_recovery()")
                        if not cursor.fetchone()[0]:
                            connection.rollback()
                            return connection
            time.sleep(1)
        raise Failed("no primary to look into")
