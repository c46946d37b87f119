"""What staff type on the pages that conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.fields import field_of
from surveys.models import Office
from surveys.periods import (
    LONGEST_TYPED_RANGE,
    CalendarPeriod,
    Month,
    MonthRange,
    NotAPeriod,
    Period,
    as_typed,
    parse_range,
    range_of,
    typed_period,
)
from surveys.vietnamese import clean_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PeriodField(forms.CharField):
    """A month or quarter as people and addresses write it: 5/2023, 2023-05, Q2/2023, quý II/2023, 2023-Q2."""

    default_error_messages = {
        "unreadable": _("“%(typed)s” không phải là tháng hay quý. Hãy viết như 5/2023 hoặc quý II/2023.")
    }

    def to_python(self, value: str | None) -> Any:
        typed = clean_text(value or "").strip()
        if not typed:
            return None
        try:
            return typed_period(typed)
        except NotAPeriod as error:
            raise forms.ValidationError(
                self.error_messages["unreadable"], code="unreadable", params={"typed": typed[:40]}
            ) from error

    def prepare_value(self, value: Any) -> Any:
        """What an address brought, as the hint beside the field spells it; what cannot be read stays as it was typed."""
        try:
            return as_typed(typed_period(str(value))) if value else value
        except NotAPeriod:
            return value


class MonthForm(forms.Form):
    """Which month a page is asked for; where nothing is typed the page sets the one that it shows."""

    period = PeriodField(
        label=_("Kỳ"),
        required=False,
        widget=forms.TextInput({"maxlength": "40"}),
        error_messages={"unreadable": _("“%(typed)s” không phải là tháng. Hãy viết như 5/2023.")},
    )

    def __init__(self, typed: str) -> None:
        super().__init__({"period": typed} if typed else None, auto_id="%s")

    def clean_period(self) -> Month | None:
        asked = self.cleaned_data["period"]
        if asked is not None and not isinstance(asked, Month):
            raise forms.ValidationError(_("Trang này xem từng tháng. Hãy viết như 5/2023."))
        return asked


class BesideForm(forms.Form):
    """Another period to set beside the one that is shown."""

    def __init__(self, typed: str) -> None:
        super().__init__(initial={"with": typed}, auto_id="%s")
        # "with" is a word of Python, hence no class attribute.
        self.fields["with"] = forms.CharField(
            label=_("Với kỳ"), max_length=40, widget=forms.TextInput(attrs={"placeholder": "5/2023"})
        )


class TwoCountersForm(forms.Form):
    """Two counters of one page side by side, the first two unless asked for others. ``counters``: (code, name)."""

    a = forms.ChoiceField(label=_("Quầy thứ nhất"))
    b = forms.ChoiceField(label=_("Quầy thứ hai"))

    def __init__(self, counters: Sequence[tuple[str, str]], asked: Mapping[str, str]) -> None:
        usual = dict(zip("ab", (code for code, _name in counters), strict=False))
        super().__init__(initial={name: asked.get(name) or usual.get(name) for name in "ab"})
        for name in "ab":
            field_of(self, name, forms.ChoiceField).choices = counters


class StretchForm(forms.Form):
    """From which month or quarter to which, both included; with one end alone, that month or quarter.

    ``cleaned_data["stretch"]`` is a MonthRange.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # "from" is a word of Python, hence no class attribute.
        self.fields["from"] = PeriodField(label=_("Từ tháng hoặc quý"), required=False)
        self.fields["to"] = PeriodField(label=_("Đến hết tháng hoặc quý"), required=False)
        for field in self.fields.values():
            field.help_text, field.widget.attrs["maxlength"] = _("Ví dụ: 5/2023 hoặc quý II/2023"), "40"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = (data.get(name) or data.get(other) for name, other in (("from", "to"), ("to", "from")))
        if self.errors:
            return data
        if first is None or last is None:
            self.add_error("from", _("Hãy ghi tháng hoặc quý cần xem."))
            return data
        try:
            data["stretch"] = parse_range(str(first), str(last))
        except NotAPeriod:
            self.add_error("to", self._why_not(first, last))
        return data

    @staticmethod
    def _why_not(first: CalendarPeriod, last: CalendarPeriod) -> StrOrPromise:
        if last.last_day < first.first_day:
            return _("Kỳ cuối đến trước kỳ đầu. Hãy đổi chỗ hai ô.")
        return _("Khoảng thời gian dài quá %(years)s năm. Hãy chọn ngắn hơn.") % {
            "years": LONGEST_TYPED_RANGE // 12
        }


def as_counted(months: MonthRange, *, quarterly: bool) -> MonthRange:
    """The months, widened to whole quarters for an office that counts by quarter."""
    if not quarterly:
        return months
    return MonthRange(months.first.quarter.months[0], months.last.quarter.months[-1])


def one_period(months: MonthRange, office: Office) -> Period | MonthRange:
    """The month, or the quarter of an office that counts by quarter, when the range is exactly one."""
    if months.first == months.last:
        return months.first
    quarter = months.first.quarter
    return quarter if office.quarterly and range_of(quarter) == months else months
