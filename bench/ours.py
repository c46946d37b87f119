"""The product's own cast: GET /p/<code> and POST it, every POST on a fresh single-use code.

`Ours` is the target. Run as `python -m bench.ours` this module is the issuer: a process beside the server that logs
transactions and issues slips through the product's own verbs, between the timed stretches, and hands over plain codes.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path

from bench.targets import Target

ROOT = Path(__file__).parent.parent


class Ours(Target):
    name = "ours"
    single_use = True
    answers = {"attitude": "1", "time": "1"}
    rows = (("surveys_boxedballot", 1), ("surveys_spent", 1))

    def __init__(self, server):
        super().__init__(server)
        self.python = Path(sys.executable)
        self.folder = tempfile.mkdtemp(prefix="bench-ours-")
        self.issuer = None
        self.environment = (
            os.environ
            | server.environment
            | {
                "DATABASE_URL": f"postgres:///{self.database}",
                "DATA_DIR": self.folder,
                "KEYS_DIR": f"{self.folder}/keys",
                "MIX_KEYS_DIR": f"{self.folder}/mix-keys",
                "SECRET_KEY": secrets.token_urlsafe(50),
                "BASE_URL": f"http://127.0.0.1:{self.address[1]}",
                "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings",
            }
        )

    def start(self):
        self.prepare()
        self.issuer = subprocess.Popen(
            [self.python, "-m", "bench.ours"],
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.serve(ROOT, "kbnn_survey.wsgi:application")

    def prepare(self):
        """The pilot's office in a fresh database."""
        for command in ("prepare", "pilot"):
            done = subprocess.run(
                [self.python, "manage.py", command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            if done.returncode:
                raise SystemExit(f"bench: manage.py {command} failed; --without-ours measures the others")

    def stop(self):
        if self.issuer:
            self.issuer.terminate()
            self.issuer.wait(timeout=30)
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def paths(self, count):
        """Issue `count` slips; one address each."""
        print(count, file=self.issuer.stdin, flush=True)
        codes = json.loads(self.issuer.stdout.readline() or "[]")
        if len(codes) != count:
            raise RuntimeError(f"the issuer was asked for {count} slips and handed over {len(codes)}")
        return [f"/p/{code}" for code in codes]

    def stored(self, answer):
        return answer.status == 200 and b"data-receipt" in answer.body


# Slips are issued in one commit of fifty: this part is not measured, and a commit each would take longer than the bench.
ISSUED_TOGETHER = 50


def issue_on_request():
    """Read counts from standard input, a line each; answer each with a JSON list of that many plain codes."""
    import django

    django.setup()
    for line in sys.stdin:
        wanted, codes = int(line), []
        while len(codes) < wanted:
            codes += _issue(min(ISSUED_TOGETHER, wanted - len(codes)))
        print(json.dumps(codes), flush=True)


def _issue(count):
    """Log and issue `count` transactions of the pilot's counters, finished now. Returns plain codes."""
    from django.db.transaction import atomic
    from django.utils import timezone

    from surveys.choices import Outcome, SlipChannel
    from surveys.models import Counter, Procedure
    from surveys.slips.issuing import issue_slip, log_transaction

    counters = Counter.objects.order_by("code")
    procedure = Procedure.objects.filter(versions__in=_versions_in_force()).order_by("code").first()
    codes = []
    with atomic():
        for _, counter in zip(range(count), cycle(counters), strict=False):
            now = timezone.now()
            transaction = log_transaction(
                counter=counter,
                procedure=procedure,
                reference=f"bench-{secrets.token_hex(8)}",
                started_at=now,
                finished_at=now,
                outcome=Outcome.RESOLVED,
                now=now,
            )
            codes.append(issue_slip(transaction=transaction, channel=SlipChannel.SLIP, now=now).code)
    return codes


def _versions_in_force():
    from django.utils import timezone

    from surveys.choices import ServiceChannel
    from surveys.models import ProcedureVersion

    return ProcedureVersion.objects.in_force(timezone.localdate()).for_channel(ServiceChannel.COUNTER)


if __name__ == "__main__":
    issue_on_request()
