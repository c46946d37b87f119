"""A questionnaire as a workbook: carried away, edited in a spreadsheet, read back as a new version.

One sheet a kind of row: sections, questions, words, levels. Read back it becomes the next version of the questionnaire
of its code; what stands is never changed, since a campaign may rest on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO

import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic

from surveys.models import Criterion, Level, Questionnaire, QuestionnaireVersion, Scale, Section, TextQuestion
from surveys.models.questionnaires import CODE_TAKEN, TAKEN_CODES
from surveys.spreadsheets import xlsx_reading
from surveys.vietnamese import clean_text

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
MOST_ROWS = 200
MOST_BYTES = 500_000
Row = dict[str, str]


class NotAQuestionnaire(Exception):
    """The file is no such workbook; the words name the sheet and row."""


def export(version: QuestionnaireVersion) -> bytes:
    """The version as XLSX."""
    criteria = list(version.criteria.select_related("section", "scale", "shown_after"))
    scales = dict.fromkeys(criterion.scale for criterion in criteria)
    rows = {
        "mau_phieu": [
            (version.questionnaire.code, version.questionnaire.name, version.title, version.title_en)
        ],
        "phan": [(s.code, s.title, s.title_en, s.weight) for s in version.sections.all()],
        "cau_hoi": [_question(criterion) for criterion in criteria],
        "cau_hoi_mo": [
            (t.code, t.section.code if t.section else "", t.text, t.text_en)
            for t in version.text_questions.select_related("section")
        ],
        "thang_do": [
            (
                s.code,
                s.name,
                lv.value,
                lv.label,
                lv.label_en,
                "x" if lv.counts_as_satisfied else "",
                lv.points,
            )
            for s in scales
            for lv in s.levels.all()
        ],
    }
    out = BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        for name, head in HEADS.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate((head, *rows[name])):
                sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
    return out.getvalue()


@atomic
def read(content: bytes, *, on: date) -> QuestionnaireVersion:
    """The next version of the questionnaire that the file describes, valid from the month of ``on``.

    Raises `NotAQuestionnaire`; then nothing is kept.
    """
    sheets = _sheets(content)
    if len(sheets["mau_phieu"]) != 1:
        raise NotAQuestionnaire("mau_phieu: phải có đúng một dòng")
    head = sheets["mau_phieu"][0]
    try:
        with atomic():
            return _make(head, sheets, on)
    except KeyError as error:
        raise NotAQuestionnaire(f"không có mã {error}") from error
    except (IntegrityError, ValidationError, ValueError, InvalidOperation) as error:
        raise NotAQuestionnaire("có mã bị trùng, giá trị thiếu hoặc sai kiểu") from error


def _make(head: Row, sheets: dict[str, list[Row]], on: date) -> QuestionnaireVersion:
    parent, _is_new = Questionnaire.objects.get_or_create(code=head["ma"], defaults={"name": head["ten"]})
    last = parent.versions.order_by("-number").first()
    month = on.replace(day=1)
    if last and last.valid_from >= month:  # one version a month: the next one holds from the month after
        month = (last.valid_from.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    version = _saved(
        QuestionnaireVersion(
            questionnaire=parent,
            number=last.number + 1 if last else 1,
            valid_from=month,
            title=head["cau_hoi_chung"],
            title_en=head["cau_hoi_chung_en"],
        )
    )
    sections = {
        row["ma"]: _saved(
            Section(
                version=version,
                code=row["ma"],
                title=row["ten"],
                title_en=row["ten_en"],
                weight=_weight(row),
                position=n,
            )
        )
        for n, row in enumerate(sheets["phan"], 1)
    }
    scales = _scales(sheets["thang_do"], f"{parent.code}-{version.number}")
    _criteria(version, sheets["cau_hoi"], sections, scales)
    for n, row in enumerate(sheets["cau_hoi_mo"], 1):
        section = sections[row["phan"]] if row["phan"] else None
        _saved(
            TextQuestion(
                version=version,
                section=section,
                code=row["ma"],
                text=row["cau_hoi"],
                text_en=row["cau_hoi_en"],
                position=n,
            )
        )
    return version


def _criteria(
    version: QuestionnaireVersion, rows: list[Row], sections: dict[str, Section], scales: dict[str, Scale]
) -> None:
    made: dict[str, Criterion] = {}
    if {row["ma"] for row in rows} & {*TAKEN_CODES}:
        raise NotAQuestionnaire(str(CODE_TAKEN).rstrip("."))
    for n, row in enumerate(rows, 1):
        made[row["ma"]] = _saved(
            Criterion(
                version=version,
                code=row["ma"],
                section=sections[row["phan"]] if row["phan"] else None,
                text=row["cau_hoi"],
                text_en=row["cau_hoi_en"],
                short_name=row["ten_gon"] or row["cau_hoi"][:60],
                scale=scales[row["thang_do"]],
                weight=_weight(row),
                optional=bool(row["khong_ap_dung"]),
                shown_after=made[row["hoi_sau"]] if row["hoi_sau"] else None,
                shown_after_value=int(row["khi_muc"]) if row["hoi_sau"] else None,
                position=n,
            )
        )


def _scales(rows: list[Row], prefix: str) -> dict[str, Scale]:
    """Scales of the version's own, since levels of a scale in use are frozen."""
    made: dict[str, Scale] = {}
    for n, row in enumerate(rows, 1):
        if row["thang_do"] not in made:
            made[row["thang_do"]] = Scale.objects.create(
                code=f"{prefix}-{len(made) + 1}", name=row["ten"][:80]
            )
        _saved(
            Level(
                scale=made[row["thang_do"]],
                value=int(row["gia_tri"]),
                label=row["nhan"],
                label_en=row["nhan_en"],
                counts_as_satisfied=bool(row["hai_long"]),
                points=Decimal(row["diem"].replace(",", ".")) if row["diem"] else None,
                position=n,
            )
        )
    for scale in made.values():
        levels = list(scale.levels.all())
        if len(levels) not in (2, 3, 5, 11) or not any(level.counts_as_satisfied for level in levels):
            raise ValidationError("scale")
    return made


def _sheets(content: bytes) -> dict[str, list[Row]]:
    try:
        book = xlsx_reading.read(content, most_rows=MOST_ROWS)
    except xlsx_reading.NotAWorkbook as error:
        raise NotAQuestionnaire("không phải tệp XLSX") from error
    if missing := [name for name in HEADS if name not in book]:
        raise NotAQuestionnaire(f"thiếu trang {missing[0]}")
    return {name: list(_rows(name, book[name])) for name in HEADS}


def _rows(name: str, rows: list[list[str]]) -> Iterable[Row]:
    head = HEADS[name]
    if not rows or tuple(rows[0][: len(head)]) != head:
        raise NotAQuestionnaire(f"{name}: dòng đầu phải là {', '.join(head)}")
    for row in rows[1:]:
        cells = [*map(clean_text, row), *[""] * len(head)][: len(head)]
        if any(cells):
            yield dict(zip(head, cells, strict=True))


def _question(criterion: Criterion) -> tuple:
    after = (criterion.shown_after.code, criterion.shown_after_value) if criterion.shown_after else ("", "")
    section = criterion.section.code if criterion.section else ""
    words = (criterion.text, criterion.text_en, criterion.short_name)
    return (
        criterion.code,
        section,
        *words,
        criterion.scale.code,
        criterion.weight,
        "x" if criterion.optional else "",
        *after,
    )


def _weight(row: Row) -> Decimal:
    return Decimal(row["trong_so"].replace(",", ".")) if row["trong_so"] else Decimal(1)


def _saved(row):
    row.full_clean()
    row.save()
    return row
