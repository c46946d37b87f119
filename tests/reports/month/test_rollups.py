"""Sums of released ballots: replayable, of one period alone, silent about what waits for the seal."""

import pytest
from django.db import IntegrityError, transaction

from reports.documents import gathering
from reports.models import MonthCell, MonthSum
from reports.month.rollups import roll_up
from reports.month.snapshot import take
from surveys.box import boxed, mixing
from surveys.box.contents import Contents
from surveys.choices import Role
from surveys.models import Ballot, Batch, VoidMark
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db

MONTH = Month(2026, 11)


def cells(office):
    return list(
        MonthCell.objects.of(office)
        .order_by("period", "counter", "procedure")
        .values_list("counter", "procedure", "ballots", "valid", "satisfied", "void")
    )


def levels(office):
    rows = MonthSum.objects.of(office).levels()
    return {(row["criterion"], row["level"]): row["n"] for row in rows}


def mixed(office, *, now=make.NOW, closing=False):
    batch = mixing.mix(office=office, period=Month.of(now), now=now, closing=closing)
    roll_up(office=office, period=Month.of(now))
    return batch


def test_ballots_are_counted_by_cell_and_level_once_they_are_mixed(counter):
    office, kind = counter.box_office, make.procedure("P1")
    make.ballots(11, at=counter, kind=kind)
    make.ballots(1, at=counter, kind=kind, time=0)
    roll_up(office=office, period=MONTH)
    assert cells(office) == []
    mixed(office)
    assert cells(office) == [("Q1", "P1", 12, 12, 11, 0)]
    assert levels(office) == {("attitude", 1): 12, ("time", 0): 1, ("time", 1): 11}


def test_counting_again_gives_the_same_sums(counter):
    make.ballots(10, at=counter, kind=make.procedure("P1"))
    mixed(counter.box_office)
    before = cells(counter.box_office), levels(counter.box_office)
    roll_up(office=counter.box_office, period=MONTH)
    assert (cells(counter.box_office), levels(counter.box_office)) == before


def test_counting_one_month_leaves_the_others_alone(counter):
    office, kind = counter.box_office, make.procedure("P1")
    october = make.at(14, month=10)
    make.ballots(10, at=counter, kind=kind, now=october)
    mixed(office, now=october)
    kept = list(MonthCell.objects.values_list("pk", "period"))
    make.ballots(10, at=counter, kind=kind)
    mixed(office)
    assert [row for row in MonthCell.objects.values_list("pk", "period") if row[1] == "2026-10"] == kept


def test_a_void_ballot_counts_as_a_ballot_and_as_no_answer(counter):
    office = counter.box_office
    make.ballots(10, at=counter, kind=make.procedure("P1"))
    batch = mixing.mix(office=office, period=MONTH, now=make.NOW)
    VoidMark.objects.create(
        ballot=Ballot.objects.filter(batch=batch).first(),
        reason="TORN",
        first=make.user(),
        second=make.user(),
    )
    roll_up(office=office, period=MONTH)
    assert cells(office) == [("Q1", "P1", 10, 9, 9, 1)]
    assert levels(office) == {("attitude", 1): 9, ("time", 1): 9}


def test_a_closing_batch_of_fewer_than_ten_waits_for_the_seal(counter):
    office, kind = counter.box_office, make.procedure("P1")
    make.ballots(10, at=counter, kind=kind)
    mixed(office)
    before = cells(office)
    make.ballots(9, at=counter, kind=kind)
    batch = mixed(office, now=make.NOW, closing=True)
    assert (batch.ballots, batch.is_closing) == (9, True)
    assert cells(office) == before


def test_how_many_ballots_bear_words_is_told_of_those_that_are_counted(counter):
    """The draft of the minutes before the closing mix, and after it, never differ by a last group of fewer than ten."""
    office, kind = counter.box_office, make.procedure("P1")
    make.ballots(12, at=counter, kind=kind, comment="Tốt")
    mixed(office)
    make.ballots(3, at=counter, kind=kind, comment="Chờ lâu", time=0)
    assert mixed(office, closing=True).ballots == 3
    assert gathering.comments(take(office=office, stretch=MONTH, now=make.NOW)) == 12


def test_void_sheets_do_not_fill_a_closing_batch_up_to_ten(counter):
    office, kind = counter.box_office, make.procedure("P1")
    make.ballots(10, at=counter, kind=kind)
    mixed(office)
    before = cells(office)
    make.ballots(9, at=counter, kind=kind)
    by = tuple(user.pk for user in make.team(office))
    unread = {"answers": {"attitude": None, "time": None}, "void_reason": "TORN", "keyed_by": by}
    contents = Contents(make.questionnaire().pk, "Q1", "P1", **unread)
    for _sheet in range(2):
        row = boxed.sealed(office=office.pk, period=str(MONTH), contents=contents, receipt_hash=None)
        row.save(force_insert=True)
    assert mixed(office, closing=True).ballots == 11
    assert cells(office) == before


def test_a_closing_batch_of_ten_is_counted(counter):
    office, kind = counter.box_office, make.procedure("P1")
    make.ballots(10, at=counter, kind=kind)
    mixed(office, closing=True)
    assert cells(office) == [("Q1", "P1", 10, 10, 10, 0)]


def test_five_levels_are_told_apart_and_the_upper_ones_satisfy(counter):
    make.questionnaire(levels=5)
    kind = make.procedure("P1")
    for attitude, time in [(4, 4), (4, 3), (3, 2), (4, 1)]:
        make.ballots(3, at=counter, kind=kind, attitude=attitude, time=time)
    mixed(counter.box_office)
    assert cells(counter.box_office) == [("Q1", "P1", 12, 12, 6, 0)]
    assert levels(counter.box_office)[("time", 2)] == 3


def test_the_cost_of_counting_does_not_grow_with_the_ballots(counter, django_assert_num_queries):
    office, kind = counter.box_office, make.procedure("P1")
    make.ballots(10, at=counter, kind=kind)
    mixed(office)
    make.ballots(30, at=counter, kind=kind)
    mixing.mix(office=office, period=MONTH, now=make.NOW)
    with django_assert_num_queries(
        9
    ):  # savepoint and its release, lock, seal, read, two deletions, two insertions
        roll_up(office=office, period=MONTH)


@pytest.mark.parametrize(
    "wrong",
    [{"ballots": 11}, {"satisfied": 11}],
    ids=["ballots that are neither valid nor void", "more satisfied than valid"],
)
def test_the_database_refuses_sums_that_do_not_add_up(wrong, counter):
    row = {"ballots": 10, "valid": 10, "satisfied": 9, "void": 0} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthCell.objects.create(
            office=counter.box_office, period="2026-11", counter="Q1", procedure="P1", **row
        )


def test_a_cell_is_held_once(counter):
    row = {
        "office": counter.box_office,
        "period": "2026-11",
        "ballots": 0,
        "valid": 0,
        "satisfied": 0,
        "void": 0,
    }
    MonthCell.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthCell.objects.create(**row)


def test_sums_are_read_by_those_who_may_read_the_office_and_by_nobody_else(counter):
    office = counter.box_office
    MonthCell.objects.create(
        office=office, period="2026-11", counter="", procedure="", ballots=10, valid=10, satisfied=10, void=0
    )

    def seen(user):
        return MonthCell.objects.visible_to(user).count()

    assert seen(make.user(Role.LEADERSHIP, of=office)) == 1
    assert seen(make.user(Role.COUNTING, of=office)) == 1
    assert seen(make.user(Role.HEAD_OFFICE, of=make.office("TW"))) == 1
    assert seen(make.user(Role.LEADERSHIP, of=make.office("KHAC"))) == 0
    assert seen(make.user(Role.LEADERSHIP)) == 0
    assert seen(make.teller(at=counter)) == 0


def test_batches_of_other_offices_do_not_count(counter):
    other = make.counter("Q9")
    make.ballots(10, at=counter, kind=make.procedure("P1"))
    mixed(counter.box_office)
    roll_up(office=other.box_office, period=MONTH)
    assert cells(other.box_office) == []
    assert Batch.objects.of(counter.box_office).count() == 1
