"""What a page costs: every public and staff page of the pilot's year as a multiple of a bare page, in one run.

`python -m bench.pages DATA_DIR` reads the pilot that `make run` (or `manage.py pilot --replay`) laid out there and works on a copy
of it. The floor is one Django view behind the middleware of a new project, with a template of ten thousand bytes. Processor time of
one process on SQLite, medians; floor and pages by turns, so that a slow minute of the machine slows both. `--judge`: exit 1 when a
page takes more than twice the multiple stated here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROUNDS = 7
SERVER = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8011"}
FLOOR_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
LINES = 130
FLOOR_TEMPLATE = (
    "<!doctype html><title>{{ title }}</title><table>{% for line in lines %}<tr><td>{{ line.label }}</td>"
    "<td>{{ line.issued }}</td><td>{{ line.returned }}</td><td>{{ line.share }}</td></tr>{% endfor %}</table>"
)
#: Page, who opens it (None: anybody), address, required multiple of the floor (issue 18; None: printed only).
PAGES: tuple[tuple[str, str | None, str, float | None], ...] = (
    ("front page", None, "/", 3),
    ("results", None, "/results/", 3),
    ("public office", None, "/results/HB/", 3),
    ("public month", None, "/results/HB/2022-10/", 3),
    ("public figures.json", None, "/results/HB/2022-10/figures.json", None),
    ("public seal.txt", None, "/results/HB/2022-10/seal.txt", None),
    ("receipt", None, "/receipt", 3),
    ("leadership's month", "lead", "/reports/HB/?from=2022-10&to=2022-10", 15),
    ("leadership's year", "lead", "/reports/HB/?from=2022-06&to=2023-06", 20),
    ("counting room", "count", "/counting/HB/2022-10/", 20),
    ("counter", "teller", "/counter/", 12),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("data", type=Path, help="DATA_DIR of a pilot whose year was sealed and published")
    parser.add_argument("--judge", action="store_true", help="fail beyond twice a stated multiple")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        shutil.copytree(options.data, data)
        os.environ |= {
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings",
            "BASE_URL": "http://127.0.0.1:8011",
            "EMAIL_URL": "dummymail://",
        }
        return measure(data, judge=options.judge)


def measure(data: Path, *, judge: bool) -> int:
    import django

    django.setup()
    print(f"load {os.getloadavg()[0]:.1f}; processor milliseconds, median of {ROUNDS}")
    failed = 0
    for name, multiple, took, floor, stated, queries in measured(data):
        beyond = stated is not None and multiple > 2 * stated
        failed += beyond
        words = f"at most {stated:g}" if stated else ""
        print(
            f"{name:22}{took:8.1f} ms  floor {floor:5.2f} ms  {multiple:6.1f} ×  {queries:3} queries  {words}"
        )
    return 1 if judge and failed else 0


def measured(data: Path) -> Iterator[tuple[str, float, float, float, float | None, int]]:
    """Name, multiple, median of the page, median of the floor, stated multiple, statements of one opening."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    passwords = dict(line.split()[:2] for line in (data / "pilot-logins.txt").read_text().splitlines())
    for name, role, address, stated in PAGES:
        client = Client(**SERVER)
        if role:
            client.post("/login", {"login": role, "password": passwords[role]})
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"bench.pages: {address} answered {answer.status_code}")
        floors, pages = [floor()], []
        for _round in range(ROUNDS):
            floors.append(floor())
            pages.append(timed(client, address))
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        took, bare = statistics.median(pages), statistics.median(floors[1:])
        yield name, took / bare, took, bare, stated, len(seen)


def floor() -> float:
    """One opening of the bare page, through middleware and address of its own."""
    from django.test import Client, override_settings

    with override_settings(ROOT_URLCONF="bench.bare_page", MIDDLEWARE=FLOOR_MIDDLEWARE):
        client = Client(**SERVER)
        client.get("/bare")  # the handler loads its middleware at the first request
        return timed(client, "/bare")


def timed(client, address: str) -> float:
    """Processor milliseconds of this process from the request to the last byte."""
    began = time.process_time()
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
