"""Whose steps are shown."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.fields import field_of
from surveys.models import Office


class OfficeForm(forms.Form):
    """One of the offices that the administrator looks after."""

    office = forms.ChoiceField(label=_("Đơn vị"))

    def __init__(self, offices: Iterable[Office], shown: Office | None) -> None:
        super().__init__(initial={"office": shown.code if shown else ""}, auto_id="%s")
        choices = [(each.code, each.short_name) for each in offices]
        field_of(self, "office", forms.ChoiceField).choices = choices
