"""Handling times in the documents: sentences and the table."""

from __future__ import annotations

from collections.abc import Iterator

from reports.documents.frame import NO_FIGURE
from reports.documents.material import Facts
from reports.exports.content import Block, Cell, Paragraph, Table
from reports.handling_times import times
from surveys.vietnamese import count, group


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
    notes: tuple[str, ...] = (
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
    _asking, sentence = times.decision(list(facts.times))
    if sentence:
        yield Paragraph(sentence)


def _row_of(place: int, row: times.Row) -> tuple[Cell, ...]:
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
