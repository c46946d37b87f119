"""Numbers and dates typed and printed under the Vietnamese locale, and what English pages print instead."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils.formats import date_format, localize, number_format
from django.utils.translation import deactivate_all, override


@pytest.fixture(autouse=True)
def vietnamese():
    with override("vi"):
        yield


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("05/03/2026", date(2026, 3, 5)),
        ("5/3/2026", date(2026, 3, 5)),
        ("15/3/2023", date(2023, 3, 15)),
        ("15-3-2023", date(2023, 3, 15)),
        ("15.3.2023", date(2023, 3, 15)),
        ("2023-03-15", date(2023, 3, 15)),
    ],
)
def test_a_typed_date_is_read_day_first(typed, day):
    assert forms.DateField().clean(typed) == day
    assert forms.DateField(localize=True).clean(typed) == day


@pytest.mark.parametrize("typed", ["3/15/2023", "31/2/2023", "15/3/23", "mai"])
def test_what_is_no_date_here_is_refused_in_vietnamese(typed):
    with pytest.raises(forms.ValidationError) as refusal:
        forms.DateField().clean(typed)
    assert refusal.value.messages == ["Nhập ngày hợp lệ, ví dụ 15/3/2023."]


@pytest.mark.parametrize(
    "typed", ["15/3/2023 08:30", "8h30 15/3/2023", "08:30 15-3-2023", "2023-03-15 08:30"]
)
def test_an_instant_may_be_typed_hour_or_day_first(typed):
    moment = forms.DateTimeField().clean(typed)
    assert moment.replace(tzinfo=None) == datetime(2023, 3, 15, 8, 30)
    assert moment.utcoffset().total_seconds() == 7 * 3600


@pytest.mark.parametrize("typed", ["08:30", "8:30", "8h30"])
def test_an_hour_may_be_typed_with_h(typed):
    assert forms.TimeField().clean(typed) == time(8, 30)


def test_dates_are_printed_as_15_3_2023():
    day = date(2023, 3, 5)
    assert localize(day) == date_format(day, "SHORT_DATE_FORMAT") == "5/3/2023"
    assert date_format(day, "YEAR_MONTH_FORMAT") == "tháng 3/2023"
    assert localize(datetime(2023, 3, 5, 8, 30)) == "08:30 5/3/2023"


def test_numbers_are_printed_with_dots_and_a_decimal_comma():
    assert localize(3809) == number_format(3809) == "3.809"
    assert localize(Decimal("1234.5")) == "1.234,5"


def test_numbers_are_read_with_dots_and_a_decimal_comma():
    assert forms.IntegerField(localize=True).clean("3.809") == 3809
    assert forms.DecimalField(localize=True).clean("1.234,5") == Decimal("1234.5")
    assert forms.DecimalField(localize=True).clean("99,9") == Decimal("99.9")


FILTERS = Template(
    "{% load vi %}{{ issued|group }} · {{ one|count_vi }} phiếu · {{ day|short_date }} · {{ day|long_date }}"
)


def test_filters_print_as_officials_write():
    page = FILTERS.render(Context({"issued": 3809, "one": 1, "day": date(2023, 4, 5)}))
    assert page == "3.809 · 01 phiếu · 5/4/2023 · ngày 05 tháng 4 năm 2023"


def test_filters_print_a_dash_for_nothing_and_a_zero_for_zero():
    page = FILTERS.render(Context({"issued": None, "one": 0, "day": None}))
    assert page == "– · 0 phiếu · – · –"


def test_filters_read_an_instant_in_local_time():
    late = datetime(2023, 4, 4, 18, 0, tzinfo=UTC)
    assert Template("{% load vi %}{{ late|short_date }}").render(Context({"late": late})) == "5/4/2023"


def test_filters_print_english_on_english_pages():
    with override("en"):
        page = FILTERS.render(Context({"issued": 3809, "one": 1, "day": date(2023, 4, 5)}))
    assert page == "3,809 · 1 phiếu · 5 Apr 2023 · 5 April 2023"


def test_filters_print_vietnamese_where_no_language_is_active():
    deactivate_all()
    page = FILTERS.render(Context({"issued": 3809, "one": 1, "day": date(2023, 4, 5)}))
    assert page == "3.809 · 01 phiếu · 5/4/2023 · ngày 05 tháng 4 năm 2023"
