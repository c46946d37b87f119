"""A standing as tables to be carried away, and as machines read it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reports.arithmetic.wording import PLACES_REST_ON_COUNTS
from reports.exports.content import Figure, Sheet, Workbook
from reports.models import Standing
from reports.standings.pages import band_words, below_target, count_of, points_of
from surveys.vietnamese import group


def workbook(standing: Standing) -> Workbook:
    """The standing as tables: places, sections, and the calculation of every unit, to be redone in a spreadsheet."""
    said = standing.document
    return Workbook(
        name=f"xep-hang-{said['campaign']}",
        title=f"{said['name']}: điểm và thứ hạng",
        office="Kho bạc Nhà nước",
        stretch=f"{said['from']} đến {said['to']}",
        state=f"Phiên bản {standing.version}",
        seal_code=standing.code,
        sources=tuple(filter(None, (said["legal_basis"], said["notice"], said["formula"]["text"]))),
        sheets=(
            _places(said),
            _sections(said),
            Sheet(
                "phep-tinh",
                "Phép tính",
                "Đơn vị, tiêu chí, mức",
                ("Số câu trả lời", "Điểm của mức"),
                tuple(_levels(said)),
            ),
        ),
        dated=standing.signed_at,
    )


def _places(said: dict) -> Sheet:
    return Sheet(
        "xep-hang",
        "Xếp hạng",
        "Đơn vị",
        (
            "Mã",
            "Hạng",
            "Hạng tốt nhất",
            "Hạng thấp nhất",
            "Nhóm",
            "Điểm",
            "Khoảng từ",
            "Khoảng đến",
            "Số phiếu",
            "Chỉ tiêu phiếu",
        ),
        tuple((unit["name"], tuple(_figures(unit, said["ranked"]))) for unit in said["units"]),
        tuple(filter(None, (said["notice"], *_reading(said)))),
    )


def _sections(said: dict) -> Sheet:
    sections = said["formula"]["sections"]
    return Sheet(
        "phan",
        "Điểm từng phần",
        "Đơn vị",
        tuple(section["title"] or section["code"] for section in sections),
        tuple(
            (
                unit["name"],
                tuple(_decimal((unit["sections"] or {}).get(section["code"])) for section in sections),
            )
            for unit in said["units"]
        ),
    )


def interface(standing: Standing) -> dict:
    """What machines are told of a campaign's places (the contract's document)."""
    keys = ("office", "name", "score", "place", "place_low", "place_high", "n", "target")
    said = standing.document
    return {
        "campaign": said["campaign"],
        "version": standing.version,
        "notice": said["notice"],
        "seal_code": standing.code,
        "offices": [{key: unit[key] for key in keys} for unit in said["units"]],
    }


def _levels(said: dict) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    for unit in said["units"]:
        for criterion in said["formula"]["criteria"] if unit["levels"] else ():
            counts = unit["levels"].get(criterion["code"], {})
            for level in criterion["levels"]:
                n = counts.get(str(level["level"]), 0)
                points = points_of(level["points"])
                name = f"{unit['office']} · {criterion['code']} · {level['label']}"
                yield name, (Figure(group(n), n), Figure(points.replace(".", ","), Decimal(points)))


def _reading(said: dict) -> Iterator[str]:
    if "bound" in said:
        yield PLACES_REST_ON_COUNTS
    if few := below_target(said):
        yield f"{few} đơn vị có số phiếu dưới chỉ tiêu của mình."


def _figures(unit: dict, ranked: int) -> Iterator[Figure]:
    yield Figure(unit["office"])
    for key in ("place", "place_low", "place_high"):
        yield Figure(str(unit[key]) if unit[key] else "–", unit[key])
    yield Figure(band_words(unit, ranked) or "–")
    for key in ("score", "low", "high"):
        yield _decimal(unit[key])
    yield Figure(count_of(unit["n"]), unit["n"])
    yield Figure(group(unit["target"]) if unit["target"] else "–", unit["target"])


def _decimal(text: str | None) -> Figure:
    return Figure(text.replace(".", ","), Decimal(text)) if text else Figure("–")
