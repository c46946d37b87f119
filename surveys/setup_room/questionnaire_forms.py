"""The form of a questionnaire's next version: a field for each sentence and weight, under the names of `fields_of`."""

from __future__ import annotations

from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.fields import LineField
from surveys.models import QuestionnaireVersion
from surveys.setup_room.questionnaires import fields_of, first_days
from surveys.vietnamese import short_date

LABELS = {
    "title": _("Câu hỏi chung"),
    "title_en": _("Tiếng Anh"),
    "text": _("Câu in trên phiếu"),
    "text_en": _("Tiếng Anh"),
    "short_name": _("Tên gọn, trong báo cáo"),
    "weight": _("Trọng số"),
    "label": _("Lý do"),
    "label_en": _("Tiếng Anh"),
}


class DraftForm(forms.Form):
    def __init__(self, *args, version: QuestionnaireVersion, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        days = sorted({*first_days(today), version.valid_from})
        self.fields["valid_from"] = forms.TypedChoiceField(
            label=_("Có hiệu lực từ 00:00 ngày"),
            coerce=date.fromisoformat,
            choices=[(day.isoformat(), short_date(day)) for day in days],
            initial=version.valid_from.isoformat(),
        )
        groups: dict[str, list[str]] = {}
        for row, column, name in fields_of(version):
            self.fields[name] = _field(row, column)
            head = (
                _("Câu hỏi chung")
                if row is version
                else str(row)
                if column in ("text", "text_en", "short_name", "weight")
                else _("Lý do góp ý")
            )
            groups.setdefault(str(head), []).append(name)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "valid_from",
            *(
                Fieldset(head, Div(*names, css_class="columns"), css_class="criterion")
                for head, names in groups.items()
            ),
        )


def _field(row, column: str) -> forms.Field:
    known = row._meta.get_field(column)
    initial = getattr(row, column)
    if column == "weight":
        # Typed and shown with a decimal comma.
        return forms.DecimalField(
            label=LABELS[column],
            min_value=0,
            max_digits=7,
            decimal_places=3,
            localize=True,
            initial=initial.normalize(),
        )
    widget = forms.Textarea({"rows": 2}) if column.startswith("text") else forms.TextInput
    return LineField(
        widget=widget,
        label=LABELS[column],
        max_length=known.max_length,
        required=not known.blank,
        initial=initial,
    )
