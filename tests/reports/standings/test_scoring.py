"""The score, by property: what must hold whatever was answered."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.standings.scoring import (
    MEAN,
    SHARE,
    Formula,
    Question,
    calculate,
    even_points,
    two_decimals,
)

SCALES = (2, 3, 5, 11)


def question(code: str, *, levels: int = 5, weight: str = "1", section: str = "") -> Question:
    values = range(levels)
    return Question(
        code, even_points(values), frozenset(v for v in values if v >= levels / 2), Decimal(weight), section
    )


def formula(*questions: Question, kind: str = MEAN, **sections: str) -> Formula:
    return Formula(
        kind, questions, {code: Decimal(weight) for code, weight in sections.items()} or {"": Decimal(1)}
    )


def score(rule: Formula, answers: list[dict[str, int | None]]) -> Decimal | None:
    counts = {
        q.code: Counter(answer[q.code] for answer in answers if answer.get(q.code) is not None)
        for q in rule.questions
    }
    return calculate(rule, counts).score


@st.composite
def formulas(draw) -> Formula:
    sections = {f"s{n}": draw(st.integers(0, 5)) for n in range(draw(st.integers(1, 3)))}
    questions = tuple(
        question(
            f"q{n}",
            levels=draw(st.sampled_from(SCALES)),
            weight=str(draw(st.integers(0, 4))),
            section=draw(st.sampled_from(sorted(sections))),
        )
        for n in range(draw(st.integers(1, 5)))
    )
    return Formula(
        draw(st.sampled_from([MEAN, SHARE])), questions, {c: Decimal(w) for c, w in sections.items()}
    )


@st.composite
def surveys(draw) -> tuple[Formula, list[dict[str, int | None]]]:
    rule = draw(formulas())
    answer = st.fixed_dictionaries({q.code: st.sampled_from([*q.points, None]) for q in rule.questions})
    return rule, draw(st.lists(answer, max_size=25))


@given(surveys(), st.randoms())
def test_the_order_of_the_answers_does_not_matter(survey, rng):
    rule, answers = survey
    shuffled = list(answers)
    rng.shuffle(shuffled)
    assert score(rule, shuffled) == score(rule, answers)


@given(surveys())
def test_adding_a_best_answer_never_lowers_the_score(survey):
    rule, answers = survey
    before, after = (
        score(rule, answers),
        score(rule, [*answers, {q.code: max(q.points) for q in rule.questions}]),
    )
    assert before is None or after >= before


@given(surveys())
def test_doubling_all_answers_changes_no_score(survey):
    rule, answers = survey
    assert score(rule, answers * 2) == score(rule, answers)


@given(surveys())
def test_a_score_lies_between_0_and_100(survey):
    rule, answers = survey
    found = score(rule, answers)
    assert found is None or 0 <= found <= 100


def test_a_weight_of_0_takes_a_criterion_out():
    rule = formula(question("a"), question("b", weight="0"))
    assert score(rule, [{"a": 4, "b": 0}]) == 100


def test_a_section_of_weight_0_takes_its_criteria_out():
    rule = formula(question("a", section="x"), question("b", section="y"), x="1", y="0")
    assert score(rule, [{"a": 4, "b": 0}]) == 100


def test_all_weights_0_give_no_score():
    assert score(formula(question("a", weight="0")), [{"a": 4}]) is None


def test_not_applicable_counts_neither_for_nor_against():
    rule = formula(question("a"), question("b"))
    assert score(rule, [{"a": 4, "b": None}, {"a": 4, "b": 2}]) == Decimal(75)


def test_nothing_but_not_applicable_gives_no_score():
    assert score(formula(question("a")), [{"a": None}] * 3) is None


def test_nobody_answered_gives_no_score():
    assert score(formula(question("a")), []) is None


def test_sections_weigh_as_the_formula_says():
    rule = formula(
        question("a", section="x"), question("b", section="x"), question("c", section="y"), x="3", y="1"
    )
    assert score(rule, [{"a": 4, "b": 4, "c": 0}]) == Decimal(75)


def test_a_share_counts_satisfied_levels_alone():
    rule = formula(question("a"), kind=SHARE)
    assert score(rule, [{"a": 3}, {"a": 4}, {"a": 2}, {"a": 2}]) == Decimal(50)


@pytest.mark.parametrize("levels", SCALES)
def test_every_scale_runs_from_0_to_100(levels):
    points = even_points(range(levels))
    assert (min(points.values()), max(points.values()), len(points)) == (0, 100, levels)


@pytest.mark.parametrize(
    ("exact", "printed"),
    [
        (Fraction(96245, 1000), "96.25"),
        (Fraction(962449999, 10000000), "96.24"),
        (Fraction(5, 1000), "0.01"),
        (Fraction(0), "0"),
        (Fraction(99995, 1000), "100.00"),
        (Fraction(200, 3), "66.67"),
    ],
)
def test_005_is_rounded_up(exact, printed):
    assert two_decimals(exact) == Decimal(printed)


def test_a_level_that_the_scale_lacks_is_refused():
    with pytest.raises(ValueError, match="no such counts"):
        calculate(formula(question("a", levels=2)), {"a": {5: 1}})
