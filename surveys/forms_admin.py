"""Forms of the administration pages that no model gives."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys import tablets
from surveys.models import Counter


class PairingForm(forms.Form):
    """The six characters on the tablet's screen, and the place it stands at."""

    code = forms.CharField(label=_("Mã trên màn hình máy tính bảng"), max_length=12)
    counter = forms.ModelChoiceField(Counter.objects.none(), label=_("Quầy"))
    name = forms.CharField(label=_("Tên máy"), max_length=80, required=False)

    def __init__(self, *args, counters, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counter"].queryset = counters

    def clean_code(self) -> str:
        code = tablets.normalise(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Mã ghép có 6 ký tự."))
        return code
