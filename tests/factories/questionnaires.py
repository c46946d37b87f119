"""Scales with their levels, and a version of a questionnaire with its criteria and reasons."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from surveys.models import Criterion, Level, Questionnaire, QuestionnaireVersion, Reason, Scale
from surveys.reference.in_force import COUNTER_QUESTIONNAIRE
from tests.factories.offices import LONG_AGO


class LevelFactory(DjangoModelFactory):
    class Meta:
        model = Level

    label_en = factory.LazyAttribute(lambda level: f"Level {level.value}")


class ScaleFactory(DjangoModelFactory):
    """``levels`` levels 0 … n−1, the upper half (rounded up) satisfied, shown from the best down."""

    class Meta:
        model = Scale
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"thang-{n}")
    name = "Thang"

    @factory.post_generation
    def levels(self, create, extracted, **kwargs):
        n = extracted or 2
        for value in range(n):
            LevelFactory(
                scale=self,
                value=value,
                label=("Không hài lòng", "Hài lòng")[value] if n == 2 else f"Mức {value}",
                counts_as_satisfied=value >= n / 2,
                position=n - value,
            )


class QuestionnaireFactory(DjangoModelFactory):
    class Meta:
        model = Questionnaire

    code = COUNTER_QUESTIONNAIRE
    name = "Phiếu tại quầy"


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    text = factory.LazyAttribute(lambda criterion: f"Tiêu chí {criterion.code}")
    short_name = factory.SelfAttribute("code")


class ReasonFactory(DjangoModelFactory):
    class Meta:
        model = Reason

    code, label, label_en, position = "waiting", "Phải chờ lâu", "Long wait", 1


class QuestionnaireVersionFactory(DjangoModelFactory):
    """With one reason; criteria are added by `CriterionFactory`."""

    class Meta:
        model = QuestionnaireVersion
        skip_postgeneration_save = True

    questionnaire = factory.SubFactory(QuestionnaireFactory)
    number = 1
    valid_from = LONG_AGO
    title = "Ông/bà có hài lòng không?"
    title_en = "How was it?"
    reason = factory.RelatedFactory(ReasonFactory, factory_related_name="version")
