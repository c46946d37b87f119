"""How the database finds what grows with the years: by an index, never by reading all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.closing import periods_of, periods_to_close
from reports.month import snapshot
from surveys.counter import console
from surveys.models import Counter, Procedure, Slip, Transaction
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter():
    counter, kind = make.counter("Q1"), make.procedure("P1")
    for month in (9, 10, 11):
        make.ballots(2, at=counter, kind=kind, now=make.at(11, month=month))
    return counter


def plan(sql: str) -> str:
    """The plan of one statement, as far as the engine may choose: PostgreSQL is told to avoid whole tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())


def statements_about(table: str, ask) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        ask()
    return [query["sql"] for query in seen if f'"{table}"' in query["sql"] or f" {table} " in query["sql"]]


def test_the_periods_of_every_office_are_those_of_its_slips(counter):
    elsewhere = make.counter("Q2", of=make.department(of=make.office("XA")))
    make.issued(at=elsewhere, kind=make.procedure("P2"))
    box, other = counter.box_office, elsewhere.box_office
    assert Slip.objects.periods_of(box) == ["2026-09", "2026-10", "2026-11"]
    assert Slip.objects.offices_and_periods() == sorted(
        [(box.pk, "2026-09"), (box.pk, "2026-10"), (box.pk, "2026-11"), (other.pk, "2026-11")]
    )
    assert Slip.objects.periods_of(make.office("XB")) == []


def test_periods_are_stepped_through_by_an_index_and_no_slip_is_read(counter):
    sqls = statements_about("surveys_slip", lambda: periods_of(counter.box_office))
    sqls += statements_about("surveys_slip", lambda: list(periods_to_close(now=make.at(1))))[:1]
    assert len(sqls) == 2
    for sql in sqls:
        told = plan(sql)
        assert "slip_of_period" in told
        assert "SCAN surveys_slip" not in told
        assert "Seq Scan on surveys_slip" not in told


def test_transactions_of_a_month_are_counted_within_the_months_that_are_compared(counter):
    office = counter.box_office
    take = lambda: snapshot.take(office=office, stretch=Month(2026, 11), now=make.NOW)  # noqa: E731
    counts = [sql for sql in statements_about("surveys_transaction", take) if '"n0"' in sql]
    assert len(counts) == 1
    conditions = counts[0].partition(" FROM ")[2]
    assert '"finished_at" >=' in conditions
    assert '"finished_at" <' in conditions
    assert take().totals.participation.transactions == 2


def sow_visits(counter: Counter, kind: Procedure, *, days: int = 300) -> None:
    """A visit a day here and at nine other counters: among a handful of rows any index is as good as another."""
    counters = [counter, *(make.counter() for _ in range(9))]
    visits = (
        Transaction(
            counter=at,
            office=at.box_office,
            procedure=kind,
            reference=f"{at.code}/{n}",
            started_at=make.NOW - timedelta(days=n),
        )
        for n in range(1, days)
        for at in counters
    )
    Transaction.objects.bulk_create(visits)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE surveys_transaction")


def test_the_tellers_procedures_are_found_by_the_counters_own_index(counter):
    sow_visits(counter, Procedure.objects.get())
    later = make.NOW + timedelta(days=1)
    sqls = statements_about("surveys_transaction", lambda: console.last_kind(counter))
    assert not statements_about("surveys_transaction", lambda: console.choices_at(counter, now=later))
    assert len(sqls) == 1
    for sql in sqls:
        assert "transaction_begun_at_counter" in plan(sql)


def test_the_counters_queue_is_found_by_what_has_no_end_not_among_all_that_ever_began(counter):
    teller = make.teller(at=counter)
    sqls = statements_about(
        "surveys_transaction", lambda: console.desk_of(counter, teller, now=make.at(12, month=11))
    )
    queue = [plan(sql) for sql in sqls if '"finished_at" IS NULL' in sql]
    assert queue
    assert all("transaction_running" in found for found in queue)
