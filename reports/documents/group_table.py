"""The report's table of counters and procedures, and the cells of one row of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.documents.frame import NO_FIGURE, verdict_cells
from reports.documents.material import Facts
from reports.exports.content import Block, Cell, Table
from reports.month.figures import Group
from reports.month.wording import about_groups

#: A counter's column of returned ballots is the register's; its verdicts rest on those that were opened under its name.
OWN_BASES = (
    "Hài lòng, không hài lòng tính trên phiếu mở riêng theo quầy, theo thủ tục, có thể ít hơn số phiếu thu về; phiếu mở "
    "chung nằm ở dòng “Không tách được”."
)


def groups(facts: Facts, more: Iterator[int]) -> Iterator[Block]:
    """Counters and procedures in one table. Never ordered by satisfaction."""
    month = facts.month
    if not (month.counters or month.procedures):
        return
    rows = [
        *_group_rows("A", "Theo quầy", month.counters),
        *_group_rows("B", "Theo thủ tục hành chính", month.procedures),
        (Cell("", "centre"), Cell("Tổng số", bold=True), *cells_of(month.totals, bold=True)),
    ]
    head = (
        (
            Cell("TT", down=2),
            Cell("Quầy, thủ tục hành chính", down=2),
            Cell("Phát ra", down=2),
            Cell("Thu về", down=2),
            Cell("Tỷ lệ thu về", down=2),
            Cell("Hài lòng", across=2),
            Cell("Không hài lòng", across=2),
        ),
        (Cell("Phiếu"), Cell("Tỷ lệ"), Cell("Phiếu"), Cell("Tỷ lệ")),
    )
    said = dict.fromkeys([*about_groups(month.counters), *about_groups(month.procedures)])
    bases = [OWN_BASES] if any(not each.is_separable for each in (*month.counters, *month.procedures)) else []
    notes = " ".join(["Ghi chú:", *bases, *said, "Số liệu không dùng để xếp hạng quầy hoặc công chức."])
    yield Table(
        f"Bảng {next(more)}. Kết quả theo quầy và theo thủ tục hành chính",
        "(đơn vị tính: phiếu)",
        (9, 50, 13, 13, 17, 15, 17, 15, 16),
        head,
        tuple(rows),
        (notes,),
    )


def _group_rows(letter: str, title: str, groups: Sequence[Group]) -> Iterator[tuple[Cell, ...]]:
    if groups:
        yield Cell(letter, "centre", bold=True), Cell(title, bold=True, across=8)
    for place, group in enumerate(groups, start=1):
        cells = cells_of(group)
        if not group.is_separable:
            cells = (*(Cell(NO_FIGURE, "right") for _ in range(3)), *cells[3:])
        yield Cell(str(place), "centre"), Cell(group.name), *cells


def cells_of(figures, *, bold: bool = False) -> tuple[Cell, ...]:
    texts = (figures.issued_text, figures.returned_text, figures.return_rate_text)
    return (*(Cell(text, "right", bold) for text in texts), *verdict_cells(figures, bold=bold))
