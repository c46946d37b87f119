"""What is compared. Every target is served by the same gunicorn and speaks to the same PostgreSQL."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

from bench import load
from bench.environments import python_for

HERE = Path(__file__).parent
# One configuration for all. The control socket is gunicorn's own administration, of no use here.
GUNICORN = [
    "-m",
    "gunicorn",
    "--worker-class",
    "sync",
    "--workers",
    "2",
    "--no-control-socket",
    "--log-level",
    "warning",
]


#: What a browser keeps a connection to: threads, and time enough between two pages of one visitor.
KEPT = ["--worker-class", "gthread", "--threads", "4", "--keep-alive", "10"]


class Target:
    """A served form. `answers` are the fields to fill in.

    `single_use` says whether each POST needs a form of its own, `redirects` whether the thanks are a page of their own.
    """

    name: str
    single_use = redirects = False
    keeps = False  # its connections, for the whole run
    rows: tuple[tuple[str, int], ...]  # (table, rows that one stored answer adds to it)

    def __init__(self, server):
        self.server = server
        self.database = self.name.replace("-", "_")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = self.listener.getsockname()
        self.gunicorn = None
        server.create(self.database)

    def serve(self, folder, wsgi):
        """Start gunicorn on the listening socket and wait for the first answer."""
        descriptor = self.listener.fileno()
        command = [
            self.python,
            *GUNICORN,
            *(KEPT if self.keeps else []),
            "--bind",
            f"fd://{descriptor}",
            wsgi,
        ]
        self.gunicorn = subprocess.Popen(
            command, cwd=folder, env=self.environment, pass_fds=[descriptor], stdin=subprocess.DEVNULL
        )
        self._wait()
        self._before = self._counts()

    def stop(self):
        if self.gunicorn:
            self.gunicorn.terminate()
            self.gunicorn.wait(timeout=30)
        self.listener.close()

    def fill(self, path):
        """GET the form at `path` and fill it in."""
        return load.fill(self.address, path, self.answers)

    def stored_rows(self):
        """How many answers the database holds more than at the start; the tables must agree."""
        gained = {
            table: (after - before) / each
            for (table, each), before, after in zip(self.rows, self._before, self._counts(), strict=True)
        }
        if len(set(gained.values())) != 1:
            raise RuntimeError(f"{self.name}: the tables do not agree: {gained}")
        return int(next(iter(gained.values())))

    def _counts(self):
        counts = "SELECT count(*) FROM {}"  # the tables are the constants below
        return [int(self.server.query(self.database, counts.format(table))) for table, _ in self.rows]

    def _wait(self):
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            if self.gunicorn.poll() is not None:
                raise RuntimeError(f"{self.name}: gunicorn ended with {self.gunicorn.returncode}")
            try:
                load.request(self.address, "GET", "/")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.name}: no answer within a minute")


class Peer(Target):
    """A project under bench/peers/, in an environment of its own, with one open survey at one address."""

    settings: str

    def __init__(self, server):
        super().__init__(server)
        self.python = python_for(self.name)
        self.environment = (
            os.environ
            | server.environment
            | {
                "BENCH_DATABASE": self.database,
                "DJANGO_SETTINGS_MODULE": f"peers.{self.settings}.settings",
                "PYTHONWARNINGS": "ignore",  # survey-and-report misses a plotting library that its pages never use
            }
        )

    def start(self):
        command = [self.python, "-m", f"peers.{self.settings}.set_up"]
        done = subprocess.run(
            command, cwd=HERE, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        facts = json.loads(done.stdout)
        self.path, self.answers = facts["path"], facts["answers"]
        self.serve(HERE, "django.core.wsgi:get_wsgi_application()")

    def paths(self, count):
        return [self.path] * count


class Floor(Peer):
    name, settings, rows = "floor", "floor", (("floor_answer", 1),)

    def stored(self, answer):
        return answer.status == 200 and answer.body == b"stored"


class FormSurveys(Peer):
    name, settings, redirects = "form-surveys", "form_surveys", True
    rows = (("djf_surveys_useranswer", 1), ("djf_surveys_answer", 2))

    def stored(self, answer):
        return answer.status == 302 and b"\r\nLocation: /surveys/success/" in answer.head


class SurveyAndReport(Peer):
    name, settings, redirects = "survey-and-report", "survey_and_report", True
    rows = (("survey_response", 1), ("survey_answer", 2))

    def stored(self, answer):
        return answer.status == 302 and b"\r\nLocation: /survey/confirm/" in answer.head


PEERS = (Floor, FormSurveys, SurveyAndReport)
