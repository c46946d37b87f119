"""Append-only in the database itself, on both engines (docs/spec/trust.md §4).

Triggers are installed after every migration, since Django's table remake on SQLite drops them without a word, and
their presence and text are checked at start. They guard against bugs and injection; against the owner of the
database guard the seals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import nullcontext

from django.apps import apps
from django.db import connections, models
from django.db.transaction import atomic

from surveys.database import campaign_triggers, code_triggers, revision_triggers

# The models nobody may change. A label that is not installed is skipped: surveys works without reports.
APPEND_ONLY = [
    "surveys.AuditEntry",
    "surveys.Ballot",
    "surveys.Batch",
    "surveys.CampaignExtension",
    "surveys.CredentialReset",
    "surveys.Erasure",
    "surveys.Receipt",
    "surveys.Redaction",
    "surveys.RestedRole",
    "surveys.SlipEvent",
    "surveys.UnreadBallot",
    "surveys.VoidMark",
    "reports.CallBack",
    "reports.CallBackList",
    "reports.CallBackResult",
    "reports.ClusterSum",
    "reports.CommentMask",
    "reports.DifferenceNote",
    "reports.FollowUpChoice",
    "reports.IndependentCount",
    "reports.KeptPaper",
    "reports.MinutesScan",
    "reports.Seal",
    "reports.Signal",
    "reports.SignalCase",
    "reports.SignalDisposition",
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
PREFIX = "kbnn_keep_"


def install(using: str = "default") -> None:
    """Create the triggers of every guarded table that exists; those that stand as they are worded here stay untouched."""
    connection = connections[using]
    absent = set(missing(using))
    with _together(connection), connection.cursor() as cursor:
        for name, table, statement in _wanted(connection):
            if name in absent:
                _drop(connection, cursor, name, table)
                cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Take the triggers away: for a restore into an empty place and for the tests' own cleaning only."""
    connection = connections[using]
    with _together(connection), connection.cursor() as cursor:
        for name, table, _statement in _wanted(connection):
            _drop(connection, cursor, name, table)


def _together(connection):
    """One transaction on SQLite, where each costs the disk several syncs. On PostgreSQL each its own, so that nobody has
    to wait for the locks of all the tables at once."""
    return atomic(connection.alias) if connection.vendor == "sqlite" else nullcontext()


def missing(using: str = "default") -> list[str]:
    """The names of triggers that are absent, disabled, or not worded as `install` words them; empty is good."""
    connection = connections[using]
    present = _present(connection)
    return [
        name
        for name, _table, statement in _wanted(connection)
        if present.get(name) != _marked(connection, statement)
    ]


def tables_without_rowid_missing(using: str = "default") -> list[str]:
    """On SQLite, the box if it keeps a hidden row number, which would be the order of casting."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE name = 'surveys_boxedballot' AND sql NOT LIKE '%%WITHOUT ROWID%%'",
            [],
        )
        return [row[0] for row in cursor.fetchall()]


def guarded(connection) -> Iterable[type[models.Model]]:
    """The append-only models whose tables exist."""
    existing = set(connection.introspection.table_names())
    for label in APPEND_ONLY:
        app, name = label.split(".")
        if not apps.is_installed(app) or name.lower() not in apps.get_app_config(app).models:
            continue
        model = apps.get_model(label)
        if model._meta.db_table in existing:
            yield model


def _wanted(connection) -> list[tuple[str, str, str]]:
    """(trigger name, table, CREATE statement) for every guarded table, and for what is frozen."""
    build = _postgresql if connection.vendor == "postgresql" else _sqlite
    append_only = [row for model in guarded(connection) for row in build(model)]
    existing = set(connection.introspection.table_names())
    return [
        *append_only,
        *campaign_triggers.triggers(connection.vendor, existing),
        *code_triggers.triggers(connection.vendor, existing),
        *revision_triggers.triggers(connection.vendor, existing),
    ]


def _sqlite(model: type[models.Model]) -> list[tuple[str, str, str]]:
    table = model._meta.db_table
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"
    once = f" WHEN NOT ({_redaction_condition(model)})" if model._meta.label == "surveys.Ballot" else ""
    # REPLACE walks past a DELETE trigger, through any unique column: hence the third, on INSERT.
    taken = " OR ".join(
        f'EXISTS (SELECT 1 FROM "{table}" WHERE ' + " AND ".join(f'"{c}" = NEW."{c}"' for c in columns) + ")"
        for columns in _unique_columns(model)
    )
    return [
        (
            f"{PREFIX}{table}_u",
            table,
            f'CREATE TRIGGER "{PREFIX}{table}_u" BEFORE UPDATE ON "{table}"{once} {refuse}',
        ),
        (
            f"{PREFIX}{table}_d",
            table,
            f'CREATE TRIGGER "{PREFIX}{table}_d" BEFORE DELETE ON "{table}" {refuse}',
        ),
        (
            f"{PREFIX}{table}_i",
            table,
            f'CREATE TRIGGER "{PREFIX}{table}_i" BEFORE INSERT ON "{table}" WHEN {taken} {refuse}',
        ),
    ]


def _postgresql(model: type[models.Model]) -> list[tuple[str, str, str]]:
    table = model._meta.db_table
    # One function a table, made together with its first trigger, so that a trigger's text tells the whole rule.
    function = f"{PREFIX}{table}"
    once = (
        f"IF TG_OP = 'UPDATE' AND ({_redaction_condition(model)}) THEN RETURN NEW; END IF; "
        if model._meta.label == "surveys.Ballot"
        else ""
    )
    define = (
        f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {once}'
        f"RAISE EXCEPTION 'append-only table {table}' USING ERRCODE = 'restrict_violation'; END $$; "
    )
    return [
        (
            f"{function}_r",
            table,
            f'{define}CREATE TRIGGER "{function}_r" BEFORE UPDATE OR DELETE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{function}"()',
        ),
        (
            f"{function}_t",
            table,
            f'{define}CREATE TRIGGER "{function}_t" BEFORE TRUNCATE ON "{table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{function}"()',
        ),
    ]


def _redaction_condition(model: type[models.Model]) -> str:
    """The one change a ballot knows: its words become NULL, after the redaction was written, nothing else moves."""
    same = " AND ".join(
        f'NEW."{f.column}" IS NOT DISTINCT FROM OLD."{f.column}"'
        for f in model._meta.concrete_fields
        if f.column not in {"extra", "salt"}
    )
    return (
        f'OLD."extra" IS NOT NULL AND NEW."extra" IS NULL AND NEW."salt" IS NULL AND {same} '
        f'AND EXISTS (SELECT 1 FROM "surveys_redaction" WHERE "ballot_id" = OLD."id")'
    )


def _unique_columns(model: type[models.Model]) -> list[list[str]]:
    columns = {field.name: field.column for field in model._meta.concrete_fields if field.column}
    singles = [[columns[f.name]] for f in model._meta.concrete_fields if f.unique or f.primary_key]
    groups = [
        [columns[name] for name in constraint.fields]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    ]
    return singles + groups


def _present(connection) -> dict[str, str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, p.prosrc || ' ' || pg_get_triggerdef(t.oid) FROM pg_trigger t "
                "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _marked(connection, statement: str) -> str:
    """The statement as `_present` reads it back."""
    if connection.vendor != "postgresql":
        return statement
    body = statement.split("$$", 2)[1]
    return f"{body} {_as_postgresql_prints(statement.split('$$; ', 1)[1])}"


def _as_postgresql_prints(statement: str) -> str:
    """pg_get_triggerdef drops quotes that are not needed, orders events, and names the schema."""
    printed = statement.replace('"', "").replace("UPDATE OR DELETE", "DELETE OR UPDATE")
    return re.sub(r" ON (\w+)", r" ON public.\1", printed, count=1)


def _drop(connection, cursor, name: str, table: str) -> None:
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')
