"""What a respondent of a campaign types and chooses: sections, conditions, "not applicable", words, a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.customer.forms import BallotForm, grouped
from surveys.fields import COMMENT_TOO_LONG, CleanTextField, LevelField
from surveys.reference.answers import Said
from surveys.reference.questionnaires import CriterionFacts, LevelFacts, QuestionnaireFacts, Words
from surveys.vietnamese import clean_text, mask_digit_runs

NOT_APPLICABLE = "na"
GROUP_FIELD, TEXT_PREFIX = "_who", "_t_"
#: Where a group stands among the words of a ballot.
GROUP_TEXT = "respondent"


@dataclass(frozen=True)
class Part:
    """What stands on one page: a section's criteria and text questions; the last page has the comment."""

    title: Words | None
    criteria: tuple[CriterionFacts, ...]
    texts: tuple


def parts_of(questionnaire: QuestionnaireFacts) -> tuple[Part, ...]:
    """The pages of a questionnaire, in order; what belongs to no section comes last. A part without a question is none."""
    sections = [(section.code, section.title) for section in questionnaire.sections] + [("", None)]
    parts = [
        Part(
            title,
            tuple(criterion for criterion in questionnaire.criteria if criterion.section == code),
            tuple(text for text in questionnaire.texts if text.section == code),
        )
        for code, title in sections
    ]
    return tuple(part for part in parts if part.criteria or part.texts)


def condition_of(
    criterion: CriterionFacts, questionnaire: QuestionnaireFacts
) -> tuple[CriterionFacts, LevelFacts] | None:
    """The criterion and the level that a conditional one is asked after.

    None where there are none: such a question, which no campaign opens with, is never asked, and the page lives.
    """
    code, value = criterion.shown_after or ("", -1)
    earlier = questionnaire.criteria[: questionnaire.criteria.index(criterion)]
    before = next((other for other in earlier if other.code == code), None)
    level = next((each for each in before.levels if each.value == value), None) if before else None
    return (before, level) if before and level else None


class ConditionalLevelField(LevelField):
    """A criterion that may be declared not applicable, or is asked only after an answer; then it is never missed here."""

    def __init__(self, criterion: CriterionFacts) -> None:
        super().__init__(criterion)
        if criterion.optional:
            self.by_text[NOT_APPLICABLE] = None
        self.required = not criterion.may_stay_open


@lru_cache(maxsize=64)
def _fields_of(questionnaire: QuestionnaireFacts) -> dict[str, forms.Field]:
    """What a campaign's form has beyond a ballot's, made once: fields keep nothing of a form."""
    levels = {criterion.code: ConditionalLevelField(criterion) for criterion in questionnaire.criteria}
    words = {TEXT_PREFIX + text.code: CleanTextField(required=False) for text in questionnaire.texts}
    return {**levels, **words, GROUP_FIELD: CleanTextField(required=False)}


class CampaignForm(BallotForm):
    """The answers to a campaign's questionnaire, whole or as far as they have come.

    ``groups``: (code, words). A question whose condition does not hold keeps no answer. ``has_comment``: whether words are
    asked for; else none are kept, whatever was sent.
    """

    def __init__(
        self,
        questionnaire: QuestionnaireFacts,
        groups: Sequence[tuple[str, Words]] = (),
        data=None,
        *,
        has_comment: bool = True,
    ) -> None:
        super().__init__(questionnaire, data)
        self.groups = tuple(groups)
        self.has_comment = has_comment
        self.parts = parts_of(questionnaire)
        self.fields |= _fields_of(questionnaire)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        for criterion in self.questionnaire.criteria:
            if criterion.shown_after is None:
                continue
            if not self.is_asked(criterion):
                cleaned[criterion.code] = None
                self.errors.pop(criterion.code, None)
            elif (
                not criterion.optional
                and cleaned.get(criterion.code) is None
                and criterion.code not in self.errors
            ):
                self.add_error(criterion.code, self.fields[criterion.code].error_messages["required"])
        for text in self.questionnaire.texts:
            self._clean_words(TEXT_PREFIX + text.code)
        if cleaned.get(GROUP_FIELD, "") not in {"", *(code for code, _words in self.groups)}:
            cleaned[GROUP_FIELD] = ""
        return cleaned

    def _clean_words(self, name: str) -> None:
        words = self.cleaned_data.get(name, "")
        if len(words) > settings.COMMENT_LENGTH:
            figures = {"length": grouped(len(words)), "limit": grouped(settings.COMMENT_LENGTH)}
            self.add_error(name, forms.ValidationError(COMMENT_TOO_LONG, code="too_long", params=figures))
        self.cleaned_data[name] = mask_digit_runs(words)

    def is_asked(self, criterion: CriterionFacts) -> bool:
        """Whether the condition of a criterion holds by what was sent so far, down the chain of conditions."""
        if criterion.shown_after is None:
            return True
        condition = condition_of(criterion, self.questionnaire)
        if condition is None:
            return False
        before, level = condition
        return self.sent(before.code) == [str(level.value)] and self.is_asked(before)

    @property
    def said(self) -> Said:
        answers = {
            criterion.code: self.cleaned_data[criterion.code] for criterion in self.questionnaire.criteria
        }
        words = {text.code: self.cleaned_data[TEXT_PREFIX + text.code] for text in self.questionnaire.texts}
        words[GROUP_TEXT] = self.cleaned_data[GROUP_FIELD]
        return Said(
            answers,
            comment=self.cleaned_data["comment"] if self.has_comment else "",
            reasons=self.cleaned_data["reasons"] if self.has_comment else [],
            texts={code: text for code, text in words.items() if text},
        )

    def names_of(self, part: Part) -> list[str]:
        return [c.code for c in part.criteria] + [TEXT_PREFIX + t.code for t in part.texts]

    def wrong_in(self, part: Part) -> bool:
        return any(name in self.errors for name in self.names_of(part))

    def first_wrong(self) -> int:
        """The index of the first page with an error; the last page for what belongs to none."""
        return next((i for i, part in enumerate(self.parts) if self.wrong_in(part)), len(self.parts) - 1)

    def sent(self, name: str) -> list[str]:
        return self._sent(name)

    def shown(self, part: Part, *, with_errors: bool) -> dict:
        """A part as its template draws it."""
        language = get_language()
        numbers = {criterion.code: n for n, criterion in enumerate(self.questionnaire.criteria, 1)}
        on_page = {criterion.code for criterion in part.criteria}
        return {
            "title": part.title.in_(language) if part.title else "",
            "criteria": [
                self._question(criterion, numbers, language, with_errors)
                for criterion in part.criteria
                # What an earlier page decided is not asked in vain.
                if criterion.shown_after is None
                or (criterion.shown_after[0] in on_page and condition_of(criterion, self.questionnaire))
                or self.is_asked(criterion)
            ],
            "texts": [
                {
                    "name": TEXT_PREFIX + text.code,
                    "text": text.text.in_(language),
                    "value": clean_text(self.data.get(TEXT_PREFIX + text.code, "")) if self.is_bound else "",
                    "error": self._error(TEXT_PREFIX + text.code) if with_errors else "",
                }
                for text in part.texts
            ],
        }

    def _question(
        self, criterion: CriterionFacts, numbers: dict[str, int], language: str, with_errors: bool
    ) -> dict:
        shown = self._criterion(numbers[criterion.code], criterion, language)
        opens = {
            c.shown_after[1]
            for c in self.questionnaire.criteria
            if c.shown_after and c.shown_after[0] == criterion.code
        }
        # A face says satisfied or not; where a question asks for something else, it says nothing.
        has_faces = len({level.satisfied for level in criterion.levels}) > 1
        for level in shown["levels"]:
            level["opens"] = level["value"] in opens
            level["face"] = level["face"] if has_faces else ""
        if criterion.optional:
            label = str(_("Không áp dụng"))
            checked = self.sent(criterion.code) == [NOT_APPLICABLE]
            shown["levels"].append({"value": NOT_APPLICABLE, "label": label, "face": "", "checked": checked})
        if condition := condition_of(criterion, self.questionnaire):
            before, level = condition
            shown["after"] = {"number": numbers[before.code], "label": level.label.in_(language)}
        if not with_errors:
            shown["error"] = ""
        return shown
