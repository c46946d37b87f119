"""What is kept is given up in the moment in which something that it was made from changes, and never outlives it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports.models import MonthCell
from reports.month.rollups import roll_up
from surveys.box import mixing
from surveys.choices import Role
from surveys.database import revision
from surveys.models import CalendarDay, Counter, Office, Slip
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.department(of=make.office("HB")))


def test_a_value_is_made_once_while_nothing_changes(counter):
    made = [
        revision.kept("names", lambda: list(Counter.objects.values_list("name", flat=True))) for _ in "12"
    ]
    assert made[0] is made[1]


@pytest.mark.parametrize(
    "write",
    [
        lambda counter: Office.objects.filter(pk=counter.office_id).update(short_name="Tên mới"),
        lambda counter: Counter.objects.filter(pk=counter.pk).update(name="Quầy khác"),
        lambda counter: CalendarDay.objects.create(day=date(2031, 9, 2)),
        lambda counter: make.user(Role.TELLER, of=counter.office),
        lambda counter: make.user(Role.TELLER, of=counter.office).groups.clear(),
        lambda counter: make.procedure("P9"),
    ],
)
def test_a_write_to_a_watched_table_gives_up_what_is_kept(counter, write):
    before = revision.current()
    write(counter)
    assert revision.current() != before


def test_a_mix_and_a_seal_give_up_what_is_kept(counter):
    make.ballots(30, at=counter, kind=make.procedure("P1"))
    before = revision.current()
    month = Month(2026, 11)
    mixing.mix(office=counter.box_office, period=month, now=make.at(12, 20))
    roll_up(office=counter.box_office, period=month)
    mixed = revision.current()
    make.sealed(counter)
    assert len({before, mixed, revision.current()}) == 3
    assert MonthCell.objects.exists()


def test_a_write_that_is_undone_leaves_what_is_kept(counter):
    before = revision.current()
    with atomic():
        Office.objects.filter(pk=counter.office_id).update(short_name="Tên mới")
        set_rollback(True)
    assert revision.current() == before


def test_neither_a_cast_nor_a_login_moves_the_revision(counter):
    handed = make.issued(at=counter, kind=make.procedure("P1"))
    user = make.user(Role.TELLER, of=counter.office)
    before = revision.current()
    make.cast(handed)
    assert revision.current() == before
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    assert revision.current() == before


def test_a_value_out_of_the_register_is_kept_as_long_as_its_rows_are_the_same(counter):
    kind = make.procedure("P1")
    make.issued(at=counter, kind=kind)
    count = Slip.objects.count
    made = []

    def ask() -> int:
        return revision.kept("slips", lambda: made.append(count()) or made[-1])

    assert [ask(), ask()] == [1, 1]
    make.issued(at=counter, kind=kind)
    assert (ask(), made) == (2, [1, 2])


def test_a_value_that_asks_for_this_very_moment_is_not_kept(counter):
    now = timezone.now()
    ask = Slip.objects.filter(expires_at__gt=now).count
    revision.kept("open", ask)
    with CaptureQueriesContext(connection) as seen:
        revision.kept("open", ask)
    assert len(seen) == 2  # the revision, and the value made anew


def test_a_value_that_found_nothing_in_the_cache_is_kept_until_there_is_something(counter):
    made = [revision.kept("large count", lambda: [cache.get("large")]) for _ in "12"]
    assert made[0] is made[1] == [None]
    cache.set("large", 7, 60)
    assert revision.kept("large count", lambda: [cache.get("large")]) == [7]


def test_a_value_made_of_a_count_in_the_cache_is_kept_as_long_as_the_count(counter, monkeypatch):
    def ask() -> list:
        return [cache.get("large")]

    cache.set("large", 7, 60)
    first = revision.kept("large count", ask)
    assert revision.kept("large count", ask) is first == [7]
    over = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr(timezone, "now", lambda: over)
    assert revision.kept("large count", ask) == [None]
    assert revision.kept("a page with it", lambda: ("page", *revision.kept("large count", ask))) == (
        "page",
        None,
    )


def test_what_writes_is_done_each_time(counter):
    names = iter(["Quầy A", "Quầy B"])

    def rename() -> str:
        name = next(names)
        Counter.objects.filter(pk=counter.pk).update(name=name)
        return name

    assert [revision.kept("renamed", rename) for _ in "12"] == ["Quầy A", "Quầy B"]


def test_a_value_made_of_another_is_given_up_with_it(counter):
    kind = make.procedure("P1")

    def inner() -> int:
        return revision.kept("inner", Slip.objects.count)

    inner()
    assert revision.kept("outer", inner) == 0
    make.issued(at=counter, kind=kind)
    assert revision.kept("outer", inner) == 1


def test_a_store_gives_its_oldest_up_when_it_is_full(monkeypatch):
    monkeypatch.setattr(revision, "MOST_BYTES", 2500)
    for name in "abc":
        revision.kept(name, lambda: object())
    assert list(revision.store.entries) == ["b", "c"]


def test_the_rows_of_past_writes_are_put_together_and_the_next_write_is_seen(counter):
    revision.gather()
    before = revision.current()
    Counter.objects.filter(pk=counter.pk).update(name="Quầy khác")
    assert (before[0], revision.current() != before) == (1, True)


def test_a_page_says_the_new_name_at_once_to_whoever_had_the_old_one(counter, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    reader = Client()
    reader.force_login(
        make.user(Role.LEADERSHIP, of=counter.box_office), backend="django.contrib.auth.backends.ModelBackend"
    )
    make.ballots(30, at=counter, kind=make.procedure("P1"))
    make.sealed(counter)
    address = "/reports/HB/?from=2026-11&to=2026-11"
    first, again = (reader.get(address) for _ in "12")
    assert first.status_code == again.status_code == 200
    Counter.objects.filter(pk=counter.pk).update(name="Quầy đổi tên")
    assert (
        "Quầy đổi tên" in first.content.decode(),
        "Quầy đổi tên" in reader.get(address).content.decode(),
    ) == (
        False,
        True,
    )


def test_what_is_settled_is_not_read_again_until_a_watched_row_moves(counter):
    def used() -> int:
        with revision.settled():
            return Slip.objects.count()

    kind = make.procedure("P1")
    make.issued(at=counter, kind=kind)
    assert revision.kept("used", used) == 1
    make.issued(at=counter, kind=kind)
    with CaptureQueriesContext(connection) as asked:
        assert revision.kept("used", used) == 1
    assert len(asked) == 1  # the revision
    make.procedure("P2")
    assert revision.kept("used", used) == 2


def test_a_write_among_what_is_settled_is_done_each_time(counter):
    def write() -> int:
        with revision.settled():
            return Office.objects.filter(pk=counter.office_id).update(short_name="Tên mới")

    before = revision.current()
    revision.kept("write", write)
    between = revision.current()
    revision.kept("write", write)
    assert len({before, between, revision.current()}) == 3
