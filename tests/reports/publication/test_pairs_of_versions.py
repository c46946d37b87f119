"""Versions of a period as anybody may subtract them: two differ by no valid ballot of a group, or by ten and more.

docs/spec/trust.md §4: all versions of a period are tested as pairs, in the files and on the page.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from django.core.management import call_command

from reports.month import snapshot
from surveys import paper
from surveys.choices import SlipChannel
from surveys.models import Counter, Office, User
from surveys.periods import Month, MonthRange
from tests import make

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)
FOUND = make.at(8, 9, month=12)
#: Counters' ballots of the first version, then the late sheets of each later one.
COURSES = {
    "below ten, then one counter above": [(8, 12, 40), (4, 0, 0), (6, 11, 3)],
    "everybody at one counter": [(0, 48, 0), (10, 0, 9), (12, 10, 10)],
}


@pytest.fixture
def box() -> Office:
    return make.office("HB")


@pytest.fixture
def counters(box) -> list[Counter]:
    department = make.department(of=box)
    return [make.counter(f"Q{number}", of=department) for number in (1, 2, 3)]


def bring(counter: Counter, sheets: list, two: tuple[User, User]) -> None:
    """A late pile of whole sheets, half of them satisfied, keyed and compared by two."""
    box = counter.box_office
    pile = paper.open_pile(office=box, counter=counter, period=NOVEMBER, by=two[0], now=FOUND, late=True)
    good = len(sheets) // 2
    counted = {"1-1": good, "1-0": len(sheets) - good}
    for keyer in two:
        stubs = [each.slip.serial for each in sheets]
        paper.key(pile=pile, by=keyer, now=FOUND, stubs=stubs, counts=counted, foreign=0, done=True)
    for keyer in two:
        paper.confirm(pile=pile, by=keyer, seen=paper.compare(pile=pile, by=keyer).digest, now=FOUND)


def told(box: Office) -> dict[tuple[str, ...], tuple[int, dict]]:
    """Every group that the page and the interface print: its valid ballots, and how they answered."""
    shown = snapshot.take(office=box, stretch=MonthRange(NOVEMBER, NOVEMBER), now=FOUND).as_api()
    groups = {("counter", each["code"]): each for each in shown["counters"] if not each["suppressed"]}
    found = {name: (each["valid"], {"satisfied": each["satisfied"]}) for name, each in groups.items()}
    found["all",] = shown["valid"], {"satisfied": shown["satisfied"]}
    for each in shown["criteria"]:
        found["criterion", each["code"]] = sum(each["levels"].values()), dict(each["levels"])
    return found


def answered(folder: Path) -> dict[str, tuple[str, ...]]:
    """The answers of every ballot in a version's file that has any, by id."""
    with (folder / "ballots.csv").open(encoding="ascii", newline="") as file:
        rows = {row.pop("id"): row for row in csv.DictReader(file)}
    return {name: tuple(row.values())[:-1] for name, row in rows.items() if any([*row.values()][:-1])}


def versions(box: Office, counters: list[Counter], course: list[tuple[int, ...]]) -> Iterator[dict]:
    kind, two = make.procedure("P1"), make.team(box)
    first, *later = course
    for counter, ballots in zip(counters, first, strict=True):
        make.ballots(ballots // 2, at=counter, kind=kind)
        make.ballots(ballots - ballots // 2, at=counter, kind=kind, time=0)
    handed = [
        [
            [make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER) for _sheet in range(n)]
            for counter, n in zip(counters, sheets, strict=True)
        ]
        for sheets in later
    ]
    make.sealed(counters[0], by=two)
    yield told(box)
    for number, piles in enumerate(handed, 2):
        for counter, sheets in zip(counters, piles, strict=True):
            if sheets:
                bring(counter, sheets, two)
        make.closed_by_hand(office=box, period=NOVEMBER, user=two[0], now=FOUND)
        make.sealed(counters[0], reason=f"Phiếu muộn lần {number}", by=two)
        yield told(box)


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
def test_no_two_versions_differ_by_fewer_than_ten_answers_of_any_group(
    box, counters, course, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    pages = list(versions(box, counters, course))
    call_command("publish")
    folders = [tmp_path / "published" / "HB" / "2026-11" / f"v{n}" for n in range(1, len(course) + 1)]
    files = [answered(folder) for folder in folders]
    assert len(files[0]) == sum(course[0])
    for (page, file), (later_page, later_file) in combinations(zip(pages, files, strict=True), 2):
        assert file.items() <= later_file.items()
        assert len(later_file) - len(file) not in range(1, 10)
        for name, (valid, answers) in later_page.items():
            before, said = page.get(name, (0, dict.fromkeys(answers, 0)))
            assert valid - before == 0 or valid - before >= 10, name
            assert valid != before or answers == said, name
