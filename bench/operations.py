"""How the house is run: start, several workers, log lines, several web nodes on one PostgreSQL with its four roles, the mixer beside them.

`python -m bench.operations [start|workers|logs|nodes …]`. Each prints its figure and writes it into docs/proof.json;
exit 1 when one misses what is required.
"""

from __future__ import annotations

import json
import os
import re
import resource
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from bench import load, proof
from bench.faults.clients import fill, send
from bench.faults.place import POSTGRESQL, SQLITE, Failed, Kit, Place, end, furnish, set_up
from bench.ours import ROOT
from bench.postgres import Server

COMMAND = "python -m bench.operations"
SECONDS_TO_START = 3.0
STARTS, ASKED, CLIENTS = 5, 400, 8
BRAKE = 30  # unknown codes a minute and address
PASSWORDS = 5  # wrong ones for one name and address
TELLER, PASSWORD = "giaodichvien", "mat-khau-thu-2026"
LOGIN_FORM = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
COUNTED = re.compile(r'phieu_requests_total\{status="2xx",view="surveys:privacy"\} (\S+)')


class Node:
    """gunicorn as deploy/gunicorn.conf.py has it, over a place, with its own data folder and its own log."""

    def __init__(self, place: Place, environment: Mapping[str, str] | None = None) -> None:
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as long as the node
        self.began = time.monotonic()
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
            self.address = listener.getsockname()
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--no-control-socket",
                    "--bind", f"fd://{listener.fileno()}", "kbnn_survey.wsgi:application",
                ],
                cwd=ROOT, env=place.environment | dict(environment or {}), pass_fds=[listener.fileno()],
                start_new_session=True, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            )  # fmt: skip

    def wait(self, path: str = "/healthz") -> float:
        """Seconds from the start until the path is answered with 200."""
        while time.monotonic() - self.began < 60:
            if self.process.poll() is not None:
                raise Failed(
                    f"gunicorn ended with {self.process.returncode}: {''.join(self.lines())[-1000:]}"
                )
            with suppress(OSError, load.NotStored):
                if load.request(self.address, "GET", path).status == 200:
                    return time.monotonic() - self.began
            time.sleep(0.02)
        raise Failed("the server did not answer in time")

    def lines(self) -> list[str]:
        self.log.seek(0)
        return self.log.readlines()

    def workers(self) -> list[int]:
        told = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in told.stdout.split()]


@contextmanager
def node(place: Place, environment: Mapping[str, str] | None = None) -> Iterator[Node]:
    serving = Node(place, environment)
    try:
        yield serving
    finally:
        end(serving.process)
        serving.log.close()


# ── Start ───────────────────────────────────────────────────────────────────────────────────────────────────────


def start(kit: Kit) -> tuple[str, bool]:
    """From the command to the first ballot on a page, several times, on SQLite."""
    taken = []
    with kit.place(SQLITE) as place:
        (code,) = place.issue(1)
        before = cpu_seconds()
        for _ in range(STARTS):
            with node(place) as serving:
                alive = serving.wait()
                taken.append((serving.wait(f"/p/{code}"), alive))
        cpu = cpu_seconds() - before
    first, alive = (statistics.median(column) for column in zip(*taken, strict=True))
    worst = max(ballot for ballot, _alive in taken)
    figure = (
        f"first ballot shown {first:.1f} s after the start (median of {STARTS}, worst {worst:.1f} s), alive after "
        f"{alive:.1f} s; {cpu / STARTS:.1f} s of CPU for master and 2 workers"
    ).replace(".", ",")
    return figure, first <= SECONDS_TO_START


def cpu_seconds() -> float:
    """Of every process that this one started and that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# ── Several workers ─────────────────────────────────────────────────────────────────────────────────────────────


def workers(kit: Kit) -> tuple[str, bool]:
    """Ask so many pages of all workers at once, then ask for the figures over and over, and kill a worker in between."""
    shared = Path(tempfile.mkdtemp(prefix="phieu-metrics-", dir="/dev/shm"))
    with (
        kit.place(SQLITE) as place,
        node(place, {"PROMETHEUS_MULTIPROC_DIR": str(shared), "WEB_WORKERS": "3"}) as serving,
    ):
        serving.wait()
        ask = lambda _number: load.request(serving.address, "GET", "/privacy")  # noqa: E731
        load.timed(ask, range(ASKED), CLIENTS)
        before = {counted(serving) for _ in range(20)}
        files = len(list(shared.glob("counter_*.db")))
        os.kill(serving.workers()[0], signal.SIGKILL)
        while len(serving.workers()) < 3:
            time.sleep(0.05)
        load.timed(ask, range(ASKED), CLIENTS)
        after = {counted(serving) for _ in range(20)}
    subprocess.run(["rm", "-r", str(shared)], check=True)
    met = before == {float(ASKED)} and after == {2.0 * ASKED} and files >= 3
    return (
        f"{ASKED} requests to 3 workers read as {before} by 20 readings, {2 * ASKED} after one worker was killed as {after}; "
        f"{files} processes had counted",
        met,
    )


def counted(serving: Node) -> float:
    found = COUNTED.search(load.request(serving.address, "GET", "/metrics").body.decode())
    return float(found[1]) if found else 0.0


# ── Log lines ───────────────────────────────────────────────────────────────────────────────────────────────────


def logs(kit: Kit) -> tuple[str, bool]:
    """Everything a customer may do right and wrong, a request that cannot be read, a database that goes away."""
    with kit.place(POSTGRESQL) as place, node(place) as serving:
        serving.wait()
        right, away = place.issue(2)
        sending = send(serving.address, fill(serving.address, right))
        unsent = fill(serving.address, away)
        for path in (f"/p/{right}", f"/p/{right}x", "/p/ABCD-EFGH-1234", "/nothing"):
            for method in ("GET", "POST"):
                load.request(serving.address, method, path, b"receipt=" + sending.receipt.encode())
        look_up(serving, sending.receipt)
        for line in (
            f"GET /p/{away} HTTP/9.9\r\n\r\n",
            f"/p/{away}\r\n\r\n",
            f"GET /p/{away} HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        ):
            unreadable(serving, line)
        place.server.query("postgres", f"ALTER DATABASE {place.database} ALLOW_CONNECTIONS false")
        place.server.query(
            "postgres",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{place.database}'",  # noqa: S608
        )
        statuses = {load.request(serving.address, "POST", unsent.path, unsent.body).status for _ in range(4)}
        place.server.query("postgres", f"ALTER DATABASE {place.database} ALLOW_CONNECTIONS true")
        lines = serving.lines()
    unparsed = sum(not parses(line) for line in lines)
    secret = [right, away, right[:12], "ABCD-EFGH-1234", sending.receipt, "127.0.0.1", "Mozilla"]
    secret += [sending.receipt[i : i + 4] + "-" + sending.receipt[i + 4 : i + 8] for i in (0, 4, 8)]
    found = sum(each.lower() in line.lower() for line in lines for each in secret)
    kinds = {json.loads(line)["logger"] for line in lines if parses(line)}
    met = bool(sending.receipt) and statuses == {503} and not unparsed and not found and len(lines) >= 10
    return (
        f"{len(lines)} lines of {len(kinds)} loggers, {unparsed} not JSON, {found} with a code, receipt, address or browser",
        met,
    )


def look_up(serving: Node, receipt: str) -> load.Answer:
    return load.request(serving.address, "POST", "/receipt", urlencode({"receipt": receipt}).encode())


def unreadable(serving: Node, text: str) -> None:
    with suppress(OSError), socket.create_connection(serving.address, timeout=5) as connection:
        connection.sendall(text.encode())
        connection.recv(4096)


def parses(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


# ── Several nodes ───────────────────────────────────────────────────────────────────────────────────────────────


def nodes(kit: Kit) -> tuple[str, bool]:
    """Two servers that share a PostgreSQL and copies of the keys, and nothing else; neither can open a waiting ballot."""
    with house_with_roles() as (place, mixer), tempfile.TemporaryDirectory(prefix="second-node-") as second:
        furnish(Path(second), place.folder)
        place.manage("shell", "-c", MAKE_TELLER)
        codes, own = place.issue(14), {"DATA_DIR": second}
        with node(place) as here, node(place, own) as there:
            here.wait(), there.wait()
            checks = {
                "session": logs_in(here, there),
                "ballot": ballot_travels(here, there, codes),
                "wrong codes": brake_counts_together(here, there),
                "wrong passwords": lock_counts_together(here, there),
                "prepare": "DATABASE_OWNER_URL" not in place.manage("prepare", **own),
                "ready": all(
                    load.request(each.address, "GET", "/readyz").status == 200 for each in (here, there)
                ),
            }
            for code in codes[1:]:
                send(here.address, fill(there.address, code))
            checks["night"], told = night_runs_once(place, own, mixer)
    failed = [name for name, good in checks.items() if not good]
    shared = "login, ballot, receipt, throttles, lockout shared"
    return f"2 nodes as phieu_app, the mixer as phieu_mix: {shared}; {told}" + (
        f"; MISSED: {', '.join(failed)}" if failed else ""
    ), not failed


MAKE_TELLER = f"""
from surveys.choices import Role
from django.contrib.auth.models import Group
from surveys.models import Counter, User
at = Counter.objects.order_by("pk").first()
teller = User.objects.create_user(username={TELLER!r}, password={PASSWORD!r}, office=at.office, counter=at)
teller.groups.set(Group.objects.filter(name=Role.TELLER))
"""


@contextmanager
def house_with_roles() -> Iterator[tuple[Place, dict[str, str]]]:
    """An office on a PostgreSQL whose roles deploy/postgres-roles.sql made; served without the owner's password and without
    the opening key, which is in the mixer's folder. Beside it, the mixer's settings."""
    with (
        Server() as server,
        tempfile.TemporaryDirectory(prefix="node-") as folder,
        tempfile.TemporaryDirectory(prefix="mixer-") as mixers,
    ):
        command = [server.bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]
        for _twice in range(2):
            subprocess.run(
                [*command, "-f", ROOT / "deploy" / "postgres-roles.sql"], check=True, stdout=subprocess.DEVNULL,
                env=os.environ | server.environment | {"OWNER_PASSWORD": secrets.token_hex(8)},
            )  # fmt: skip
        place = Place(Path(folder), POSTGRESQL, server, "phieu")
        place.environment |= {"DATABASE_URL": "postgres://phieu_app@/phieu", "SEPARATE_MIXER": "1"}
        serving = dict(place.environment)
        mixer = dict.fromkeys(("DATA_DIR", "KEYS_DIR", "MIX_KEYS_DIR"), mixers)
        mixer["DATABASE_URL"] = "postgres://phieu_mix@/phieu"
        subprocess.run(
            [sys.executable, "manage.py", "box_key", "trust"], cwd=ROOT, env=place.environment, check=True, text=True,
            input=place.manage("box_key", "make", **mixer), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        place.environment |= {
            "DATABASE_OWNER_URL": "postgres://phieu_owner@/phieu",
            "DATABASE_READER": "phieu_ro",
            "DATABASE_MIXER": "phieu_mix",
        }
        set_up(place)
        place.environment = serving
        shutil.copyfile(Path(folder) / "keys" / "box.key", Path(mixers) / "box.key")
        try:
            yield place, mixer
        finally:
            place.close()


def logs_in(here: Node, there: Node) -> bool:
    """The form of one node, posted to the other; the session is known to both, and ended for both."""
    answer = post_password(there, PASSWORD, form_of=here)
    session = "; ".join(cookies(answer))
    shown = [load.request(each.address, "GET", "/counter/", cookie=session).status for each in (here, there)]
    return answer.status == 302 and shown == [200, 200]


def post_password(to: Node, password: str, *, form_of: Node | None = None, name: str = TELLER) -> load.Answer:
    page = load.request((form_of or to).address, "GET", "/login")
    body = {
        "csrfmiddlewaretoken": LOGIN_FORM.search(page.body)[1].decode(),
        "login": name,
        "password": password,
    }
    return load.request(
        to.address, "POST", "/login", urlencode(body).encode(), cookie="; ".join(cookies(page))
    )


def cookies(answer: load.Answer) -> list[str]:
    return [value.decode() for value in load.SET_COOKIE.findall(answer.head)]


def ballot_travels(here: Node, there: Node, codes: list[str]) -> bool:
    form = fill(here.address, codes[0])
    first, again = send(there.address, form), send(here.address, form)
    waits = [look_up(each, first.receipt).status for each in (here, there)]
    return bool(first.receipt) and first.receipt == again.receipt and waits == [200, 200]


def brake_counts_together(here: Node, there: Node) -> bool:
    """Thirty codes that were never issued, alternately, within one minute; the next is kept waiting by either."""
    while time.time() % 60 > 50:
        time.sleep(0.5)
    sent = [
        load.request((here, there)[number % 2].address, "GET", f"/p/{secrets.token_hex(13).upper()}").status
        for number in range(BRAKE + 2)
    ]
    return set(sent[:BRAKE]) == {404} and sent[BRAKE:] == [429, 429]


def lock_counts_together(here: Node, there: Node) -> bool:
    sent = [post_password((here, there)[number % 2], "sai").status for number in range(PASSWORDS)]
    return (
        post_password(here, PASSWORD).status == post_password(there, PASSWORD).status == 429
        and 302 not in sent
    )


def night_runs_once(place: Place, own: Mapping[str, str], mixer: Mapping[str, str]) -> tuple[bool, str]:
    """The evening after the month on both nodes and the mixer at once, twice: the box is closed once, each job is done once."""
    evening = f"{(datetime.now(proof.HANOI).date().replace(day=1) + timedelta(days=32)).replace(day=4)}T21:30"
    said = []
    for _twice in range(2):
        running = [
            place.start(
                sys.executable, "manage.py", command, "--at", evening, environment=dict(environment),
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            for command, environment in (("run_due", {}), ("run_due", own), ("run_mixer", mixer))
        ]  # fmt: skip
        said += [process.communicate(timeout=120)[0] for process in running]
        if any(process.returncode for process in running):
            raise Failed(f"run_due, run_mixer: {said[-3:]}")
    (jobs, different), (batches,), (ballots,), (boxed,) = (
        place.rows(f"SELECT {columns} FROM {table}")[0]  # noqa: S608
        for columns, table in (
            ("count(*), count(DISTINCT job)", "reports_duerun"),
            ("count(*)", "surveys_batch"),
            ("count(*)", "surveys_ballot"),
            ("count(*)", "surveys_boxedballot"),
        )
    )
    done = sum(
        json.loads(line)["message"].endswith(("done", "released"))
        for text in said
        for line in text.splitlines()
    )
    good = jobs == different == done and (batches, ballots, boxed) == (1, 14, 0)
    return (
        good,
        f"run_due 4 times and run_mixer twice, 3 at once: {jobs} jobs, each done once, {batches} closing mix of {ballots} ballots",
    )


RUNS: dict[str, tuple[str, Callable]] = {"start": ("start", start), "workers": ("metrics", workers)}
RUNS |= {"logs": ("logs", logs), "nodes": ("nodes", nodes)}


def main(names: list[str]) -> int:
    if unknown := set(names) - set(RUNS):
        sys.exit(f"usage: {COMMAND} [{'|'.join(RUNS)} …], not {', '.join(unknown)}")
    good = True
    with ExitStack() as stack:
        kit = stack.enter_context(Kit())
        for name in names or RUNS:
            key, run = RUNS[name]
            figure, met = run(kit)
            print(f"{'met   ' if met else 'MISSED'} {key}: {figure}", flush=True)
            proof.record(key, figure=figure, met=met, command=f"{COMMAND} {name}")
            good &= met
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
