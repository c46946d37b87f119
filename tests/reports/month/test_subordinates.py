"""Offices side by side, the size of the sample, and the share of the two best levels: each told as its own page tells it."""

from __future__ import annotations

import pytest

from reports.arithmetic.suppression import shown
from reports.month import snapshot, wording
from reports.month.criteria import CriterionFigures, LevelFigures
from reports.month.subordinates import next_below, side_by_side
from surveys.choices import Role, SlipState
from surveys.models import Office
from surveys.periods import Month, MonthRange, range_of
from tests import make
from tests.reports.leadership.pages import words
from tests.reports.month.register import handed_out, told

NOVEMBER = Month(2026, 11)


def below(parent, code, *, satisfied=40, month=NOVEMBER, at=None, **more):
    at = at or make.counter(of=make.department(of=make.office(code, parent=parent)))
    when = make.at(11, month=month.month, year=month.year)
    told(at=at, kind=make.procedure(), satisfied=satisfied, period=month, now=when, **more)
    return at


def shown_of(offices, months):
    told = side_by_side(offices, months, at=make.NOW)
    return [(office.code, row.valid, row.told_text) for office, row in told.rows]


@pytest.mark.django_db
def test_only_the_next_boxes_below_are_compared_in_the_order_of_the_tree():
    top = make.office("TREN")
    make.office("B", parent=top)
    first = make.office("A", parent=top)
    make.office("A1", parent=first)
    make.office("XA")
    region = make.office("VUNG", parent=top, seals=False)
    make.office("V1", parent=region)
    found = next_below(top, Office.objects.sealing())
    assert [office.code for office in found] == ["A", "B", "V1"]


@pytest.mark.django_db
def test_a_small_office_hides_its_answers_and_a_small_period_is_not_added(django_assert_num_queries):
    top = make.office("TREN")
    large, small = below(top, "A"), below(top, "B", satisfied=9)
    below(top, "A", satisfied=9, month=Month(2026, 10), at=large)
    offices = [large.box_office, small.box_office]
    assert shown_of(offices, range_of(NOVEMBER)) == [("A", 40, "40"), ("B", None, "<10")]
    with django_assert_num_queries(5):
        both = shown_of(offices, MonthRange(Month(2026, 10), NOVEMBER))
    assert both == [("A", 40, "40"), ("B", None, "<10")]


@pytest.mark.django_db
def test_the_page_compares_the_offices_below_for_whoever_may_read_them(client):
    top = make.office("TREN")
    told(at=make.counter(of=make.department(of=top)), kind=make.procedure(), satisfied=40)
    below(top, "A")
    client.force_login(make.user(Role.LEADERSHIP, of=top))
    assert "Các đơn vị trực thuộc" in words(client.get("/reports/TREN/?from=2026-11"))
    client.force_login(make.user(Role.COUNTING, of=top))
    assert "Các đơn vị trực thuộc" not in words(client.get("/reports/TREN/?from=2026-11"))


@pytest.mark.django_db
def test_an_office_without_slips_of_its_own_speaks_of_those_below_and_adds_up_no_answer(client):
    top = make.office("TREN")
    large, _small = below(top, "A"), below(top, "B", satisfied=9)
    handed_out(2, at=large, kind=make.procedure(), state=SlipState.EXPIRED)
    client.force_login(make.user(Role.LEADERSHIP, of=top))
    page = words(client.get("/reports/TREN/?from=2026-11"))
    assert "Tháng 11/2026: chưa phát phiếu nào; 02 đơn vị trực thuộc phát ra 51, thu về 49 (96%)." in page
    assert "Cộng 2 đơn vị 51 49 96% – – –" in page
    assert "Chưa có giao dịch nào" not in page
    assert "Tháng 10/2026: không phát phiếu nào." in words(client.get("/reports/TREN/?from=2026-10"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("satisfied", "said"),
    [
        (40, "40 phiếu thu về đã được đếm đủ, không có sai số chọn mẫu."),
        (9, ""),
    ],
)
def test_ballots_are_counted_and_not_sampled(satisfied, said):
    counter = below(None, "A", satisfied=satisfied)
    month = snapshot.take(office=counter.box_office, stretch=NOVEMBER, now=make.NOW)
    assert wording.counted(month.totals).endswith(said)
    assert bool(wording.counted(month.totals)) == bool(said)


@pytest.mark.django_db
def test_counted_ballots_do_not_speak_for_the_silent():
    counter = below(None, "A", satisfied=20)
    handed_out(280, at=counter, kind=make.procedure(), state=SlipState.EXPIRED)
    month = snapshot.take(office=counter.box_office, stretch=NOVEMBER, now=make.NOW)
    assert wording.counted(month.totals).endswith(
        "không có sai số chọn mẫu. Số phiếu này không nói thay được cho 280 phiếu còn lại."
    )


def criterion(counts):
    levels = [
        LevelFigures(value=value, label=f"Mức {value}", counts_as_satisfied=value >= 3, n=n)
        for value, n in reversed(list(enumerate(counts, start=1)))
    ]
    return CriterionFigures(
        code="c", name="c", short_name="c", levels=tuple(levels), shown=shown(sum(counts))
    )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 1, 10, 30, 58), "88%"),
        ((0, 0, 2, 4, 6), "10/12"),
        ((1, 99), ""),
        ((1, 1, 98), ""),
        ((1, 1, 1, 1, 1), ""),
    ],
)
def test_the_two_best_levels_are_told_of_scales_that_have_them(counts, said):
    assert criterion(counts).top_two_text.replace(",0", "") == said
