"""Builders of campaigns, beside `tests.make`."""

from __future__ import annotations

from datetime import datetime, timedelta

from surveys.box import casting, signed_form
from surveys.campaigns import lifecycle
from surveys.models import (
    Campaign,
    CampaignUnit,
    Criterion,
    Level,
    Office,
    Questionnaire,
    QuestionnaireVersion,
    Scale,
    Section,
    TextQuestion,
)
from surveys.reference import answers as reference_answers
from tests import make
from tests.make import LONG_AGO, NOW


def questionnaire(code: str = "dot-khao-sat") -> QuestionnaireVersion:
    """Two sections: five levels twice, one of them optional; then two levels with a question after "no", and words."""
    parent = Questionnaire.objects.create(code=code, name="Phiếu khảo sát")
    version = QuestionnaireVersion.objects.create(
        questionnaire=parent,
        number=1,
        valid_from=LONG_AGO,
        title="Ý kiến của ông/bà",
        title_en="Your opinion",
    )
    scales = {n: _scale(f"{code}-{n}", n) for n in (2, 5)}
    sections = [
        Section.objects.create(version=version, code=c, title=f"Phần {c}", position=n)
        for n, c in enumerate(("access", "result"), 1)
    ]
    facts = [("easy", 5, 0, False), ("online", 5, 0, True), ("solved", 2, 1, False), ("why", 5, 1, False)]
    made = [
        Criterion.objects.create(
            version=version,
            code=code,
            text=f"Tiêu chí {code}",
            short_name=code,
            scale=scales[levels],
            section=sections[section],
            position=position,
            optional=optional,
        )
        for position, (code, levels, section, optional) in enumerate(facts, 1)
    ]
    made[3].shown_after, made[3].shown_after_value = made[2], 0
    made[3].save()
    TextQuestion.objects.create(version=version, section=sections[1], code="idea", text="Đề xuất", position=1)
    return version


def _scale(code: str, levels: int) -> Scale:
    scale = Scale.objects.create(code=code, name=f"{levels} mức")
    for value in range(levels):
        Level.objects.create(
            scale=scale,
            value=value,
            label=f"Mức {value}",
            counts_as_satisfied=value >= levels / 2,
            position=levels - value,
        )
    return scale


def campaign(
    *offices: Office,
    slug: str = "khao-sat-thu",
    opened: bool = True,
    now: datetime = NOW,
    days: int = 30,
    **facts,
) -> Campaign:
    """A campaign of some units that began ten days ago, open unless said otherwise."""
    facts.setdefault("questionnaire", None)
    facts["questionnaire"] = facts["questionnaire"] or questionnaire(f"mau-{slug}")
    made = lifecycle.set_up(
        by=None,
        units=dict.fromkeys(offices or (make.office(),), 300),
        groups=[
            ("budget_unit", "Đơn vị sử dụng ngân sách", "Budget unit"),
            ("citizen", "Cá nhân", "Citizen"),
        ],
        slug=slug,
        name=f"Khảo sát {slug}",
        legal_basis="Quyết định số 1/QĐ-KBNN",
        opens_on=now.date() - timedelta(days=10),
        closes_on=now.date() + timedelta(days=days - 10),
        **facts,
    )
    return lifecycle.open_campaign(campaign=made, now=now) if opened else made


def answer(unit: CampaignUnit, *, now: datetime = NOW, **answers) -> str:
    """The receipt of an open answer; "solved" unless said otherwise."""
    answers = {"easy": 4, "online": None, "solved": 1, "why": None} | answers
    form = signed_form.read_form_of(unit=unit, field=signed_form.open_form_of(unit=unit, now=now))
    return casting.cast_openly(unit=unit, form=form, said=reference_answers.Said(answers))
