"""What a seal states is what the pages of the office count."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.documents.catalogue import figures_of
from reports.month import sealed_totals, snapshot
from surveys.models import Office
from surveys.periods import Month, MonthRange, Quarter
from tests import make

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
BOTH = MonthRange(OCTOBER, NOVEMBER)
NOW = make.at(20, month=12)


@pytest.fixture
def office():
    """Two sealed months of different size at two counters, with paper, silence and dissatisfaction."""
    first = make.counter("Q1", of=make.department(of=make.office("HB")))
    second = make.counter("Q2", of=first.office)
    kind = make.procedure("P1")
    for month, n in ((10, 34), (11, 41)):
        now = make.at(11, month=month)
        make.ballots(n, at=first, kind=kind, now=now)
        make.ballots(11, at=second, kind=kind, now=now, attitude=0)
        make.issued(at=first, kind=kind, now=now)
        make.sealed(first, now=now)
    return first.box_office


def told(totals):
    """Everything of a total but the transactions, which seals do not state."""
    known = totals.participation
    return known.counts()[1:], totals.verdicts, totals.shown, totals.criteria, totals.hidden_periods


@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER])
def test_a_sealed_month_is_told_from_its_seal_as_it_is_counted(office: Office, period: Month):
    counted = snapshot.take(office=office, stretch=period, now=NOW)
    stated = snapshot.take_sealed(office=office, period=period, now=NOW)
    assert isinstance(stated, snapshot.SealedPeriod)
    assert counted.totals.verdicts.dissatisfied == 11
    assert told(stated.totals) == told(counted.totals)
    assert list(map(told_without_criteria, stated.over_time.periods)) == list(
        map(told_without_criteria, counted.over_time.periods)
    )
    assert stated.over_time.rate_sentence == counted.over_time.rate_sentence


def told_without_criteria(totals):
    known, verdicts, shown, _criteria, hidden = told(totals)
    return totals.label, known, verdicts, shown, hidden


def test_sealed_months_add_up_to_what_is_counted_of_both(office: Office):
    counted = snapshot.take(office=office, stretch=BOTH, now=NOW)
    with CaptureQueriesContext(connection) as seen:
        stated = sealed_totals.of_seals(counted.standing).totals(BOTH)
    assert told_without_criteria(stated) == told_without_criteria(counted.totals)
    assert len(seen) == 0


def test_a_month_too_small_is_left_out_of_what_seals_add_up_to():
    counter = make.counter("Q1", of=make.department(of=make.office("HB")))
    kind = make.procedure("P1")
    for month, n in ((10, 12), (11, 9)):
        now = make.at(11, month=month)
        make.ballots(n, at=counter, kind=kind, now=now)
        make.sealed(counter, now=now)
    counted = snapshot.take(office=counter.box_office, stretch=BOTH, now=NOW)
    totals = sealed_totals.of_seals(counted.standing).totals(BOTH)
    assert (totals.verdicts.ballots, totals.participation.returned, totals.hidden_periods) == (12, 21, 1)


def test_a_month_of_before_an_office_went_over_to_quarters_is_counted(office: Office):
    Office.objects.filter(pk=office.pk).update(quarterly=True)
    office.refresh_from_db()
    taken = snapshot.take_sealed(office=office, period=OCTOBER, now=NOW)
    assert isinstance(taken, snapshot.Snapshot)
    assert str(taken.over_time.periods[-1].months.first.quarter) == str(Quarter(2026, 4))


def test_every_sealed_period_of_a_stretch_is_named_beside_its_figures(office: Office):
    both = snapshot.take(office=office, stretch=MonthRange(OCTOBER, NOVEMBER), now=NOW)
    assert (both.state, both.seals) == (snapshot.SEALED, ())
    assert [seal.period for seal in both.standing] == ["2026-10", "2026-11"]
    book = figures_of(both)
    assert (book.state, "Chưa niêm phong" in book.seal_code) == ("Đã niêm phong", False)
    assert all(seal.code in book.seal_code for seal in both.standing)
