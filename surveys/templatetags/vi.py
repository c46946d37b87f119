"""Numbers and dates in templates, as officials write them; nothing to print is "–", zero is "0".

On the customer's English pages the same filters print English: 3,809 and 5 April 2023.
"""

from datetime import date, datetime

from django import template
from django.utils.formats import date_format, number_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language

from surveys import vietnamese

register = template.Library()

NOTHING = "–"


@register.filter
def group(value: int | None) -> str:
    """{{ 3809|group }} → 3.809"""
    return _number(value, vietnamese.group)


@register.filter
def count_vi(value: int | None) -> str:
    """{{ 1|count_vi }} phiếu → 01 phiếu"""
    return _number(value, vietnamese.count)


@register.filter
def short_date(value: date | None) -> str:
    """{{ day|short_date }} → 15/3/2023; an instant is read in the local time zone"""
    return _day(value, vietnamese.short_date, "SHORT_DATE_FORMAT")


@register.filter
def long_date(value: date | None) -> str:
    """{{ day|long_date }} → ngày 05 tháng 4 năm 2023; an instant is read in the local time zone"""
    return _day(value, vietnamese.long_date, "DATE_FORMAT")


@register.filter
def clerk_date(day: date) -> str:
    """{{ day|clerk_date }} → 05/6/2023, where a page shows what a paper will print"""
    return vietnamese.clerk_date(day)


@register.filter
def without_stop(value: str) -> str:
    """What a person wrote, inside a sentence that has its own full stop."""
    return str(value).rstrip().rstrip(".")


def _number(value, in_vietnamese) -> str:
    if value in (None, ""):
        return NOTHING
    return in_vietnamese(value) if _is_vietnamese() else number_format(value, force_grouping=True)


def _day(value, in_vietnamese, format_name: str) -> str:
    if not value:
        return NOTHING
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    return in_vietnamese(value) if _is_vietnamese() else date_format(value, format_name)


def _is_vietnamese() -> bool:
    """Without an active language (a command, a job) documents are Vietnamese."""
    return (get_language() or "vi").startswith("vi")
