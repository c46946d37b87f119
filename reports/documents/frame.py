"""What a paper is made of besides the snapshot, and the parts every paper shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from reports.documents.material import Facts
from reports.exports.content import Basis, Block, Cell, Document, Paragraph, SealMark, Signer, Table
from reports.models import PaperForm, SignedPaper
from reports.month.criteria import CriterionFigures
from reports.month.figures import Figures
from reports.month.snapshot import Snapshot
from reports.month.wording import capital
from surveys.periods import TIME_ZONE
from surveys.vietnamese import long_date, with_long_dates

NO_FIGURE = "–"
ABBREVIATIONS = {"KBNN": "Kho bạc Nhà nước", "NSNN": "ngân sách nhà nước"}
DRAFT = "DỰ THẢO"
DOTS = "……"
BLANK = "\u00a0" * 8  # room for a pen
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")


# ── Frame ──────────────────────────────────────────────────────────────────────────────


def document_of(
    facts: Facts,
    *,
    name: str,
    heading: str,
    subject: tuple[str, ...],
    blocks: Iterable[Block],
    signers: tuple[tuple[Signer, ...], ...],
    is_dated: bool,
    seal: SealMark | None,
) -> Document:
    """The paper with its head and foot."""
    form = facts.form
    return Document(
        name=f"{name}-{facts.month.office.code}-{stretch_of(facts.month)}",
        heading=heading,
        subject=subject,
        parent=tuple(in_capitals(line) for line in form.parent_lines),
        issuer=tuple(in_capitals(line) for line in form.issuer_lines),
        number=number_line(form, facts.signed if facts.is_sealed else None),
        place_and_date=place_and_date(facts) if is_dated else "",
        replaces=replaces(facts, heading),
        sent_to=f"Kính gửi: {form.sent_to}" if is_dated and form.sent_to else "",
        blocks=spelt_out(blocks),
        signers=signers,
        recipients=tuple(recipients(form, reports_upward=is_dated)),
        recipients_beside=is_dated,
        seal=seal if facts.is_sealed else None,
        watermark="" if facts.is_sealed else DRAFT,
        author=form.named,
        dated=facts.dated,
        attached=facts.attached,
    )


def in_capitals(line: str) -> str:
    """The name in capitals; "NHÀ NƯỚC" and "KHU VỰC VIII" are never torn."""
    return re.sub(r"NHÀ NƯỚC|KHU VỰC \S+", lambda found: found[0].replace(" ", "\u00a0"), line.upper())


def spelt_out(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The paper with each abbreviation spelt out where it stands first: in the sentence, or under the table."""
    said = list(blocks)
    for short, long in ABBREVIATIONS.items():
        word = re.compile(rf"(?<![\w/-]){short}\b")
        for place, block in enumerate(said):
            if isinstance(block, Paragraph | Basis) and word.search(block.text):
                said[place] = replace(block, text=word.sub(f"{long} ({short})", block.text, count=1))
                break
            if isinstance(block, Table) and any(word.search(text) for text in _cells_of(block)):
                said[place] = replace(block, notes=(*block.notes, f"{short}: {long}."))
                break
    return tuple(said)


def _cells_of(table: Table) -> Iterator[str]:
    return (cell.text for row in (*table.head, *table.rows) for cell in row)


def stretch_of(month: Snapshot) -> str:
    """The stretch as addresses write it: 2023-05, 2023-Q2, 2022-06..2023-06."""
    return str(month.period or month.months)


def number_line(form: PaperForm, signed: SignedPaper | None) -> str:
    number = f" {signed.number:02}" if signed and signed.number else BLANK
    return f"Số:{number}/{form.symbol_text}"


def place_and_date(facts: Facts) -> str:
    place = facts.form.place or DOTS
    return f"{place}, {day_or_blank(facts.signed.dated_on if facts.is_sealed else None, facts.dated.year)}"


def day_or_blank(day: date | None, year: int) -> str:
    return long_date(day) if day else f"ngày{BLANK}tháng{BLANK}năm {year}"


def replaces(facts: Facts, heading: str) -> str:
    """Nghị định 30/2020, Điều 18: an error of content is mended by a replacing paper with a number of its own."""
    if not facts.is_sealed or facts.before is None:
        return ""
    old = facts.replaced
    year = facts.before.sealed_at.astimezone(TIME_ZONE).year
    number = number_line(facts.form, old).removeprefix("Số:").replace(BLANK, BLANK, 1).strip(" ")
    return (
        f"(Thay thế {heading.capitalize()} số {number} {day_or_blank(old.dated_on if old else None, year)})"
    )


def signer_of(form: PaperForm) -> Signer:
    """Authority, office and name of the signer; room for a pen where the office has not set them."""
    lines = tuple(in_capitals(line) for line in form.authority.splitlines() if line.strip())
    return Signer(lines or (DOTS,), (form.signer,))


def bases_of(texts: Sequence[str]) -> Iterator[Basis]:
    """Căn cứ: ";" behind each, "." behind the last, days in words."""
    ended = [text.rstrip(";. ") for text in texts]
    for place, text in enumerate(ended, start=1):
        begin = "" if text.startswith("Căn cứ") else "Căn cứ "
        yield Basis(f"{begin}{with_long_dates(text)}{'.' if place == len(ended) else ';'}")


def recipients(form: PaperForm, *, reports_upward: bool) -> Iterator[str]:
    """One place a line, ";" behind each, "." behind the last; a paper that has a Kính gửi begins with "Như trên"."""
    places = [place.rstrip(";. ").removeprefix("- ") for place in form.recipient_lines]
    if reports_upward and form.sent_to and not places[0].startswith("Như trên"):
        places.insert(0, "Như trên")
    if not any("Lưu" in place for place in places):
        places.append("Lưu: VT")
    for place in places:
        yield f"{place}{'.' if place is places[-1] else ';'}"


def seal_code(code: str) -> str:
    """Four digits at a time: 7c1f 09ae 52d4 b83e."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


# ── Words ──────────────────────────────────────────────────────────────────────────────


def moment(at: datetime | None, facts: Facts) -> str:
    """Return "14 giờ 00 phút, ngày 05 tháng 6 năm 2023"; dots for a pen where it is not known."""
    if at is None:
        _day, _, month = (
            long_date(facts.dated.astimezone(TIME_ZONE).date()).removeprefix("ngày ").partition(" ")
        )
        return f"{DOTS} giờ {DOTS} phút, ngày {DOTS} {month}"
    local = at.astimezone(TIME_ZONE)
    return f"{local:%H} giờ {local:%M} phút, {long_date(local.date())}"


def quoted(names: Sequence[str]) -> str:
    """Return “A”, “B” và “C”."""
    marked = [f"“{name}”" for name in names]
    return " và ".join([", ".join(marked[:-1]), marked[-1]]) if len(marked) > 1 else "".join(marked)


def sections(parts: Iterable[tuple[str, Sequence[Block]]]) -> Iterator[tuple[str, Sequence[Block]]]:
    """Number the headings of those parts that say something."""
    filled = [(title, blocks) for title, blocks in parts if blocks]
    for numeral, (title, blocks) in zip(_ROMAN, filled, strict=False):
        yield f"{numeral}. {title}", blocks


def sentence(text: str) -> str:
    """Capital letter and one full stop."""
    return capital(text.strip()).rstrip(".") + "."


# ── Tables ─────────────────────────────────────────────────────────────────────────────


def verdict_cells(figures: Figures | CriterionFigures, *, bold: bool = False) -> tuple[Cell, ...]:
    """Satisfied and dissatisfied, each with its share: four cells, or one that says why there are none."""
    texts = (
        figures.satisfied_text,
        figures.satisfied_share_text,
        figures.dissatisfied_text,
        figures.dissatisfied_share_text,
    )
    if len(set(texts)) == 1 and not texts[0].isdigit():
        return (Cell(texts[0], "centre", bold, across=4),)
    return tuple(Cell(text, "right", bold) for text in texts)


def criteria_table(month: Snapshot, caption: str) -> Table:
    """The criteria in the order of the ballot, then all of them together."""
    base = month.totals.valid_text
    head = (
        (
            Cell("TT", down=2),
            Cell("Tiêu chí", down=2),
            Cell("Hài lòng", across=2),
            Cell("Không hài lòng", across=2),
            Cell("Tổng số phiếu", down=2),
        ),
        (Cell("Số phiếu"), Cell("Tỷ lệ"), Cell("Số phiếu"), Cell("Tỷ lệ")),
    )
    rows = tuple(
        (
            Cell(str(place), "centre"),
            Cell(criterion.name),
            *verdict_cells(criterion),
            Cell(criterion.answered_text, "right"),
        )
        for place, criterion in enumerate(month.criteria, start=1)
    )
    together = capital(month.totals.all_criteria_text)
    total = (Cell("", "centre"), Cell(together, bold=True), *verdict_cells(month.totals, bold=True))
    if together:
        rows = (*rows, (*total, Cell(base, "right", bold=True)))
    note = "Ghi chú: Phiếu được tính hài lòng khi khách hàng chọn mức hài lòng ở mọi tiêu chí đã trả lời."
    return Table(
        caption, f"(tính trên {base} phiếu hợp lệ)", (9, 63, 19, 18, 19, 18, 19), head, rows, (note,)
    )
