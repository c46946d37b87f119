"""Báo cáo kết quả đánh giá of several periods together: a quarter, half-year or year of months, or any range."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count as counting

from reports.documents.frame import quoted, seal_code
from reports.documents.handling_times import times_said, times_table
from reports.documents.material import Facts
from reports.documents.participation_chart import bars
from reports.documents.report import (
    cells_of,
    certainty,
    followed_up,
    groups,
    participation,
    report_document,
    tasks,
    verdict,
)
from reports.exports.content import Block, Cell, Document, Paragraph, Table
from reports.month.wording import capital, not_told
from surveys.periods import local_day, parse_period
from surveys.vietnamese import clerk_date, count, official


def summary(facts: Facts) -> Document:
    """The report of several periods: a quarter, half-year or year of months, or any range."""
    label, more = facts.label, counting(1)
    subject = ("Kết quả đánh giá mức độ hài lòng của khách hàng", label)
    return report_document(
        facts,
        name="bao-cao-tong-hop",
        subject=subject,
        parts=[
            ("KẾT QUẢ CHUNG", list(_together(facts))),
            (f"KẾT QUẢ TỪNG {facts.month.over_time.word.upper()}", list(_one_by_one(facts, more))),
            (
                "KẾT QUẢ THEO QUẦY VÀ THEO THỦ TỤC HÀNH CHÍNH",
                list(groups(facts, more)),
            ),
            ("THỜI GIAN GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", list(_times(facts, more))),
            ("Ý KIẾN GÓP Ý VÀ VIỆC THỰC HIỆN Ý KIẾN CHỈ ĐẠO", list(followed_up(facts, more))),
            ("NIÊM PHONG SỐ LIỆU", list(_sealed(facts, more))),
            ("NHIỆM VỤ, GIẢI PHÁP", list(tasks(facts))),
        ],
    )


def _sealed(facts: Facts, more: Iterator[int]) -> Iterator[Block]:
    """Every seal that the stretch rests on, so that each can be found again under its code."""
    seals = facts.month.standing
    if not seals:
        return
    word = facts.month.over_time.word
    rows = tuple(
        (
            Cell(str(place), "centre"),
            Cell(official(parse_period(seal.period).short_label), "centre"),
            Cell(str(seal.version), "centre"),
            Cell(clerk_date(local_day(seal.sealed_at)), "centre"),
            Cell(seal_code(seal.code), "centre"),
        )
        for place, seal in enumerate(seals, start=1)
    )
    head = tuple(map(Cell, ("TT", capital(word), "Phiên bản", "Ngày niêm phong", "Mã niêm phong")))
    yield Paragraph(f"Số liệu trên được cộng từ {count(len(seals))} {word} đã niêm phong.")
    yield Table(f"Bảng {next(more)}. Mã niêm phong từng {word}", "", (9, 26, 25, 40, 65), (head,), rows)


def _together(facts: Facts) -> Iterator[Block]:
    month, totals = facts.month, facts.month.totals
    if not totals.has_share:
        yield Paragraph(participation(facts))
        yield Paragraph(" ".join(verdict(facts)))
        return
    names = [criterion.name for criterion in month.criteria]
    said = (
        f"{_since(facts)}, số phiếu phát ra là {totals.issued_text}, số phiếu thu về là {totals.returned_text}, "
        f"đạt {totals.return_rate_text}. Trong đó, có {totals.satisfied_text} phiếu được đánh giá hài lòng với "
        f"{len(names)} tiêu chí {quoted(names)}, đạt {totals.satisfied_share_text}; {totals.dissatisfied_text} phiếu "
        f"đánh giá không hài lòng, chiếm tỷ lệ {totals.dissatisfied_share_text}."
    )
    if totals.gap_text:
        said += f" {capital(official(facts.label))} {totals.gap_text}."
    yield Paragraph(said)
    yield Paragraph(" ".join(certainty(facts)))
    if not facts.is_sealed or totals.hidden_periods:
        yield from map(Paragraph, not_told(month))


def _times(facts: Facts, more: Iterator[int]) -> Iterator[Block]:
    yield Paragraph(times_said(facts))
    if facts.times:
        yield from times_table(facts, f"Bảng {next(more)}")


def _since(facts: Facts) -> str:
    """From the office's first month on the stretch is told as its years of practice."""
    months = facts.month.months
    if not facts.month.previous.has_slips and 12 < len(months) < 24 and not facts.label.startswith("năm"):
        return "Qua hơn 1 năm thực hiện"
    return capital(facts.label) if facts.label.startswith("từ") else f"Trong {facts.label}"


def _one_by_one(facts: Facts, more: Iterator[int]) -> Iterator[Block]:
    own = facts.month.own_periods
    if not own:
        return
    head = (
        (
            Cell("TT", down=2),
            Cell(capital(facts.month.over_time.word), down=2),
            Cell("Phát ra (phiếu)", down=2),
            Cell("Thu về (phiếu)", down=2),
            Cell("Tỷ lệ thu về", down=2),
            Cell("Hài lòng", across=2),
            Cell("Không hài lòng", across=2),
        ),
        (Cell("Số phiếu"), Cell("Tỷ lệ"), Cell("Số phiếu"), Cell("Tỷ lệ")),
    )
    rows = [
        (Cell(str(place), "centre"), Cell(official(totals.short_label), "centre"), *cells_of(totals))
        for place, totals in enumerate(own, start=1)
    ]
    total = (
        Cell("", "centre"),
        Cell("Tổng số", "centre", bold=True),
        *cells_of(facts.month.totals, bold=True),
    )
    yield Table(
        f"Bảng {next(more)}. Kết quả {facts.label}",
        "",
        (9, 26, 18, 18, 18, 19, 19, 19, 19),
        head,
        (*rows, total),
    )
    yield from bars(facts.month, "Biểu đồ 1")
