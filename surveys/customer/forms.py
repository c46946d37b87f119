"""What customers type and choose; domain values come out, cleaned. Sentences are the ones of the page."""

from __future__ import annotations

from functools import lru_cache

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.fields import COMMENT_TOO_LONG, CleanTextField, LevelField, ReasonsField
from surveys.reference.answers import Said
from surveys.reference.questionnaires import CriterionFacts, LevelFacts, QuestionnaireFacts
from surveys.vietnamese import clean_text, mask_digit_runs

#: Beside the answers of a form whose hidden field cannot be used any more (`surveys.box.casting.PageIsOld`).
PAGE_IS_OLD = _(
    "Trang phiếu này đã cũ nên phiếu chưa được gửi. Phần đã chọn vẫn giữ nguyên; xin bấm gửi lại."
)


class BallotForm(forms.Form):
    """The ballot of one questionnaire: a field for each criterion under its code, `comment`, `reasons`.

    `said` gives what the verb takes; `context` what the ballot's template shows, whether or not anything was sent.
    """

    def __init__(self, questionnaire: QuestionnaireFacts, data=None) -> None:
        super().__init__(
            data, label_suffix=""
        )  # no page shows a label of these fields; Django would translate one
        self.questionnaire = questionnaire
        self.fields = dict(_fields_of(questionnaire))

    def _clean_fields(self) -> None:
        """As Django cleans them, without a bound field for each: no page of a ballot draws one (pinned by a test)."""
        for name, field in self.fields.items():
            try:
                sent = field.widget.value_from_datadict(self.data, self.files, name)
                self.cleaned_data[name] = field.clean(sent)
                if own := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = own()
            except forms.ValidationError as error:
                self.add_error(name, error)

    def clean_comment(self) -> str:
        comment = self.cleaned_data["comment"]
        if len(comment) > settings.COMMENT_LENGTH:
            figures = {"length": grouped(len(comment)), "limit": grouped(settings.COMMENT_LENGTH)}
            raise forms.ValidationError(COMMENT_TOO_LONG, code="too_long", params=figures)
        return mask_digit_runs(comment)

    @property
    def said(self) -> Said:
        """The answers of a valid form."""
        answers = {
            criterion.code: self.cleaned_data[criterion.code] for criterion in self.questionnaire.criteria
        }
        return Said(answers, comment=self.cleaned_data["comment"], reasons=self.cleaned_data["reasons"])

    def context(self) -> dict:
        """Everything of the ballot's template that depends on the questionnaire or on what was sent."""
        language = get_language()
        sent_reasons = self._sent("reasons")
        criteria = [
            self._criterion(number, criterion, language)
            for number, criterion in enumerate(self.questionnaire.criteria, 1)
        ]
        return {
            "title": self.questionnaire.title.in_(language),
            "criteria": criteria,
            "missing": [criterion["number"] for criterion in criteria if criterion["error"]],
            "reasons": [
                {
                    "code": reason.code,
                    "label": reason.label.in_(language),
                    "checked": reason.code in sent_reasons,
                }
                for reason in self.questionnaire.reasons
            ],
            "comment": clean_text(self.data.get("comment", "")),
            "comment_error": self._error("comment"),
            "form_error": self._error("reasons"),
        }

    def _criterion(self, number: int, criterion: CriterionFacts, language: str) -> dict:
        sent = self._sent(criterion.code)
        return {
            "number": number,
            "code": criterion.code,
            "text": criterion.text.in_(language),
            "field_name": criterion.code,
            "error": self._error(criterion.code),
            "levels": [
                {
                    "value": level.value,
                    "label": level.label.in_(language),
                    "face": _face(level, criterion),
                    "checked": sent == [str(level.value)],
                }
                for level in criterion.levels
            ],
        }

    def _sent(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, MultiValueDict) else []

    def _error(self, name: str) -> str:
        return str(next(iter(self.errors.get(name, [])), ""))


@lru_cache(maxsize=64)
def _fields_of(questionnaire: QuestionnaireFacts) -> dict[str, forms.Field]:
    """The fields of every ballot of a questionnaire. They keep nothing of a form, so that making them once is enough."""
    levels = {criterion.code: LevelField(criterion) for criterion in questionnaire.criteria}
    reasons = ReasonsField({reason.code for reason in questionnaire.reasons})
    return {"comment": CleanTextField(required=False), **levels, "reasons": reasons}


def _face(level: LevelFacts, criterion: CriterionFacts) -> str:
    """Two or three answers have faces, so that they differ by shape as well; more would be a row of masks."""
    values = sorted(criterion.values)
    if len(values) > 3:
        return ""
    if len(values) == 3 and level.value == values[1]:
        return "neutral"
    return "good" if level.satisfied else "bad"


def grouped(number: int) -> str:
    """A number in a sentence of the page's language."""
    return number_format(number, force_grouping=True)  # 1.000; on an English page 1,000
