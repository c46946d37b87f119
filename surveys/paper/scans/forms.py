"""What is sent with a scanned pile, and what is decided of it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.paper.forms import CountField

FILE_MISSING = _("Xin chọn tệp quét.")
COUNT_MISSING = _("Xin đếm tay số tờ đem quét rồi gõ vào đây.")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Tệp"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}),
        error_messages={"required": FILE_MISSING, "empty": FILE_MISSING, "invalid": FILE_MISSING},
    )
    counted = CountField(label=_("Số tờ đếm tay của cả xấp"))

    def clean_counted(self) -> int:
        if not self.cleaned_data["counted"]:
            raise forms.ValidationError(COUNT_MISSING, code="required")
        return self.cleaned_data["counted"]


class WaitForm(UploadForm):
    """The scanner writes the file itself: only the count is sent."""

    file = forms.FileField(label=_("Tệp"), required=False)


class DecisionForm(forms.Form):
    sheet = forms.IntegerField(min_value=1)
    about = forms.CharField(max_length=40)
    choice = forms.CharField(max_length=10)
