"""Versions of a period as anybody may subtract them: two differ by no valid ballot of a group, or by ten and more.

docs/spec/trust.md §4: all versions of a period are tested as pairs, in the files and on the page.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest
from django.core.management import call_command

from reports import ledger
from reports.documents.catalogue import figures_of
from reports.exports.csv import workbook_csv
from reports.handling_times.sums import clock, sum_up
from reports.month import snapshot
from surveys import paper
from surveys.box import mixing
from surveys.choices import SlipChannel
from surveys.models import Counter, Office, User
from surveys.periods import Month, MonthRange
from tests import make
from tests.worlds import Exchange, in_another_world

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
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


# ── What the first version hid ─────────────────────────────────────────────────────────

#: Before the correction a part of the counters, and all procedures, are not told: a sum of two of each is.
HIDDEN: list[Exchange] = [
    (NOVEMBER, "counter", ("Q3", "P2"), ("", "")),
    (NOVEMBER, "procedure", ("Q1", "P1"), ("Q2", "P2")),
]


def printed(box: Office) -> tuple[bytes, ...]:
    """All that is printed of the month, of a stretch with it, and of its clock beside the feeling."""
    found = []
    for stretch in (NOVEMBER, MonthRange(OCTOBER, NOVEMBER)):
        month = snapshot.take(office=box, stretch=stretch, now=FOUND)
        found += [workbook_csv(figures_of(month)), repr([row.feeling_text for row in clock(month)]).encode()]
    return tuple(found)


@pytest.mark.one_engine
@pytest.mark.parametrize("exchanged", HIDDEN, ids=["counters", "procedures"])
def test_a_correction_tells_nothing_that_the_version_before_it_hid(box, counters, exchanged):
    """Neither version tells one world from the other, so neither does what lies between them."""
    one, two, three = counters
    first, second = make.procedure("P1"), make.procedure("P2")
    by, early = make.team(box), make.at(3)
    for at, kind, n in ((one, first, 25), (two, second, 40), (three, second, 12)):
        make.ballots(n - 2, at=at, kind=kind, now=early)
        make.ballots(2, at=at, kind=kind, now=early, time=0)
    mixing.mix(office=box, period=NOVEMBER, now=make.at(3, 19))
    make.ballots(3, at=one, kind=first, now=make.at(10))
    make.ballots(1, at=one, kind=first, now=make.at(10), time=0)
    fourth = make.counter("Q4", of=one.office)
    piles = [
        [make.issued(at=fourth, kind=first, channel=SlipChannel.PAPER) for _sheet in range(10)]
        for _pile in range(2)
    ]
    make.ballots(20, at=one, kind=second, now=make.at(9, month=10))
    make.sealed(one, now=make.at(9, month=10), by=by)
    make.sealed(one, by=by)
    sum_up(office=box, period=NOVEMBER, now=FOUND)
    for number, sheets in enumerate([[], *piles]):
        if sheets:
            bring(fourth, sheets, by)
            make.closed_by_hand(office=box, period=NOVEMBER, user=by[0], now=FOUND)
            make.sealed(one, reason=f"Phiếu muộn lần {number}", by=by)
        read = partial(printed, box)
        assert read() == in_another_world(read, exchanged), number
        assert ledger.examine() == [], number
