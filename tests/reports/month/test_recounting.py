"""A large count of what is not sealed is kept for a short while; a small one never, and a mix ends both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.closing import mix_box
from reports.month import participation
from reports.month.participation import Slips
from reports.month.snapshot import take
from reports.month.subordinates import side_by_side
from surveys.choices import Role, SlipChannel
from surveys.periods import Month, range_of
from surveys.slips import issuing
from tests import make
from tests.reports.leadership.pages import words

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)
LATER = make.NOW + timedelta(seconds=40)


@pytest.fixture
def dear(monkeypatch):
    """A slip is as dear as a hundred thousand, so that a dozen are kept as long as any number is."""
    monkeypatch.setattr(participation, "SLIPS_A_SECOND", 0.01)


@pytest.fixture
def office(counter, kind):
    for _ in range(12):
        make.issued(at=counter, kind=kind)
    return counter.box_office


def november(office, *, at=LATER):
    return take(office=office, stretch=NOVEMBER, now=at)


def figures(month):
    known = month.totals.participation
    return known.transactions, known.issued, known.returned


def test_a_small_count_is_made_anew_for_every_reader(office, counter, kind):
    assert figures(november(office)) == (12, 12, 0)
    make.issued(at=counter, kind=kind)
    month = november(office)
    assert (figures(month), month.counted_at) == ((13, 13, 0), None)


def test_a_large_count_serves_the_next_reader_slips_and_visits_alike(dear, office, counter, kind):
    first = november(office, at=make.NOW)
    assert (figures(first), first.counted_at) == ((12, 12, 0), None)
    make.issued(at=counter, kind=kind)
    month = november(office)
    assert (figures(month), month.counted_at) == ((12, 12, 0), make.NOW)
    cache.clear()
    assert figures(november(office)) == (13, 13, 0)


def test_a_kept_count_reads_no_slip_and_no_visit(dear, office):
    november(office)
    with CaptureQueriesContext(connection) as seen:
        november(office)
    read = [
        each["sql"] for each in seen if 'FROM "surveys_slip"' in each["sql"] or "_transaction" in each["sql"]
    ]
    assert not [sql for sql in read if "COUNT(" in sql]


def test_a_count_is_kept_in_proportion_to_what_it_cost_and_five_minutes_at_most(office, monkeypatch):
    kept = []
    monkeypatch.setattr(participation.cache, "set", lambda _key, _value, seconds: kept.append(seconds))
    for slips in (0, 999, 1000, 28_000, 299_999, 10_000_000):
        participation.lately(
            lambda: "found", named=slips, offices=[office], periods=["2026-11"], size=lambda _, n=slips: n, at=LATER
        )  # fmt: skip
    assert kept == [1, 28, 299, 300]


def test_after_a_mix_no_ballot_is_released_that_seems_not_to_have_returned(dear, office, counter, kind):
    november(office)
    make.ballots(11, at=counter, kind=kind)
    assert figures(november(office)) == (12, 12, 0)
    mix_box(office=office, period=NOVEMBER, now=LATER)
    month = november(office)
    assert month.totals.valid == 11
    assert (figures(month), month.counted_at, month.unreleased) == ((23, 23, 11), None, 0)


def test_one_count_is_not_taken_for_another(dear, office, counter, kind):
    elsewhere = make.counter("Q1", of=make.department(of=make.office("KHAC")))
    for _ in range(11):
        make.issued(at=elsewhere, kind=kind)
    boxes = [office, elsewhere.box_office]

    def side(*offices, month=NOVEMBER):
        told = side_by_side(offices, range_of(month), at=LATER)
        return [row.participation.issued for _office, row in told.rows]

    for _again in range(2):
        assert [figures(november(box))[1] for box in boxes] == [12, 11]
        assert (side(*boxes), side(boxes[1])) == ([12, 11], [11])
        assert side(*boxes, month=Month(2026, 10)) == [0, 0]


def test_every_process_gives_a_count_the_same_name(office):
    """The order within a set differs from process to process, and with it the words that a set is printed with."""
    periods = {f"2026-{number:02}" for number in range(1, 13)}
    said = repr(Slips.of([office], periods).left)
    assert "set(" not in said
    assert said.index("2026-01") < said.index("2026-07") < said.index("2026-12")


def test_the_seal_counts_for_itself(dear, counter, kind):
    when = make.at(9, month=10)
    make.ballots(12, at=counter, kind=kind, now=when)
    october = Month(2026, 10)
    take(office=counter.box_office, stretch=october, now=when)
    issuing.cancel_slip(
        slip=make.issued(at=counter, kind=kind, now=when, channel=SlipChannel.SLIP).slip,
        reason="Ghi nhầm", actor=make.teller(at=counter), now=when,
    )  # fmt: skip
    make.sealed(counter, now=when)
    month = take(office=counter.box_office, stretch=october, now=LATER)
    assert (figures(month), month.counted_at) == ((13, 13, 12), None)


def test_the_page_says_when_it_was_counted(dear, client, office):
    top = make.office("TREN")
    office.parent = top
    office.save()
    client.force_login(make.user(Role.LEADERSHIP, of=top))
    asked = ("/reports/TREN/?from=2026-11", f"/reports/{office.code}/?from=2026-11")
    first, again = ([words(client.get(url)) for url in asked] for _ in range(2))
    assert not any("đếm lúc" in page for page in first)
    assert all("Số phiếu phát ra và thu về của kỳ chưa niêm phong: đếm lúc" in page for page in again)
