"""Báo cáo kết quả khảo sát of one period, with the parts that a report of several shares. Form: Nghị định 30/2020/NĐ-CP, Phụ lục I."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count as counting

from reports.arithmetic.suppression import PERCENT_FROM
from reports.arithmetic.wording import (
    counted_sentence,
    follow_up_standing,
    organisations_clause,
)
from reports.documents.cases import cases_said, cases_table
from reports.documents.frame import (
    NO_FIGURE,
    bases_of,
    criteria_table,
    day_or_blank,
    document_of,
    number_line,
    quoted,
    seal_code,
    sections,
    sentence,
    signer_of,
    verdict_cells,
)
from reports.documents.handling_times import times_said, times_table
from reports.documents.material import Facts, FollowUp
from reports.documents.minutes import correction
from reports.documents.participation_chart import bars
from reports.exports.content import (
    Basis,
    Block,
    Cell,
    Document,
    Heading,
    Paragraph,
    SealMark,
    Table,
)
from reports.month import wording
from reports.month.figures import Group
from reports.month.snapshot import Snapshot
from reports.month.wording import capital, satisfied_with
from surveys.choices import SlipChannel
from surveys.vietnamese import count, official

HEADING = "BÁO CÁO"
CARRIES = (
    " Bản PDF của báo cáo đính kèm phiếu đã niêm phong và công cụ kiểm lại (lưu kiem.py và verify.py từ bản PDF, rồi chạy: "
    "python kiem.py bao-cao.pdf)."
)
WAYS = {
    SlipChannel.SLIP: "mã QR",
    SlipChannel.TABLET: "máy tính bảng tại quầy",
    SlipChannel.PAPER: "phiếu giấy",
    SlipChannel.LINK: "đường liên kết",
}


def report(facts: Facts) -> Document:
    """The report of one month or quarter."""
    more = counting(1)  # tables are numbered as they come: a month without ballots lacks some
    return report_document(
        facts,
        name="bao-cao",
        subject=(f"Kết quả khảo sát mức độ hài lòng của khách hàng {facts.label}",),
        parts=[
            ("TÌNH HÌNH TRIỂN KHAI", [Paragraph(f"{n}. {text}") for n, text in enumerate(_work(facts), 1)]),
            ("KẾT QUẢ ĐÁNH GIÁ", list(_results(facts, more))),
            ("Ý KIẾN GÓP Ý VÀ VIỆC THỰC HIỆN Ý KIẾN CHỈ ĐẠO", list(followed_up(facts, more))),
            ("NHIỆM VỤ VÀ KIẾN NGHỊ", list(tasks(facts))),
        ],
    )


def report_document(
    facts: Facts, *, name: str, subject: tuple[str, ...], parts: Iterable[tuple[str, list[Block]]]
) -> Document:
    form = facts.form
    signer = signer_of(form)
    return document_of(
        facts,
        name=name,
        heading=HEADING,
        subject=subject,
        blocks=_blocks(facts, parts),
        signers=((signer,),),
        is_dated=True,
        seal=_seal_mark(facts),
    )


def _blocks(facts: Facts, parts: Iterable[tuple[str, list[Block]]]) -> Iterator[Block]:
    yield from bases(facts)
    what = "khảo sát" if facts.month.period else "đánh giá"
    yield Paragraph(
        f"{facts.form.named} báo cáo kết quả {what} mức độ hài lòng của khách hàng {facts.label} như sau:"
    )
    for title, blocks in sections(parts):
        yield Heading(title)
        yield from blocks
    to = f"kính báo cáo {facts.form.sent_to} xem xét, chỉ đạo" if facts.form.sent_to else "trân trọng báo cáo"
    if not facts.is_sealed:
        yield Paragraph("Kết quả chưa niêm phong; số liệu có thể thay đổi đến khi niêm phong.")
    yield Paragraph(f"{facts.form.named} {to}./.")


def bases(facts: Facts) -> Iterator[Basis]:
    """Căn cứ: those of the office, then the minutes; ";" behind each, "." behind the last."""
    texts = facts.form.base_lines
    if facts.is_sealed and facts.minutes_form and facts.month.period:
        day = day_or_blank(facts.minutes.dated_on if facts.minutes else None, facts.dated.year)
        number = number_line(facts.minutes_form, facts.minutes).removeprefix("Số:").strip(" ")
        texts.append(
            f"Biên bản số {number} {day} của {facts.minutes_form.named} về kiểm phiếu đánh giá mức độ hài lòng "
            f"của khách hàng {facts.label}"
        )
    yield from bases_of(texts)


# ── I ──────────────────────────────────────────────────────────────────────────────────


def _work(facts: Facts) -> Iterator[str]:
    month = facts.month
    names = [criterion.name for criterion in month.criteria]
    ways = [WAYS[SlipChannel(row.code)] for row in month.channels]
    if names and ways:
        how = ", ".join(ways[:-1]) + " hoặc " + ways[-1] if len(ways) > 1 else ways[0]
        yield (
            f"Đối tượng khảo sát là cá nhân, tổ chức có giao dịch tại {facts.form.named}. Sau mỗi giao dịch, "
            f"khách hàng được phát 01 phiếu và tự đánh giá {count(len(names))} tiêu chí: {quoted(names)}, bằng {how}. "
            "Phiếu không ghi tên khách hàng, tên công chức."
        )
    yield participation(facts)
    yield times_said(facts)


def participation(facts: Facts) -> str:
    totals, known = facts.month.totals, facts.month.totals.participation
    if not known.issued:
        return f"Trong {facts.word} không phát phiếu."
    rate = f", đạt {totals.return_rate_text}" if known.issued >= PERCENT_FROM else ""
    named = facts.month.organisations
    whose = organisations_clause(named.office) if named and named.are_known else ""
    void = ""
    if totals.shown.has_counts:
        n = totals.told.void
        void = f"; số phiếu không hợp lệ là {count(n)} phiếu" if n else "; không có phiếu không hợp lệ"
    return (
        f"Trong {facts.word}, số phiếu phát ra là {count(known.issued)} phiếu{whose}; số phiếu thu về là "
        f"{count(known.returned)} phiếu{rate}; số phiếu không thu về là {count(known.not_returned)} phiếu; "
        f"số phiếu hủy là {count(known.cancelled)} phiếu{void}."
    )


# ── II ─────────────────────────────────────────────────────────────────────────────────


def _results(facts: Facts, more: Iterator[int]) -> Iterator[Block]:
    month = facts.month
    yield Heading("1. Kết quả chung", 2)
    yield Paragraph(" ".join(verdict(facts)))
    if not facts.is_sealed:
        yield from map(Paragraph, wording.not_told(month))
    if facts.silent:
        yield Paragraph(follow_up_standing(facts.silent))
    if month.totals.valid and not month.totals.suppressed:
        yield criteria_table(month, f"Bảng {next(more)}. Kết quả theo tiêu chí")
    yield Heading(f"2. So với {facts.word} trước, cùng kỳ năm trước và lũy kế", 2)
    yield comparison_table(month, f"Bảng {next(more)}")
    yield Paragraph(" ".join(change(facts)))
    yield from bars(month, "Biểu đồ 1")
    if month.counters or month.procedures:
        yield Heading("3. Kết quả theo quầy và theo thủ tục hành chính", 2)
        yield from groups(facts, more)
    if facts.times:
        yield Heading("4. Thời gian giải quyết thủ tục hành chính", 2)
        yield from times_table(facts, f"Bảng {next(more)}")


def verdict(facts: Facts) -> Iterator[str]:
    """What the valid ballots say, as far as their number allows, with the interval and the bounds."""
    month, totals = facts.month, facts.month.totals
    what = "phiếu hợp lệ đã công bố" if month.unreleased else "phiếu hợp lệ"
    satisfied = satisfied_with(totals, "với")
    if not totals.participation.returned:
        yield wording.NOTHING_RETURNED
    elif totals.suppressed:
        yield (
            "Số phiếu thu về dưới 10 phiếu; kết quả không trình bày riêng để giữ bí mật phiếu của khách hàng."
        )
    elif not totals.valid:
        yield "Chưa công bố kết quả đánh giá." if month.unreleased else f"{wording.NOTHING_VALID}."
    elif not totals.has_share:
        bad = f", {count(totals.dissatisfied)} phiếu đánh giá không hài lòng" if totals.dissatisfied else ""
        yield (
            f"Có {count(totals.judged[0])} phiếu đánh giá {satisfied}{bad} trong tổng số {count(totals.told.valid)} {what}; "
            "không tính tỷ lệ do số phiếu thu về dưới 30 phiếu."
        )
    elif not totals.dissatisfied:
        yield f"Toàn bộ {totals.valid_text} {what} đánh giá {satisfied}."
    else:
        yield (
            f"Có {count(totals.judged[0])} phiếu đánh giá {satisfied}, đạt {totals.satisfied_share_text} số {what}; "
            f"{count(totals.judged[1])} phiếu đánh giá không hài lòng, chiếm {totals.dissatisfied_share_text}."
        )
    if totals.has_share:
        yield from certainty(facts)


def certainty(facts: Facts) -> Iterator[str]:
    """That ballots were counted, and the bounds over everybody who was asked. Only from 30 ballots on."""
    totals = facts.month.totals
    what = "thu về" if totals.valid == totals.participation.returned else "hợp lệ"
    yield counted_sentence(totals.told.valid, what)
    known = totals.participation
    missing = known.asked - totals.told.valid
    if not missing:
        yield "Toàn bộ phiếu phát ra đã được thu về và hợp lệ."
        return
    if totals.bounds_ends is None:
        return
    low, high = totals.bounds_ends
    less = ", không kể phiếu hủy," if known.cancelled else ""
    yield (
        f"Do còn {count(missing)} phiếu {wording.not_judged(totals)}, tỷ lệ hài lòng tính trên toàn bộ số phiếu phát ra{less} "
        f"nằm trong khoảng từ {low} đến {high}."
    )


def comparison_table(month: Snapshot, number: str) -> Table:
    """The stretch beside the one before, the same last year, and the year to date; "–" where nothing was issued."""
    columns = (month.totals, *(totals for _title, totals in month.comparisons))
    titles = (
        capital(official(month.totals.label)),
        capital(official(month.previous.label)),
        f"Cùng kỳ ({official(month.same_last_year.short_label)})",
        f"Lũy kế từ đầu năm {month.months.last.year}",
    )
    rows = (
        ("Phát ra (phiếu)", "issued_text"),
        ("Thu về (phiếu)", "returned_text"),
        ("Tỷ lệ thu về", "return_rate_text"),
        ("Hài lòng (phiếu)", "satisfied_text"),
        ("Tỷ lệ hài lòng", "satisfied_share_text"),
        ("Không hài lòng (phiếu)", "dissatisfied_text"),
    )
    body = tuple(
        (
            Cell(str(place), "centre"),
            Cell(title),
            *(Cell(getattr(each, name) if each.has_slips else NO_FIGURE, "right") for each in columns),
        )
        for place, (title, name) in enumerate(rows, start=1)
    )
    notes = ["Dấu “–” là chưa có số liệu."] if not all(each.has_slips for each in columns) else []
    notes += [f"{capital(official(each.label))} {each.gap_text}." for each in columns if each.gap_text]
    note = (f"Ghi chú: {' '.join(notes)}",) if notes else ()
    head = (Cell("TT"), Cell("Chỉ tiêu"), *map(Cell, titles))
    return Table(f"{number}. So sánh và lũy kế", "", (9, 48, 27, 27, 27, 27), (head,), body, note)


def change(facts: Facts) -> Iterator[str]:
    month, before = facts.month, facts.month.previous
    if not before.has_slips:
        yield f"{capital(official(before.label))} chưa có số liệu, không so sánh."
    elif before.gap_text:
        yield f"{capital(official(before.label))} {before.gap_text}, không so sánh."
    elif month.totals.has_slips:
        yield f"So với {official(before.label)}, {_moved('số phiếu phát ra', month, 'issued')}, {_moved('số phiếu thu về', month, 'returned')}."
    course = month.over_time
    if course.rate_clause:
        yield f"{capital(course.rate_clause)}: cần xác định nguyên nhân."
    if course.judged_words:
        last = f"{capital(official(course.periods[-1].label))}: "
        yield f"{'' if month.period else last}{course.judged_words}"


def _moved(what: str, month, name: str) -> str:
    step = getattr(month.totals.participation, name) - getattr(month.previous.participation, name)
    if not step:
        return f"{what} không thay đổi"
    return f"{what} {'tăng' if step > 0 else 'giảm'} {count(abs(step))} phiếu"


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
    notes = " ".join(
        ["Ghi chú:", *wording.about_both(month), "Số liệu không dùng để xếp hạng quầy hoặc công chức."]
    )
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


# ── III, IV, foot ──────────────────────────────────────────────────────────────────────


def followed_up(facts: Facts, more: Iterator[int]) -> Iterator[Block]:
    """What came of customers' words, then of leadership's; the tables go on numbering with ``more``."""
    follow = facts.follow_up or FollowUp()
    told = list(cases_said(facts))
    texts = [*told, *follow.paragraphs]
    marked = texts if len(texts) == 1 else [f"{place}. {text}" for place, text in enumerate(texts, start=1)]
    yield from map(Paragraph, marked[: len(told)])
    if facts.handled and facts.handled.closed:
        yield from cases_table(facts, f"Bảng {next(more)}")
    yield from map(Paragraph, marked[len(told) :])
    if follow.directed:
        rows = tuple(
            (
                Cell(str(place), "centre"),
                Cell(row.text),
                Cell(row.who),
                Cell(row.due, "centre"),
                Cell(row.result),
            )
            for place, row in enumerate(follow.directed, start=1)
        )
        head = tuple(map(Cell, ("TT", "Nội dung chỉ đạo", "Đơn vị thực hiện", "Thời hạn", "Kết quả")))
        yield Table(
            f"Bảng {next(more)}. Theo dõi thực hiện ý kiến chỉ đạo", "", (9, 56, 36, 23, 41), (head,), rows
        )


def tasks(facts: Facts) -> Iterator[Block]:
    texts = list(map(sentence, facts.signed.task_lines))
    if facts.is_sealed and facts.seal:
        texts += correction(facts.seal, facts.before)
    if len(texts) == 1:
        yield Paragraph(texts[0])
    else:
        yield from (Paragraph(f"{place}. {text}") for place, text in enumerate(texts, start=1))


def _seal_mark(facts: Facts) -> SealMark | None:
    """The code of the one seal; of several the page that lists them all, as a table of the paper does."""
    if facts.seal is None and facts.month.standing:
        n = len(facts.month.standing)
        return SealMark(
            code=f"{count(n)} mã niêm phong",
            address=facts.results_url,
            before=f"Số liệu {facts.label}:",
            after="Các mã ghi tại bảng mã niêm phong nêu trên. Quét mã để xem mọi mã trên cổng khảo sát của đơn vị, đối "
            "chiếu số liệu và tự kiểm lại.",
        )
    if facts.seal is None:
        return None
    return SealMark(
        code=seal_code(facts.seal.code),
        address=f"{facts.results_url}#{facts.seal.code}",
        before=f"Mã niêm phong số liệu {facts.label} (phiên bản {facts.seal.version}):",
        after="Quét mã hoặc mở trang “Kết quả đã công bố” trên cổng khảo sát của đơn vị để đối chiếu số liệu và tự kiểm lại."
        + (CARRIES if facts.carries else ""),
    )
