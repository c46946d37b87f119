"""The ways in which a sheet of paper can be marked: what is counted of a pile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from surveys.choices import VoidReason
from surveys.reference.questionnaires import QuestionnaireFacts

#: Whole answers of a sheet: with more than these one page of counts is too short, and the questionnaire is not given out on
#: paper. Five criteria of two levels (32) are, six (64) are not. Void sheets (`patterns_of`) come on top and are not limited.
MOST_WHOLE_ANSWERS = 36
WITHOUT_ANSWERS = (VoidReason.INCOMPLETE, VoidReason.DOUBLE, VoidReason.TORN)


@dataclass(frozen=True)
class Pattern:
    """One way in which a sheet can be marked; ``reason`` is '' for a valid one."""

    key: str
    answers: Mapping[str, int | None]
    reason: VoidReason | str = ""


def patterns_of(questionnaire: QuestionnaireFacts) -> tuple[Pattern, ...]:
    """Every way to mark the sheet: the whole answers, the same on a sheet that identifies somebody, the unreadable.

    A sheet that identifies somebody is void but its answers are kept, so that one can see whether one kind of answer
    is voided more than another. The other void sheets have no whole answer, and enter with none.
    """
    choices = [
        [*(level.value for level in criterion.levels), *([None] if criterion.optional else [])]
        for criterion in questionnaire.criteria
    ]
    whole = [
        dict(zip([c.code for c in questionnaire.criteria], marks, strict=True)) for marks in product(*choices)
    ]
    # A sheet without a single mark is incomplete even where every criterion may be left out.
    whole = [answers for answers in whole if any(level is not None for level in answers.values())]
    nothing = {criterion.code: None for criterion in questionnaire.criteria}
    return (
        *(Pattern(_key(answers), answers) for answers in whole),
        *(Pattern(f"{_key(answers)}-{VoidReason.MARKED}", answers, VoidReason.MARKED) for answers in whole),
        *(Pattern(reason.value, nothing, reason) for reason in WITHOUT_ANSWERS),
    )


def is_too_wide(questionnaire: QuestionnaireFacts) -> bool:
    """Whether the sheet can be answered in more ways than two people can keep in heaps."""
    return (
        prod(len(criterion.levels) + criterion.optional for criterion in questionnaire.criteria)
        > MOST_WHOLE_ANSWERS
    )


def _key(answers: Mapping[str, int | None]) -> str:
    return "-".join("x" if level is None else str(level) for level in answers.values())
