"""Báo cáo kết quả đợt khảo sát: a standing in the layout of Nghị định 30/2020/NĐ-CP. What it says is the signed document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.conf import settings

from reports.arithmetic.wording import country_sentence
from reports.exports.content import (
    CENTRE,
    RIGHT,
    Basis,
    Block,
    Cell,
    Heading,
    Paper,
    Paragraph,
    SealMark,
    Signer,
    Table,
)
from reports.models import Standing
from surveys.vietnamese import group, long_date, short_date

WIDTHS = (14, 61, 22, 26, 24, 18)  # millimetres, together 165
HEAD = ("Hạng", "Đơn vị", "Điểm", "Từ – đến", "Số phiếu", "Chỉ tiêu")


def _replaces(standing: Standing) -> str:
    if standing.version > 1:
        return f"Bản {standing.version}, thay bản trước. Lý do: {standing.reason}"
    return f"Không có phiếu nào. Lý do: {standing.reason}" if standing.reason else ""


def report(standing: Standing) -> Paper:
    said = standing.document
    return Paper(
        name=f"bao-cao-{said['campaign']}",
        heading="BÁO CÁO",
        subject=(f"Kết quả {said['name']}", "điểm và thứ hạng của các đơn vị"),
        parent=("BỘ TÀI CHÍNH",),
        issuer=("KHO BẠC NHÀ NƯỚC",),
        number="Số:        /BC-KBNN",
        place_and_date="Hà Nội, ngày      tháng      năm",
        replaces=_replaces(standing),
        sent_to="",
        blocks=tuple(_blocks(said)),
        signers=(
            (
                Signer(("NGƯỜI KÝ THỨ NHẤT",), (standing.first.get_full_name(),)),
                Signer(("NGƯỜI KÝ THỨ HAI",), (standing.second.get_full_name(),)),
            ),
        ),
        recipients=("Các đơn vị được xếp hạng;", "Lưu: VT."),
        recipients_beside=False,
        seal=SealMark(
            code=standing.code,
            address=f"{settings.BASE_URL}/results/c/{said['campaign']}/#{standing.code}",
            before="Mã niêm phong",
            after="Quét mã để xem bảng số và tự tính lại thứ hạng.",
        ),
        watermark="",
        author="Kho bạc Nhà nước",
        dated=standing.signed_at,
    )


def _blocks(said: dict) -> Iterator[Block]:
    first, last = (date.fromisoformat(said[key]) for key in ("from", "to"))
    yield Basis(f"Căn cứ {said['legal_basis']};")
    if said["notice"]:
        yield Paragraph(said["notice"])
    yield Heading("I. CÁCH TIẾN HÀNH")
    yield Paragraph(f"Thời gian: từ {long_date(first)} đến hết {long_date(last)}.")
    for extension in said["extensions"]:
        until = short_date(date.fromisoformat(extension["until"]))
        yield Paragraph(f"Gia hạn đến {until}. Lý do: {extension['reason']}.")
    yield Paragraph(
        f"Số đơn vị: {len(said['units'])}, được xếp hạng: {said['ranked']}. {_of_the_country(said)}"
    )
    yield Paragraph(said["formula"]["text"])
    yield Paragraph(
        "Cột “Từ – đến” là thứ hạng tốt nhất và thấp nhất có thể của đơn vị; các khoảng cùng đúng với độ tin cậy "
        f"{said['confidence'].replace('.', ',')}. Trả lời mở không đòi tài khoản nên không thể nói mỗi người chỉ trả lời một lần."
    )
    yield Heading("II. ĐIỂM VÀ THỨ HẠNG")
    yield Table(
        caption="Bảng 1. Điểm và thứ hạng",
        unit="",
        widths=WIDTHS,
        head=(tuple(Cell(text, CENTRE, bold=True) for text in HEAD),),
        rows=tuple(tuple(_cells(unit)) for unit in said["units"]),
        notes=("“–”: không xếp hạng vì ít phiếu.",),
    )


def _of_the_country(said: dict) -> str:
    n, units = group(said["country"]["n"]), said["country"].get("units")
    # What was signed before version 2 does not say of how many units it is the sum.
    return f"Số phiếu trả lời: {n}." + (f" {country_sentence(units)}" if units is not None else "")


def _cells(unit: dict) -> Iterator[Cell]:
    ranked = unit["place"] is not None
    yield Cell(str(unit["place"]) if ranked else "–", CENTRE)
    yield Cell(unit["name"])
    yield Cell(unit["score"].replace(".", ",") if unit["score"] else "–", RIGHT)
    yield Cell(f"{unit['place_low']} – {unit['place_high']}" if ranked else "–", CENTRE)
    yield Cell("<10" if unit["n"] is None else group(unit["n"]), RIGHT)
    yield Cell(group(unit["target"]) if unit["target"] else "–", RIGHT)
