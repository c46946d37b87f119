"""Biên bản kiểm phiếu: what the counting team signs. Form: Nghị định 30/2020/NĐ-CP, Phụ lục III, Mẫu 1.9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.conf import settings

from reports.arithmetic.shares import grouped, share
from reports.arithmetic.suppression import PERCENT_FROM
from reports.arithmetic.wording import organisations_clause
from reports.documents.frame import (
    DOTS,
    NO_FIGURE,
    criteria_table,
    document_of,
    moment,
    seal_code,
    sections,
    sentence,
)
from reports.documents.material import Facts, ScanUse
from reports.exports.content import Block, Cell, Document, Heading, Paragraph, SealMark, Signer, Table
from reports.models import PaperPerson, PersonPart, Seal
from reports.month.figures import ChannelRow, Totals
from reports.month.wording import capital, not_told
from surveys import evidence
from surveys.choices import SlipChannel
from surveys.periods import TIME_ZONE, closing_from
from surveys.vietnamese import count, long_date, with_long_dates

#: What a correction may change, as the seal names it; the verdicts are told only where both versions may be.
CHANGING = {
    "issued": "số phiếu phát ra",
    "cancelled": "số phiếu hủy",
    "expired": "số phiếu không thu về",
    "returned": "số phiếu thu về",
}
CHANGING_VERDICTS = {
    "void": "số phiếu không hợp lệ",
    "valid": "số phiếu hợp lệ",
    "satisfied": "số phiếu hài lòng",
    "dissatisfied": "số phiếu không hài lòng",
}


def minutes(facts: Facts) -> Document:
    """The minutes of one period; a draft while it is not sealed."""
    return document_of(
        facts,
        name="bien-ban-kiem-phieu",
        heading="BIÊN BẢN",
        subject=("Kiểm phiếu đánh giá mức độ hài lòng của khách hàng", facts.label),
        blocks=_blocks(facts),
        signers=_signers(facts),
        is_dated=False,
        seal=seal_mark(facts),
    )


def _blocks(facts: Facts) -> Iterator[Block]:
    yield from map(Paragraph, _opening(facts))
    parts: list[tuple[str, Sequence[Block]]] = [
        ("THÀNH PHẦN THAM DỰ", [Paragraph(text) for text in _people(facts)]),
        ("TÌNH HÌNH PHÁT PHIẾU, THU PHIẾU", list(_participation(facts))),
        ("KẾT QUẢ KIỂM PHIẾU", list(_result(facts))),
        ("KẾT LUẬN", [Paragraph(text) for text in _conclusion(facts)]),
    ]
    for title, blocks in sections(parts):
        yield Heading(title)
        yield from blocks


def _opening(facts: Facts) -> Iterator[str]:
    period = facts.period
    last = (closing_from(period, settings.SLIP_GRACE_DAY) - timedelta(days=1)).date()
    yield f"Thời gian bắt đầu: {moment(facts.signed.began_at, facts)}."
    yield f"Địa điểm: {facts.form.room or DOTS}, trụ sở {facts.month.office.name}."
    yield (
        f"Kỳ kiểm phiếu: Phiếu phát ra từ {long_date(period.first_day)} đến hết {long_date(period.last_day)}, "
        f"thu về đến hết {long_date(last)}."
    )


def _people(facts: Facts) -> Iterator[str]:
    form = facts.form
    under = f", thành lập theo {with_long_dates(form.decision)}" if form.decision else ""
    yield f"1. Tổ kiểm phiếu{under}:"
    for part in (PersonPart.CHAIR, PersonPart.SECRETARY, PersonPart.MEMBER):
        said = _persons(form.those(part))
        if said or part != PersonPart.MEMBER:
            yield f"- {part.label}: {said or DOTS}"
    yield f"2. Người chứng kiến: {_persons(form.those(PersonPart.WITNESS)) or DOTS}"


def _persons(people: list[PaperPerson]) -> str:
    """Return "Ông A, chuyên viên; bà B, chuyên viên."; '' for nobody."""
    said = "; ".join(f"{person.said[:1].lower()}{person.said[1:]}" for person in people)
    return capital(f"{said}.") if said else ""


def _participation(facts: Facts) -> Iterator[Block]:
    month, known = facts.month, facts.month.totals.participation
    yield Paragraph(f"1. {_boxes(facts)}")
    yield Paragraph("2. Kết quả đối chiếu phiếu phát ra và phiếu thu về như sau:")
    yield channels_table(facts)
    yield from map(Paragraph, _whose(facts))
    sums = (
        f"Số phiếu phát ra ({grouped(known.issued)}) bằng tổng số phiếu thu về ({count(known.returned)}), "
        f"không thu về ({count(known.not_returned)}) và hủy ({count(known.cancelled)})."
    )
    if known.is_settled:
        yield Paragraph(f"{sums} Số liệu khớp.")
    else:
        open_slips = known.issued - known.returned - known.expired - known.cancelled
        yield Paragraph(
            f"{sums} Trong số không thu về còn {count(open_slips)} phiếu chưa hết hạn hoặc chưa nhập."
        )
    noted = (f"Ghi chú đối chiếu: {sentence(note)}" for note in facts.notes)
    numbered = [*_paper(facts), *_valid(facts), *noted, *_restored(facts), *_explained(facts)]
    numbered += [f"Vân tay khoá niêm phong hòm phiếu trong {facts.word}: {name}." for name in facts.box_keys]
    yield from (Paragraph(f"{place}. {text}") for place, text in enumerate(numbered, start=3))
    if facts.voids and facts.is_sealed and month.totals.shown.has_counts:
        yield _void_table(facts)


def _whose(facts: Facts) -> Iterator[str]:
    """That slips are no customers: of how many organisations they were. The minutes are public: of few, nothing."""
    whose = facts.month.organisations
    if whose and whose.are_many:
        issued = count(facts.month.totals.participation.issued)
        yield f"Số phiếu phát ra là {issued} phiếu{organisations_clause(whose.office)}; một tổ chức có thể nhận nhiều phiếu."


def _uses_paper(facts: Facts) -> bool:
    return any(row.code == SlipChannel.PAPER for row in facts.month.channels)


def _boxes(facts: Facts) -> str:
    if facts.signed.boxes:
        return sentence(facts.signed.boxes)
    if not _uses_paper(facts):
        return f"Trong {facts.word} không sử dụng phiếu giấy."
    return (
        f"Trước khi mở, {DOTS} hòm phiếu giấy còn nguyên niêm phong; số niêm phong {DOTS}; "
        "người chứng kiến đã kiểm tra, xác nhận."
    )


def _paper(facts: Facts) -> Iterator[str]:
    used = facts.paper
    if not _uses_paper(facts) or used is None:
        return
    differing = (
        f"có {count(used.differing)} phiếu nhập lệch, đã đối chiếu với phiếu gốc và thống nhất"
        if used.differing
        else "không có phiếu nhập lệch"
    )
    foreign = (
        f" Có {count(used.foreign)} phiếu không phải mẫu phiếu do đơn vị phát ra, không tính vào kết quả."
        if used.foreign
        else ""
    )
    yield (
        f"Phiếu giấy: số phiếu trong hòm ({count(used.sheets)}) không vượt quá số cuống phiếu ({count(used.stubs)}). "
        f"Hai thành viên nhập độc lập; {differing}.{foreign}"
    )
    yield from map(_scan, used.scans)


def _scan(scan: ScanUse) -> str:
    """That a machine read first, and how it was checked."""
    if scan.is_refuted:
        checked = "phiếu rút ngẫu nhiên có phiếu lệch nên người thứ hai nhập lại cả xấp"
    elif scan.is_keyed_whole:
        checked = "người thứ hai nhập mù cả xấp"
    else:
        checked = (
            f"người thứ hai nhập mù {count(scan.sample)} phiếu rút ngẫu nhiên (số rút {scan.draw}) và mọi phiếu chưa chắc, "
            "không có phiếu lệch"
        )
    changed = f"người xem sửa {count(scan.changed)} dấu" if scan.changed else "người xem không sửa dấu nào"
    return (
        f"Máy đọc ảnh quét của một xấp {count(scan.sheets)} tờ (ngưỡng {scan.thresholds}): {count(scan.sure)} phiếu đọc chắc chắn, "
        f"{count(scan.sheets - scan.sure)} tờ do người quyết định; {changed}; {checked}. Ảnh đã hủy."
    )


def _restored(facts: Facts) -> Iterator[str]:
    for gap in facts.restored:
        called_back = (
            f"{count(gap.cancelled)} phiếu phát ra trước đó, chưa dùng, đã hủy và tính ở dòng “Hủy”"
            if gap.cancelled
            else "không có phiếu nào của kỳ phải hủy"
        )
        yield (
            f"Khôi phục dữ liệu: hệ thống được khôi phục lúc {moment(gap.until, facts)} từ bản sao lưu lúc "
            f"{moment(gap.since, facts)}. Phiếu gửi về trong khoảng thời gian đó có thể đã mất và không tính được; {called_back}."
        )


def _explained(facts: Facts) -> Iterator[str]:
    for word in facts.explained:
        yield (
            f"Giải trình về tín hiệu tại quầy {word.counter}, {word.author} ghi {long_date(word.on)}: "
            f"{sentence(word.text)}"
        )


def _valid(facts: Facts) -> Iterator[str]:
    totals = facts.month.totals
    known = totals.participation
    if not known.returned:
        yield "Không có phiếu thu về; Tổ kiểm phiếu chỉ đối chiếu số phiếu phát ra, hủy và hết hạn."
    if not totals.shown.has_counts:
        return
    told = totals.told
    begin = f"Số phiếu thu về là {count(known.returned)} phiếu; số phiếu hợp lệ là {count(told.valid)} phiếu"
    has_share = told.ballots >= PERCENT_FROM and not facts.month.unreleased
    if not told.void:
        yield f"{begin}{', chiếm 100%' if has_share else ''}; không có phiếu không hợp lệ."
        return
    parts = [f", chiếm {share(n, told.ballots)}" if has_share else "" for n in (told.valid, told.void)]
    yield (
        f"{begin}{parts[0]}; số phiếu không hợp lệ là {count(told.void)} phiếu{parts[1]}. Mỗi phiếu không hợp lệ "
        "do một thành viên đề nghị, một thành viên khác duyệt; phiếu được ghi lý do và lưu riêng."
    )


NOT_TOLD_APART = (
    "Ghi chú: Dấu “–” là không tách được: phiếu trong hòm không ghi cách phát phiếu, "
    "để không ai biết khách hàng nào trả lời thế nào.",
)


def channels_table(facts: Facts) -> Table:
    """Participation by the way ballots were handed out; what the box holds is known for the whole only."""
    month = facts.month
    rows = (
        ("Phát ra", "issued_text", True),
        ("Hủy", None, False),
        ("Không thu về", None, False),
        ("Thu về", "returned_text", True),
        ("Tỷ lệ thu về (4 : 1)", "return_rate_text", False),
    )
    counts = {"Hủy": "cancelled", "Không thu về": "not_returned"}

    def cells(title: str, name: str | None, bold: bool) -> Iterator[Cell]:
        columns: list[ChannelRow | Totals] = [*month.channels, month.totals]
        for row in columns:
            text = getattr(row, name) if name else grouped(getattr(row.participation, counts[title]))
            yield Cell(text, "right", bold)

    body = [
        (Cell(str(place), "centre", bold), Cell(title, bold=bold), *cells(title, name, bold))
        for place, (title, name, bold) in enumerate(rows, start=1)
    ]
    for title, text in (
        ("Phiếu hợp lệ", month.totals.valid_text),
        ("Phiếu không hợp lệ", month.totals.void_text),
    ):
        unknown = [Cell(NO_FIGURE, "right") for _row in month.channels]
        body.append((Cell(str(len(body) + 1), "centre"), Cell(title), *unknown, Cell(text, "right")))
    columns = len(month.channels) + 1
    each = min(30, 100 // columns)
    return Table(
        "Bảng 1. Đối chiếu phiếu phát ra, thu về",
        "(đơn vị tính: phiếu)",
        (9, 165 - 9 - each * columns, *[each] * columns),
        ((Cell("TT"), Cell("Nội dung"), *(Cell(row.name) for row in month.channels), Cell("Tổng số")),),
        tuple(body),
        NOT_TOLD_APART if month.channels else (),
    )


def _void_table(facts: Facts) -> Table:
    rows = [
        (Cell(str(place), "centre"), Cell(reason), Cell(grouped(n), "right"))
        for place, (reason, n) in enumerate(facts.voids, start=1)
    ]
    return Table(
        "Bảng 2. Phiếu không hợp lệ theo lý do",
        "(đơn vị tính: phiếu)",
        (9, 126, 30),
        ((Cell("TT"), Cell("Lý do"), Cell("Số phiếu")),),
        (
            *rows,
            (
                Cell("", "centre"),
                Cell("Tổng số", bold=True),
                Cell(facts.month.totals.void_text, "right", True),
            ),
        ),
    )


def _result(facts: Facts) -> Iterator[Block]:
    month = facts.month
    if month.totals.suppressed:
        yield Paragraph(
            "Số phiếu thu về dưới 10 phiếu; kết quả theo tiêu chí được niêm phong, không ghi tại biên bản này "
            "để giữ bí mật phiếu của khách hàng."
        )
    elif month.totals.valid:
        place = 3 if facts.voids and facts.is_sealed else 2
        yield criteria_table(month, f"Bảng {place}. Kết quả đánh giá theo tiêu chí")
    if not facts.is_sealed:
        yield from map(Paragraph, not_told(month))
    if facts.comments is not None and not month.totals.suppressed:
        yield Paragraph(
            f"Có {count(facts.comments)} phiếu ghi ý kiến góp ý; nội dung do lãnh đạo đơn vị xem xét, trả lời, "
            "không chép vào biên bản để giữ bí mật người góp ý."
            if facts.comments
            else "Không có phiếu ghi ý kiến góp ý."
        )


def _conclusion(facts: Facts) -> Iterator[str]:
    opinions = f"ý kiến khác: {facts.signed.opinions}" if facts.signed.opinions else "không có ý kiến khác"
    yield sentence(f"Tổ kiểm phiếu và người chứng kiến thống nhất kết quả nêu trên; {opinions}")
    if facts.is_sealed and facts.seal:
        sealed = facts.seal.sealed_at.astimezone(TIME_ZONE)
        yield (
            f"Kết quả kiểm phiếu {facts.label} được niêm phong điện tử lúc {moment(sealed, facts)}, "
            f"phiên bản {facts.seal.version}, mã niêm phong {seal_code(facts.seal.code)}. Sau khi niêm phong, "
            "số liệu không thay đổi; việc điều chỉnh (nếu có) được lập thành phiên bản mới, nêu rõ lý do."
        )
        yield from correction(facts.seal, facts.before)
    else:
        yield "Kết quả chưa niêm phong; số liệu có thể thay đổi đến khi niêm phong."
    yield (
        f"Biên bản được lập thành {count(facts.form.copies)} bản, đã đọc lại cho những người có mặt cùng nghe, "
        "thống nhất và ký tên."
    )
    ended = facts.signed.ended_at if facts.is_sealed else None
    yield f"Việc kiểm phiếu kết thúc vào {moment(ended, facts)}./."


def correction(seal: Seal, before: Seal | None) -> Iterator[str]:
    """What version n+1 replaces, why, and which counts changed; nothing for a first version."""
    if before is None:
        return
    old, new = _lines_of(before), _lines_of(seal)
    told = CHANGING | (CHANGING_VERDICTS if min(_valid_of(old), _valid_of(new)) >= PERCENT_FROM else {})
    changed = [
        f"{label} từ {grouped(int(old[key]))} thành {grouped(int(new[key]))}"
        for key, label in told.items()
        if old.get(key, "").isdigit() and new.get(key, "").isdigit() and old[key] != new[key]
    ]
    said = f"Số liệu thay đổi: {'; '.join(changed)}." if changed else "Số liệu kiểm phiếu không thay đổi."
    yield (
        f"Phiên bản {seal.version} thay thế phiên bản {before.version}. Lý do: {sentence(seal.reason)} {said} "
        "Cả hai phiên bản đều được công bố."
    )


def _lines_of(seal: Seal) -> dict[str, str]:
    return evidence.stated(seal.text)


def _valid_of(lines: dict[str, str]) -> int:
    return int(lines.get("valid") or 0)


def seal_mark(facts: Facts) -> SealMark | None:
    if facts.seal is None:
        return None
    return SealMark(
        code=seal_code(facts.seal.code),
        address=f"{facts.results_url}#{facts.seal.code}",
        before=f"Mã niêm phong (phiên bản {facts.seal.version}):",
        after="Quét mã để đối chiếu với kết quả đã công bố và tự kiểm lại.",
    )


def _signers(facts: Facts) -> tuple[tuple[Signer, ...], ...]:
    """The secretary on the left, the chair on the right; members and witnesses below (Mẫu 1.9)."""

    def signer(part: PersonPart) -> Signer:
        names = tuple(person.name for person in facts.form.those(part))
        return Signer((part.label.upper(),), names or ("",))

    first = (signer(PersonPart.SECRETARY), signer(PersonPart.CHAIR))
    second = tuple(
        signer(part)
        for part in (PersonPart.MEMBER, PersonPart.WITNESS)
        if part == PersonPart.WITNESS or facts.form.those(part)
    )
    return first, second
