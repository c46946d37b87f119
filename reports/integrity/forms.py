"""What is typed about signals: an inspector's word, counts of transactions, call-backs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.integrity.coverage_import import MOST_TRANSACTIONS
from reports.models import CallBackOutcome, DispositionKind
from surveys.fields import FindForm, LaidForm, LineField
from surveys.models import Counter

SIZES = (30, 60, 149)


class DispositionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kết luận"),
        choices=DispositionKind.choices,
        error_messages={"required": _("Xin chọn kết luận."), "invalid_choice": _("Xin chọn kết luận.")},
    )
    text = LineField(
        label=_("Đã xem gì, hỏi ai, kết quả ra sao"),
        widget=forms.Textarea,
        max_length=1000,
        error_messages={
            "required": _("Xin ghi đã xem gì, hỏi ai, kết quả ra sao."),
            "max_length": _("Dài quá 1.000 ký tự; xin viết ngắn hơn."),
        },
    )


class CoverageTableForm(LaidForm):
    """What a table of counts does not say of itself: who counted."""

    source = LineField(
        label=_("Nguồn đếm"),
        max_length=120,
        error_messages={
            "required": _("Xin ghi số đếm lấy từ đâu, ví dụ TABMIS, máy lấy số."),
            "max_length": _("Nguồn đếm dài quá 120 ký tự; xin viết ngắn hơn."),
        },
    )


class CoverageForm(CoverageTableForm):
    """One number a counter; empty ones say nothing. ``counts`` of a valid form: counter → transactions."""

    def __init__(self, counters: Iterable[Counter], *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.counters = {f"counter-{counter.pk}": counter for counter in counters}
        bad = _("Xin ghi một số nguyên từ 0 trở lên, không có dấu chấm.")
        for name, counter in self.counters.items():
            self.fields[name] = forms.IntegerField(
                label=_("%(name)s: số giao dịch") % {"name": counter.name},
                required=False,
                min_value=0,
                max_value=MOST_TRANSACTIONS,
                error_messages={"invalid": bad, "min_value": bad, "max_value": _("Số này quá lớn.")},
            )

    @property
    def counts(self) -> dict[Counter, int]:
        return {
            counter: self.cleaned_data[name]
            for name, counter in self.counters.items()
            if self.cleaned_data[name] is not None
        }

    def clean(self) -> dict:
        data = super().clean() or {}
        if not self.errors and not self.counts:
            self.add_error(None, _("Chưa có số nào được ghi."))
        return data


class TrailForm(FindForm):
    """What the trail is asked for, as the address has it: words, the first day and the last."""

    def __init__(self, asked: Mapping[str, str]) -> None:
        super().__init__(_("Tìm người, việc hoặc đối tượng"), asked["q"])
        self.initial = dict(asked)
        # "from" is a word of Python, hence no class attribute.
        self.fields["from"] = forms.DateField(label=_("Từ ngày"))
        self.fields["to"] = forms.DateField(label=_("Đến ngày"))


class DrawForm(forms.Form):
    size = forms.TypedChoiceField(
        label=_("Gọi bao nhiêu khách"),
        widget=forms.Select({"class": "short-field"}),
        coerce=int,
        choices=[(n, str(n)) for n in SIZES],
        error_messages={"required": _("Xin chọn số cuộc gọi."), "invalid_choice": _("Xin chọn số cuộc gọi.")},
    )


class CallForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=CallBackOutcome.choices,
        error_messages={
            "required": _("Xin chọn điều khách nói."),
            "invalid_choice": _("Xin chọn điều khách nói."),
        },
    )
    note = LineField(
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": _("Ghi chú")}),
        error_messages={"max_length": _("Ghi chú dài quá 300 ký tự; xin viết ngắn hơn.")},
    )
