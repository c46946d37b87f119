"""What reading costs: every public and staff page of the pilot's year as a multiple of a bare page, in one run.

`python -m bench.pages` measures on a copy of the pilot's year, which `--make` lays out once under .bench/ (some minutes); a
DATA_DIR that `make run` filled may be named instead. `--quick` makes two months of it for this run alone. Processor time of one
process on SQLite through the WSGI application; each round opens the floor and then every page once, so that a slow minute of
the machine slows both, and a multiple is that of one round; printed is the median of the rounds. `--judge`: exit 1 when a page
takes more than twice its stated multiple. `--write`: put the table into docs/bench.md.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import proof
from bench.ours import ROOT
from bench.pages import place
from bench.pages.readers import Page, Reader, cookies_of, pages

ROUNDS, QUICK_ROUNDS, FLOORS = 15, 5, 5
DOCUMENT = ROOT / "docs" / "bench.md"
BEGIN, END = "<!-- pages: written by bench.pages -->", "<!-- pages: end -->"
PATIENCE = 2


@dataclass(frozen=True)
class Measured:
    """``multiple`` of the floor, milliseconds of processor, statements of one opening, bytes as sent (compressed)."""

    page: Page
    multiple: float
    took: float
    queries: int
    size: int

    @property
    def is_met(self) -> bool:
        return self.page.most is None or self.multiple <= self.page.most


def main() -> int:
    options = arguments()
    if options.make:
        place.make_year()
        return 0
    with place.opened(options.data, quick=options.quick):
        floor, found = measure(rounds=QUICK_ROUNDS if options.quick else ROUNDS)
    head = (
        f"Floor {floor:.2f} ms; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {proof.today()}"
        f"{', two months of the year' if options.quick else ''}."
    )
    print(head, *map(line, found), sep="\n")
    if options.write:
        write(head, found)
    late = [each for each in found if each.page.most and each.multiple > PATIENCE * each.page.most]
    for each in late:
        print(f"{each.page.name}: more than {PATIENCE} × {each.page.most:g}", file=sys.stderr)
    return 1 if options.judge and late else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, nargs="?", help="DATA_DIR of a pilot whose year was published")
    parser.add_argument("--make", action="store_true", help="lay the pilot's year out, and measure nothing")
    parser.add_argument("--quick", action="store_true", help="two months of it, made for this run: for CI")
    parser.add_argument("--judge", action="store_true", help="fail beyond twice a stated multiple")
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    return parser.parse_args()


def measure(*, rounds: int) -> tuple[float, list[Measured]]:
    """Milliseconds of the floor, and every page."""
    from kbnn_survey.wsgi import application

    asked = list(pages())
    cookies = cookies_of(page.role for page in asked)
    readers = {role: Reader(application, cookie) for role, cookie in cookies.items()}
    floor = floor_reader()
    sizes = {page.name: warmed(readers[page.role], page) for page in asked}
    gc.freeze()  # a collection of all that stands would fall on the same page in each round
    bare, times = [], {page.name: [] for page in asked}
    for _round in range(rounds):
        bare.append(statistics.median(floor.open(FLOOR)[0] for _ in range(FLOORS)))
        for page in asked:
            times[page.name].append(readers[page.role].open(page)[0])
    return statistics.median(bare), [
        Measured(
            page=page,
            multiple=statistics.median(took / one for took, one in zip(times[page.name], bare, strict=True)),
            took=statistics.median(times[page.name]),
            queries=queries(readers[page.role], page),
            size=sizes[page.name],
        )
        for page in asked
    ]


FLOOR = Page("floor", "", "/bare")


def floor_reader() -> Reader:
    """The bare page behind its own middleware, beside ours in the same process."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    from bench.pages import floor

    def application(environ: dict, start: object) -> object:
        with override_settings(ROOT_URLCONF=floor.__name__):
            return handler(environ, start)

    with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
        handler = WSGIHandler()
    reader = Reader(application)
    for _ in range(3):
        reader.open(FLOOR)
    return reader


def warmed(reader: Reader, page: Page) -> int:
    """Open a page as often as keeps templates and code, and say how long it is."""
    reader.open(page)
    return reader.open(page)[1]


def queries(reader: Reader, page: Page) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        reader.open(page)
    return len(seen)


def line(one: Measured) -> str:
    most = f"{'≤' if one.is_met else '> required'} {one.page.most:g}" if one.page.most else ""
    return f"{one.page.name:28}{one.took:8.2f} ms {one.multiple:7.1f} × {one.queries:4} statements {one.size:7} B  {most}"


def write(head: str, found: list[Measured]) -> None:
    """Put the table where docs/bench.md says it stands."""
    rows = "".join(
        f"| {one.page.name} | {one.multiple:.1f} | {f'{one.page.most:g}' if one.page.most else ''} | {one.took:.1f} "
        f"| {one.queries} | {one.size} |\n".replace(".", ",")
        for one in found
    )
    table = f"{head}\n\n| page | × floor | required | ms | statements | bytes sent |\n|---|---|---|---|---|---|\n{rows}"
    before, _mark, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
