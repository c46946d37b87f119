"""What a page asks of the database grows neither with the office nor with the ballots."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.handling_times import sums
from reports.models import Seal, SlipSum
from reports.publication import folder
from surveys.choices import Role
from surveys.database import revision
from surveys.models import Ballot
from surveys.periods import Month
from tests import make
from tests.reports.month.register import told

# No page of the reports asks one engine otherwise than the other.
pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NOVEMBER = Month(2026, 11)
PUBLIC = ("/", "/results/", "/results/HB/", "/results/HB/2026-11/", "/results/HB/2026-11/figures.csv")
DESK = ("/reports/HB/", "/reports/HB/?from=2026-10&to=2026-11")


@pytest.fixture
def counter(settings, tmp_path):
    """A sealed and published month with ten ballots at one counter."""
    settings.DATA_DIR = tmp_path
    counter = make.counter("Q1", of=make.department(of=make.office("HB")))
    make.ballots(10, at=counter, kind=make.procedure("P1"))
    make.sealed(counter)
    folder.publish(folder.default_root())
    sums.sum_up(office=counter.box_office, period=NOVEMBER, now=make.at(5, month=12))
    return counter


def asked(page: str, client: Client) -> int:
    """Statements of one opening after something changed; the first one of a process reads what stays in its memory."""
    client.get(page)
    revision.store.forget()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)


def grow(counter, *, counters: int = 1, ballots: int = 10) -> None:
    """So many more counters and procedures, each with so many ballots in the books of the month."""
    for number in range(counters):
        at = make.counter(f"R{number}", of=counter.office) if counters > 1 else counter
        kind = make.procedure(f"S{number}")
        told(at=at, kind=kind, satisfied=ballots - 1, dissatisfied=1)
        cell = {"counter": at, "procedure": kind, "channel": "slip", "questionnaire": make.questionnaire()}
        ended = {"issued": ballots, "returned": ballots, "cancelled": 0, "expired": 0, "paper": 0}
        SlipSum.objects.create(seal=Seal.objects.get(), **cell, **ended)
    sums.sum_up(office=counter.box_office, period=NOVEMBER, now=make.at(5, month=12))


def reader(page: str, counter) -> Client:
    client = Client()
    if page in DESK:
        client.force_login(
            make.user(Role.LEADERSHIP, of=counter.box_office),
            backend="django.contrib.auth.backends.ModelBackend",
        )
    return client


@pytest.mark.parametrize("page", PUBLIC + DESK)
def test_thirty_counters_ask_no_more_than_one(counter, page):
    client = reader(page, counter)
    one = asked(page, client)
    grow(counter, counters=30)
    assert asked(page, client) == one


@pytest.mark.parametrize("page", PUBLIC + DESK)
def test_a_thousand_ballots_ask_no_more_than_ten(counter, page):
    client = reader(page, counter)
    ten = asked(page, client)
    grow(counter, ballots=990)
    assert asked(page, client) == ten


@pytest.mark.parametrize("page", PUBLIC + DESK)
def test_no_page_of_figures_reads_single_ballots(counter, page):
    client = reader(page, counter)
    with CaptureQueriesContext(connection) as seen:
        client.get(page)
    assert not [query["sql"] for query in seen if f'"{Ballot._meta.db_table}"' in query["sql"]]
