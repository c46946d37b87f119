"""Load the reference data a new office starts with. Run again it adds what is new and overwrites nothing edited."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

from django.db.transaction import atomic

from surveys.models import (
    CalendarDay,
    Criterion,
    Level,
    Procedure,
    ProcedureVersion,
    Questionnaire,
    QuestionnaireVersion,
    Reason,
    Scale,
    SeasonalLimit,
    Section,
    TextQuestion,
)

DATA = Path(__file__).parent.parent / "data"
#: The pilot's, in the article's words; every number of the pilot's year rests on it.
ARTICLES_BALLOT = "questionnaire.json"


@atomic
def load_reference_data(*, ballot: str = ARTICLES_BALLOT) -> None:
    """Procedures with their dated versions, the calendar, and the counter's questionnaire from ``ballot``, a file of `DATA`."""
    for position, row in enumerate(_rows("procedures.csv")):
        _load_procedure(row, position)
    for row in _rows("calendar.csv"):
        CalendarDay.objects.get_or_create(
            day=date.fromisoformat(row["date"]),
            defaults={"works": row["kind"] == "work", "note": row["note"]},
        )
    load_questionnaire(json.loads((DATA / ballot).read_text(encoding="utf-8")))


def load_questionnaire(sheet: dict) -> QuestionnaireVersion:
    """One version of a questionnaire from its description; a version that exists is left as it is."""
    parent, _ = Questionnaire.objects.get_or_create(code=sheet["code"], defaults={"name": sheet["name"]})
    version, is_new = parent.versions.get_or_create(
        number=sheet["version"],
        defaults={
            "valid_from": date.fromisoformat(sheet["valid_from"]),
            "title": sheet["title"],
            "title_en": sheet["title_en"],
        },
    )
    if is_new:
        scales = {scale["code"]: _load_scale(scale) for scale in sheet["scales"]}
        sections = {
            one["code"]: Section.objects.create(version=version, **one) for one in sheet.get("sections", [])
        }
        _load_criteria(version, sheet["criteria"], scales, sections)
        TextQuestion.objects.bulk_create(
            TextQuestion(version=version, **one | {"section": sections.get(one.get("section"))})
            for one in sheet.get("text_questions", [])
        )
        Reason.objects.bulk_create(Reason(version=version, **reason) for reason in sheet["reasons"])
    return version


def load_campaign_questionnaires() -> list[QuestionnaireVersion]:
    """The ready-made questionnaires of campaigns."""
    described = json.loads((DATA / "campaign_questionnaires.json").read_text(encoding="utf-8"))
    return [load_questionnaire(sheet) for sheet in described["questionnaires"]]


def _load_criteria(
    version: QuestionnaireVersion,
    criteria: list[dict],
    scales: dict[str, Scale],
    sections: dict[str, Section],
) -> None:
    """In the order of the page, so that a criterion finds the one it is asked after."""
    made: dict[str, Criterion] = {}
    for one in criteria:
        rows = {
            "scale": scales[one["scale"]],
            "section": sections.get(one.get("section", "")),
            "shown_after": made.get(one.get("shown_after", "")),
        }
        made[one["code"]] = Criterion.objects.create(version=version, **one | rows)


def _load_scale(facts: dict) -> Scale:
    scale, is_new = Scale.objects.get_or_create(code=facts["code"], defaults={"name": facts["name"]})
    if is_new:
        Level.objects.bulk_create(Level(scale=scale, **level) for level in facts["levels"])
    return scale


def _load_procedure(row: dict, position: int) -> None:
    procedure, _ = Procedure.objects.get_or_create(
        code=row["code"], defaults={"short_name": row["short_name"], "position": position}
    )
    version, is_new = ProcedureVersion.objects.get_or_create(
        procedure=procedure,
        channel=row["channel"],
        valid_from=date.fromisoformat(row["valid_from"]),
        defaults={
            "official_name": row["official_name"],
            "legal_basis": row["legal_basis"],
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            "limit_value": int(row["limit_value"]) if row["limit_value"] else None,
            "limit_unit": row["limit_unit"],
            "note": row["note"],
        },
    )
    if is_new and row["season_from"]:
        for start, end in zip(row["season_from"].split(";"), row["season_to"].split(";"), strict=True):
            (from_day, from_month), (to_day, to_month) = _day_month(start), _day_month(end)
            SeasonalLimit.objects.create(
                version=version,
                from_day=from_day,
                from_month=from_month,
                to_day=to_day,
                to_month=to_month,
                limit_value=int(row["season_limit_value"]),
            )


def _day_month(text: str) -> tuple[int, int]:
    day, month = text.split("/")
    return int(day), int(month)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
