"""What is said of a snapshot in words: sentences one can read aloud, true by construction. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.arithmetic.clusters import satisfaction_ends
from reports.arithmetic.counts import Participation
from reports.arithmetic.shares import grouped, rate_beside
from reports.arithmetic.suppression import PERCENT_FROM, Shown
from reports.arithmetic.wording import (
    counted_sentence,
    long_run_sentence,
    organisations_clause,
    return_rate_sentence,
)
from reports.month.figures import NOT_OPENED_ALONE, Group, Totals
from reports.month.snapshot import OPEN, Snapshot
from reports.month.subordinates import SideBySide
from surveys.vietnamese import count

#: Of a closed stretch that handed out slips; page, public page and papers say the same.
NOTHING_RETURNED = "Không có phiếu thu về; chưa có kết quả đánh giá."
#: Of a stretch whose ballots are all told, and are all void.
NOTHING_VALID = "Không có phiếu hợp lệ; chưa có kết quả đánh giá"
#: A counter's column of returned ballots is the register's; its verdicts rest on those that were opened under its name.
OWN_BASES = (
    "Hài lòng, không hài lòng tính trên phiếu mở riêng theo quầy, theo thủ tục, có thể ít hơn số phiếu thu về; phiếu mở "
    "chung nằm ở dòng “Không tách được”."
)
WHY_GROUPS = "mỗi nhóm mở ra phải có từ 10 phiếu"


@dataclass(frozen=True)
class Sentence:
    """Pieces of a sentence; the marked ones are figures to be set off from the rest."""

    pieces: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(text for text, _marked in self.pieces)


def first_glance(month: Snapshot, below: SideBySide | None = None) -> Sentence:
    """What one says first of the whole page: "Tháng 5/2023: phát ra 317, thu về 268 (85%); trong số thu về 100% hài lòng …".

    Of one closed period it goes on with what is known of a rise of dissatisfied ballots. Of an office that handed out nothing itself it goes on with the offices ``below``: what they handed out, no answers.
    """
    totals = month.totals
    pieces = [(f"{capital(totals.label)}: ", False), *_participation(month)]
    if below and below.together.issued and not totals.participation.issued:
        pieces += [(f"; {count(len(below.rows))} đơn vị trực thuộc ", False), *_handed_out(below.together)]
    if totals.participation.returned:
        pieces += [("; ", False), *_verdict(month)]
    course = month.over_time
    if month.period and course.rate_clause:
        pieces += [(f"; {course.rate_clause}", False)]
    said = course.change_sentences if month.period else ()
    return Sentence((*pieces, (".", False), *((f" {each}", False) for each in said)))


def _participation(month: Snapshot) -> Iterable[tuple[str, bool]]:
    known = month.totals.participation
    not_yet = "chưa" if month.state == OPEN else "không"
    if not known.issued:
        return [(f"{not_yet} phát phiếu nào", False)]
    return _handed_out(known, not_yet=not_yet)


def _handed_out(known: Participation, *, not_yet: str = "chưa") -> Iterable[tuple[str, bool]]:
    said = [("phát ra ", False), (grouped(known.issued), True)]
    if not known.returned and not_yet == "không":
        return [*said, (f". {NOTHING_RETURNED.removesuffix('.')}", False)]
    if not known.returned:
        return [*said, (f", {not_yet} thu về phiếu nào", False)]
    rate = rate_beside(known.returned, known.issued)
    return [*said, (", thu về ", False), (f"{grouped(known.returned)}{rate}", True)]


def _verdict(month: Snapshot) -> Iterable[tuple[str, bool]]:
    totals = month.totals
    if totals.suppressed:
        return [("số phiếu đã công bố dưới 10 nên không nêu câu trả lời", False)]
    if not totals.valid:
        why = f"chưa công bố câu trả lời nào, vì {WHY_GROUPS}" if month.unreleased else NOTHING_VALID.lower()
        return [(why, False)]
    base, satisfied = _base(month), satisfied_with(totals)
    if not totals.has_share and not totals.dissatisfied:
        return [("cả ", False), (totals.valid_text, True), (f" phiếu {base} đều {satisfied}", False)]
    if not totals.has_share:
        liked, disliked = totals.judged
        return [
            (f"trong {totals.valid_text} phiếu {base}, ", False),
            (count(liked), True),
            (f" {satisfied}, ", False),
            (count(disliked), True),
            (" không hài lòng", False),
        ]
    within = "trong số thu về " if base == "thu về" else f"trong {totals.valid_text} phiếu {base} "
    said = [(within, False), (totals.satisfied_share_text, True), (f" {satisfied}", False)]
    if totals.dissatisfied:
        bad = f"{totals.dissatisfied_share_text} ({count(totals.dissatisfied)} phiếu)"
        said += [(", ", False), (bad, True), (" không hài lòng", False)]
    return said


def not_judged(totals: Totals, *, silent: bool = True) -> str:
    """Why handed out slips, or without the ``silent`` ones returned ballots, are not among the valid ones that are told:
    "không thu về, không hợp lệ hoặc chưa công bố", as far as there are such."""
    reasons = (
        (totals.participation.not_returned if silent else 0, "không thu về"),
        (totals.told.void, "không hợp lệ"),
        (totals.untold, "chưa công bố"),
    )
    *others, last = [words for n, words in reasons if n]
    return f"{', '.join(others)} hoặc {last}" if others else last


def _base(month: Snapshot) -> str:
    """What the valid ballots are: all that came back, or only a part of them."""
    if month.totals.valid == month.totals.participation.returned:
        return "thu về"
    return "hợp lệ đã công bố" if month.unreleased or month.totals.hidden_periods else "hợp lệ"


def satisfied_with(totals: Totals, link: str = "") -> str:
    """Return "hài lòng cả hai tiêu chí", with a link "hài lòng với cả hai tiêu chí"; "hài lòng" for a ballot of one."""
    words = totals.all_criteria_text
    return " ".join(filter(None, ("hài lòng", link, words))) if words else "hài lòng"


def not_told(month: Snapshot) -> list[str]:
    """What is not released yet or never told, and why; one sentence each."""
    said = []
    if month.unreleased:
        said.append(f"{month.unreleased_text}, vì {WHY_GROUPS}.")
    if month.held_back:
        said.append(month.held_back_text)
    if month.totals.hidden_periods and month.period is None:
        said.append(
            f"{count(month.totals.hidden_periods)} kỳ có dưới 10 phiếu: phiếu phát ra, thu về vẫn tính; "
            "câu trả lời không cộng vào, để không ai lấy hai khoảng thời gian trừ nhau mà ra."
        )
    return said


def counted(totals: Totals) -> str:
    """That the ballots are counted, not sampled, and for whom they do not speak; '' where they may not be told."""
    if not totals.shown.has_counts or not totals.valid:
        return ""
    known = totals.participation
    what = "thu về" if totals.valid == known.returned else "hợp lệ"
    said = counted_sentence(totals.valid, what)
    if known.asked == totals.valid:
        return said
    return f"{said} Số phiếu này không nói thay được cho {grouped(known.asked - totals.valid)} phiếu còn lại."


def of_organisations(month: Snapshot) -> str:
    """Whose slips they were, and how far the return rate speaks for organisations like them; '' where it is not known.

    "317 phiếu phát ra của 37 tổ chức. Tỷ lệ thu về 75%; với những tổ chức tương tự, từ 59,38% đến 86,53%."
    """
    known, whose = month.totals.participation, month.organisations
    if not whose or not whose.are_known:
        return ""
    said = f"{grouped(known.issued)} phiếu phát ra{organisations_clause(whose.office)}."
    if whose.office.return_ends is None or known.issued < PERCENT_FROM:
        return said
    rate = month.totals.return_rate_text
    ends, sure = whose.office.return_ends, whose.office.is_confidence
    return f"{said} {return_rate_sentence(rate, ends, is_confidence=sure)}"


def long_run(month: Snapshot) -> str:
    """For details: both ends of what the rate of satisfaction may be in the long run; '' where organisations are not known."""
    totals, whose = month.totals, month.organisations
    if not totals.has_share or not whose or not whose.are_known:
        return ""
    ends = satisfaction_ends(totals.judged[0], totals.told.valid, whose.office.kish_size)
    return long_run_sentence(*ends, word=month.over_time.word)


def about_both(month: Snapshot) -> list[str]:
    """What is said under one table of counters and procedures."""
    groups = (*month.counters, *month.procedures)
    bases = [] if all(group.is_separable for group in groups) else [OWN_BASES]
    return [*bases, *dict.fromkeys([*about_groups(month.counters), *about_groups(month.procedures)])]


def about_groups(groups: Sequence[Group]) -> list[str]:
    """Why some counters or procedures of a table tell less than others; one sentence each."""
    said = []
    marks = {group.shown for group in groups}
    if Shown.SMALL in marks:
        said.append("Dưới 10 phiếu ghi “<10” và không nêu câu trả lời.")
    if any(group.valid_text == NOT_OPENED_ALONE for group in groups):
        said.append(
            f"“{capital(NOT_OPENED_ALONE)}”: phiếu đã thu về, chưa có nhóm nào đủ 10 phiếu mang riêng tên này."
        )
    along = [group.name for group in groups if group.shown is Shown.ALONG and not group.hidden_periods]
    if along:
        said.append(f"{', '.join(along)} ẩn kèm để không tính ngược ra nhóm nhỏ.")
    partly = [
        f"{group.name} ({count(group.hidden_periods)} kỳ)"
        for group in groups
        if group.hidden_periods and group.is_separable
    ]
    if partly:
        said.append(
            "Ở những kỳ quá ít phiếu, phiếu hợp lệ được tính vào “Không tách được” chứ không vào dòng của mình: "
            f"{', '.join(partly)}."
        )
    if any(group.shown.has_counts and not group.has_verdict and not group.verdict_along for group in groups):
        said.append(
            "Thủ tục dưới 30 phiếu không nêu hài lòng hay không hài lòng: ít khách làm cùng một thủ tục, nêu ra thì dễ "
            "đoán phiếu của ai."
        )
    along = [group.name for group in groups if group.verdict_along and group.is_separable]
    if along:
        said.append(
            f"{', '.join(along)}: hài lòng, không hài lòng ẩn kèm để không tính ngược ra thủ tục ít phiếu."
        )
    if any(group.shown is Shown.COUNTS and group.has_verdict for group in groups):
        said.append(
            "Quầy có từ 10 đến 29 phiếu chỉ ghi số phiếu, không ghi tỷ lệ: ít phiếu, một phiếu đã là nhiều phần trăm."
        )
    return said


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
