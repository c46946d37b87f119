"""What is typed to follow up a month: directions and their answers, cases, requests to be contacted."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.forms_counting import LineField
from reports.models import DirectionEnd
from reports.models.cases import ADDRESS_LENGTH, CAUSE_LENGTH, NAME_LENGTH, WORDS_LENGTH
from reports.models.directions import TEXT_LENGTH, UNIT_LENGTH
from surveys.forms import CleanTextField
from surveys.models import User

TOO_LONG = _("Dài quá %(limit_value)s ký tự; xin viết ngắn hơn.")
BAD_DAY = {"required": _("Xin chọn ngày."), "invalid": _("Ngày ghi chưa đúng.")}


def _words(length: int, required: str = "", **more) -> CleanTextField:
    said = {"required": required, "max_length": TOO_LONG}
    return CleanTextField(max_length=length, required=bool(required), error_messages=said, **more)


def _line(length: int, required: str = "", **more) -> LineField:
    said = {"required": required, "max_length": TOO_LONG}
    return LineField(max_length=length, required=bool(required), error_messages=said, **more)


class DirectionForm(forms.Form):
    text = _words(TEXT_LENGTH, _("Xin ghi nội dung chỉ đạo."))
    unit = _line(UNIT_LENGTH, _("Xin ghi phòng hoặc người thực hiện."))
    due_on = forms.DateField(error_messages=BAD_DAY)


class AnswerForm(forms.Form):
    end = forms.ChoiceField(
        choices=DirectionEnd.choices,
        error_messages={"required": _("Xin chọn kết quả."), "invalid_choice": _("Xin chọn kết quả.")},
    )
    text = _words(TEXT_LENGTH, _("Xin ghi đã làm gì, hoặc dừng theo văn bản nào."))


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return ", ".join(filter(None, [user.get_full_name(), user.title]))


class CaseForm(forms.Form):
    """``owners``: the users who may be asked. Whoever only owns the case cannot hand it on or move its day."""

    cause = _line(CAUSE_LENGTH)
    action = _words(WORDS_LENGTH)
    reply = _words(WORDS_LENGTH)
    owner = OwnerField(
        User.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Xin chọn người trong danh sách.")},
    )
    due_on = forms.DateField(error_messages=BAD_DAY)

    def __init__(self, *args, owners, may_assign: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        if not may_assign:
            del self.fields["owner"], self.fields["due_on"]


class ContactForm(forms.Form):
    """``offices``: those that may be asked; with one alone there is nothing to choose."""

    office = forms.ModelChoiceField(
        None,
        to_field_name="code",
        error_messages={
            "required": _("Xin chọn đơn vị."),
            "invalid_choice": _("Xin chọn đơn vị trong danh sách."),
        },
    )
    name = _line(NAME_LENGTH)
    address = _line(ADDRESS_LENGTH, _("Xin ghi số điện thoại hoặc địa chỉ thư điện tử."))
    words = _words(WORDS_LENGTH, _("Xin ghi điều ông/bà muốn hỏi hoặc kiến nghị."))
    agreed = forms.BooleanField(error_messages={"required": _("Xin đánh dấu đồng ý để đơn vị được liên hệ.")})

    def __init__(self, *args, offices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices
