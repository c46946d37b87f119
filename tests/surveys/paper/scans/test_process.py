"""The other process: told page by page, stopped, outlived."""

import json
import subprocess
import sys

import pytest

from surveys.paper.scans import libraries
from surveys.paper.scans.errors import FileProblem, FileRefused, LibrariesMissing, PageProblem
from surveys.paper.scans.process import CHILD, Cancelled, FormFile, read_file, same_sheets
from surveys.paper.scans.results import PageOutcome, PageReading
from surveys.paper.scans.thresholds import version
from tests.surveys.paper.scans.drawing import Ballot, as_pdf, blank, levels, read, white

KEY = b"k" * 16


def known() -> list[FormFile]:
    return [FormFile(blank().geometry, blank().pdf)]


def test_every_page_is_told_with_its_reading_and_its_pictures():
    data = as_pdf(
        Ballot().mark(0, 0).mark(1, 1).file(), white(), Ballot(seed=3).mark(0, 1).mark(1, 1).file(turn=2)
    )
    pages = list(read_file(data, known(), key=KEY))
    assert [(page.number, page.of) for page in pages] == [(0, 3), (1, 3), (2, 3)]
    assert [levels(page.reading) for page in pages] == [[[1, 0]], [], [[0, 0]]]
    assert pages[1].reading.outcome is PageOutcome.EMPTY
    assert all(
        picture.startswith(b"\xff\xd8")
        for page in (pages[0], pages[2])
        for row in page.rows
        for picture in row
    )
    assert len(pages[0].rows[0]) == 2
    assert not pages[0].preview
    assert sorted(fill > 0.025 for fill in pages[0].fills) == [False, False, True, True]
    assert pages[1].fills == ()
    assert same_sheets([pages[0].signatures[0], pages[2].signatures[0], pages[0].signatures[0]]) == [(0, 2)]


def test_a_refused_file_is_refused_with_its_reason():
    with pytest.raises(FileRefused) as refused:
        list(read_file(b"no scan", known(), key=KEY))
    assert refused.value.problem is FileProblem.NOT_A_SCAN


def test_a_page_that_takes_too_long_is_lost_and_the_next_ones_are_tried():
    data = as_pdf(white(), white())
    pages = list(read_file(data, known(), key=KEY, page_seconds=-100.0))
    assert [page.reading.problem for page in pages] == [PageProblem.TIMED_OUT] * 2


def test_reading_can_be_cancelled_between_two_pages():
    told = []
    reading = read_file(as_pdf(white(), white()), known(), key=KEY, is_cancelled=lambda: bool(told))
    told.append(next(reading))
    with pytest.raises(Cancelled):
        next(reading)


def test_what_is_said_of_a_page_survives_the_way_between_the_processes():
    reading, _seen = read(Ballot().mark(0, 0).file())
    assert PageReading.from_facts(json.loads(json.dumps(reading.as_facts()))) == reading


def test_the_process_may_not_write_a_file_and_knows_nothing_of_django():
    script = (
        "import runpy, sys, pathlib\n"
        f"child = runpy.run_path({str(CHILD)!r})\n"
        "child['_enter_packages']()\n"
        "import surveys.paper.scans.reading, surveys.paper.scans.crops, surveys.paper.scans.sameness\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'django']\n"
        "child['_limit'](pages=1)\n"
        "import resource\n"
        "print(resource.getrlimit(resource.RLIMIT_FSIZE))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("(0, 0)\n", "")


def test_without_the_libraries_nothing_is_started(monkeypatch):
    monkeypatch.setitem(libraries.NEEDED, "no_such_module", "no-such-package")
    assert libraries.missing() == ("no-such-package",)
    with pytest.raises(LibrariesMissing):
        next(read_file(white(), known(), key=KEY))


def test_the_thresholds_have_a_name_that_changes_with_them(monkeypatch):
    from surveys.paper.scans import thresholds

    before = version()
    monkeypatch.setattr(thresholds, "HEAVY", 0.51)
    assert version() != before
