"""Forms of the administration pages that no model gives."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import KeepingForm
from surveys.fields import TABLE_FILES, field_of
from surveys.models import Office
from surveys.periods import is_quarter, parse_period, period_of

PAGES = 100  # of A4; set in some ten seconds


class TableForm(forms.Form):
    """A filled-in table and the office it is for; ``held`` names one that was looked at before."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Đơn vị"))
    file = forms.FileField(
        label=_("Tệp CSV hoặc XLSX"),
        required=False,
        widget=forms.FileInput(attrs={"accept": TABLE_FILES}),
    )
    held = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, offices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "office", forms.ModelChoiceField).queryset = offices

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("held"):
            self.add_error("file", _("Xin chọn tệp."))
        return cleaned


class PadForm(forms.Form):
    """How many pages of numbered ballots for which office, and the period that stands on them."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Đơn vị"))
    period = forms.ChoiceField(label=_("Kỳ phát in trên phiếu"))
    pages = forms.IntegerField(
        label=_("Số trang A4"),
        min_value=1,
        max_value=PAGES,
        initial=10,
        help_text=_("Mỗi trang hai phiếu, mỗi lần nhiều nhất %(n)s trang.") % {"n": PAGES},
    )

    def __init__(self, *args, offices, now, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.offices = offices
        field_of(self, "office", forms.ModelChoiceField).queryset = offices
        current = [period_of(now, quarterly=quarterly) for quarterly in (False, True)]
        field_of(self, "period", forms.ChoiceField).choices = [
            (str(each), each.label) for period in current for each in (period, period.next())
        ]

    def clean(self) -> dict:
        """The box the stubs belong to must be the administrator's own to manage, and count by such periods."""
        cleaned = super().clean() or {}
        office, period = cleaned.get("office"), cleaned.get("period")
        if not office or not period:
            return cleaned
        box = office.sealing_office
        if box is None or not self.offices.filter(pk=box.pk).exists():
            self.add_error("office", _("Hòm phiếu của đơn vị này không thuộc phạm vi quản trị của ông/bà."))
        elif box.quarterly != is_quarter(period):
            self.add_error(
                "period",
                _("Đơn vị này kiểm phiếu theo quý; xin chọn một quý.")
                if box.quarterly
                else _("Đơn vị này kiểm phiếu theo tháng; xin chọn một tháng."),
            )
        return cleaned | {"box": box, "period": parse_period(period)}


class OfficeForm(KeepingForm):
    """An office, and the administrator's word that customers' phones reach the address on its slips."""

    reached = forms.BooleanField(label=_("Điện thoại của khách mở được địa chỉ trên phiếu"), required=False)

    class Meta:
        model = Office
        exclude = ()  # the administration page names the fields

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._limit_parent()
        self.fields["reached"].initial = self.instance.phones_reach == settings.BASE_URL
        self.fields["reached"].help_text = _(
            "Địa chỉ: %(address)s. Địa chỉ nội bộ chỉ in mã QR sau khi thử quét bằng điện thoại của khách và đánh dấu ô này."
        ) % {"address": settings.BASE_URL}

    def _limit_parent(self) -> None:
        """Nothing becomes a top of its own, and nobody is below what is below them."""
        parent = field_of(self, "parent", forms.ModelChoiceField)
        if self.instance.pk and not parent.disabled and parent.queryset is not None:
            parent.queryset = parent.queryset.exclude(path__startswith=self.instance.path)
            parent.disabled = self.instance.parent_id is None
        parent.required = not parent.disabled

    def save(self, commit: bool = True) -> Office:
        self.instance.phones_reach = settings.BASE_URL if self.cleaned_data["reached"] else ""
        return super().save(commit)
