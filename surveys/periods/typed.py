"""A period as people and addresses write it."""

from __future__ import annotations

import re

from surveys.periods.stretches import Month, Quarter, parse_period

_MONTH_FIRST = re.compile(r"(?:tháng\s*)?(0?[1-9]|1[0-2])[/-](\d{4})")
_QUARTER_FIRST = re.compile(r"(?:q(?:uý|uy)?\s*)?([1-4]|iv|i{1,3})[/-](\d{4})")
_QUARTERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def typed_period(text: str) -> Month | Quarter:
    """5/2023, 2023-05, tháng 5/2023; quý II/2023, Q2/2023, 2023-Q2. A bare 2/2023 is February. Raises NotAPeriod."""
    typed = text.strip().lower()
    if match := _MONTH_FIRST.fullmatch(typed):
        return parse_period(f"{match[2]}-{int(match[1]):02d}")
    if match := _QUARTER_FIRST.fullmatch(typed):
        return parse_period(f"{match[2]}-Q{_QUARTERS.get(match[1], match[1])}")
    return parse_period(typed.upper())


def as_typed(period: Month | Quarter) -> str:
    """The spelling that the hints beside the fields show: 5/2023, quý II/2023."""
    return period.short_label if isinstance(period, Month) else period.label
