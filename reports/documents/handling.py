"""What a report says of handling times and of the cases that came of what customers said: sentences and tables.

Times come from the register, cases are the office's own work; no word of a customer is printed here.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports import clock
from reports.deeds import Handled
from reports.documents.facts import NO_FIGURE, Facts
from reports.exports.content import Block, Cell, Paragraph, Table
from surveys.periods import local_day
from surveys.vietnamese import count, group, official, short_date

# ── Times ──────────────────────────────────────────────────────────────────────────────


def times_said(facts: Facts) -> str:
    """How many transactions kept the legal limit, how many did not, and how many have none."""
    done, timed, on_time = (
        sum(getattr(row.times, name) for row in facts.times) for name in ("n", "timed", "on_time")
    )
    if not done:
        return "Chưa có số liệu về thời gian giải quyết."
    if not timed:
        return f"Có {count(done)} giao dịch hoàn thành; chưa có thời hạn để tính tỷ lệ đúng hạn."
    rest = f"; {count(done - timed)} giao dịch khác thuộc thủ tục chưa ghi thời hạn" if done > timed else ""
    if on_time == timed:
        which = "giao dịch có thời hạn" if rest else "giao dịch"
        return f"Toàn bộ {count(timed)} {which} được giải quyết trong thời hạn quy định{rest}."
    return (
        f"Trong {count(timed)} giao dịch có thời hạn, có {count(on_time)} giao dịch được giải quyết trong thời hạn "
        f"quy định, {count(timed - on_time)} giao dịch quá hạn{rest}."
    )


def times_table(facts: Facts, number: str) -> Iterator[Block]:
    """Limit, median and share in time of each procedure beside the verdict on time; then what asks for a decision."""
    if not facts.times:
        return
    head = (
        "TT",
        "Thủ tục hành chính",
        "Thời hạn",
        "Giao dịch",
        "Trung vị",
        "Đúng hạn",
        "Hài lòng về thời gian",
    )
    rows = tuple(_row_of(place, row) for place, row in enumerate(facts.times, start=1))
    notes = (
        "Ghi chú: Trung vị là thời gian mà một nửa số giao dịch không vượt quá. Dấu “–”: thủ tục chưa ghi thời hạn, "
        "hoặc phiếu dưới 30 hay không tách được theo thủ tục.",
    )
    if facts.month.office.is_pilot:
        notes = (*notes, "Thời hạn của đơn vị minh hoạ là số dựng, không theo văn bản nào.")
    yield Table(
        f"{number}. Thời gian giải quyết và đánh giá về thời gian",
        "",
        (9, 33, 24, 14, 27, 27, 31),
        (tuple(map(Cell, head)),),
        rows,
        notes,
    )
    _asking, sentence = clock.decision(list(facts.times))
    if sentence:
        yield Paragraph(sentence)


def _row_of(place: int, row: clock.Row) -> tuple[Cell, ...]:
    limit = row.limit_text.removeprefix("hạn ") if row.times.limits else NO_FIGURE
    return (
        Cell(str(place), "centre"),
        Cell(row.name),
        Cell(limit),
        Cell(group(row.times.n), "right"),
        Cell(row.median_text, "right"),
        Cell(row.on_time_text, "right"),
        Cell(row.feeling_text, "right"),
    )


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
    unhappy = (
        f"Có {count(totals.dissatisfied)} phiếu không hài lòng"
        if totals.dissatisfied
        else "Không có phiếu không hài lòng"
    )
    if not cases:
        return (
            f"{unhappy}; không phát sinh vụ việc."
            if not totals.dissatisfied
            else f"{unhappy}; chưa lập vụ việc."
        )
    due = f", trả lời chậm nhất ngày {short_date(handled.due_on)}" if handled.due_on else ""
    seen = "; khách hàng xem nội dung trả lời bằng mã biên nhận" if totals.has_share else ""
    said = f"{unhappy}; từ phiếu không hài lòng và phiếu ghi ý kiến"
    return f"{said}, {facts.form.named} đã lập {count(cases)} vụ việc{due}{seen}."


def _answered(facts: Facts, handled: Handled) -> str:
    replies = handled.replies
    if not replies.cases:
        return ""
    day = short_date(local_day(facts.dated))
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
            Cell(short_date(row.closed_on), "centre"),
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
