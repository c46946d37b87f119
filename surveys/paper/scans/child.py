"""The process that opens and reads one file of scans: started by `process`, talks JSON lines, writes no file.

It knows no settings, no database and no secret but the key that tells equal pages. It is run by its path, and enters the
packages above it without their own modules, which need Django.

In: one line of JSON (see `process.Job`), then the bytes of the file. Out: a line with the number of pages, a line a page,
a line that it is done; or one line with the reason why the file is refused.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[3]
MOST_MEMORY = 1_500_000_000
MOST_SECONDS_A_PAGE = 20


def main() -> int:
    _enter_packages()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    job = json.loads(source.readline())
    _limit(pages=int(job["most_pages"]))
    if job["task"] == "compare":
        _say(out, {"pairs": _compared(job)})
    else:
        _read(job, source.read(int(job["size"])), out)
    _say(out, {"done": True})
    return 0


def _enter_packages() -> None:
    """Let the packages above be entered without being run: what they import needs Django."""
    sys.path.insert(0, str(ROOT))
    for name in ("surveys.paper", "surveys.printing"):
        package = ModuleType(name)
        package.__path__ = [str(ROOT / name.replace(".", "/"))]
        sys.modules[name] = package


def _limit(*, pages: int) -> None:
    """Memory, time, and no file written: a picture that is a bomb ends this process and nothing else."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    seconds = MOST_SECONDS_A_PAGE * pages
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(job: dict[str, Any], data: bytes, out: BinaryIO) -> None:
    import cv2

    from surveys.paper.scans.errors import FileRefused
    from surveys.paper.scans.pages import open_pages

    cv2.setNumThreads(1)
    references = [each for form in job["forms"] if (each := _reference(form)) is not None]
    try:
        pages = open_pages(data)
    except FileRefused as refused:
        _say(out, {"refused": refused.problem.value})
        return
    _say(out, {"pages": pages.count})
    for number in range(int(job["from_page"]), pages.count):
        _say(out, {"page": number} | _page(pages, number, references, bytes.fromhex(job["key"])))
    pages.close()


def _reference(form: dict[str, Any]) -> Any:
    from surveys.paper.scans.former import NotSuchAForm, former_form
    from surveys.paper.scans.reference import Reference, render_blank
    from surveys.printing.scan_marks import HALF, BallotForm

    pdf = base64.b64decode(form["pdf"])
    if form["geometry"]:
        geometry = BallotForm.from_json(form["geometry"])
        return Reference(geometry, *render_blank(pdf, geometry.height))
    ballot, stub = render_blank(pdf, HALF)
    try:
        return Reference(former_form(ballot, form["criteria"]), ballot, stub)
    except NotSuchAForm:  # too long for the page it was printed on
        return None


def _page(pages: Any, number: int, references: list[Any], key: bytes) -> dict[str, Any]:
    from surveys.paper.scans.crops import crops_of, preview
    from surveys.paper.scans.errors import PageProblem, PageRefused
    from surveys.paper.scans.reading import read_page
    from surveys.paper.scans.results import BallotProblem, PageOutcome, PageReading
    from surveys.paper.scans.sameness import page_digest, signature

    try:
        page = pages.page(number)
        reading, seen = read_page(page, references)
    except (PageRefused, MemoryError) as error:
        problem = error.problem if isinstance(error, PageRefused) else PageProblem.UNREADABLE
        return {"reading": PageReading(PageOutcome.UNREADABLE, problem=problem.value).as_facts()}
    crops = [crops_of(each) for each in seen]
    is_shown = any(crop.rows for crop in crops)
    is_shown |= any(each.problem is BallotProblem.UNTORN for each in reading.ballots)  # a stub is never shown
    return {
        "reading": reading.as_facts(),
        "digest": page_digest(page.gray, key) if reading.outcome is not PageOutcome.EMPTY else "",
        "signatures": [_text(signature(each)) for each in seen],
        "rows": [[_text(row) for row in crop.rows] for crop in crops],
        "comments": [_text(crop.comment) for crop in crops],
        "fills": [
            round(box.fill, 4) for each in seen for row in each.measures for box in row.boxes if not box.lost
        ],
        "preview": "" if is_shown or reading.outcome is PageOutcome.EMPTY else _text(preview(page.gray)),
    }


def _compared(job: dict[str, Any]) -> list[tuple[int, int]]:
    from surveys.paper.scans.sameness import same_sheets

    return same_sheets([base64.b64decode(each) for each in job["signatures"]])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _say(out: BinaryIO, facts: dict[str, Any]) -> None:
    out.write(json.dumps(facts, separators=(",", ":")).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    raise SystemExit(main())
