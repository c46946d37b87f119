"""What is typed to follow up a month: directions and their answers, cases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from crispy_forms.layout import Div, LayoutObject
from django import forms
from django.utils.translation import gettext_lazy as _

from reports.follow_up.public_forms import line_field, text_field
from reports.models import DirectionEnd
from reports.models.cases import CAUSE_LENGTH, WORDS_LENGTH
from reports.models.directions import TEXT_LENGTH, UNIT_LENGTH
from surveys.fields import Laid, LaidForm, beside, field_of
from surveys.models import User
from surveys.vietnamese import short_date

BAD_DAY = {"required": _("Xin chọn ngày."), "invalid": _("Ngày ghi chưa đúng.")}


class DirectionForm(forms.Form):
    """``within``: one of the offered days (YYYY-MM-DD); with any other value ``due_on`` is the day, and must be there."""

    text = text_field(TEXT_LENGTH, _("Xin ghi nội dung chỉ đạo."), label=_("Nội dung chỉ đạo"))
    unit = line_field(
        UNIT_LENGTH,
        _("Xin ghi phòng hoặc người thực hiện."),
        label=_("Giao cho"),
        help_text=_("Phòng hoặc bộ phận thực hiện."),
    )
    receiver = line_field(UNIT_LENGTH, label=_("Người nhận"), help_text=_("Bỏ trống nếu giao cả phòng."))
    within = forms.CharField(required=False)
    due_on = forms.DateField(label=_("Ngày khác"), required=False, error_messages=BAD_DAY)

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
    text = text_field(
        TEXT_LENGTH,
        _("Xin ghi đã làm gì, hoặc dừng theo văn bản nào."),
        label=_("Đã làm gì, hoặc dừng theo văn bản nào"),
    )


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return ", ".join(filter(None, [user.get_full_name(), user.title]))


class CaseForm(LaidForm):
    """``owners``: the users who may be asked; ``last_day``: of its answer. Whoever only owns the case cannot hand it on or move
    its day."""

    ids = "id_%s"

    cause = line_field(CAUSE_LENGTH, label=_("Nguyên nhân"), help_text=_("Chọn trong danh sách hoặc tự ghi."))
    action = text_field(
        WORDS_LENGTH,
        label=_("Việc đã làm"),
        help_text=_("Việc của đơn vị, không phải của một người. Không tìm xem khách hàng là ai."),
    )
    reply = text_field(
        WORDS_LENGTH,
        label=_("Trả lời khách hàng"),
        help_text=_(
            "Ai có biên nhận của kỳ đều đọc được sau niêm phong, nếu kỳ có từ 30 phiếu. Không chép lại lời của khách, không nêu tên ai."
        ),
    )
    owner = OwnerField(
        User.objects.none(),
        label=_("Người xử lý"),
        required=False,
        error_messages={"invalid_choice": _("Xin chọn người trong danh sách.")},
    )
    due_on = forms.DateField(label=_("Hạn trả lời"), error_messages=BAD_DAY)

    def __init__(self, *args, owners, may_assign: bool, last_day: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].help_text = _("Muộn nhất %(day)s.") % {"day": short_date(last_day)}
        field_of(self, "owner", forms.ModelChoiceField).queryset = owners
        if not may_assign:
            del self.fields["owner"], self.fields["due_on"]

    @property
    def parts(self) -> tuple[LayoutObject, ...]:
        words = Laid("cause", list="causes"), Laid("action"), Laid("reply")
        if "owner" not in self.fields:
            return words
        return *words, beside(Div(Laid("owner", empty=_("Chưa giao"))), Laid("due_on"))
