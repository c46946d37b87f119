"""What makes a questionnaire impossible to answer or to score, told in sentences before anybody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.models.questionnaires import CODE_TAKEN, TAKEN_CODES
from surveys.reference.questionnaires import CriterionFacts, LevelFacts, QuestionnaireFacts

#: Questions of all kinds that one page can send (DATA_UPLOAD_MAX_NUMBER_FIELDS, less the page's own fields).
MOST_QUESTIONS = 199
TOO_MANY_WORDS = (
    f"Mẫu phiếu phải có dưới {MOST_QUESTIONS + 1} câu hỏi. Hãy bớt câu, hoặc chia thành nhiều mẫu phiếu."
)
#: What the words of a ballot call the group of its respondent.
TAKEN_TEXTS = ("respondent",)


class Kind(StrEnum):
    """What is wrong, by where it is mended."""

    TOO_MANY = "too_many"
    SAME_CODE = "same_code"
    TAKEN_CODE = "taken_code"
    CONDITION = "condition"
    CONDITION_LEVEL = "condition_level"
    SECTION_WEIGHT = "section_weight"
    NONE_SATISFIED = "none_satisfied"
    SATISFIED_APART = "satisfied_apart"
    POINTS_MISSING = "points_missing"
    POINTS_ORDER = "points_order"


@dataclass(frozen=True)
class Fault:
    """One thing to mend; ``code`` of the question or section, for a scale the level's value, '' for the whole."""

    kind: Kind
    code: str
    words: str


def faults_of(questionnaire: QuestionnaireFacts) -> list[Fault]:
    """Everything that is wrong with a questionnaire, in its own order; a scale's faults name the first question on it."""
    faults = [*question_faults(questionnaire), *section_faults(questionnaire)]
    seen = set()
    for criterion in questionnaire.criteria:
        if criterion.levels in seen:
            continue
        seen.add(criterion.levels)
        faults += [
            Fault(fault.kind, criterion.code, f"Thang đo của câu “{criterion.code}”: {fault.words}")
            for fault in scale_faults(criterion.levels)
        ]
    return faults


def question_faults(questionnaire: QuestionnaireFacts) -> list[Fault]:
    """Number, codes and conditions of the questions."""
    faults = []
    if len(questionnaire.criteria) + len(questionnaire.texts) > MOST_QUESTIONS:
        faults.append(Fault(Kind.TOO_MANY, "", TOO_MANY_WORDS))
    faults += _codes(questionnaire)
    earlier: dict[str, CriterionFacts] = {}
    for criterion in questionnaire.criteria:
        if criterion.shown_after and (fault := _condition(criterion, earlier)):
            faults.append(fault)
        earlier[criterion.code] = criterion
    return faults


def section_faults(questionnaire: QuestionnaireFacts) -> list[Fault]:
    """Sections whose questions are scored and that have no weight of their own."""
    scored = {criterion.section for criterion in questionnaire.criteria if criterion.weight > 0}
    return [
        Fault(
            Kind.SECTION_WEIGHT,
            each.code,
            f"Phần “{each.code}” có câu hỏi tính điểm thì trọng số phải lớn hơn 0.",
        )
        for each in questionnaire.sections
        if each.code in scored and each.weight <= 0
    ]


def scale_faults(levels: Sequence[LevelFacts]) -> list[Fault]:
    """No satisfied level; points for some levels only, out of order, or against what counts as satisfied."""
    faults = []
    if levels and not any(level.satisfied for level in levels):
        faults.append(Fault(Kind.NONE_SATISFIED, "", "Không có mức nào tính là hài lòng."))
    if not _side_by_side([level.satisfied for level in sorted(levels, key=lambda level: level.value)]):
        words = "Các mức tính là hài lòng phải liền nhau."
        faults.append(Fault(Kind.SATISFIED_APART, "", words))
    if not any(level.points is not None for level in levels):
        return faults
    missing = [level for level in levels if level.points is None]
    if missing:
        words = "Mức “{}” chưa có điểm; ghi điểm cho mọi mức, hoặc để trống cả thang đo."
        faults += [
            Fault(Kind.POINTS_MISSING, str(each.value), words.format(each.label.vi)) for each in missing
        ]
        return faults
    if not _in_order(levels):
        words = (
            "Điểm phải tăng dần hoặc giảm dần theo giá trị của mức, mức hài lòng không ít điểm hơn mức khác."
        )
        faults.append(Fault(Kind.POINTS_ORDER, "", words))
    return faults


def _side_by_side(satisfied: Sequence[bool]) -> bool:
    """No level that does not count stands between two that do."""
    begins = [each and not before for each, before in zip(satisfied, [False, *satisfied], strict=False)]
    return sum(begins) <= 1


def _in_order(levels: Sequence[LevelFacts]) -> bool:
    points = [level.points or 0 for level in sorted(levels, key=lambda level: level.value)]
    satisfied = [level.points or 0 for level in levels if level.satisfied]
    others = [level.points or 0 for level in levels if not level.satisfied]
    agrees = not satisfied or not others or min(satisfied) >= max(others)
    return agrees and len(set(points)) > 1 and sorted(points) in (points, points[::-1])


def _condition(criterion: CriterionFacts, earlier: dict[str, CriterionFacts]) -> Fault | None:
    code, level = criterion.shown_after or ("", 0)
    before = earlier.get(code)
    if before is None:
        words = f"Câu “{criterion.code}” hỏi sau câu “{code}”, nhưng không có câu ấy ở phía trước."
        return Fault(Kind.CONDITION, criterion.code, words)
    if level not in before.values:
        known = ", ".join(map(str, sorted(before.values)))
        words = f"Câu “{criterion.code}” hỏi khi câu “{code}” trả lời mức {level}, nhưng câu ấy chỉ có mức {known}."
        return Fault(Kind.CONDITION_LEVEL, criterion.code, words)
    return None


def _codes(questionnaire: QuestionnaireFacts) -> list[Fault]:
    faults = [
        Fault(Kind.TAKEN_CODE, criterion.code, str(CODE_TAKEN))
        for criterion in questionnaire.criteria
        if criterion.code.casefold() in TAKEN_CODES
    ]
    faults += [
        Fault(
            Kind.TAKEN_CODE, text.code, f"Mã “{text.code}” đã dùng cho nhóm người trả lời; xin chọn mã khác."
        )
        for text in questionnaire.texts
        if text.code.casefold() in TAKEN_TEXTS
    ]
    for codes in (
        [c.code for c in questionnaire.criteria],
        [t.code for t in questionnaire.texts],
        [s.code for s in questionnaire.sections],
    ):
        faults += [
            Fault(Kind.SAME_CODE, code, f"Mã “{code}” trùng nhau, không kể chữ hoa, chữ thường.")
            for code in _twice(codes)
        ]
    return faults


def _twice(codes: Iterable[str]) -> list[str]:
    found = list(codes)
    counted = Counter(code.casefold() for code in found)
    return [code for code in dict.fromkeys(found) if counted[code.casefold()] > 1]
