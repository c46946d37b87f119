"""What head office types of a campaign: its facts, its units and groups line by line, an extension, who is invited."""

from __future__ import annotations

import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from reports.arithmetic.suppression import PERCENT_FROM
from reports.counting_room.forms import ReasonForm
from reports.models import PastResult
from surveys.fields import CleanTextField, LineField
from surveys.models import Campaign, Office, QuestionnaireVersion
from surveys.models.questionnaires import CRITERION_CODE
from surveys.vietnamese import fold

ADDRESS_LENGTH = 40


def address_of(name: str) -> str:
    """Khảo sát năm 2026 → khao-sat-nam-2026; '' when nothing of the name may stand in an address, which begins with a letter."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return re.sub(r"^[^a-z]+", "", words)[:ADDRESS_LENGTH].rstrip("-")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class VersionField(forms.ModelChoiceField):
    def label_from_instance(self, version: QuestionnaireVersion) -> str:
        return f"{version.questionnaire.name}, bản {version.number}"


class LinesField(CleanTextField):
    """Lines of words, the empty ones left out; each is cut at its semicolons."""

    widget = forms.Textarea(attrs={"rows": 8})

    def to_python(self, value) -> list[list[str]]:  # type: ignore[override]  # cut up, it is text no more
        lines = super().to_python(value).splitlines()
        return [[part.strip() for part in line.split(";")] for line in lines if line.strip()]

    def prepare_value(self, value) -> str:
        return value if isinstance(value, str) else "\n".join("; ".join(line) for line in value or [])


class CampaignForm(forms.ModelForm):
    """A draft. Units: ``code`` or ``code; N``; groups: ``code; label; English label``; where the browser runs scripts both are
    ticked and typed in rows (js/campaign-form.js). An address that is left out is made from the name."""

    units = LinesField(
        label=_("Đơn vị được xếp hạng"),
        help_text=_("Mỗi dòng một mã đơn vị; thêm “; số khách hàng” để tính cỡ mẫu cần có."),
    )
    groups = LinesField(
        label=_("Nhóm người trả lời"), required=False, help_text=_("Mỗi dòng: mã; tên nhóm; tên tiếng Anh.")
    )
    questionnaire = VersionField(
        QuestionnaireVersion.objects.select_related("questionnaire").exclude(questionnaire__code="counter"),
        label=_("Mẫu phiếu"),
    )

    class Meta:
        model = Campaign
        fields = (
            *("name", "name_en", "slug", "legal_basis", "purpose", "opens_on", "closes_on", "questionnaire"),
            *("formula", "minimum_n", "notice", "notice_en"),
        )
        widgets = {
            "opens_on": DayInput(),
            "closes_on": DayInput(),
            "purpose": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Để trống thì lấy theo tên.")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div("name", "name_en", css_class="columns"),
            "slug",
            Div("opens_on", "closes_on", css_class="columns"),
            Div("questionnaire", "legal_basis", css_class="columns"),
            "purpose",
            "units",
            "groups",
            Div("formula", "minimum_n", css_class="columns"),
            Div("notice", "notice_en", css_class="columns"),
            Submit("", _("Lưu bản soạn"), css_class="btn-primary"),
        )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"] or address_of(self.cleaned_data.get("name", ""))
        if not slug:
            raise forms.ValidationError(_("Xin ghi mã đợt: chữ thường không dấu, chữ số, dấu gạch."))
        return slug

    def clean_minimum_n(self) -> int:
        if self.cleaned_data["minimum_n"] < PERCENT_FROM:
            raise forms.ValidationError(_("Số phiếu tối thiểu để xếp hạng không dưới 30."))
        return self.cleaned_data["minimum_n"]

    def clean_units(self) -> dict[Office, int | None]:
        lines = self.cleaned_data["units"]
        offices = Office.objects.sealing().in_bulk([line[0] for line in lines], field_name="code")
        units: dict[Office, int | None] = {}
        for line in lines:
            if line[0] not in offices:
                raise forms.ValidationError(
                    _("Không có đơn vị có hòm phiếu mang mã “%(code)s”."), params={"code": line[0]}
                )
            if len(line) > 2 or (len(line) == 2 and not line[1].replace(".", "").isdecimal()):
                raise forms.ValidationError(
                    _("Dòng “%(line)s” không đúng: viết mã; số khách hàng."), params={"line": "; ".join(line)}
                )
            units[offices[line[0]]] = int(line[1].replace(".", "")) if len(line) == 2 else None
        return units

    def clean_groups(self) -> list[tuple[str, str, str]]:
        groups = []
        for line in self.cleaned_data["groups"]:
            if len(line) not in (2, 3) or not line[1]:
                raise forms.ValidationError(
                    _("Dòng “%(line)s” không đúng: viết mã; tên nhóm; tên tiếng Anh."),
                    params={"line": "; ".join(line)},
                )
            CRITERION_CODE(line[0])
            groups.append((line[0], line[1], line[2] if len(line) == 3 else ""))
        if len({code for code, *_rest in groups}) != len(groups):
            raise forms.ValidationError(_("Có hai nhóm cùng mã."))
        return groups

    @property
    def facts(self) -> dict:
        """The columns of `Campaign`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ExtensionForm(forms.Form):
    until = forms.DateField(
        label=_("Đến hết ngày"), widget=DayInput(), error_messages={"required": _("Xin chọn ngày.")}
    )
    reason = LineField(
        label=_("Lý do"),
        max_length=200,
        error_messages={"required": _("Xin ghi lý do.")},
        help_text=_("Một dòng, được công bố."),
    )


class CorrectionForm(ReasonForm):
    """Why a standing is signed again, or without a ballot: asked before the page to sign is shown, in whose address it stands."""

    def __init__(self, **attributes: bool) -> None:
        super().__init__(auto_id="%s")
        self.fields["reason"].widget.attrs |= {"required": True} | attributes


class InvitationForm(forms.Form):
    """A batch by its name, and what becomes of its codes; the list itself goes through the strict reader."""

    name = LineField(
        label=_("Tên đợt mời"), max_length=120, error_messages={"required": _("Xin đặt tên đợt mời.")}
    )
    by = forms.ChoiceField(
        label=_("Đưa mã bằng"),
        choices=[("file", _("Tệp trộn thư tải về")), ("mail", _("Thư điện tử"))],
        initial="file",
        required=False,
    )


class PastedInvitationForm(InvitationForm):
    organisations = forms.CharField(
        label=_("Tổ chức, cá nhân được mời"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Mỗi dòng một tên, rồi dấu tab, chấm phẩy hoặc phẩy và thư điện tử nếu có."),
        required=False,
    )


class InvitationFileForm(InvitationForm):
    file = forms.FileField(label=_("Tệp CSV hoặc XLSX"), required=False)


class PastResultForm(forms.ModelForm):
    class Meta:
        model = PastResult
        fields = ("office", "name", "first_day", "last_day", "score", "place", "of", "source")
        localized_fields = ("score",)  # 96,25
        widgets = {"first_day": DayInput(), "last_day": DayInput()}
