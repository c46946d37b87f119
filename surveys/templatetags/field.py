"""What `components/field.html` asks of a field. What stands in attributes machines read, so nothing of it is localised."""

from datetime import date

from django import forms, template
from django.forms import BoundField

register = template.Library()


@register.filter
def control(field: BoundField) -> str:
    """{{ field|control }}: what it is filled in with: 'choice', 'date', 'count' (digits), 'words' (several lines) or 'line'."""
    kind, widget = field.field, field.field.widget
    if isinstance(kind, forms.ChoiceField):
        return "choice"
    if isinstance(kind, forms.DateField):
        return "date"
    if isinstance(kind, forms.IntegerField) or widget.attrs.get("inputmode") == "numeric":
        return "count"
    return "words" if isinstance(widget, forms.Textarea) else "line"


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
