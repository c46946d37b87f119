"""Báo cáo kết quả đợt khảo sát: a standing in the layout of Nghị định 30/2020/NĐ-CP. What it says is the signed document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.conf import settings

from reports.arithmetic.wording import PLACES_REST_ON_COUNTS, country_sentence
from reports.documents.frame import (
    NO_FIGURE,
    bases_of,
    day_or_blank,
    in_capitals,
    number_line,
    recipients,
    seal_code,
    signer_of,
    spelt_out,
)
from reports.exports.content import CENTRE, RIGHT, Block, Cell, Document, Heading, Paragraph, SealMark, Table
from reports.models import PaperForm, PaperKind, Standing
from reports.standings.pages import bands, below_target, percent_of
from surveys.models import Office, User
from surveys.periods import TIME_ZONE
from surveys.vietnamese import clerk_date, count, group, long_date

WIDTHS = (14, 61, 22, 26, 24, 18)  # millimetres, together 165
HEAD = ("Hạng", "Đơn vị", "Điểm", "Từ – đến", "Số phiếu", "Chỉ tiêu")
WHOLE_COUNTRY = "Kho bạc Nhà nước"


def report(standing: Standing) -> Document:
    """The head office's own paper settings, where it has some, give head, bases, signer and recipients."""
    said, form = standing.document, form_of(standing)
    return Document(
        name=f"bao-cao-{said['campaign']}",
        heading="BÁO CÁO",
        subject=(f"Kết quả {said['name']}", "điểm và thứ hạng của các đơn vị"),
        parent=tuple(in_capitals(line) for line in form.parent_lines) or ("BỘ TÀI CHÍNH",),
        issuer=tuple(in_capitals(line) for line in form.issuer_lines),
        number=number_line(form, None),
        place_and_date=f"{form.place or 'Hà Nội'}, {day_or_blank(None, standing.signed_at.astimezone(TIME_ZONE).year)}",
        replaces=_replaces(standing),
        sent_to=f"Kính gửi: {form.sent_to}" if form.sent_to else "",
        blocks=spelt_out(_blocks(standing, form)),
        signers=((signer_of(form),),),
        recipients=tuple(recipients(form, reports_upward=True)),
        recipients_beside=True,
        seal=SealMark(
            code=seal_code(standing.code),
            address=f"{settings.BASE_URL}/results/c/{said['campaign']}/#{standing.code}",
            before=f"Mã niêm phong (phiên bản {standing.version}):",
            after="Quét mã để xem bảng số và tự tính lại thứ hạng.",
        ),
        watermark="",
        author=form.named,
        dated=standing.signed_at,
    )


def form_of(standing: Standing) -> PaperForm:
    """The paper settings of the office of the first signature, who signs for the whole campaign."""
    office = standing.first.office or Office(code="KBNN", name=WHOLE_COUNTRY)
    form = (
        PaperForm.of(office, PaperKind.REPORT)
        if office.pk
        else PaperForm(office=office, kind=PaperKind.REPORT)
    )
    form.recipients = form.recipients or "Các đơn vị được khảo sát\nLưu: VT"
    return form


def _replaces(standing: Standing) -> str:
    if standing.version > 1:
        return f"(Bản {standing.version}, thay bản trước. Lý do: {standing.reason})"
    return f"(Không có phiếu nào. Lý do: {standing.reason})" if standing.reason else ""


def _blocks(standing: Standing, form: PaperForm) -> Iterator[Block]:
    said = standing.document
    first, last = (date.fromisoformat(said[key]) for key in ("from", "to"))
    yield from bases_of([said["legal_basis"], *form.base_lines])
    yield Paragraph(f"{form.named} báo cáo kết quả {said['name']} như sau:")
    if said["notice"]:
        yield Paragraph(said["notice"])
    yield Heading("I. CÁCH TIẾN HÀNH")
    yield Paragraph(f"Thời gian: từ {long_date(first)} đến hết {long_date(last)}.")
    for extension in said["extensions"]:
        until = clerk_date(date.fromisoformat(extension["until"]))
        yield Paragraph(f"Gia hạn đến ngày {until}. Lý do: {extension['reason']}.")
    yield Paragraph(
        f"Số đơn vị: {len(said['units'])}, được xếp hạng: {said['ranked']}. {_of_the_country(said)}"
    )
    yield Paragraph(said["formula"]["text"])
    yield from map(Paragraph, _reading(said))
    yield Heading("II. ĐIỂM VÀ THỨ HẠNG")
    yield Table(
        caption="Bảng 1. Điểm và thứ hạng",
        unit="",
        widths=WIDTHS,
        head=(tuple(Cell(text, CENTRE, bold=True) for text in HEAD),),
        rows=tuple(tuple(_cells(unit)) for unit in said["units"]),
        notes=tuple(_notes(said)),
    )
    signed = "; ".join(map(_named, (standing.first, standing.second)))
    day = long_date(standing.signed_at.astimezone(TIME_ZONE).date())
    yield Paragraph(f"Kết quả được hai người ký điện tử và niêm phong {day}: {signed}.")
    yield Paragraph(f"{form.named} trân trọng báo cáo./.")


def _named(signer: User) -> str:
    """Name and office held, as far as it is known."""
    return ", ".join(filter(None, (signer.get_full_name(), signer.title)))


def _reading(said: dict) -> Iterator[str]:
    """How to read the places; nothing of what does not occur."""
    if said["ranked"]:
        sure = percent_of(said["confidence"])
        yield (
            "Cột “Từ – đến” là thứ hạng tốt nhất và thấp nhất có thể của đơn vị, với số phiếu đã có; các khoảng cùng đúng "
            f"với độ tin cậy {sure}%, tính chung cho cả {said['ranked']} đơn vị. {PLACES_REST_ON_COUNTS if 'bound' in said else ''}"
        ).strip()
        yield bands(said, count)
    if few := below_target(said):
        with_target = sum(bool(unit["target"]) for unit in said["units"])
        yield f"{count(few)} trong {count(with_target)} đơn vị có số phiếu dưới chỉ tiêu của mình."
    if any((unit["modes"] or {}).get("open", {}).get("n") for unit in said["units"]):
        yield (
            "Ai trả lời mở là tự nguyện trả lời; trả lời mở không đòi tài khoản nên không thể nói mỗi người chỉ trả lời một lần."
        )


def _notes(said: dict) -> Iterator[str]:
    if any(unit["place"] is None for unit in said["units"]):
        yield f"Ghi chú: Dấu “–” là không xếp hạng, vì có dưới {said['minimum_n']} phiếu."
    if any(unit["n"] is None for unit in said["units"]):
        yield "“<10”: dưới 10 phiếu, không nêu số phiếu để giữ bí mật phiếu của khách hàng."


def _of_the_country(said: dict) -> str:
    n, units = group(said["country"]["n"]), said["country"].get("units")
    # What was signed before version 2 does not say of how many units it is the sum.
    return f"Số phiếu trả lời: {n}." + (f" {country_sentence(units)}" if units is not None else "")


def _cells(unit: dict) -> Iterator[Cell]:
    ranked = unit["place"] is not None
    yield Cell(str(unit["place"]) if ranked else NO_FIGURE, CENTRE)
    yield Cell(unit["name"])
    yield Cell(unit["score"].replace(".", ",") if unit["score"] else NO_FIGURE, RIGHT)
    yield Cell(f"{unit['place_low']} – {unit['place_high']}" if ranked else NO_FIGURE, CENTRE)
    yield Cell("<10" if unit["n"] is None else group(unit["n"]), RIGHT)
    yield Cell(group(unit["target"]) if unit["target"] else NO_FIGURE, RIGHT)
