"""What the counting team types off a pile of paper; lines, counts and words come out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from surveys.choices import VoidReason
from surveys.fields import CleanTextField
from surveys.paper import Pattern, patterns_of
from surveys.reference.questionnaires import QuestionnaireFacts
from surveys.vietnamese import clean_text, group, mask_digit_runs

MOST_SHEETS = 9999
SPARE_COMMENTS = 3
REASON_LENGTH = 200
NOT_A_COUNT = _("Xin gõ một số từ 0 đến 9.999.")
TOTAL_MISSING = _("Xin đếm tay cả xấp rồi gõ tổng số tờ.")
TOTAL_DIFFERS = _("Đếm tay được %(total)s tờ nhưng các dòng cộng lại là %(sum)s tờ. Xin xem lại.")
TOO_MANY_STUBS = _("Một xấp có tối đa 9.999 cuống.")
PATTERN_MISSING = _("Mỗi ý kiến phải chọn loại phiếu có ghi ý kiến đó.")
COMMENT_TOO_LONG = _("Mỗi ý kiến tối đa %(limit)s ký tự.")
REASON_MISSING = _("Xin gõ lý do bỏ xấp này.")
REASON_TOO_LONG = _("Lý do dài quá 200 ký tự; xin gõ ngắn hơn.")


def pattern_label(pattern: Pattern | str, questionnaire: QuestionnaireFacts) -> str:
    """ "Hài lòng · Không hài lòng", with the reason when the sheet is void."""
    if isinstance(pattern, str):
        pattern = next(each for each in patterns_of(questionnaire) if each.key == pattern)
    reason = str(VoidReason(pattern.reason).label) if pattern.reason else ""
    if pattern.reason and pattern.reason != VoidReason.MARKED:
        return reason
    levels = " · ".join(level_labels(pattern, questionnaire))
    return f"{levels} ({reason[:1].lower()}{reason[1:]})" if reason else levels


def level_labels(pattern: Pattern, questionnaire: QuestionnaireFacts) -> list[str]:
    """The label of each criterion's level, in the questionnaire's order."""
    labels: list[dict[int | None, str]] = [
        {level.value: level.label.vi for level in criterion.levels} for criterion in questionnaire.criteria
    ]
    return [
        known.get(level, _gettext("để trống"))
        for known, level in zip(labels, pattern.answers.values(), strict=True)
    ]


class CountField(forms.IntegerField):
    """A number of sheets; nothing typed is none."""

    def __init__(self, **options) -> None:
        sentences = dict.fromkeys(("invalid", "min_value", "max_value"), NOT_A_COUNT)
        super().__init__(
            required=False, min_value=0, max_value=MOST_SHEETS, error_messages=sentences, **options
        )


class KeyForm(forms.Form):
    """One person's count of a pile: ``stubs`` as lines, ``counts`` by pattern, sheets that are not ours.

    The total counted by hand is a check on the rows and is asked for at the end only; it is not kept.
    """

    stubs = CleanTextField(required=False)
    foreign = CountField()
    total = CountField()

    def __init__(
        self,
        questionnaire: QuestionnaireFacts,
        data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.questionnaire = questionnaire
        self.patterns = patterns_of(questionnaire)
        self.fields |= {_field(pattern.key): CountField() for pattern in self.patterns}

    @staticmethod
    def filled(*, stubs: Sequence[str], counts: Mapping[str, int], foreign: int) -> dict:
        """What was keyed before, as the form shows it."""
        total = sum(counts.values())
        shown = {_field(name): n for name, n in counts.items()}
        return shown | {"stubs": "\n".join(stubs), "foreign": foreign or None, "total": total or None}

    @property
    def is_done(self) -> bool:
        return self.data.get("step") == "done"

    @property
    def counts(self) -> dict[str, int]:
        return {each.key: self.cleaned_data.get(_field(each.key)) or 0 for each in self.patterns}

    def clean_stubs(self) -> list[str]:
        lines = [" ".join(line.split()) for line in re.split(r"[\n,;]", self.cleaned_data["stubs"])]
        lines = [line for line in lines if line]
        if len(lines) > MOST_SHEETS:
            raise forms.ValidationError(TOO_MANY_STUBS, code="too_many")
        return lines

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if self.errors or not self.is_done:
            return cleaned
        total, sheets = cleaned["total"], sum(self.counts.values())
        if total is None:
            self.add_error("total", TOTAL_MISSING)
        elif total != sheets:
            figures = {"total": group(total), "sum": group(sheets)}
            self.add_error("total", forms.ValidationError(TOTAL_DIFFERS, code="differs", params=figures))
        return cleaned

    def whole_rows(self) -> Iterator[dict]:
        """A row for each whole answer: its levels, its field, and the field of those that identify somebody."""
        for pattern in self.patterns:
            if not pattern.reason:
                yield {
                    "label": pattern_label(pattern, self.questionnaire),
                    "levels": level_labels(pattern, self.questionnaire),
                    "valid": self[_field(pattern.key)],
                    "marked": self[_field(f"{pattern.key}-{VoidReason.MARKED}")],
                }

    def void_rows(self) -> Iterator[dict]:
        for pattern in self.patterns:
            if pattern.reason and pattern.reason != VoidReason.MARKED:
                yield {
                    "label": pattern_label(pattern, self.questionnaire),
                    "field": self[_field(pattern.key)],
                }


class CommentsForm:
    """The words on the sheets, row by row: which kind of sheet, and what it says. An empty row is nothing."""

    def __init__(
        self,
        questionnaire: QuestionnaireFacts,
        *,
        kept: Sequence[tuple[str, str]] = (),
        data: QueryDict | None = None,
    ):
        self.questionnaire = questionnaire
        self.choices = [(each.key, pattern_label(each, questionnaire)) for each in patterns_of(questionnaire)]
        if data is not None:
            kept = list(zip(data.getlist("pattern"), map(clean_text, data.getlist("words")), strict=False))
        self.sent = [(pattern, mask_digit_runs(words.strip())) for pattern, words in kept]

    @property
    def comments(self) -> list[tuple[str, str]]:
        return [(pattern, words) for pattern, words in self.sent if words]

    def differs_from(self, stored: str) -> bool:
        """Whether other comments were sent than those that the pile has (``PaperPile.comments``, JSON)."""
        return sorted(self.comments) != _stored(stored)

    def beside(self, stored: str) -> CommentsForm:
        """What the pile has, and what was sent beside it: nobody's words are lost where both typed."""
        known = _stored(stored)
        return CommentsForm(
            self.questionnaire, kept=[*known, *(each for each in self.comments if each not in known)]
        )

    @property
    def error(self) -> str:
        wrong = {self.wrong_of(pattern, words) for pattern, words in self.comments}
        if "pattern" in wrong:
            return str(PATTERN_MISSING)
        return COMMENT_TOO_LONG % {"limit": group(settings.COMMENT_LENGTH)} if "words" in wrong else ""

    def wrong_of(self, pattern: str, words: str) -> str:
        """Which half of a comment cannot stay so: 'pattern', 'words', or ''."""
        if pattern not in dict(self.choices):
            return "pattern"
        return "words" if len(words) > settings.COMMENT_LENGTH else ""

    def rows(self) -> list[tuple[str, str, str]]:
        """Pattern, words, and which of the two is wrong."""
        typed = [(pattern, words, self.wrong_of(pattern, words)) for pattern, words in self.comments]
        return [*typed, *[("", "", "")] * SPARE_COMMENTS]


def _stored(text: str) -> list[tuple[str, str]]:
    return [(pattern, words) for pattern, words in json.loads(text)]


class GiveUpForm(forms.Form):
    reason = CleanTextField(
        label=_("Lý do"),
        max_length=REASON_LENGTH,
        error_messages={"required": REASON_MISSING, "max_length": REASON_TOO_LONG},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="give-up-%s")

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())


def _field(key: str) -> str:
    return f"n-{key}"
