"""The triggers that move the revision: after every write to a table from which something may be kept.

The words of the triggers on both engines; `surveys.database.triggers` installs and checks them beside its own. No table that
a cast writes to is among them.
"""

from __future__ import annotations

from django.apps import apps
from django.db import models

PREFIX = "kbnn_moved_"
REVISION = "surveys_revision"
#: Models whose rows pages are made of and which change seldom. A label that is not installed is skipped.
WATCHED = [
    "auth.Group",
    "auth.Group.permissions",
    "auth.Permission",
    "contenttypes.ContentType",
    "surveys.Batch",
    "surveys.CalendarDay",
    "surveys.Campaign",
    "surveys.CampaignExtension",
    "surveys.CampaignUnit",
    "surveys.Counter",
    "surveys.CounterKey",
    "surveys.Criterion",
    "surveys.Delegation",
    "surveys.Level",
    "surveys.Office",
    "surveys.Procedure",
    "surveys.ProcedureVersion",
    "surveys.Questionnaire",
    "surveys.QuestionnaireVersion",
    "surveys.Reason",
    "surveys.RespondentGroup",
    "surveys.Scale",
    "surveys.SeasonalLimit",
    "surveys.Section",
    "surveys.TextQuestion",
    "surveys.User",
    "surveys.User.groups",
    "surveys.User.user_permissions",
    "reports.Case",
    "reports.ClusterSum",
    "reports.Direction",
    "reports.HandlingTime",
    "reports.MonthCell",
    "reports.MonthSum",
    "reports.PaperForm",
    "reports.PastPaper",
    "reports.PastPaperLevel",
    "reports.PastResult",
    "reports.Seal",
    "reports.Signal",
    "reports.SignalCase",
    "reports.SignalReading",
    "reports.SilentCommitment",
    "reports.SilentDraw",
    "reports.SilentLetters",
    "reports.SilentResult",
    "reports.SlipSum",
    "reports.SlipTotal",
    "reports.Standing",
    "reports.StandingPublication",
    "reports.TransactionSum",
]
#: Columns that change without any page saying so: else every login, and the first cast of a questionnaire, would move it.
SILENT = {
    "surveys_user": {"last_login", "password"},
    "surveys_questionnaireversion": {"padded_bytes"},
}


def watched() -> list[type[models.Model]]:
    """The watched models that are installed; the last part of a longer label is a relation, whose own table is meant."""
    found = []
    for label in WATCHED:
        app, name, *relation = label.split(".")
        if apps.is_installed(app if app in ("surveys", "reports") else f"django.contrib.{app}"):
            model = apps.get_model(app, name)
            found.append(model._meta.get_field(relation[0]).remote_field.through if relation else model)
    return found


def triggers(vendor: str, existing: set[str]) -> list[tuple[str, str, str]]:
    """(trigger name, table, CREATE statement) for every watched table; none before the revision's own table exists."""
    if REVISION not in existing:
        return []
    build = _postgresql if vendor == "postgresql" else _sqlite
    return [row for model in watched() if model._meta.db_table in existing for row in build(model)]


def _sqlite(model: type[models.Model]) -> list[tuple[str, str, str]]:
    table = model._meta.db_table
    # A REPLACE would take over the conflict clause of the statement that fires, and an UPDATE needs a row.
    move = f"BEGIN DELETE FROM {REVISION}; INSERT INTO {REVISION} (mark) VALUES (random()); END"  # noqa: S608
    events = {"i": "INSERT", "u": f"UPDATE{_of_columns(model)}", "d": "DELETE"}
    return [
        (
            f"{PREFIX}{table}_{letter}",
            table,
            f'CREATE TRIGGER "{PREFIX}{table}_{letter}" AFTER {event} ON "{table}" {move}',
        )
        for letter, event in events.items()
    ]


def _postgresql(model: type[models.Model]) -> list[tuple[str, str, str]]:
    table, function = model._meta.db_table, "kbnn_moved"
    move = f"INSERT INTO {REVISION} (mark) VALUES ((random() * 9e15)::bigint); RETURN NULL"  # noqa: S608
    return [
        (
            f"{PREFIX}{table}",
            table,
            f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {move}; END $$; '
            f'CREATE TRIGGER "{PREFIX}{table}" AFTER INSERT OR DELETE OR UPDATE{_of_columns(model)} OR TRUNCATE ON "{table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{function}"()',
        )
    ]


def _of_columns(model: type[models.Model]) -> str:
    """The columns whose change counts, where not all of them do."""
    silent = SILENT.get(model._meta.db_table)
    if not silent:
        return ""
    return " OF " + ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields if f.column not in silent)
