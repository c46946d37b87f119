"""What a field that is laid by hand writes into its attributes: machines read them, so nothing is localised."""

from datetime import date

from django import template
from django.forms import BoundField

register = template.Library()


@register.filter
def typed(field: BoundField) -> str:
    """{{ field|typed }}: what stands in the field; a day as 2023-07-05, a number as 1000, nothing as ''."""
    value = field.value()
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


@register.filter
def attribute(value: int | None) -> str:
    """{{ 1000|attribute }} → 1000, where a page's own words would have 1.000"""
    return "" if value is None else str(int(value))
