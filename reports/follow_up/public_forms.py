"""What a customer types who wants an answer in person, and the two kinds of fields that follow-up is typed into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models.cases import ADDRESS_LENGTH, NAME_LENGTH, WORDS_LENGTH
from surveys.fields import CleanTextField, LineField, field_of
from surveys.models import Office

TOO_LONG = _("Dài quá %(limit_value)s ký tự; xin viết ngắn hơn.")


if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def text_field(length: int, required: StrOrPromise = "", **more) -> CleanTextField:
    """Several lines, cleaned; ``required`` is the sentence when there are none."""
    said: dict[str, StrOrPromise] = {"required": required, "max_length": TOO_LONG}
    return CleanTextField(
        max_length=length, required=bool(required), error_messages=said, widget=forms.Textarea, **more
    )


def line_field(length: int, required: StrOrPromise = "", **more) -> LineField:
    """One line, cleaned; line breaks become blanks."""
    said: dict[str, StrOrPromise] = {"required": required, "max_length": TOO_LONG}
    return LineField(max_length=length, required=bool(required), error_messages=said, **more)


class ContactForm(forms.Form):
    """``offices``: those that may be asked; with one alone there is nothing to choose."""

    office: forms.ModelChoiceField[Office] = forms.ModelChoiceField(
        None,
        to_field_name="code",
        error_messages={
            "required": _("Xin chọn đơn vị."),
            "invalid_choice": _("Xin chọn đơn vị trong danh sách."),
        },
    )
    name = line_field(NAME_LENGTH)
    address = line_field(ADDRESS_LENGTH, _("Xin ghi số điện thoại hoặc địa chỉ thư điện tử."))
    words = text_field(WORDS_LENGTH, _("Xin ghi điều ông/bà muốn hỏi hoặc kiến nghị."))
    agreed = forms.BooleanField(error_messages={"required": _("Xin đánh dấu đồng ý để đơn vị được liên hệ.")})

    def __init__(self, *args, offices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "office", forms.ModelChoiceField).queryset = offices
