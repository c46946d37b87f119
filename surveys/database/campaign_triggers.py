"""Frozen means frozen: once a campaign is open, the database itself refuses to change what decides its places.

The words of the triggers on both engines; `surveys.database.triggers` installs and checks them beside its own. What may still
change of an open campaign: it closes, once, and its last day moves to a day that a reasoned extension names.
"""

from __future__ import annotations

from django.apps import apps

PREFIX = "kbnn_frozen_"
CAMPAIGN = "surveys_campaign"
FROZEN_CAMPAIGNS = f"SELECT id FROM {CAMPAIGN} WHERE state <> 'draft'"
FROZEN_VERSIONS = f"SELECT questionnaire_id FROM {CAMPAIGN} WHERE state <> 'draft'"
FROZEN_SCALES = f"SELECT scale_id FROM surveys_criterion WHERE version_id IN ({FROZEN_VERSIONS})"
# Table: the column of a row that says to what it belongs, and what of that is frozen.
BELONGS = {
    "surveys_campaignunit": ("campaign_id", FROZEN_CAMPAIGNS),
    "surveys_respondentgroup": ("campaign_id", FROZEN_CAMPAIGNS),
    "surveys_questionnaireversion": ("id", FROZEN_VERSIONS),
    "surveys_section": ("version_id", FROZEN_VERSIONS),
    "surveys_criterion": ("version_id", FROZEN_VERSIONS),
    "surveys_textquestion": ("version_id", FROZEN_VERSIONS),
    "surveys_reason": ("version_id", FROZEN_VERSIONS),
    "surveys_scale": ("id", FROZEN_SCALES),
    "surveys_level": ("scale_id", FROZEN_SCALES),
}
MOVES = {"state", "ends_on", "closed_at"}


def triggers(vendor: str, existing: set[str]) -> list[tuple[str, str, str]]:
    """(trigger name, table, CREATE statement) for every frozen table; none before the campaigns' tables exist."""
    if CAMPAIGN not in existing:
        return []
    build = _postgresql if vendor == "postgresql" else _sqlite
    return [
        *build(CAMPAIGN, _campaign_events()),
        *(row for table in BELONGS for row in build(table, _events(table))),
    ]


def _events(table: str) -> dict[str, str]:
    """What is refused: a condition for each event."""
    column, frozen = BELONGS[table]
    old, new = (f'{row}."{column}" IN ({frozen})' for row in ("OLD", "NEW"))
    return {"INSERT": new, "DELETE": old, "UPDATE": f"{old} OR {new}"}


def _campaign_events() -> dict[str, str]:
    columns = [field.column for field in apps.get_model("surveys.Campaign")._meta.concrete_fields]
    same = " AND ".join(f'NEW."{c}" IS NOT DISTINCT FROM OLD."{c}"' for c in columns if c not in MOVES)
    moves_on = "(NEW.state = OLD.state OR (OLD.state = 'open' AND NEW.state = 'closed'))"
    extended = (
        "OLD.state = 'open' AND NEW.ends_on > OLD.ends_on AND EXISTS (SELECT 1 FROM surveys_campaignextension "
        "WHERE campaign_id = OLD.id AND until = NEW.ends_on)"
    )
    allowed = f"{same} AND {moves_on} AND (NEW.ends_on = OLD.ends_on OR ({extended}))"
    return {
        # SQLite's REPLACE walks past a DELETE trigger.
        "INSERT": f"EXISTS (SELECT 1 FROM {CAMPAIGN} WHERE (id = NEW.id OR slug = NEW.slug) AND state <> 'draft')",
        "DELETE": "OLD.state <> 'draft'",
        "UPDATE": f"OLD.state <> 'draft' AND NOT ({allowed})",
    }


def _sqlite(table: str, events: dict[str, str]) -> list[tuple[str, str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'frozen by an open campaign: {table}'); END"
    return [
        (
            name := f"{PREFIX}{table}_{event[0].lower()}",
            table,
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN {condition} {refuse}',
        )
        for event, condition in events.items()
    ]


def _postgresql(table: str, events: dict[str, str]) -> list[tuple[str, str, str]]:
    name = f"{PREFIX}{table}"
    refuse = f"RAISE EXCEPTION 'frozen by an open campaign: {table}' USING ERRCODE = 'restrict_violation'"
    checks = "".join(
        f"IF TG_OP = '{event}' THEN IF {condition} THEN {refuse}; END IF; END IF; "
        for event, condition in events.items()
    )
    body = f"BEGIN {checks}IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"
    return [
        (
            f"{name}_r",
            table,
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$; '
            f'CREATE TRIGGER "{name}_r" BEFORE INSERT OR DELETE OR UPDATE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()',
        )
    ]
