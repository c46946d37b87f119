"""Time as the product counts it: months, quarters, ranges of months, a campaign's days, working days.

Everything here is pure. "Now" never appears: callers hand in the instant.
"""

from surveys.periods.stretches import (
    LONGEST_TYPED_RANGE,
    TIME_ZONE,
    CalendarPeriod,
    CampaignPeriod,
    Month,
    MonthRange,
    NotAPeriod,
    Period,
    Quarter,
    half_year,
    is_calendar,
    is_quarter,
    local_day,
    months_between,
    of_calendar,
    parse_period,
    parse_range,
    period_of,
    range_of,
    start_of,
    whole_year,
    year_to_date,
)
from surveys.periods.typed import as_typed, typed_period
from surveys.periods.working import (
    CLOSE_OF_BUSINESS,
    WorkingCalendar,
    closing_from,
    expires_at,
    frozen_from,
)

__all__ = [
    "CLOSE_OF_BUSINESS",
    "LONGEST_TYPED_RANGE",
    "TIME_ZONE",
    "CalendarPeriod",
    "CampaignPeriod",
    "Month",
    "MonthRange",
    "NotAPeriod",
    "Period",
    "Quarter",
    "WorkingCalendar",
    "as_typed",
    "closing_from",
    "expires_at",
    "frozen_from",
    "half_year",
    "is_calendar",
    "is_quarter",
    "local_day",
    "months_between",
    "of_calendar",
    "parse_period",
    "parse_range",
    "period_of",
    "range_of",
    "start_of",
    "typed_period",
    "whole_year",
    "year_to_date",
]
