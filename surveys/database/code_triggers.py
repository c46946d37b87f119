"""Codes that evidence rests on are frozen, once used, by the database itself (docs/spec/trust.md §4).

The code of an office stands in every leaf, seal, folder and address, where only offices with a box are found; those of
counter, procedure, criterion, level and reason in leaves and in what they commit to. A new code is a successor: a row of
its own. Rank is frozen with them, and so is the box of an office that used it.
The words of the triggers on both engines; `surveys.database.triggers` installs and checks them beside its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connections
from django.db.models import Model

PREFIX = "kbnn_code_"
SHEET_IS_USED = "EXISTS (SELECT 1 FROM surveys_slip WHERE questionnaire_id = {row}.version_id)"


@dataclass(frozen=True)
class Frozen:
    """A column that does not change once ``used`` holds of its row; ``needs``: the tables that are asked."""

    column: str
    used: str
    needs: tuple[str, ...] = ("surveys_slip",)


FROZEN = {
    "surveys_office": Frozen(
        "code",
        "EXISTS (SELECT 1 FROM surveys_slip WHERE office_id = {row}.id)"
        " OR EXISTS (SELECT 1 FROM surveys_batch WHERE office_id = {row}.id)"
        " OR EXISTS (SELECT 1 FROM surveys_campaignunit JOIN surveys_campaign ON surveys_campaign.id = campaign_id"
        " WHERE office_id = {row}.id AND state <> 'draft')",
        ("surveys_slip", "surveys_batch", "surveys_campaignunit", "surveys_campaign"),
    ),
    "surveys_counter": Frozen(
        "code",
        "EXISTS (SELECT 1 FROM surveys_slip WHERE counter_id = {row}.id)"
        " OR EXISTS (SELECT 1 FROM surveys_ballot WHERE office_id = {row}.box_office_id AND counter = {row}.code)",
        ("surveys_slip", "surveys_ballot"),
    ),
    "surveys_procedure": Frozen(
        "code",
        "EXISTS (SELECT 1 FROM surveys_slip WHERE procedure_id = {row}.id)"
        " OR EXISTS (SELECT 1 FROM surveys_ballot WHERE procedure = {row}.code)",
        ("surveys_slip", "surveys_ballot"),
    ),
    "surveys_criterion": Frozen("code", SHEET_IS_USED),
    "surveys_reason": Frozen("code", SHEET_IS_USED),
    "surveys_level": Frozen(
        "value",
        "EXISTS (SELECT 1 FROM surveys_slip JOIN surveys_criterion ON version_id = questionnaire_id"
        " WHERE surveys_criterion.scale_id = {row}.scale_id)",
        ("surveys_slip", "surveys_criterion"),
    ),
}
RANK = "NEW.is_head IS DISTINCT FROM OLD.is_head"


def _used(table: str, row: str) -> str:
    """The condition of a table, about the row of that name."""
    return FROZEN[table].used.format(row=row)


def is_used(row: Model) -> bool:
    """Whether evidence rests on the row's code, as the triggers ask it."""
    table = row._meta.db_table
    with connections[row._state.db or "default"].cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table} AS kept WHERE kept.id = %s AND ({_used(table, 'kept')})",  # noqa: S608
            [row.pk],
        )
        return cursor.fetchone() is not None


def triggers(vendor: str, existing: set[str]) -> list[tuple[str, str, str]]:
    """(trigger name, table, CREATE statement) for every table whose rows' codes evidence rests on."""
    build = _postgresql if vendor == "postgresql" else _sqlite
    return [
        row
        for table, frozen in FROZEN.items()
        if {table, *frozen.needs} <= existing
        for row in build(table, frozen)
    ]


def _changes(table: str, frozen: Frozen) -> str:
    changed = (
        f"NEW.{frozen.column} IS DISTINCT FROM OLD.{frozen.column} AND ({frozen.used.format(row='OLD')})"
    )
    if table != "surveys_office":
        return changed
    return f"{RANK} OR ({changed}) OR (OLD.seals AND NOT NEW.seals AND ({frozen.used.format(row='OLD')}))"


def _sqlite(table: str, frozen: Frozen) -> Iterable[tuple[str, str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'code in use: {table}'); END"
    # REPLACE walks past an UPDATE trigger.
    changed = f"kept.{frozen.column} IS DISTINCT FROM NEW.{frozen.column} AND ({_used(table, 'kept')})"
    replaced = f"EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.id = NEW.id AND {changed})"  # noqa: S608
    for event, condition in (("UPDATE", _changes(table, frozen)), ("INSERT", replaced)):
        name = f"{PREFIX}{table}_{event[0].lower()}"
        yield name, table, f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN {condition} {refuse}'


def _postgresql(table: str, frozen: Frozen) -> Iterable[tuple[str, str, str]]:
    name = f"{PREFIX}{table}"
    refuse = f"RAISE EXCEPTION 'code in use: {table}' USING ERRCODE = 'restrict_violation'"
    body = f"BEGIN IF {_changes(table, frozen)} THEN {refuse}; END IF; RETURN NEW; END"
    yield (
        f"{name}_r",
        table,
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$; '
        f'CREATE TRIGGER "{name}_r" BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
    )
