"""The form for a typed code."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.crypto import codes
from surveys.fields import CleanTextField

CODE_MISSING = _("Xin gõ mã 12 ký tự dưới mã QR.")


class CodeForm(forms.Form):
    """The code as it was typed from the slip: 12 characters suffice, and nobody is asked for the right dashes."""

    code = CleanTextField(error_messages={"required": CODE_MISSING})

    def clean_code(self) -> str:
        """The code as the verbs expect it; '' for what cannot be one, which is a code like any other wrong one."""
        return codes.normalise(self.cleaned_data["code"])
