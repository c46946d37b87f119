"""What a teller types and presses; domain objects come out."""

from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.choices import Outcome
from surveys.fields import CleanTextField
from surveys.models import Counter, Organisation, Procedure
from surveys.vietnamese import fold

ORGANISATION_UNKNOWN = _(
    "Chưa có tổ chức nào tên như vậy. Xin chọn tên trong danh sách, hoặc để trống nếu là khách lẻ."
)
ORGANISATION_AMBIGUOUS = _("Có nhiều tổ chức khớp với tên này. Xin gõ thêm, hoặc gõ mã của tổ chức.")
REASON_MISSING = _("Xin chọn hoặc gõ lý do.")
REASON_TOO_LONG = _("Lý do dài quá 200 ký tự; xin gõ ngắn hơn.")
REASON_LENGTH = 200
SUGGESTIONS = 8
REISSUE_REASONS = [
    _("Máy tính bảng tắt hoặc mất kết nối"),
    _("Khách chưa kịp trả lời, màn hình đã đóng"),
    _("Khách muốn trả lời lại từ đầu"),
]
CANCEL_REASONS = [
    _("Ghi nhầm thủ tục hoặc kết quả"),
    _("Ghi trùng giao dịch"),
    _("Khách đã rời quầy trước khi xong việc"),
]


class StartForm(forms.Form):
    """A new transaction: the procedure by its button, and, where known, whose dossier it is."""

    procedure = forms.ModelChoiceField(
        Procedure.objects.all(),
        to_field_name="code",
        error_messages={
            "required": _("Xin chọn thủ tục."),
            "invalid_choice": _("Thủ tục này không có ở quầy. Xin chọn thủ tục trong danh sách."),
        },
    )
    organisation = CleanTextField(required=False)
    dossier = CleanTextField(
        required=False,
        max_length=80,
        error_messages={"max_length": _("Mã hồ sơ dài quá 80 ký tự.")},
    )

    def __init__(self, counter: Counter, data=None) -> None:
        super().__init__(data)
        self.counter = counter

    def clean_organisation(self) -> Organisation | None:
        """The organisation by its whole name or code, else by the one name that contains what was typed."""
        typed = self.cleaned_data["organisation"]
        if not typed:
            return None
        known = Organisation.objects.filter(office=self.counter.box_office)
        for exactness in (Q(folded=fold(typed)) | Q(code__iexact=typed), Q(folded__contains=fold(typed))):
            found = list(known.filter(exactness)[:2])
            if len(found) == 1:
                return found[0]
            if found:
                raise forms.ValidationError(ORGANISATION_AMBIGUOUS, code="ambiguous")
        raise forms.ValidationError(ORGANISATION_UNKNOWN, code="unknown")


class FinishForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=Outcome,
        error_messages={
            "required": _("Xin chọn kết quả của giao dịch."),
            "invalid_choice": _("Xin chọn một trong ba kết quả."),
        },
    )


class StubForm(forms.Form):
    """What was typed or scanned off a printed stub: its number, its short code or its whole code."""

    stub = CleanTextField(
        max_length=200,
        error_messages={
            "required": _("Xin quét hoặc gõ số trên cuống in sẵn."),
            "max_length": _("Đây không phải số trên cuống in sẵn."),
        },
    )


class ReasonForm(forms.Form):
    """Why a slip is asked to be cancelled or handed out again: one of the usual reasons, or own words."""

    usual = CleanTextField(required=False)
    words = CleanTextField(required=False)
    seen = forms.IntegerField(
        required=False, min_value=0
    )  # how many requests the slip had when the page was made

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        reason = " ".join((cleaned.get("words") or cleaned.get("usual") or "").split())
        if not reason:
            raise forms.ValidationError(REASON_MISSING, code="required")
        if len(reason) > REASON_LENGTH:
            raise forms.ValidationError(REASON_TOO_LONG, code="too_long")
        return cleaned | {"reason": reason}


def suggestions(*, counter: Counter, typed: str) -> list[dict[str, str]]:
    """Organisations of the counter's office whose name holds every word typed; diacritics do not matter."""
    words = fold(typed).split()
    if not words:
        return []
    found = Organisation.objects.filter(office=counter.box_office)
    for word in words:
        found = found.filter(folded__contains=word)
    return [{"code": each.code, "name": each.name} for each in found.order_by("folded")[:SUGGESTIONS]]
