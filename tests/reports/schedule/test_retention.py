"""What is erased when its time is over, and what stays: every count, every seal, the whole chain of evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic

from reports import ledger
from reports.models import SignalReading
from reports.schedule import retention, rounds
from surveys.box import casting
from surveys.choices import SlipState
from surveys.context_processors import is_pilot
from surveys.models import AuditEntry, Ballot, Erasure, Organisation, Redaction, Slip, Spent, Transaction
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)
SEALED = make.at(4, month=12)
DAY = timedelta(days=1)


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.office("HB"))


@pytest.fixture
def codes_of_month(counter):
    """A sealed November of twelve ballots, one with words, and one slip that never came back; their codes."""
    kind = make.procedure("P1")
    handed = [make.issued(at=counter, kind=kind) for _ in range(13)]
    for number, each in enumerate(handed[:-1]):
        make.cast(each, comment="Cô Lan quầy 2 rất tận tình" if number == 0 else "")
    make.sealed(counter)
    return [each.code for each in handed]


def with_words() -> int:
    return Ballot.objects.exclude(extra__startswith='{"comment":"",').filter(extra__isnull=False).count()


def test_sixty_days_after_the_seal_no_time_of_use_is_left_and_no_code_opens(codes_of_month):
    retention.erase_what_is_over(now=SEALED + 59 * DAY)
    assert Spent.objects.filter(used_at__isnull=False).count() == 12
    assert casting.find_slip(code=codes_of_month[-1]) is not None

    retention.erase_what_is_over(now=SEALED + 61 * DAY)
    assert set(Spent.objects.values_list("used_at", "open_seconds", "via")) == {(None, None, "")}
    assert [casting.find_slip(code=code) for code in codes_of_month] == [None] * 13
    assert not Slip.objects.filter(delivered_at__isnull=False).exists()


def test_counts_seal_and_ledger_are_the_same_after_the_times_and_words_are_gone(codes_of_month):
    before = list(Slip.objects.order_by("pk").values_list("pk", "state"))
    retention.erase_what_is_over(now=SEALED + 731 * DAY)
    assert with_words() == 0
    assert list(Slip.objects.order_by("pk").values_list("pk", "state")) == before
    assert Slip.objects.filter(state=SlipState.USED).count() == Spent.objects.count() == 12
    assert ledger.examine() == []


def test_words_stay_for_two_years_and_go_with_a_line_that_says_why(codes_of_month):
    retention.erase_what_is_over(now=SEALED + 729 * DAY)
    assert with_words() == 1
    retention.erase_what_is_over(now=SEALED + 731 * DAY)
    assert with_words() == 0
    redaction = Redaction.objects.get()
    assert (redaction.first, redaction.second) == (None, None)
    assert "24 tháng" in redaction.reason
    assert Ballot.objects.filter(extra__isnull=False).count() == 11  # those without words keep their reasons


def test_times_wait_for_the_signals_that_are_found_in_them(codes_of_month, monkeypatch):
    monkeypatch.setattr(SignalReading.objects, "final", lambda office, period: None)
    retention.erase_what_is_over(now=SEALED + 61 * DAY)
    assert Spent.objects.filter(used_at__isnull=False).count() == 12


def test_the_signals_of_a_period_outlive_its_times(codes_of_month, counter):
    before = SignalReading.objects.final(counter.box_office, NOVEMBER).text
    retention.erase_what_is_over(now=SEALED + 61 * DAY)
    rounds.run_round(now=SEALED + 62 * DAY + timedelta(hours=12))
    assert SignalReading.objects.final(counter.box_office, NOVEMBER).text == before


def test_each_period_is_erased_once_and_the_trail_says_so(codes_of_month):
    for day in (61, 62, 63):
        retention.erase_what_is_over(now=SEALED + day * DAY)
    assert Erasure.objects.get().rows == 13
    assert AuditEntry.objects.filter(action="participation_erased", subject="2026-11").count() == 1


def test_what_was_erased_cannot_be_unsaid(codes_of_month):
    retention.erase_what_is_over(now=SEALED + 61 * DAY)
    with pytest.raises(DatabaseError), atomic():
        Erasure.objects.all().delete()


def test_a_period_without_a_seal_keeps_everything(counter):
    make.ballots(3, at=counter, kind=make.procedure("P1"))
    retention.erase_what_is_over(now=SEALED + 900 * DAY)
    assert Spent.objects.filter(used_at__isnull=False).count() == 3


def test_whose_visit_it_was_is_forgotten_after_a_year(counter):
    school = Organisation.objects.create(office=counter.box_office, code="TH1", name="Trường Lê Quý Đôn")
    kind = make.procedure("P1")
    make.issued(at=counter, kind=kind, organisation=school)
    make.issued(at=counter, kind=kind, organisation=school, now=make.NOW + 20 * DAY)
    retention.erase_what_is_over(now=make.NOW + 366 * DAY)
    assert [each.organisation for each in Transaction.objects.order_by("finished_at")] == [None, school]


def test_copies_older_than_thirty_days_go_but_never_the_last_one(tmp_path, settings):
    settings.BACKUP_DIR = str(tmp_path)
    names = ["kbnn-20260901-210000.sqlite3", "kbnn-20261020-210000.pgdump", "kbnn-20261101-210000.sqlite3"]
    for name in [*names, "kbnn-notes.txt", "other.sqlite3"]:
        (tmp_path / name).touch()
    retention.erase_what_is_over(now=make.at(24, 21))
    assert sorted(path.name for path in tmp_path.iterdir()) == [names[2], "kbnn-notes.txt", "other.sqlite3"]
    retention.erase_what_is_over(now=make.at(24, 21) + 90 * DAY)
    assert (tmp_path / names[2]).exists()


def test_the_pilots_year_is_kept(codes_of_month, monkeypatch):
    monkeypatch.setattr(retention, "is_pilot", lambda: True)
    retention.erase_what_is_over(now=SEALED + 900 * DAY)
    assert with_words() == 1
    assert not is_pilot()  # what else stands in this test's database
