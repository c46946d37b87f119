"""What the inspector types about the silent: how many to ask, the public number, addresses of letters, two totals."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from surveys.fields import LaidForm

#: How many are asked; chosen before the seal, since whoever chooses later could choose the result.
NUMBERS = (0, 30, 60, 120)
WHOLE: dict = {
    "required": _("Xin ghi một số nguyên từ 0 trở lên."),
    "invalid": _("Xin ghi một số nguyên từ 0 trở lên."),
    "min_value": _("Xin ghi một số nguyên từ 0 trở lên."),
    "max_value": _("Số này quá lớn."),
}


class ChoiceForm(forms.Form):
    number = forms.TypedChoiceField(
        label=_("Mỗi kỳ hỏi lại"),
        widget=forms.Select({"class": "short-field"}),
        coerce=int,
        choices=[(n, format_lazy(_("{n} phiếu"), n=n) if n else _("không hỏi")) for n in NUMBERS],
        error_messages={
            "required": _("Xin chọn số phiếu hỏi lại."),
            "invalid_choice": _("Xin chọn số phiếu hỏi lại."),
        },
    )


class BeaconForm(LaidForm):
    special_prize = forms.RegexField(
        "^[0-9]{5}$",
        label=_("Giải đặc biệt"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Xin ghi năm chữ số của giải đặc biệt."),
            "invalid": _("Giải đặc biệt gồm đúng năm chữ số."),
        },
    )


class TotalsForm(LaidForm):
    MOST: ClassVar = max(NUMBERS)
    satisfied = forms.IntegerField(
        label=_("Hài lòng, qua điện thoại"), min_value=0, max_value=MOST, error_messages=WHOLE
    )
    dissatisfied = forms.IntegerField(
        label=_("Không hài lòng, qua điện thoại"), min_value=0, max_value=MOST, error_messages=WHOLE
    )


class LettersForm(forms.Form):
    """An e-mail address for each of the drawn who is written to; whoever has none is telephoned."""

    def __init__(self, called: int, data=None) -> None:
        super().__init__(data, auto_id="%s")
        for place in range(1, called + 1):
            self.fields[f"email_{place}"] = forms.EmailField(
                label=_("Thư điện tử"),
                required=False,
                max_length=254,
                widget=forms.EmailInput(attrs={"form": "letters-form"}),
                error_messages={"invalid": _("Xin ghi địa chỉ thư điện tử như ten@donvi.vn, hoặc để trống.")},
            )

    @property
    def addresses(self) -> dict[int, str]:
        """By place in the draw, from 1 on."""
        typed = ((int(name.removeprefix("email_")), email) for name, email in self.cleaned_data.items())
        return {place: email for place, email in typed if email}

    def of(self, place: int) -> forms.BoundField:
        return self[f"email_{place}"]
