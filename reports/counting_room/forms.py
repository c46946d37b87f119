"""What the counting team types: notes, reasons, confirmations, a picture of the minutes."""

from __future__ import annotations

from datetime import date

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.translation import gettext_lazy as _

from reports.counting_room.scans import MOST_BYTES
from surveys.accounts import name_of
from surveys.choices import GRANTED_ROLES, Role
from surveys.fields import Laid, LaidForm, LineField, beside, field_of
from surveys.models import Office, User
from surveys.vietnamese import short_date

REASON_LENGTH, NOTE_LENGTH = 200, 500


class NoteForm(forms.Form):
    """What was found out about one difference."""

    subject = forms.CharField(max_length=60)
    text = LineField(
        max_length=NOTE_LENGTH,
        error_messages={
            "required": _("Xin ghi rõ lý do của chỗ lệch."),
            "max_length": _("Ghi chú dài quá 500 ký tự; xin viết ngắn hơn."),
        },
    )


class ReasonForm(forms.Form):
    reason = LineField(
        label=_("Lý do"),
        max_length=REASON_LENGTH,
        error_messages={
            "required": _("Xin ghi lý do."),
            "max_length": _("Lý do dài quá 200 ký tự; xin viết ngắn hơn."),
        },
    )


class ProposalForm(ReasonForm):
    """What is proposed on a comment, and why."""

    ballot = forms.RegexField(r"^[0-9a-f]{32}$")
    kind = forms.ChoiceField(choices=[("mask", _("Che")), ("redact", _("Xoá"))])


class SignForm(forms.Form):
    """``seen`` is what the page showed; the box says that it was compared with paper."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$")
    reason = LineField(required=False, max_length=REASON_LENGTH)
    compared = forms.BooleanField(
        label=_("Tôi đã so các số trên với biên bản giấy và thấy khớp."),
        error_messages={"required": _("Xin so các số với biên bản giấy rồi đánh dấu vào ô này.")},
    )


class ScanForm(forms.Form):
    file = forms.FileField(
        label=_("Bản chụp hoặc quét (PDF, JPEG, PNG, đến 10 MB)"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": _("Xin chọn một tệp."),
            "missing": _("Xin chọn một tệp."),
            "invalid": _("Tệp gửi lên không đọc được; xin chọn lại."),
            "empty": _("Tệp này rỗng; xin chọn tệp khác."),
        },
    )

    def clean_file(self):
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(_("Tệp lớn quá 10 MB; xin chụp hoặc quét lại với cỡ nhỏ hơn."))
        return sent


class AppointForm(LaidForm, ReasonForm):
    """Who counts, leads or inspects for some days. ``office``: where; nobody but its own people has another role there. Head
    office's is granted at head office alone; who counts, where there is a box.

    ``until``: the last day on which who appoints leads, where leading was itself granted for some days.
    """

    role = forms.ChoiceField(
        label=_("Nhiệm vụ"),
        choices=[(role.value, role.label) for role in GRANTED_ROLES],
        initial=Role.COUNTING,
        error_messages={"required": _("Xin chọn nhiệm vụ."), "invalid_choice": _("Xin chọn nhiệm vụ.")},
    )
    delegate = forms.CharField(
        label=_("Tên đăng nhập"), error_messages={"required": _("Xin ghi tên đăng nhập của người được cử.")}
    )
    valid_from = forms.DateField(
        label=_("Từ ngày"),
        error_messages={"required": _("Xin chọn ngày."), "invalid": _("Ngày ghi chưa đúng.")},
    )
    valid_to = forms.DateField(
        label=_("Đến hết ngày"),
        error_messages={"required": _("Xin chọn ngày."), "invalid": _("Ngày ghi chưa đúng.")},
    )

    def __init__(self, *args, office: Office, until: date | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        basis = self.fields["reason"]
        basis.label = _("Căn cứ (số, ngày của quyết định)")
        basis.error_messages |= {
            "required": _("Xin ghi căn cứ: số, ngày của quyết định."),
            "max_length": _("Căn cứ dài quá 200 ký tự; xin viết ngắn hơn."),
        }
        self.office, self.until = office, until
        gone = {Role.COUNTING} if not office.seals else set()
        gone |= {Role.HEAD_OFFICE} if not office.is_head else set()
        role = field_of(self, "role", forms.ChoiceField)
        offered = [(each.value, each.label) for each in GRANTED_ROLES if each not in gone]
        role.choices, role.initial = offered, offered[0][0]

    @property
    def parts(self) -> tuple[LayoutObject, ...]:
        role, delegate, first, last, reason = map(
            Laid, ("role", "delegate", "valid_from", "valid_to", "reason")
        )
        return role, delegate, beside(first, last), reason

    def clean_valid_to(self) -> date:
        last = self.cleaned_data["valid_to"]
        if self.until and last > self.until:
            words = _("Ông/bà được giao lãnh đạo đến hết ngày %(day)s, nên không cử ai quá ngày đó.")
            raise forms.ValidationError(words % {"day": short_date(self.until)})
        return last

    def clean_delegate(self) -> User:
        found = User.objects.filter(username=name_of(self.cleaned_data["delegate"]), is_active=True).first()
        if found is None or found.has_role(Role.TELLER):
            raise forms.ValidationError(
                _(
                    "Không có người nào mang tên đăng nhập đó, hoặc đó là giao dịch viên nên không được kiểm phiếu."
                )
            )
        return found

    def clean(self) -> dict:
        days = super().clean() or {}
        if days.get("valid_from") and days.get("valid_to") and days["valid_to"] < days["valid_from"]:
            self.add_error("valid_to", _("Ngày kết thúc không được trước ngày bắt đầu."))
        person, role = days.get("delegate"), days.get("role")
        if person and role and role != Role.COUNTING and person.office_id != self.office.pk:
            self.add_error(
                "delegate",
                _("Chỉ người kiểm phiếu được cử từ đơn vị khác; vai trò này phải là người của chính đơn vị."),
            )
        return days
