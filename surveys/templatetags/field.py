"""What `components/field.html` asks of a field. What stands in attributes machines read, so nothing of it is localised."""

from datetime import date

from django import forms, template
from django.forms import BoundField
from django.forms.utils import flatatt

register = template.Library()

#: What `components/field.html` says of a control by itself.
SAID_ALREADY = {"class", "cols", "rows", "minlength", "inputmode", "min", "max", "step"}


@register.filter
def control(field: BoundField) -> str:
    """{{ field|control }}: what it is filled in with: 'choice', 'tick', 'file', 'date', 'count' (digits), 'words' (several
    lines) or 'line'."""
    kind, widget = field.field, field.field.widget
    if isinstance(kind, forms.BooleanField):
        return "tick"
    if isinstance(kind, forms.FileField):
        return "file"
    if isinstance(kind, forms.ChoiceField):
        return "choice"
    if isinstance(kind, forms.DateField):
        return "date"
    if isinstance(kind, forms.IntegerField) or widget.attrs.get("inputmode") == "numeric":
        return "count"
    return "words" if isinstance(widget, forms.Textarea) else "line"


@register.filter
def input_type(field: BoundField) -> str:
    """{{ field|input_type }}: 'date', 'email', 'search', …; a count is typed as text, of which no browser drops a character."""
    kind = control(field)
    return kind if kind == "date" else field.field.widget.input_type if kind == "line" else "text"


@register.filter
def typed(field: BoundField) -> str:
    """{{ field|typed }}: what stands in the field; a day as 2023-07-05, a number as 1000, nothing as ''."""
    value = field.value()
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


@register.filter
def leads(field: BoundField) -> bool:
    """{{ field|leads }}: whether it is the first of its form that is wrong, as they lie on the page: there one goes on."""
    form = field.form
    helper = getattr(form, "helper", None)
    names = [pointer.name for pointer in helper.layout.get_field_names()] if helper else form.fields
    return field.name == next(
        (name for name in names if name in form.errors and not form[name].is_hidden), None
    )


@register.filter
def attributes(field: BoundField) -> str:
    """{{ field|attributes }}: what the form says of the control beside that: placeholder, accept, required, …"""
    said = dict(field.field.widget.attrs)
    for name in SAID_ALREADY:
        said.pop(name, None)
    if getattr(field.field, "max_length", None):
        said.pop("maxlength", None)
    return flatatt(said)


@register.filter
def attribute(value: int | None) -> str:
    """{{ 1000|attribute }} → 1000, where a page's own words would have 1.000"""
    return "" if value is None else str(int(value))
