"""What nobody could answer or score is found before anybody is asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from surveys.reference.questionnaire_logic import Kind, faults_of, question_faults, scale_faults
from surveys.reference.questionnaires import (
    CriterionFacts,
    LevelFacts,
    QuestionnaireFacts,
    SectionFacts,
    TextFacts,
    Words,
)


def level(value: int, *, satisfied: bool = False, points: int | None = None) -> LevelFacts:
    return LevelFacts(value, Words(f"Mức {value}"), satisfied, None if points is None else Decimal(points))


FIVE = tuple(level(value, satisfied=value > 3) for value in range(1, 6))


def question(code: str, **facts) -> CriterionFacts:
    about = {"text": Words(code), "short_name": code, "optional": False, "levels": FIVE} | facts
    return CriterionFacts(code=code, **about)


def questionnaire(*criteria: CriterionFacts, **facts) -> QuestionnaireFacts:
    return QuestionnaireFacts(version_id=0, title=Words("Ý kiến"), criteria=criteria, reasons=(), **facts)


def told(questionnaire: QuestionnaireFacts) -> list[tuple[Kind, str]]:
    return [(fault.kind, fault.code) for fault in faults_of(questionnaire)]


def pointed(*points: int | None, satisfied: tuple[int, ...] = (4, 5)) -> tuple[LevelFacts, ...]:
    return tuple(level(n, satisfied=n in satisfied, points=each) for n, each in enumerate(points, 1))


def test_a_right_questionnaire_has_no_fault():
    right = questionnaire(
        question("a", section="p"),
        question("b", shown_after=("a", 1), levels=pointed(0, 25, 50, 75, 100)),
        question("c", shown_after=("b", 5), levels=pointed(100, 75, 50, 25, 0, satisfied=(1, 2))),
        question("d", levels=(level(0, satisfied=True), level(1, satisfied=True))),
        sections=(SectionFacts("p", Words("Phần"), Decimal(1)),),
        texts=(TextFacts("a", Words("Vì sao?")),),
    )
    assert told(right) == []


@pytest.mark.parametrize(
    ("after", "kind", "words"),
    [
        (
            ("a", 9),
            Kind.CONDITION_LEVEL,
            "Câu “b” hỏi khi câu “a” trả lời mức 9, nhưng câu ấy chỉ có mức 1, 2, 3, 4, 5.",
        ),
        (
            ("a", 0),
            Kind.CONDITION_LEVEL,
            "Câu “b” hỏi khi câu “a” trả lời mức 0, nhưng câu ấy chỉ có mức 1, 2, 3, 4, 5.",
        ),
        (("c", 1), Kind.CONDITION, "Câu “b” hỏi sau câu “c”, nhưng không có câu ấy ở phía trước."),
        (("b", 1), Kind.CONDITION, "Câu “b” hỏi sau câu “b”, nhưng không có câu ấy ở phía trước."),
        (("x", 1), Kind.CONDITION, "Câu “b” hỏi sau câu “x”, nhưng không có câu ấy ở phía trước."),
    ],
)
def test_a_question_after_what_nobody_can_answer_is_a_fault(after, kind, words):
    (fault,) = faults_of(questionnaire(question("a"), question("b", shown_after=after), question("c")))
    assert (fault.kind, fault.code, fault.words) == (kind, "b", words)


@pytest.mark.parametrize(
    ("satisfied", "is_told"),
    [((1, 5), True), ((1, 3, 5), True), ((4, 5), False), ((1, 2), False), ((3,), False)],
)
def test_satisfied_levels_with_another_between_them_are_a_fault(satisfied, is_told):
    levels = tuple(replace(each, satisfied=each.value in satisfied, points=None) for each in FIVE)
    assert told(questionnaire(question("a", levels=levels))) == (
        [(Kind.SATISFIED_APART, "a")] if is_told else []
    )


def test_a_scale_without_a_satisfied_level_is_a_fault_told_once():
    unhappy = tuple(replace(each, satisfied=False) for each in FIVE)
    assert told(questionnaire(question("a", levels=unhappy), question("b", levels=unhappy))) == [
        (Kind.NONE_SATISFIED, "a")
    ]


@pytest.mark.parametrize(
    ("levels", "faults"),
    [
        (pointed(0, 25, None, 75, 100), [(Kind.POINTS_MISSING, "3")]),
        (pointed(None, None, None, None, 100), [(Kind.POINTS_MISSING, str(n)) for n in range(1, 5)]),
        (pointed(0, 50, 25, 75, 100), [(Kind.POINTS_ORDER, "")]),
        (pointed(0, 25, 50, 100, 75), [(Kind.POINTS_ORDER, "")]),
        (pointed(100, 75, 50, 25, 0), [(Kind.POINTS_ORDER, "")]),
        (pointed(50, 50, 50, 50, 50), [(Kind.POINTS_ORDER, "")]),
        (pointed(0, 0, 50, 75, 100), []),
        (pointed(None, None, None, None, None), []),
    ],
)
def test_points_are_given_for_every_level_and_rise_with_satisfaction(levels, faults):
    assert [(fault.kind, fault.code) for fault in scale_faults(levels)] == faults


def test_a_section_whose_questions_are_scored_has_a_weight():
    sections = (SectionFacts("p", Words("Một"), Decimal(0)), SectionFacts("q", Words("Hai"), Decimal(0)))
    scored = questionnaire(
        question("a", section="p"), question("b", section="q", weight=Decimal(0)), sections=sections
    )
    assert told(scored) == [(Kind.SECTION_WEIGHT, "p")]


def test_one_hundred_ninety_nine_questions_may_be_asked_and_two_hundred_not():
    many = tuple(question(f"q{n}") for n in range(199))
    assert question_faults(questionnaire(*many)) == []
    assert told(questionnaire(*many, question("last"))) == [(Kind.TOO_MANY, "")]
    assert told(questionnaire(*many, texts=(TextFacts("why", Words("Vì sao?")),))) == [(Kind.TOO_MANY, "")]


def test_codes_that_differ_by_capitals_only_or_are_taken_are_faults():
    assert told(questionnaire(question("place"), question("Place"))) == [
        (Kind.SAME_CODE, "place"),
        (Kind.SAME_CODE, "Place"),
    ]
    assert told(questionnaire(question("Comment"))) == [(Kind.TAKEN_CODE, "Comment")]
    assert told(questionnaire(question("a"), texts=(TextFacts("respondent", Words("Ai?")),))) == [
        (Kind.TAKEN_CODE, "respondent")
    ]
