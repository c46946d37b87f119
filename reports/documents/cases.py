"""What a report says of handling times and of the cases that came of what customers said: sentences and tables.

Times come from the register, cases are the office's own work; no word of a customer is printed here.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.documents.material import Facts
from reports.exports.content import Block, Cell, Table
from reports.follow_up.actions_taken import Handled
from surveys.periods import local_day
from surveys.vietnamese import clerk_date, count, official

# ── Cases ──────────────────────────────────────────────────────────────────────────────


def cases_said(facts: Facts) -> Iterator[str]:
    """How many cases, how many answered and in time, what is left of before. As it stood at the paper's instant."""
    handled = facts.handled
    if handled is None:
        return
    yield f"{_opened(facts, handled)}{_answered(facts, handled)}"
    if handled.older_waiting:
        late = handled.older_overdue
        which = f", trong đó {count(late)} vụ việc quá hạn" if late else ""
        yield f"Còn {count(handled.older_waiting)} vụ việc của kỳ trước chưa trả lời{which}."


def _opened(facts: Facts, handled: Handled) -> str:
    totals, cases = facts.month.totals, handled.replies.cases
    if totals.dissatisfied is None:
        return "Dưới 10 phiếu hợp lệ, không lập vụ việc để giữ bí mật phiếu của khách hàng."
    if not totals.valid:
        return f"{_nothing_counted(facts)}; chưa lập vụ việc."
    among = " trong số phiếu đã công bố" if facts.month.unreleased else ""
    unhappy = f"Có {count(totals.dissatisfied)} phiếu không hài lòng{among}"
    if not totals.dissatisfied:
        unhappy = f"Không có phiếu không hài lòng{among}"
    if not cases:
        none = "chưa lập" if totals.dissatisfied or among else "không phát sinh"
        return f"{unhappy}; {none} vụ việc."
    due = f", trả lời chậm nhất ngày {clerk_date(handled.due_on)}" if handled.due_on else ""
    seen = "; khách hàng xem nội dung trả lời bằng mã biên nhận" if totals.has_share else ""
    said = f"{unhappy}; từ phiếu không hài lòng và phiếu ghi ý kiến"
    return f"{said}, {facts.form.named} đã lập {count(cases)} vụ việc{due}{seen}."


def _nothing_counted(facts: Facts) -> str:
    """Why nothing is known of dissatisfied ballots: silence is no praise."""
    if not facts.month.totals.participation.returned:
        return "Không có phiếu thu về"
    return "Chưa công bố kết quả đánh giá" if facts.month.unreleased else "Không có phiếu hợp lệ"


def _answered(facts: Facts, handled: Handled) -> str:
    replies = handled.replies
    if not replies.cases:
        return ""
    day = clerk_date(local_day(facts.dated))
    if not replies.replied:
        late = f", trong đó {count(replies.overdue)} vụ việc quá hạn" if replies.overdue else ""
        return f" Đến ngày {day} chưa trả lời {count(replies.cases)} vụ việc{late}."
    said = f" Đến ngày {day} đã trả lời {count(replies.replied)} vụ việc, đúng hạn {count(replies.on_time)} vụ việc"
    waiting = replies.cases - replies.replied - replies.overdue
    said += f"; còn {count(waiting)} vụ việc trong hạn" if waiting else ""
    return (
        f"{said}; {count(replies.overdue)} vụ việc quá hạn chưa trả lời." if replies.overdue else f"{said}."
    )


def cases_table(facts: Facts, number: str) -> Iterator[Block]:
    """Causes and what was done, of cases closed by then; never of a period under 30 ballots."""
    if not (facts.handled and facts.handled.closed):
        return
    rows = tuple(
        (
            Cell(str(place), "centre"),
            Cell(official(row.period), "centre"),
            Cell(row.cause),
            Cell(row.action),
            Cell(clerk_date(row.closed_on), "centre"),
        )
        for place, row in enumerate(facts.handled.closed, start=1)
    )
    head = tuple(map(Cell, ("TT", "Kỳ", "Nguyên nhân", "Việc đã làm", "Hoàn thành")))
    yield Table(
        f"{number}. Nguyên nhân và việc đã làm theo ý kiến của khách hàng",
        "",
        (9, 20, 42, 71, 23),
        (head,),
        rows,
    )
