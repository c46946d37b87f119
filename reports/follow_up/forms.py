"""What is typed to follow up a month: directions and their answers, cases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.follow_up.public_forms import line_field, text_field
from reports.models import DirectionEnd
from reports.models.cases import CAUSE_LENGTH, WORDS_LENGTH
from reports.models.directions import TEXT_LENGTH, UNIT_LENGTH
from surveys.fields import field_of
from surveys.models import User

BAD_DAY = {"required": _("Xin chọn ngày."), "invalid": _("Ngày ghi chưa đúng.")}


class DirectionForm(forms.Form):
    """``within``: one of the offered days (YYYY-MM-DD); with any other value ``due_on`` is the day, and must be there."""

    text = text_field(TEXT_LENGTH, _("Xin ghi nội dung chỉ đạo."))
    unit = line_field(UNIT_LENGTH, _("Xin ghi phòng hoặc người thực hiện."))
    receiver = line_field(UNIT_LENGTH)
    within = forms.CharField(required=False)
    due_on = forms.DateField(required=False, error_messages=BAD_DAY)

    def __init__(self, *args, offered: Collection[date], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {day.isoformat(): day for day in offered}

    def clean(self) -> dict:
        facts = super().clean() or {}
        if chosen := self.offered.get(facts.pop("within", "")):
            self.errors.pop("due_on", None)
            facts["due_on"] = chosen
        elif not facts.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", BAD_DAY["required"])
        return facts


class AnswerForm(forms.Form):
    end = forms.ChoiceField(
        choices=DirectionEnd.choices,
        error_messages={"required": _("Xin chọn kết quả."), "invalid_choice": _("Xin chọn kết quả.")},
    )
    text = text_field(TEXT_LENGTH, _("Xin ghi đã làm gì, hoặc dừng theo văn bản nào."))


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return ", ".join(filter(None, [user.get_full_name(), user.title]))


class CaseForm(forms.Form):
    """``owners``: the users who may be asked. Whoever only owns the case cannot hand it on or move its day."""

    cause = line_field(CAUSE_LENGTH)
    action = text_field(WORDS_LENGTH)
    reply = text_field(WORDS_LENGTH)
    owner = OwnerField(
        User.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Xin chọn người trong danh sách.")},
    )
    due_on = forms.DateField(error_messages=BAD_DAY)

    def __init__(self, *args, owners, may_assign: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "owner", forms.ModelChoiceField).queryset = owners
        if not may_assign:
            del self.fields["owner"], self.fields["due_on"]
