"""A questionnaire's workbook read back as its next version: checked whole, shown whole, stored whole or not at all.

What stands is never changed, since a campaign may rest on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TypeVar

from django.db.models import Model
from django.db.transaction import atomic

from reports.campaigns.questionnaire_tables import (
    HEAD,
    HEADINGS,
    LEVELS_OF_A_SCALE,
    QUESTIONS,
    SCALES,
    SECTIONS,
    TABLES,
    TEXTS,
)
from reports.campaigns.questionnaire_workbook import rows_of
from surveys.models import Criterion, Level, Questionnaire, QuestionnaireVersion, Scale, Section, TextQuestion
from surveys.reference.in_force import COUNTER_QUESTIONNAIRE
from surveys.reference.questionnaire_logic import (
    Fault,
    Kind,
    question_faults,
    scale_faults,
    section_faults,
)
from surveys.reference.questionnaires import (
    CriterionFacts,
    LevelFacts,
    QuestionnaireFacts,
    SectionFacts,
    TextFacts,
    Words,
)
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import Complaint, TableRefused, whole
from surveys.spreadsheets.dry_run import DryRun, cells_of, confirm, dry_run_of
from surveys.spreadsheets.tables import Filled, FilledRow, Table, read_tables

_Row = TypeVar("_Row", bound=Model)
# Where a fault is mended: the sheet and the column.
MENDED_AT = {
    Kind.TOO_MANY: (QUESTIONS, ""),
    Kind.SAME_CODE: (QUESTIONS, "ma"),
    Kind.TAKEN_CODE: (QUESTIONS, "ma"),
    Kind.CONDITION: (QUESTIONS, "hoi_sau"),
    Kind.CONDITION_LEVEL: (QUESTIONS, "khi_muc"),
    Kind.SECTION_WEIGHT: (SECTIONS, "trong_so"),
    Kind.NONE_SATISFIED: (SCALES, "hai_long"),
    Kind.SATISFIED_APART: (SCALES, "hai_long"),
    Kind.POINTS_MISSING: (SCALES, "diem"),
    Kind.POINTS_ORDER: (SCALES, "diem"),
}


@dataclass(frozen=True)
class Plan:
    """The rows of every sheet, those of the version before, and how they are shown before they are stored."""

    filled: dict[str, Filled]
    standing: dict[str, list[dict[str, object]]]
    number: int
    valid_from: date
    shown: list[DryRun]


def plan(*, book: Book, on: date, confirmed: Iterable[str] = ()) -> Plan:
    """The dry run of the next version, valid from the month of ``on``. Raises `TableRefused` with all that is wrong."""
    if [sheet.name for sheet in book.sheets] == [""]:
        raise whole("Mẫu phiếu chỉ nhập từ tệp “.xlsx”.")
    filled = read_tables(book, TABLES, confirmed)
    _fill_in(filled)
    wrong = [complaint for each in filled.values() for complaint in each.complaints]
    # What refers to a row that is wrong itself would be told twice.
    if wrong := wrong or [*_references(filled), *_questionnaire(filled)] or list(_logic(filled)):
        raise TableRefused(wrong)
    last = _last_version(filled)
    number, month = (last.number + 1 if last else 1), on.replace(day=1)
    if last and last.valid_from >= month:  # one version a month: the next one holds from the month after
        month = (last.valid_from.replace(day=1) + timedelta(days=31)).replace(day=1)
    standing = _rows_of(last)
    return Plan(filled, standing, number, month, _shown(filled, standing, number, month))


def bring_in(*, book: Book, on: date, shown: str = "", confirmed: Iterable[str] = ()) -> QuestionnaireVersion:
    """Store the next version; with ``shown`` only if the dry run still has that digest.

    The workbook is read outside of the transaction, so that no other writer waits for it, and once more where what it was
    compared with has changed meanwhile. Raises `TableRefused` and `DryRunChanged`; then nothing is kept.
    """
    while True:
        known = _known()
        planned = plan(book=book, on=on, confirmed=confirmed)
        if shown:
            confirm(planned.shown, shown)
        with atomic():
            list(Questionnaire.objects.select_for_update())  # two persons with the same file
            if _known() == known and _rows_of(_last_version(planned.filled)) == planned.standing:
                return _stored(planned)


def _known() -> list[tuple]:
    """The questionnaires by code and name, each with its versions."""
    columns = ("code", "name", "versions__number", "versions__valid_from")
    return list(Questionnaire.objects.order_by("code", "versions__number").values_list(*columns))


def _stored(planned: Plan) -> QuestionnaireVersion:
    head = planned.filled[HEAD].rows[0]
    parent, _is_new = Questionnaire.objects.get_or_create(code=head["ma"], defaults={"name": head["ten"]})
    (version,) = _saved(
        QuestionnaireVersion,
        [
            QuestionnaireVersion(
                questionnaire=parent,
                number=planned.number,
                valid_from=planned.valid_from,
                title=head["cau_hoi_chung"],
                title_en=head["cau_hoi_chung_en"],
            )
        ],
    )
    sections = _sections(version, planned.filled[SECTIONS].rows)
    scales = _scales(version, planned.filled[SCALES].rows)
    _criteria(version, planned.filled[QUESTIONS].rows, sections, scales)
    texts = [
        TextQuestion(
            version=version,
            section=sections.get(row["phan"]),
            position=n,
            code=row["ma"],
            text=row["cau_hoi"],
            text_en=row["cau_hoi_en"],
        )
        for n, row in enumerate(planned.filled[TEXTS].rows, 1)
    ]
    _saved(TextQuestion, texts)
    return version


# ── What is read ───────────────────────────────────────────────────────────────────────


def _fill_in(filled: dict[str, Filled]) -> None:
    """What an empty cell means, and the name that a questionnaire has already."""
    for row in filled[QUESTIONS].rows:
        row.values["ten_gon"] = row["ten_gon"] or row["cau_hoi"][:60]
        row.values["trong_so"] = Decimal(1) if row["trong_so"] is None else row["trong_so"]
    for row in filled[HEAD].rows:
        known = Questionnaire.objects.filter(code=row["ma"]).first()
        if known and known.name != row["ten"]:
            filled[HEAD].remarks.append(f"Tên mẫu phiếu giữ như đang có: “{known.name}”.")
            row.values["ten"] = known.name


def _references(filled: dict[str, Filled]) -> Iterator[Complaint]:
    """Codes that name no row, conditions that are half there, levels that come twice."""
    sections = {row["ma"] for row in filled[SECTIONS].rows}
    scales = {row["thang_do"] for row in filled[SCALES].rows}
    for row in (*filled[QUESTIONS].rows, *filled[TEXTS].rows):
        if row["phan"] and row["phan"] not in sections:
            yield row.complaint("phan", f"Không có phần mã “{row['phan']}”.")
    for row in filled[QUESTIONS].rows:
        if row["thang_do"] not in scales:
            yield row.complaint("thang_do", f"Không có thang đo mã “{row['thang_do']}”.")
        if bool(row["hoi_sau"]) != (row["khi_muc"] is not None):
            yield row.complaint("khi_muc", "Câu hỏi có điều kiện cần cả “hoi_sau” và “khi_muc”.")
    by_folded: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    for row in filled[SCALES].rows:
        if by_folded.setdefault(row["thang_do"].casefold(), row["thang_do"]) != row["thang_do"]:
            yield row.complaint("thang_do", "Mã thang đo khác mã ở trên chỉ ở chữ hoa, chữ thường.")
        if (row["thang_do"], row["gia_tri"]) in seen:
            yield row.complaint("gia_tri", "Thang đo này đã có mức cùng giá trị.")
        seen.add((row["thang_do"], row["gia_tri"]))


def _questionnaire(filled: dict[str, Filled]) -> Iterator[Complaint]:
    (row,) = filled[HEAD].rows
    if row["ma"].casefold() == COUNTER_QUESTIONNAIRE.casefold():
        yield row.complaint("ma", "Đây là mã của mẫu phiếu tại quầy; xin chọn mã khác.")
        return
    others = Questionnaire.objects.exclude(code=row["ma"]).values_list("code", flat=True)
    if near := next((code for code in others if code.casefold() == row["ma"].casefold()), None):
        yield row.complaint("ma", f"Đã có mẫu phiếu mã “{near}”, chỉ khác chữ hoa, chữ thường.")


def _logic(filled: dict[str, Filled]) -> Iterator[Complaint]:
    """What nobody could answer or score, at the cell where it is mended."""
    questionnaire = _facts(filled)
    for fault in (*question_faults(questionnaire), *section_faults(questionnaire)):
        yield _at(fault, [*filled[QUESTIONS].rows, *filled[TEXTS].rows, *filled[SECTIONS].rows], "ma")
    for rows in _by_scale(filled[SCALES].rows).values():
        if len(rows) not in LEVELS_OF_A_SCALE:
            yield rows[0].complaint("thang_do", f"Thang đo có {len(rows)} mức; phải có 2, 3, 5 hoặc 11.")
        for fault in scale_faults([_level(row) for row in rows]):
            yield _at(fault, rows, "gia_tri")


def _at(fault: Fault, rows: list[FilledRow], key: str) -> Complaint:
    sheet, column = MENDED_AT[fault.kind]
    row = next((row for row in rows if fault.code and str(row.values.get(key)) == fault.code), None)
    if row is None and fault.kind is not Kind.TOO_MANY:
        row = rows[0]
    return row.complaint(column, fault.words) if row else Complaint(0, "", fault.words, sheet)


def _facts(filled: dict[str, Filled]) -> QuestionnaireFacts:
    levels = {code: tuple(map(_level, rows)) for code, rows in _by_scale(filled[SCALES].rows).items()}
    return QuestionnaireFacts(
        version_id=0,
        title=Words(""),
        criteria=tuple(
            CriterionFacts(
                code=row["ma"],
                text=Words(row["cau_hoi"]),
                short_name=row["ten_gon"],
                optional=row["khong_ap_dung"],
                levels=levels[row["thang_do"]],
                section=row["phan"],
                weight=row["trong_so"],
                shown_after=(row["hoi_sau"], row["khi_muc"]) if row["hoi_sau"] else None,
            )
            for row in filled[QUESTIONS].rows
        ),
        reasons=(),
        sections=tuple(
            SectionFacts(row["ma"], Words(row["ten"]), row["trong_so"]) for row in filled[SECTIONS].rows
        ),
        texts=tuple(TextFacts(row["ma"], Words(row["cau_hoi"]), row["phan"]) for row in filled[TEXTS].rows),
    )


def _level(row: FilledRow) -> LevelFacts:
    return LevelFacts(row["gia_tri"], Words(row["nhan"]), row["hai_long"], row["diem"])


def _by_scale(rows: list[FilledRow]) -> dict[str, list[FilledRow]]:
    scales: dict[str, list[FilledRow]] = {}
    for row in rows:
        scales.setdefault(row["thang_do"], []).append(row)
    return scales


# ── What is shown ──────────────────────────────────────────────────────────────────────


def _last_version(filled: dict[str, Filled]) -> QuestionnaireVersion | None:
    code = filled[HEAD].rows[0]["ma"]
    return QuestionnaireVersion.objects.filter(questionnaire__code=code).order_by("-number").first()


def _rows_of(last: QuestionnaireVersion | None) -> dict[str, list[dict[str, object]]]:
    return rows_of(last) if last else {}


def _key_of(table: Table, row: FilledRow) -> str:
    return _key(table, row.values)


def _shown(
    filled: dict[str, Filled], standing: dict[str, list[dict[str, object]]], number: int, month: date
) -> list[DryRun]:
    """Each sheet beside the version that it follows."""
    title = f"{filled[HEAD].rows[0]['ma']} {number} {month}"
    return [
        dry_run_of(
            filled[table.sheet],
            title=title,
            key=partial(_key_of, table),
            standing={_key(table, row): cells_of(row, table) for row in standing.get(table.sheet, ())},
            heading=f"{HEADINGS[table.sheet]}, bản {number} từ {month.month}/{month.year}"
            if table.sheet == HEAD
            else HEADINGS[table.sheet],
        )
        for table in TABLES
    ]


def _key(table: Table, row: dict[str, object]) -> str:
    return f"{row['thang_do']} {row['gia_tri']}" if table.sheet == SCALES else str(row["ma"])


# ── What is stored ─────────────────────────────────────────────────────────────────────


def _sections(version: QuestionnaireVersion, rows: list[FilledRow]) -> dict[str, Section]:
    made = _saved(
        Section,
        [
            Section(
                version=version,
                code=row["ma"],
                title=row["ten"],
                title_en=row["ten_en"],
                weight=row["trong_so"],
                position=n,
            )
            for n, row in enumerate(rows, 1)
        ],
    )
    return {section.code: section for section in made}


def _scales(version: QuestionnaireVersion, rows: list[FilledRow]) -> dict[str, Scale]:
    """Scales of the version's own, since levels of a scale in use are frozen."""
    prefix = f"{version.questionnaire.code}-{version.number}"
    names = {row["thang_do"]: row["ten"] for row in reversed(rows)}
    codes = list(dict.fromkeys(row["thang_do"] for row in rows))
    scales = _saved(Scale, [Scale(code=f"{prefix}-{n}", name=names[code]) for n, code in enumerate(codes, 1)])
    made = dict(zip(codes, scales, strict=True))
    _saved(
        Level,
        [
            Level(
                scale=made[row["thang_do"]],
                value=row["gia_tri"],
                label=row["nhan"],
                label_en=row["nhan_en"],
                counts_as_satisfied=row["hai_long"],
                points=row["diem"],
                position=n,
            )
            for n, row in enumerate(rows, 1)
        ],
    )
    return made


def _criteria(
    version: QuestionnaireVersion,
    rows: list[FilledRow],
    sections: dict[str, Section],
    scales: dict[str, Scale],
) -> None:
    """Those without a condition together, then those that are asked after one of them, and so on."""
    made: dict[str, Criterion] = {}
    left = list(enumerate(rows, 1))
    while left:
        ready = [(n, row) for n, row in left if not row["hoi_sau"] or row["hoi_sau"] in made]
        left = [(n, row) for n, row in left if row["hoi_sau"] and row["hoi_sau"] not in made]
        stored = _saved(
            Criterion,
            [
                Criterion(
                    version=version,
                    code=row["ma"],
                    section=sections.get(row["phan"]),
                    text=row["cau_hoi"],
                    text_en=row["cau_hoi_en"],
                    short_name=row["ten_gon"],
                    scale=scales[row["thang_do"]],
                    weight=row["trong_so"],
                    optional=row["khong_ap_dung"],
                    shown_after=made.get(row["hoi_sau"]),
                    shown_after_value=row["khi_muc"],
                    position=n,
                )
                for n, row in ready
            ],
        )
        made |= {criterion.code: criterion for criterion in stored}


def _saved(model: type[_Row], rows: list[_Row]) -> list[_Row]:
    """By one statement, since every other writer waits meanwhile; what goes beyond a row, the database checks."""
    relations = {field.name for field in model._meta.fields if field.is_relation}
    for row in rows:
        row.clean_fields(exclude=relations)
    return model._default_manager.bulk_create(rows)
