"""Tablets that wait: what 300 of them cost the server, and whether a ballot's post is slower beside them.

`python -m bench.tablets` starts a private PostgreSQL and the product as `make serve` does (2 workers of 4 threads), pairs
the devices, then posts ballots one after another in turns of silence and of polling. Loopback only, about a minute.
Judged: the web processes stay under one core, and the median post beside the tablets is at most 1,5 × that of silence.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import load, proof
from bench.ours import ROOT, Ours
from bench.postgres import Server

POLL_SECONDS = 1.5  # static/js/tablet.js
CORES, RATIO = 1.0, 1.5
TICK = os.sysconf("SC_CLK_TCK")


class Serving(Ours):
    name = "tablets"

    def serve(self, folder, wsgi):
        descriptor = self.listener.fileno()
        threads = [
            "--worker-class",
            "kbnn_survey.buffered_worker.BufferedWorker",
            "--workers",
            "2",
            "--threads",
            "4",
            "--no-control-socket",
        ]
        self.gunicorn = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                *threads,
                "--log-level",
                "warning",
                "--bind",
                f"fd://{descriptor}",
                wsgi,
            ],
            cwd=folder,
            env=self.environment,
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
        )
        self._wait()
        self._before = self._counts()

    def helper(self, *arguments, **options):
        command = [sys.executable, "-m", "bench.tablets", *map(str, arguments)]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, **options
        )

    def cpu_seconds(self):
        """Processor time that the web processes have used so far."""
        parent = self.gunicorn.pid
        family = [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
        return sum(_ticks(pid) for pid in family) / TICK


def _ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main():
    options = arguments()
    if options.pair:
        return pair(options.pair)
    if options.poll:
        return asyncio.run(poll(options.poll, json.loads(sys.stdin.readline())))
    if (load_average := os.getloadavg()[0]) > 0.7:
        print(
            f"this machine is busy with other work (load {load_average:.1f}): read the ratio, not the times"
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped on the way out
    with Server() as server:
        serving = Serving(server)
        try:
            serving.start()
            return judge(*measure(serving, options), dry=options.dry)
        finally:
            serving.stop()


def arguments():
    parser = argparse.ArgumentParser(prog="python -m bench.tablets", description=__doc__.splitlines()[0])
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--posts", type=int, default=40, help="ballots in each half of a round")
    parser.add_argument("--dry", action="store_true", help="write nothing into docs/proof.md")
    parser.add_argument("--pair", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--poll", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(serving, options):
    """(silent seconds, seconds beside the tablets, cores used while polling, polls answered a second), pooled."""
    cookies = json.loads(serving.helper("--pair", options.devices).communicate()[0])
    silent, beside, cores, rates = [], [], [], []
    posts(serving, options.posts)  # warm
    for number in range(options.rounds):
        silent += posts(serving, options.posts)
        poller = serving.helper("--poll", serving.address[1], stdin=subprocess.PIPE)
        print(json.dumps(cookies), file=poller.stdin, flush=True)
        poller.stdout.readline()  # every device has its first answer
        began, cpu = time.monotonic(), serving.cpu_seconds()
        time.sleep(2 * POLL_SECONDS)
        cores.append((serving.cpu_seconds() - cpu) / (time.monotonic() - began))
        beside += posts(serving, options.posts)
        poller.stdin.close()  # the end of its input is its end
        rates.append(float(poller.stdout.readline()))
        poller.wait(timeout=30)
        print(f"round {number + 1} of {options.rounds} done", flush=True)
    return silent, beside, cores, rates


def posts(serving, count):
    """Seconds of each of `count` posts, one after another, their forms fetched before."""
    forms = [load.fill(serving.address, path, serving.answers) for path in serving.paths(count)]
    seconds = []
    for form in forms:
        began = time.perf_counter()
        load.send(serving.address, form, serving.stored)
        seconds.append(time.perf_counter() - began)
    return seconds


def judge(silent, beside, cores, rates, *, dry):
    quiet, busy = statistics.median(silent), statistics.median(beside)
    used, ratio = statistics.median(cores), busy / quiet
    print(f"polls answered        {statistics.median(rates):7.0f} a second")
    print(f"web processes use     {used:7.2f} cores      (required: under {CORES})")
    print(f"median post, silence  {quiet * 1000:7.1f} ms")
    print(f"median post, polling  {busy * 1000:7.1f} ms     {ratio:.2f} x  (required: at most {RATIO} x)")
    met = used < CORES and ratio <= RATIO
    print("met" if met else "MISSED")
    figure = f"{used:.2f} cores for {statistics.median(rates):.0f} polls a second; a post beside them {ratio:.2f} ×"
    if not dry:
        proof.record("polls", figure=figure.replace(".", ","), met=met)
    return 0 if met else 1


def pair(devices):
    """Pair so many devices with the pilot's counters; print their cookies' values as a list."""
    import django

    django.setup()
    from django.db.transaction import atomic
    from django.utils import timezone

    from surveys.accounts import tablets
    from surveys.models import Counter

    counters = list(Counter.objects.select_related("box_office"))
    secrets = []
    with atomic():
        for number in range(devices):
            now = timezone.now()
            asking = tablets.ask_for_pairing(now=now)
            at = counters[number % len(counters)]
            tablets.pair(code=asking.tablet.pairing_code, counter=at, name=f"bench {number}", now=now)
            secrets.append(asking.secret)
    print(json.dumps(secrets), flush=True)


async def poll(port, secrets):
    """Every device asks every 1.5 s on its own kept connection, until standard input ends; prints the rate at the end."""
    answered = [0] * len(secrets)
    devices = [asyncio.create_task(device(port, secret, n, answered)) for n, secret in enumerate(secrets)]
    while not all(answered):
        await asyncio.sleep(0.1)
    print("ready", flush=True)
    began, before = time.monotonic(), sum(answered)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print((sum(answered) - before) / (time.monotonic() - began), flush=True)
    for each in devices:
        each.cancel()


async def device(port, secret, number, answered):
    await asyncio.sleep(POLL_SECONDS * number / len(answered))
    head = f"GET /k/next HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: kbnn-k={secret}\r\n\r\n".encode()
    reader = writer = None
    while True:
        began = time.monotonic()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError):
            writer = None  # the server lets an idle connection go
            continue
        if not answer.startswith(b"HTTP/1.1 204"):
            raise SystemExit(f"a poll was answered {answer[:60]!r}")
        answered[number] += 1
        if b"connection: close" in answer.lower():
            writer.close()
            writer = None
        await asyncio.sleep(max(0, POLL_SECONDS - (time.monotonic() - began)))


if __name__ == "__main__":
    sys.exit(main())
