"""A questionnaire version as plain data: what the ballot shows, what a form may contain, what counts as satisfied.

A version that was used never changes, so each is read once a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from surveys import evidence
from surveys.models import QuestionnaireVersion


@dataclass(frozen=True)
class Words:
    """A text in both languages; English falls back to Vietnamese, never the other way round."""

    vi: str
    en: str = ""

    def in_(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.vi


@dataclass(frozen=True)
class LevelFacts:
    value: int
    label: Words
    satisfied: bool
    points: Decimal | None = None  # of 100, where the scale names its own


@dataclass(frozen=True)
class CriterionFacts:
    """One criterion with its levels in the order of the page. ``shown_after``: (criterion, level) it is asked after."""

    code: str
    text: Words
    short_name: str
    optional: bool
    levels: tuple[LevelFacts, ...]
    section: str = ""
    weight: Decimal = Decimal(1)
    shown_after: tuple[str, int] | None = None

    @property
    def may_stay_open(self) -> bool:
        """Whether a ballot without an answer to it is complete, as the evidence sees it."""
        return self.optional or self.shown_after is not None

    @property
    def values(self) -> frozenset[int]:
        return frozenset(level.value for level in self.levels)


@dataclass(frozen=True)
class ReasonFacts:
    code: str
    label: Words


@dataclass(frozen=True)
class SectionFacts:
    code: str
    title: Words
    weight: Decimal


@dataclass(frozen=True)
class TextFacts:
    """A question answered in words."""

    code: str
    text: Words
    section: str = ""


@dataclass(
    frozen=True, eq=False
)  # there is one of each version, so that what is made of it is kept under itself
class QuestionnaireFacts:
    version_id: int
    title: Words
    criteria: tuple[CriterionFacts, ...]
    reasons: tuple[ReasonFacts, ...]
    sections: tuple[SectionFacts, ...] = ()
    texts: tuple[TextFacts, ...] = ()

    @property
    def counted(self) -> tuple[evidence.Criterion, ...]:
        """The criteria as the evidence knows them."""
        return tuple(
            evidence.Criterion(
                criterion.code,
                frozenset(level.value for level in criterion.levels if level.satisfied),
                criterion.may_stay_open,
            )
            for criterion in self.criteria
        )


@lru_cache(maxsize=64)
def questionnaire_of(version_id: int) -> QuestionnaireFacts:
    """The questionnaire of a version; six queries the first time, none after."""
    return read_questionnaire(version_id)


def read_questionnaire(version_id: int) -> QuestionnaireFacts:
    """The questionnaire of a version as it stands now: before a version is used, it may change."""
    version = QuestionnaireVersion.objects.get(pk=version_id)
    criteria = version.criteria.select_related("scale", "section", "shown_after").prefetch_related(
        "scale__levels"
    )
    return QuestionnaireFacts(
        version_id=version.pk,
        title=Words(version.title, version.title_en),
        criteria=tuple(
            CriterionFacts(
                code=criterion.code,
                text=Words(criterion.text, criterion.text_en),
                short_name=criterion.short_name,
                optional=criterion.optional,
                levels=tuple(
                    LevelFacts(
                        level.value,
                        Words(level.label, level.label_en),
                        level.counts_as_satisfied,
                        level.points,
                    )
                    for level in criterion.scale.levels.all()
                ),
                section=criterion.section.code if criterion.section else "",
                weight=criterion.weight,
                shown_after=(criterion.shown_after.code, criterion.shown_after_value)
                if criterion.shown_after and criterion.shown_after_value is not None
                else None,
            )
            for criterion in criteria
        ),
        reasons=tuple(ReasonFacts(r.code, Words(r.label, r.label_en)) for r in version.reasons.all()),
        sections=tuple(
            SectionFacts(s.code, Words(s.title, s.title_en), s.weight) for s in version.sections.all()
        ),
        texts=tuple(
            TextFacts(t.code, Words(t.text, t.text_en), t.section.code if t.section else "")
            for t in version.text_questions.select_related("section")
        ),
    )
