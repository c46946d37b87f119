"""What the register said of a sealed period is kept with the seal, and is what counting it again would say."""

from __future__ import annotations

import itertools
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from reports.models import Seal, SlipSum, SlipTotal, TransactionSum
from reports.month.snapshot import take
from reports.month.subordinates import side_by_side
from reports.schedule import retention
from surveys.choices import Outcome, SlipChannel
from surveys.models import Spent
from surveys.periods import Month, MonthRange
from surveys.slips import issuing
from tests import make
from tests.reports.ledger.owner import as_owner

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, number) for number in (8, 9, 10, 11))
NEXT_SUMMER = make.at(1, month=6, year=2027)


@pytest.fixture
def other(counter):
    return make.counter("Q2", of=counter.office)


@pytest.fixture
def paper_out(counter, other, kind):
    """A September with everything that can happen to a slip, and a transaction that ended before the month of its slip;
    what nobody brought of it is a slip on paper."""
    when = make.at(9, month=9)
    make.ballots(12, at=counter, kind=kind, now=when)
    for _ in range(11):
        make.cast(make.issued(at=other, kind=make.procedure(), now=when, channel=SlipChannel.TABLET))
    make.issued(at=other, kind=kind, now=when)  # never came back
    cancelled, moved = (make.issued(at=counter, kind=kind, now=when) for _ in range(2))
    by = make.teller(at=counter)
    issuing.cancel_slip(slip=cancelled.slip, reason="Ghi nhầm", actor=by, now=when)
    issuing.reissue_slip(slip=moved.slip, channel=SlipChannel.TABLET, reason="", actor=by, now=when)
    midnight = make.at(1, 0, month=10)
    late = enter(counter, kind, ended=midnight - timedelta(minutes=1), now=midnight)
    issuing.issue_slip(transaction=late, channel=SlipChannel.SLIP, now=midnight)
    return make.issued(at=counter, kind=kind, now=when, channel=SlipChannel.PAPER)


@pytest.fixture
def office(counter, other, kind, paper_out):
    """September sealed and corrected, October sealed, November open."""
    make.sealed(counter, now=make.at(9, month=9))
    make.corrected(counter, paper_out, now=make.at(9, month=9))
    make.ballots(31, at=other, kind=kind, now=make.at(9, month=10), time=0)
    make.sealed(counter, now=make.at(9, month=10))
    make.ballots(3, at=counter, kind=kind, now=make.NOW)
    return counter.box_office


def enter(counter, kind, *, ended, now):
    return issuing.log_transaction(
        counter=counter,
        procedure=kind,
        reference=f"muộn {now}",
        started_at=ended,
        finished_at=ended,
        outcome=Outcome.RESOLVED,
        now=now,
    )


def stretches():
    months = (AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)
    return [MonthRange(*ends) for ends in itertools.combinations_with_replacement(months, 2)]


def said(office):
    """Everything that pages, papers and the interface print of the office, over every stretch."""
    pages = [take(office=office, stretch=months, now=make.NOW) for months in stretches()]
    return pages, [side_by_side([office], months, at=make.NOW) for months in stretches()]


def forget(seals):
    """As if the periods had been sealed before sums were kept."""
    with as_owner:
        for model in (SlipSum, SlipTotal, TransactionSum):
            model.objects.filter(seal__in=list(seals)).delete()


@pytest.mark.parametrize("forgotten", [{"2026-09"}, {"2026-10"}, {"2026-09", "2026-10"}])
def test_every_figure_is_the_same_with_the_sums_and_counted_again(office, forgotten):
    with_sums = said(office)
    forget(Seal.objects.filter(period__in=forgotten))
    assert said(office) == with_sums


def test_the_figures_are_those_of_the_register(office):
    september = take(office=office, stretch=SEPTEMBER, now=make.NOW)
    known = september.totals.participation
    assert (known.issued, known.cancelled, known.expired, known.returned, known.paper) == (27, 1, 2, 24, 1)
    assert known.transactions == 28
    assert {row.code: row.participation.returned for row in september.channels} == {
        "slip": 12,
        "tablet": 11,
        "paper": 1,
    }
    assert {row.code: row.participation.issued for row in september.counters} == {"Q1": 15, "Q2": 12, "": 0}


def test_a_version_without_sums_is_counted_though_the_one_before_has_some(office):
    with_sums = said(office)
    forget(Seal.objects.filter(period="2026-09", version=2))
    assert SlipSum.objects.filter(seal__period="2026-09", seal__version=1).exists()
    assert said(office) == with_sums


def test_a_correction_keeps_sums_of_its_own_beside_the_first_ones(office):
    first, second = (SlipSum.objects.filter(seal__period="2026-09", seal__version=n) for n in (1, 2))
    assert sum(first.values_list("returned", flat=True)) == 23
    assert sum(second.values_list("returned", flat=True)) == 24
    assert take(office=office, stretch=SEPTEMBER, now=make.NOW).totals.participation.returned == 24


def test_slips_and_transactions_of_sealed_months_are_not_read_again(office):
    with CaptureQueriesContext(connection) as seen:
        take(office=office, stretch=MonthRange(SEPTEMBER, OCTOBER), now=make.NOW)
        side_by_side([office], MonthRange(SEPTEMBER, OCTOBER), at=make.NOW)
    slips = [each["sql"] for each in seen if 'FROM "surveys_slip"' in each["sql"]]
    assert slips  # of the year before, where nothing was sealed
    assert not [sql for sql in slips if "'2026-09'" in sql or "'2026-10'" in sql]
    finished = [each["sql"] for each in seen if 'FROM "surveys_transaction"' in each["sql"]]
    assert finished
    # The end of October, as each engine writes it; what is counted of the year ends with August.
    assert not [sql for sql in finished if "2026-10-31" in sql or "2026-11-01" in sql]


def test_what_the_register_hears_after_the_seal_is_told_with_the_next_one(counter, kind, paper_out):
    make.sealed(counter, now=make.at(9, month=9))
    office = counter.box_office

    def told():
        known = take(office=office, stretch=SEPTEMBER, now=make.NOW).totals.participation
        return known.transactions, known.returned

    assert told() == (28, 23)
    enter(counter, kind, ended=make.at(30, month=9), now=make.at(5, month=10))
    assert told() == (28, 23)
    make.corrected(counter, paper_out, now=make.at(9, month=9))
    assert told() == (29, 24)


def test_what_is_erased_after_sixty_days_changes_no_figure(office):
    before = said(office)
    retention.erase_what_is_over(now=NEXT_SUMMER)
    assert not Spent.objects.filter(slip__period="2026-09", used_at__isnull=False).exists()
    assert said(office) == before
    forget(Seal.objects.all())
    assert said(office) == before


def test_a_seal_from_before_totals_were_kept_gets_the_total_of_its_sums(office):
    kept = list(SlipTotal.objects.order_by("seal").values())
    added = import_module("reports.migrations.0020_totals_of_sealed_periods").OF_STANDING_SEALS
    with as_owner, connection.cursor() as cursor:
        SlipTotal.objects.all().delete()
        cursor.execute(added)
    assert len(kept) == 3
    assert list(SlipTotal.objects.order_by("seal").values()) == kept


@pytest.mark.parametrize("model", [SlipSum, SlipTotal, TransactionSum])
def test_sums_are_neither_changed_nor_deleted(office, model):
    for change in (model.objects.all().delete, lambda: model.objects.update(seal=Seal.objects.last())):
        with pytest.raises(DatabaseError), atomic():
            change()


def test_a_counter_of_a_sealed_month_keeps_its_code(office, counter):
    counter.code = "Q9"
    with pytest.raises(DatabaseError, match="code in use"), atomic():
        counter.save()


def test_an_office_that_goes_over_to_quarters_counts_no_transaction_twice(counter, kind):
    """October was sealed as a month; then the whole quarter is sealed, whose days hold October."""
    box = counter.box_office
    make.ballots(10, at=counter, kind=kind, now=make.at(9, month=10))
    make.sealed(counter, now=make.at(9, month=10))
    box.quarterly = True
    box.save()
    counter.refresh_from_db()
    make.ballots(12, at=counter, kind=kind, now=make.at(9, month=11))
    make.sealed(counter, now=make.at(9, month=11))
    ranges = [
        MonthRange(OCTOBER, Month(2026, 12)),
        MonthRange(OCTOBER, NOVEMBER),
        MonthRange(NOVEMBER, NOVEMBER),
    ]

    def transactions():
        taken = [take(office=box, stretch=months, now=NEXT_SUMMER) for months in ranges]
        by_cell = [[(row.code, row.participation.transactions) for row in each.counters] for each in taken]
        return [each.totals.participation.transactions for each in taken], by_cell

    with_sums = transactions()
    assert with_sums[0] == [22, 22, 12]
    forget(Seal.objects.all())
    assert transactions() == with_sums


def test_offices_side_by_side_are_counted_only_where_they_are_not_sealed(office, django_assert_num_queries):
    elsewhere = make.counter("Q1", of=make.department(of=make.office("KHAC")))
    make.ballots(11, at=elsewhere, kind=make.procedure(), now=make.at(9, month=10))
    offices, months = [office, elsewhere.box_office], MonthRange(SEPTEMBER, NOVEMBER)
    with django_assert_num_queries(5):
        told = side_by_side(offices, months, at=make.NOW)
    assert [row.participation.issued for _office, row in told.rows] == [27 + 32 + 3, 11]
    forget(Seal.objects.all())
    assert side_by_side(offices, months, at=make.NOW) == told
