"""Periods, ranges and working days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.periods import (
    TIME_ZONE,
    Month,
    MonthRange,
    NotAPeriod,
    Quarter,
    WorkingCalendar,
    as_typed,
    closing_from,
    expires_at,
    frozen_from,
    half_year,
    is_calendar,
    is_quarter,
    months_between,
    parse_period,
    parse_range,
    period_of,
    range_of,
    start_of,
    typed_period,
    whole_year,
    year_to_date,
)

DAYS = st.dates(date(2000, 1, 1), date(2199, 12, 31))
MONTHS = st.builds(Month, st.integers(2000, 2199), st.integers(1, 12))
QUARTERS = st.builds(Quarter, st.integers(2000, 2199), st.integers(1, 4))
PERIODS = MONTHS | QUARTERS
INSTANTS = st.builds(
    lambda day, seconds: start_of(day) + timedelta(seconds=seconds), DAYS, st.integers(0, 86399)
)


def local(*parts):
    return datetime(*parts, tzinfo=TIME_ZONE)


@given(PERIODS)
def test_a_printed_period_reads_back_as_itself(period):
    assert parse_period(str(period)) == period


def test_periods_print_as_they_are_published():
    assert [str(Month(2023, 5)), str(Quarter(2023, 2))] == ["2023-05", "2023-Q2"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q0",
        "2026-Q5",
        "2026-q1",
        " 2026-01",
        "2026-01\n",
        "26-01",
        "2026-01-01",
        "२०२६-०१",
        "0000-01",
        "1999-12",
        "2200-01",
        "2026Q1",
        "2026-Q01",
    ],
)
def test_anything_else_is_not_a_period(text):
    with pytest.raises(NotAPeriod):
        parse_period(text)


def test_impossible_numbers_make_no_period():
    for make in (
        lambda: Month(2023, 13),
        lambda: Month(0, 1),
        lambda: Quarter(2023, 5),
        lambda: half_year(2023, 3),
    ):
        with pytest.raises(NotAPeriod):
            make()


def test_the_last_minute_of_a_vietnamese_month_belongs_to_it_whatever_zone_it_is_written_in():
    assert Month.of(local(2023, 5, 31, 23, 59, 59)) == Month(2023, 5)
    assert Month.of(datetime(2023, 5, 31, 16, 59, 59, tzinfo=UTC)) == Month(2023, 5)
    assert Month.of(datetime(2023, 5, 31, 17, 0, tzinfo=UTC)) == Month(2023, 6)
    assert Quarter.of(datetime(2022, 12, 31, 17, 0, tzinfo=UTC)) == Quarter(2023, 1)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Month.of(datetime(2023, 5, 31, 23, 0))


@given(DAYS)
def test_a_day_lies_in_the_period_it_names_and_in_no_neighbour(day):
    for quarterly in (False, True):
        period = period_of(day, quarterly)
        assert period.holds(day)
        assert period.first_day <= day <= period.last_day
        assert not period.next().holds(day)
        assert not period.previous().holds(day)


def test_a_period_that_is_not_quarterly_is_a_month():
    assert period_of(date(2023, 5, 2), False) == Month(2023, 5)
    assert period_of(date(2023, 5, 2), True) == Quarter(2023, 2)


@given(PERIODS)
def test_periods_follow_each_other_without_gap_or_overlap(period):
    start, end = period.bounds()
    assert end == period.next().bounds()[0]
    assert start == period.previous().bounds()[1]
    assert period.next().previous() == period
    assert period.previous() < period < period.next()


def test_bounds_are_local_midnights_and_half_open():
    assert Month(2024, 2).bounds() == (local(2024, 2, 1), local(2024, 3, 1))
    assert Quarter(2023, 4).bounds() == (local(2023, 10, 1), local(2024, 1, 1))
    assert Month(2023, 5).bounds()[0] == datetime(2023, 4, 30, 17, tzinfo=UTC)


def test_the_last_day_knows_leap_years_and_december():
    assert Month(2024, 2).last_day == date(2024, 2, 29)
    assert Month(2023, 2).last_day == date(2023, 2, 28)
    assert Month(2023, 12).last_day == date(2023, 12, 31)
    assert Quarter(2023, 2).last_day == date(2023, 6, 30)
    assert Month(9998, 12).last_day == date(9998, 12, 31)


@given(PERIODS)
def test_the_same_period_last_year_differs_in_the_year_alone(period):
    earlier = period.same_last_year()
    assert earlier.year == period.year - 1
    assert str(earlier)[4:] == str(period)[4:]


def test_labels_speak_vietnamese():
    assert (Month(2023, 5).label, Month(2023, 5).short_label) == ("tháng 5/2023", "5/2023")
    assert (Quarter(2023, 2).label, Quarter(2023, 2).short_label) == ("quý II/2023", "II/2023")
    assert [Quarter(2023, n).label for n in (1, 3, 4)] == ["quý I/2023", "quý III/2023", "quý IV/2023"]


def test_a_month_knows_its_quarter_and_a_quarter_its_months():
    assert [Month(2023, m).quarter.quarter for m in range(1, 13)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert Quarter(2023, 3).months == (Month(2023, 7), Month(2023, 8), Month(2023, 9))


def test_the_articles_year_has_thirteen_months():
    months = months_between(Month(2022, 6), Month(2023, 6))
    assert len(months) == 13
    assert months[0] == Month(2022, 6)
    assert months[-1] == Month(2023, 6)
    assert months_between(Month(2023, 6), Month(2022, 6)) == ()


def test_ranges_carry_the_names_people_use():
    assert whole_year(2023).label == "năm 2023"
    assert half_year(2023, 1).label == "6 tháng đầu năm 2023"
    assert half_year(2023, 2).label == "6 tháng cuối năm 2023"
    assert year_to_date(Quarter(2023, 3)).label == "9 tháng đầu năm 2023"
    assert range_of(Quarter(2023, 2)).label == "quý II/2023"
    assert range_of(Month(2023, 5)).label == "tháng 5/2023"
    assert range_of(Month(2023, 5)).short_label == "5/2023"
    assert MonthRange(Month(2022, 6), Month(2023, 6)).label == "từ tháng 6/2022 đến tháng 6/2023"
    assert MonthRange(Month(2022, 6), Month(2023, 6)).short_label == "6/2022 đến 6/2023"
    assert MonthRange(Month(2023, 2), Month(2023, 4)).label == "từ tháng 2/2023 đến tháng 4/2023"


def test_year_to_date_starts_in_january_and_ends_with_the_period():
    assert year_to_date(Month(2023, 5)) == MonthRange(Month(2023, 1), Month(2023, 5))
    assert year_to_date(Month(2023, 5)).same_last_year() == MonthRange(Month(2022, 1), Month(2022, 5))


def test_the_range_before_has_the_same_length_and_touches():
    months = MonthRange(Month(2023, 1), Month(2023, 5))
    assert months.previous() == MonthRange(Month(2022, 8), Month(2022, 12))
    assert months.previous().bounds()[1] == months.bounds()[0]


def test_a_range_is_its_months_in_order():
    months = MonthRange(Month(2022, 12), Month(2023, 1))
    assert list(months) == [Month(2022, 12), Month(2023, 1)]
    assert len(months) == 2
    assert Month(2023, 1) in months
    assert Month(2023, 2) not in months
    assert months.holds(date(2022, 12, 31))
    assert not months.holds(date(2023, 2, 1))


def test_a_quarterly_office_sees_only_whole_quarters_of_a_range():
    months = MonthRange(Month(2022, 12), Month(2023, 8))
    assert months.periods(quarterly=True) == (Quarter(2023, 1), Quarter(2023, 2))
    assert months.periods(quarterly=False) == months.months
    assert whole_year(2023).periods(quarterly=True) == tuple(Quarter(2023, n) for n in (1, 2, 3, 4))


def test_a_typed_range_takes_months_and_quarters():
    assert parse_range("2022-06", "2023-Q2") == MonthRange(Month(2022, 6), Month(2023, 6))
    assert parse_range("2023-Q1", "2023-Q1") == MonthRange(Month(2023, 1), Month(2023, 3))


@pytest.mark.parametrize(
    "ends", [("2023-06", "2023-05"), ("2023-06", ""), ("2023-01", "2033-01"), ("x", "2023-01")]
)
def test_a_typed_range_that_is_swapped_broken_or_endless_is_refused(ends):
    with pytest.raises(NotAPeriod):
        parse_range(*ends)
    assert len(parse_range("2023-01", "2032-12")) == 120


# Tết 2023 (20–26 January off) and an invented swap Saturday, 4 February.
CALENDAR = WorkingCalendar({date(2023, 1, d): False for d in range(20, 27)} | {date(2023, 2, 4): True})


def test_the_calendar_overrules_the_week():
    assert CALENDAR.is_working(date(2023, 1, 19))
    assert not CALENDAR.is_working(date(2023, 1, 20))
    assert CALENDAR.is_working(date(2023, 2, 4))
    assert not CALENDAR.is_working(date(2023, 2, 5))


def test_working_days_are_added_across_weekends_and_tet():
    assert CALENDAR.add_working_days(date(2023, 1, 19), 1) == date(2023, 1, 27)
    assert CALENDAR.add_working_days(date(2023, 2, 3), 1) == date(2023, 2, 4)
    assert CALENDAR.add_working_days(date(2023, 1, 27), -1) == date(2023, 1, 19)
    assert CALENDAR.add_working_days(date(2023, 1, 22), 0) == date(2023, 1, 27)
    assert CALENDAR.add_working_days(date(2023, 1, 19), 0) == date(2023, 1, 19)


@given(st.dates(date(2022, 12, 1), date(2023, 3, 31)), st.integers(1, 60))
def test_adding_working_days_passes_exactly_that_many(day, n):
    reached = CALENDAR.add_working_days(day, n)
    assert CALENDAR.is_working(reached)
    assert CALENDAR.working_days(day + timedelta(days=1), reached) == n


def test_working_days_are_counted_with_both_ends():
    assert CALENDAR.working_days(date(2023, 1, 19), date(2023, 1, 27)) == 2
    assert CALENDAR.working_days(date(2023, 1, 27), date(2023, 1, 19)) == 0


def test_the_last_working_days_are_counted_from_the_end():
    assert CALENDAR.nth_last_working_day(Month(2023, 4), 1) == date(2023, 4, 28)
    assert CALENDAR.nth_last_working_day(Month(2023, 4), 5) == date(2023, 4, 24)
    assert CALENDAR.nth_last_working_day(Month(2023, 1), 5) == date(2023, 1, 18)


def test_a_period_with_too_few_working_days_freezes_whole():
    closed = WorkingCalendar({date(2023, 4, d): False for d in range(1, 29)})
    assert closed.nth_last_working_day(Month(2023, 4), 5) == date(2023, 4, 1)


def test_minutes_are_clock_minutes():
    assert CALENDAR.due_at(local(2023, 4, 28, 11, 45), 30, "minute") == local(2023, 4, 28, 12, 15)


def test_one_working_day_from_friday_morning_ends_on_monday_at_five():
    assert CALENDAR.due_at(local(2023, 4, 7, 9), 1, "working_day") == local(2023, 4, 10, 17)
    assert CALENDAR.due_at(local(2023, 1, 19, 9), 2, "working_day") == local(2023, 1, 30, 17)
    assert CALENDAR.due_at(datetime(2023, 4, 6, 17, 30, tzinfo=UTC), 1, "working_day") == local(
        2023, 4, 10, 17
    )


def test_a_limit_in_another_unit_is_refused():
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.due_at(local(2023, 4, 7, 9), 1, "hour")


def test_a_slip_lives_seven_days_or_until_the_third_of_the_next_month():
    assert expires_at(local(2023, 5, 2, 8), Month(2023, 5)) == local(2023, 5, 10)
    assert expires_at(local(2023, 5, 2, 23, 59), Month(2023, 5)) == local(2023, 5, 10)
    assert expires_at(local(2023, 5, 26, 8), Month(2023, 5)) == local(2023, 6, 3)
    assert expires_at(local(2023, 5, 27, 8), Month(2023, 5)) == local(2023, 6, 4)
    assert expires_at(local(2023, 5, 31, 8), Month(2023, 5)) == local(2023, 6, 4)
    assert expires_at(local(2023, 5, 31, 8), Quarter(2023, 2)) == local(2023, 6, 8)
    assert expires_at(local(2023, 12, 31, 8), Quarter(2023, 4)) == local(2024, 1, 4)
    assert expires_at(local(2023, 5, 2, 8), Month(2023, 5), days=2) == local(2023, 5, 5)
    assert expires_at(local(2023, 5, 31, 8), Month(2023, 5), grace_day=1) == local(2023, 6, 2)


def test_closing_begins_on_the_fourth():
    assert closing_from(Month(2023, 5)) == local(2023, 6, 4)
    assert closing_from(Quarter(2023, 4)) == local(2024, 1, 4)


@given(INSTANTS, st.booleans())
def test_no_slip_outlives_the_start_of_closing_and_none_is_born_dead(issued_at, quarterly):
    period = period_of(issued_at, quarterly)
    assert issued_at + timedelta(days=3) < expires_at(issued_at, period) <= closing_from(period)


def test_the_box_freezes_at_the_start_of_the_fifth_last_working_day():
    assert frozen_from(Month(2023, 4), CALENDAR) == start_of(date(2023, 4, 24))
    assert frozen_from(Month(2023, 1), CALENDAR) == local(2023, 1, 18)
    assert frozen_from(Quarter(2023, 2), CALENDAR, n=1) == local(2023, 6, 30)


@pytest.mark.parametrize(
    "typed", ["5/2023", "05/2023", "5-2023", "2023-05", "tháng 5/2023", " Tháng 05/2023 "]
)
def test_a_month_is_read_however_it_is_typed(typed):
    assert typed_period(typed) == Month(2023, 5)


@pytest.mark.parametrize("typed", ["quý II/2023", "QUÝ 2/2023", "q2/2023", "II/2023", "2023-Q2", "2023-q2"])
def test_a_quarter_is_read_however_it_is_typed(typed):
    assert typed_period(typed) == Quarter(2023, 2)


@given(PERIODS)
def test_what_a_field_shows_reads_back_as_the_same_period(period):
    assert typed_period(as_typed(period)) == period


@pytest.mark.parametrize(
    ("text", "calendar", "quarter"),
    [
        ("2023-05", True, False),
        ("2023-Q2", True, True),
        ("khao-sat-2023", False, False),
        ("2023-13", False, False),
    ],
)
def test_a_month_a_quarter_and_a_campaign_are_told_apart_by_the_whole_text(text, calendar, quarter):
    assert (is_calendar(text), is_quarter(text)) == (calendar, quarter)
