"""A month read by machine and the same month typed by two persons: what is published does not tell them apart."""

import csv
import re
from collections import Counter

import pytest
from django.db import transaction

from reports.publication import folder
from surveys.models import BoxedBallot
from tests import make
from tests.surveys.paper.scans.desk import ScanDesk, ballot

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
MORE = 30  # ballots by phone: single ones of a month of five are not published
OF_CHANCE = re.compile(r"\b[0-9a-f]{16,}\b|[A-Za-z0-9+/]{40,}=*")  # ids, salts, hashes, signatures


def typed(desk: ScanDesk) -> None:
    desk.open()
    desk.both_key(n_1_1=3, n_1_0=1, n_DOUBLE=1)


def scanned(desk: ScanDesk) -> None:
    desk.open_scan(counted=5)
    desk.put(ballot(1, 1), ballot(1, None), ballot(1, 1), ballot(None, 1), ballot(1, 1))
    answers = {(2, "time"): "0", (4, "attitude"): "both"}
    for browser in (desk.one, desk.two):
        every = [(number, about) for number in range(1, 6) for about in ("attitude", "time")]
        for place in answers if browser is desk.one else every:
            desk.decide(browser, *place, answers.get(place, "1"))
        desk.keep_stubs(browser)
        assert desk.hand_over(browser).status_code == 303


def published(desk: ScanDesk, enter) -> dict[str, object]:
    """The files of the sealed month that begins with this pile, without what chance put into them."""
    before = transaction.savepoint()
    enter(desk)
    for browser in (desk.one, desk.two):
        assert desk.confirm(browser).status_code == 303
    assert BoxedBallot.objects.count() == MORE + 5
    seal = make.sealed(desk.counter, now=make.now(), by=(desk.one.user, desk.two.user))
    files = folder.version_files(seal)
    transaction.savepoint_rollback(before)
    return {name: without_chance(name, data.decode()) for name, data in files.items()}


def without_chance(name: str, text: str) -> object:
    if name.endswith(".csv"):
        return Counter(
            tuple(OF_CHANCE.sub("…", cell) for cell in row) for row in csv.reader(text.splitlines())
        )
    return OF_CHANCE.sub("…", text)


def test_a_month_read_by_machine_is_published_like_the_same_month_typed_by_two(settings, tmp_path):
    settings.SCANS_DIR = tmp_path / "scans"
    desk = ScanDesk(slips=5)
    make.ballots(MORE, at=desk.counter, kind=desk.kind, now=make.now())
    by_hand, by_machine = published(desk, typed), published(desk, scanned)
    assert by_machine == by_hand
    of_paper = {row[-1]: n for row, n in by_hand["voids.csv"].items()}
    assert of_paper["DOUBLE"] == 1
    assert sum(by_hand["ballots.csv"].values()) == MORE + 5 + 1  # and the heading
