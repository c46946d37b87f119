"""All offices of a subtree in one month: states, lateness by name, sums that tell of no small office, one reminder a day."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.core.cache import cache
from django.utils.html import strip_tags

from reports.leadership import overview
from reports.leadership.overview import State
from reports.leadership.overview_views import SORTS
from reports.models import MonthCell, MonthSum, Notice, Seal
from surveys.choices import Role
from surveys.models import AuditEntry, Office
from surveys.periods import TIME_ZONE, Month
from tests import make
from tests.recording import TOKEN
from tests.reports.ledger.owner import as_owner

JUNE = Month(2023, 6)
IN_JUNE = datetime(2023, 6, 15, 10, tzinfo=TIME_ZONE)
AFTER = datetime(2023, 7, 20, 9, tzinfo=TIME_ZONE)
STRETCHES = [("2023-06", "2023-06"), ("2023-04", "2023-06"), ("2023-01", "2023-12")]

pytestmark = pytest.mark.django_db


@pytest.fixture
def head():
    return make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False))


@pytest.fixture
def offices(head):
    """ONE: 12 ballots, 11 satisfied, sealed. TWO: 3 ballots, sealed. LAT: 2 slips, unsealed on 20/7. NON: nobody came."""
    kind = make.procedure()
    counters = {
        code: make.counter(of=make.office(code, parent=head.office)) for code in ("ONE", "TWO", "LAT")
    }
    make.office("NON", parent=head.office)
    make.ballots(11, at=counters["ONE"], kind=kind, now=IN_JUNE)
    make.ballots(1, at=counters["ONE"], kind=kind, now=IN_JUNE, time=0)
    make.ballots(3, at=counters["TWO"], kind=kind, now=IN_JUNE)
    make.issued_together(2, at=counters["LAT"], kind=kind, now=IN_JUNE)
    for code in ("ONE", "TWO"):
        make.sealed(counters[code], now=IN_JUNE)
    return list(Office.objects.sealing().order_by("path"))


def look(offices, now=AFTER):
    seen = overview.look(offices=offices, month=JUNE, now=now)
    return seen, {row.office.code: row for row in seen.rows}


def test_each_office_says_how_far_it_is_and_who_is_late_since_when(offices):
    seen, rows = look(offices)
    assert {code: row.state for code, row in rows.items()} == {
        "ONE": State.SEALED,
        "TWO": State.SEALED,
        "LAT": State.LATE,
        "NON": State.IDLE,
    }
    assert [(row.office.code, row.late, row.days_late) for row in seen.late] == [("LAT", JUNE, 10)]
    assert str(seen.due_on) == "2023-07-10"


def test_before_its_day_an_office_is_not_late_and_an_idle_one_never(offices):
    assert look(offices, IN_JUNE)[1]["LAT"].state is State.OPEN
    assert look(offices, datetime(2023, 7, 10, 16, tzinfo=TIME_ZONE))[1]["LAT"].state is State.WAITING
    assert look(offices)[1]["NON"].late is None


def test_the_sum_of_answers_adds_the_offices_that_are_shown_and_no_other(offices):
    seen, rows = look(offices)
    assert (seen.together.issued, seen.together.returned) == (17, 15)
    assert (seen.valid, seen.satisfied) == (12, 11)
    assert not rows["TWO"].mark.has_counts


#: What head office opens of its offices: the table in every order, as a list, side by side, of a quarter and of a year.
READ = [
    *(f"/reports/offices/?period=2023-06&sort={name}" for name in (*SORTS, *(f"-{name}" for name in SORTS))),
    *(f"/reports/offices/?period=2023-06{more}" for more in ("&format=csv", "&q=two", "&state=sealed")),
    *(f"/reports/KBNN/?from={first}&to={last}" for first, last in STRETCHES),
    *(f"/reports/TWO/?from={first}&to={last}" for first, last in STRETCHES),
    "/reports/",
    "/today/",
]


@pytest.mark.one_engine
@pytest.mark.parametrize(("code", "is_told"), [("TWO", False), ("ONE", True)])
def test_no_page_of_head_office_tells_what_a_small_office_said(client, head, offices, code, is_told):
    """Its three ballots all dissatisfied: not a byte differs. Of twelve the same is seen, so that this can fail."""
    client.force_login(head)

    def read() -> list[bytes]:
        cache.clear()
        return [TOKEN.sub(b"", client.get(path).getvalue()) for path in READ]

    pages = read()
    seal = Seal.objects.get(office__code=code)
    with as_owner:
        told = re.sub(r"(?m)^satisfied: \d+$", "satisfied: 0", seal.text)
        Seal.objects.filter(pk=seal.pk).update(text=told)
    MonthCell.objects.of(seal.office).update(satisfied=0)
    if not is_told:
        MonthSum.objects.of(seal.office).update(level=0)
    assert (read() != pages) is is_told


def test_the_page_sorts_searches_filters_and_gives_the_same_as_a_table(client, head, offices):
    client.force_login(head)
    page = client.get("/reports/offices/?period=2023-06").content.decode()
    assert page.index("KBNN LAT") < page.index("KBNN ONE")  # the late ones first
    assert "&lt;10" in page
    found = client.get("/reports/offices/?period=2023-06&q=one").content.decode()
    assert "KBNN TWO" not in strip_tags(found)
    only = client.get("/reports/offices/?period=2023-06&state=sealed&sort=-name").content.decode()
    assert only.index("KBNN TWO") < only.index("KBNN ONE")
    table = client.get("/reports/offices/?period=2023-06&format=csv").content.decode("utf-8-sig")
    assert "ONE,KBNN ONE,2023-06,Đã niêm phong,,12,12,12,11," in table
    assert "TWO,KBNN TWO,2023-06,Đã niêm phong,,3,3,,," in table


def test_an_office_of_few_slips_shows_them_instead_of_a_percentage(client, head, offices):
    client.force_login(head)
    page = client.get("/reports/offices/?period=2023-06").content.decode()
    assert re.findall("<strong>([0-9]+/[0-9]+|[0-9]+%)</strong>", page) == ["0/2", "12/12", "3/3"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hôm qua", "“hôm qua” không phải là tháng. Hãy viết như 5/2023."),
        ("quý II/2023", "Trang này xem từng tháng. Hãy viết như 5/2023."),
    ],
)
def test_what_is_no_month_stays_in_its_box_with_a_sentence_over_the_usual_month(
    client, head, offices, typed, said
):
    client.force_login(head)
    usual = client.get("/reports/offices/").content.decode()
    page = client.get("/reports/offices/", {"period": typed}).content.decode()
    assert said in page
    assert f'value="{typed}"' in page
    assert re.search("<h1>(.*?)</h1>", page, re.DOTALL)[1] == re.search("<h1>(.*?)</h1>", usual, re.DOTALL)[1]
    assert 'value="6/2023"' in client.get("/reports/offices/?period=2023-06").content.decode()


def test_one_click_reminds_those_who_are_late_once_a_day_and_is_written_down(client, head, offices):
    leader = make.user(Role.LEADERSHIP, of=Office.objects.get(code="LAT"))
    make.user(Role.LEADERSHIP, of=Office.objects.get(code="ONE"))
    client.force_login(head)
    for _click in range(2):
        client.post("/reports/offices/remind", {"period": "2023-06"})
    assert [(notice.user, notice.office.code) for notice in Notice.objects.all()] == [(leader, "LAT")]
    assert AuditEntry.objects.filter(office__code="LAT", subject="2023-06", actor=head).count() == 1
    assert "disabled" in client.get("/reports/offices/?period=2023-06").content.decode()


def test_seven_hundred_offices_cost_as_many_statements_as_four(
    client, head, offices, django_assert_max_num_queries
):
    Office.objects.bulk_create(
        Office(
            code=f"X{n}",
            name=f"X{n}",
            short_name=f"X{n}",
            kind="regional",
            parent=head.office,
            path=f"/KBNN/X{n}/",
            valid_from=make.LONG_AGO,
        )
        for n in range(700)
    )
    Office.objects.filter(code__startswith="X").update(seals=True)
    every = list(Office.objects.sealing())
    with django_assert_max_num_queries(8):
        overview.look(offices=every, month=JUNE, now=AFTER)


def test_offices_stand_as_vietnamese_sorts_their_names(client, head):
    for code, name in (("BK", "KBNN Bắc Kạn"), ("BL", "KBNN Bạc Liêu"), ("BG", "KBNN Bắc Giang")):
        Office.objects.filter(pk=make.office(code, parent=head.office).pk).update(short_name=name)
    client.force_login(head)
    for sort in ("", "&sort=name"):
        page = client.get(f"/reports/offices/?period=6/2023{sort}").content.decode()
        assert page.index("Bạc Liêu") < page.index("Bắc Giang") < page.index("Bắc Kạn")
    assert 'value="6/2023"' in page
