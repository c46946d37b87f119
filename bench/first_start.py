"""A newcomer's first minutes: `python -m bench.first_start [--complete]`, from a clone of HEAD to an answered ballot.

Clones the committed state into a folder of its own, with an empty cache of libraries, and times `make run` to the first
page served; a browser that knows that page alone opens the sample ballot and answers it; `make run` is ended and timed
once more. ``--complete`` also waits for the year and the campaign that play behind the pages. Needs an index of libraries
and a browser. Writes into docs/proof.json, unless told to judge (``--judge``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load, proof
from bench.ours import ROOT

SERVED, ANSWERED, MOST_CLICKS, COMPLETE, AGAIN = 60.0, 120.0, 6, 150.0, 6.0
PATIENCE = 600.0
HOST = "127.0.0.1"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.first_start", description=__doc__)
    parser.add_argument("--complete", action="store_true", help="wait for the year and the campaign too")
    parser.add_argument(
        "--judge", action="store_true", help="fail beyond three times a bound only; write nothing down"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="first-start-") as folder:
        clone = Path(folder) / "kbnn"
        copy_to(clone)
        good = [
            tell(options, *each)
            for each in measure(clone, waits=options.complete, slack=3 if options.judge else 1)
        ]
    return 0 if all(good) else 1


def copy_to(clone: Path) -> None:
    """The committed state; where git cannot give it, what lies there without what was made by running it."""
    if subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], stderr=subprocess.DEVNULL).returncode:
        made = shutil.ignore_patterns(".venv", "var", ".git", ".bench", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, clone, ignore=made, dirs_exist_ok=True)


def tell(options: argparse.Namespace, key: str, figure: str, met: bool) -> bool:
    print(f"{key:16} {'met   ' if met else 'MISSED'} {figure}", flush=True)
    if not options.judge:
        proof.record(key, figure=figure, met=met)
    return met


def measure(clone: Path, *, waits: bool, slack: int) -> Iterator[tuple[str, str, bool]]:
    """Key of the proof, figure, whether it is as required."""
    with running(clone) as (began, port):
        served = until_served(began, port)
        yield "first-start", f"served after {decimal(served)} s, libraries included", served <= SERVED * slack
        clicks = answer(port)
        answered = time.monotonic() - began
        figure = f"a ballot answered {decimal(answered)} s after the command, {clicks} clicks"
        yield "first-ballot", figure, answered <= ANSWERED * slack and clicks <= MOST_CLICKS
        if waits:
            complete = until_complete(began, port)
            yield "first-complete", f"complete after {decimal(complete)} s", complete <= COMPLETE * slack
    with running(clone) as (began, port):
        again = until_served(began, port)
        yield "second-start", f"served after {decimal(again)} s", again <= AGAIN * slack


@contextmanager
def running(clone: Path) -> Iterator[tuple[float, int]]:
    """`make run` of the clone: (when it was called, the port that it will serve)."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    foreign = ("DATABASE_URL", "DATA_DIR", "KEYS_DIR", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV")
    ours = {name: value for name, value in os.environ.items() if name not in foreign}
    ours |= {"UV_CACHE_DIR": str(clone.parent / "cache"), "PIP_NO_CACHE_DIR": "1"}
    began = time.monotonic()
    made = subprocess.Popen(
        ["make", "-s", "run", f"PORT={port}"],
        cwd=clone,
        env=ours,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield began, port
    finally:
        os.killpg(made.pid, signal.SIGTERM)
        made.wait(timeout=30)


def until_served(began: float, port: int) -> float:
    while time.monotonic() - began < PATIENCE:
        try:
            if load.request((HOST, port), "GET", "/healthz").status == 200:
                return time.monotonic() - began
        except OSError:
            pass  # nobody listens yet
        time.sleep(0.1)
    raise SystemExit("first start: nothing was served")


def until_complete(began: float, port: int) -> float:
    while time.monotonic() - began < PATIENCE:
        told = json.loads(load.request((HOST, port), "GET", "/readyz").body)
        if "replay" not in told["missing"]:
            return time.monotonic() - began
        time.sleep(0.5)
    raise SystemExit("first start: the replay did not end")


def answer(port: int) -> int:
    """A browser that knows the front page alone answers the sample ballot. How often it had to click."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", found), args=["--no-sandbox"]
        )
        page = browser.new_context(locale="vi-VN").new_page()
        page.goto(f"http://{HOST}:{port}/")
        steps = (
            page.get_by_role("button", name="Mở một phiếu mẫu"),
            page.locator("label.tile").nth(0),
            page.locator("label.tile").nth(2),
            page.get_by_role("button", name="Gửi phiếu"),
        )
        for step in steps:
            step.click()
        page.wait_for_selector("[data-receipt]")
        browser.close()
    return len(steps)


def decimal(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
