"""A unit's line goes on through its successors, with a mark where other units were ranked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reports.models import PastResult
from reports.standings import history
from surveys.choices import OfficeKind, Role
from surveys.models import Office
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def reorganised() -> Office:
    """Hòa Bình as a province until 2/2025, then in a region, then a transaction office: a fixture of its own."""
    last = make.office("PGD-HB", kind=OfficeKind.TRANSACTION_OFFICE, short_name="Phòng Giao dịch Hòa Bình")
    region = make.office("KV-5", kind=OfficeKind.REGIONAL, short_name="KBNN Khu vực V", successor=last)
    province = make.office("HB-CU", short_name="KBNN Hòa Bình", successor=region)
    result(province, 2023, "96.25", 10, 64)
    result(region, 2025, "94.10", 3, 21)
    result(last, 2026, "95.00", 2, 21)
    return last


def result(office: Office, year: int, score: str, place: int, of: int) -> None:
    PastResult.objects.create(
        office=office,
        name=f"Khảo sát {year}",
        first_day=date(year, 3, 15),
        last_day=date(year, 5, 15),
        score=Decimal(score),
        place=place,
        of=of,
        source="Báo cáo",
    )


def test_the_line_goes_on_through_successors_and_marks_another_population(reorganised):
    told = [
        (point.office, point.score, point.place, point.of, point.other_population)
        for point in history.line_of(reorganised)
    ]
    assert told == [
        ("KBNN Hòa Bình", Decimal("96.25"), 10, 64, False),
        ("KBNN Khu vực V", Decimal("94.10"), 3, 21, True),
        ("Phòng Giao dịch Hòa Bình", Decimal("95.00"), 2, 21, False),
    ]


def test_a_unit_of_before_knows_nothing_of_its_successors(reorganised):
    assert len(history.line_of(Office.objects.get(code="HB-CU"))) == 1


def test_the_result_stands_on_the_office_s_month_beside_its_own_figures(client, reorganised):
    client.force_login(
        make.user(Role.LEADERSHIP, of=reorganised), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get("/reports/PGD-HB/").content.decode()
    assert ("96,25 điểm, hạng 10/64" in page, "đã khác: 21 đơn vị" in page, "cách đo khác" in page) == (
        True,
        True,
        True,
    )
