"""The form for a typed code."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.crypto import codes
from surveys.fields import CleanTextField

CODE_MISSING = _("Xin gõ mã 12 ký tự dưới mã QR.")
CODE_TOO_SHORT = _("Mã có %(needed)s ký tự, mới gõ %(typed)s.")
CODE_TOO_LONG = _("Mã có %(needed)s ký tự, đã gõ %(typed)s.")
CODE_FOREIGN = _("Mã không có ký tự “%(sign)s”. Xin xem lại trên phiếu.")


class CodeForm(forms.Form):
    """The code as it was typed from the slip: 12 characters suffice, and nobody is asked for the right dashes."""

    code = CleanTextField(error_messages={"required": CODE_MISSING})

    def clean_code(self) -> str:
        """The code as the verbs expect it. What cannot be one is told by its form alone, before any slip is looked up."""
        typed = self.cleaned_data["code"]
        if sign := codes.foreign_in(typed):
            raise forms.ValidationError(CODE_FOREIGN, code="foreign", params={"sign": sign})
        code = codes.normalise(typed)
        if not code:
            length = codes.length_typed(typed)
            said = CODE_TOO_SHORT if length < codes.SHORT_LENGTH else CODE_TOO_LONG
            raise forms.ValidationError(
                said, code="length", params={"needed": codes.SHORT_LENGTH, "typed": length}
            )
        return code
