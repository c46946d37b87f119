"""A questionnaire as a workbook to carry away and edit: one sheet a kind of row, read back by `questionnaire_import`."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from surveys.models import Criterion, QuestionnaireVersion

HEADS = {
    "mau_phieu": ("ma", "ten", "cau_hoi_chung", "cau_hoi_chung_en"),
    "phan": ("ma", "ten", "ten_en", "trong_so"),
    "cau_hoi": (
        "ma",
        "phan",
        "cau_hoi",
        "cau_hoi_en",
        "ten_gon",
        "thang_do",
        "trong_so",
        "khong_ap_dung",
        "hoi_sau",
        "khi_muc",
    ),
    "cau_hoi_mo": ("ma", "phan", "cau_hoi", "cau_hoi_en"),
    "thang_do": ("thang_do", "ten", "gia_tri", "nhan", "nhan_en", "hai_long", "diem"),
}


def export(version: QuestionnaireVersion) -> bytes:
    """The version as XLSX."""
    rows = rows_of(version)
    out = BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        for name, head in HEADS.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate((head, *([each[column] for column in head] for each in rows[name]))):
                sheet.write_row(number, 0, [_written(cell) for cell in row])
    return out.getvalue()


def rows_of(version: QuestionnaireVersion) -> dict[str, list[dict[str, object]]]:
    """The rows of every sheet, values by heading: texts, numbers, booleans, None where a cell is empty."""
    criteria = list(version.criteria.select_related("section", "scale", "shown_after"))
    scales = dict.fromkeys(criterion.scale for criterion in criteria)
    told = version.questionnaire
    rows: dict[str, Sequence[Sequence[object]]] = {
        "mau_phieu": [(told.code, told.name, version.title, version.title_en)],
        "phan": [(s.code, s.title, s.title_en, s.weight) for s in version.sections.all()],
        "cau_hoi": [_question(criterion) for criterion in criteria],
        "cau_hoi_mo": [
            (t.code, t.section.code if t.section else "", t.text, t.text_en)
            for t in version.text_questions.select_related("section")
        ],
        "thang_do": [
            (s.code, s.name, lv.value, lv.label, lv.label_en, lv.counts_as_satisfied, lv.points)
            for s in scales
            for lv in s.levels.all()
        ],
    }
    return {name: [dict(zip(HEADS[name], row, strict=True)) for row in each] for name, each in rows.items()}


def _question(criterion: Criterion) -> tuple[object, ...]:
    after = (criterion.shown_after.code, criterion.shown_after_value) if criterion.shown_after else ("", None)
    section = criterion.section.code if criterion.section else ""
    words = (criterion.text, criterion.text_en, criterion.short_name)
    return (
        criterion.code,
        section,
        *words,
        criterion.scale.code,
        criterion.weight,
        criterion.optional,
        *after,
    )


def _written(cell: object) -> object:
    if isinstance(cell, bool):
        return "x" if cell else ""
    return "" if cell is None else cell
