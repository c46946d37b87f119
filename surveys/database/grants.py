"""What the roles of a PostgreSQL server may do (docs/spec/trust.md §4).

The owner of the tables migrates and is otherwise unused; the server and the scheduled work log in as the application's
role, which cannot change a guarded row, empty a guarded table or touch a trigger; a third role reads figures. Where the
mixer has a role of its own, nobody else takes ballots out of the box or puts any into the ledger. On SQLite, and where
one role does everything, nothing here has an effect. The roles are made by deploy/postgres-roles.sql.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from django.db.transaction import atomic

from surveys.database import triggers

# What is emptied by TRUNCATE, since that alone leaves no old row behind (`mixing.scrub_box`, `paper.scrub_piles`).
SCRUBBED = {"surveys_boxedballot", "surveys_paperpile", "surveys_paperkeying"}
MIGRATIONS = "django_migrations"
# A ballot's words may become NULL, once; that it is only that, the trigger sees to.
CHANGEABLE = {"surveys_ballot": "extra, salt"}
# What the third role reads: whole tables without a line about one customer or one of the staff, and of three others
# some columns. Neither box nor register, no fingerprint of a code, no comment, no account.
FIGURES = {
    "surveys_office", "surveys_counter", "surveys_calendarday", "surveys_procedure", "surveys_procedureversion",
    "surveys_seasonallimit", "surveys_questionnaire", "surveys_questionnaireversion", "surveys_section", "surveys_scale",
    "surveys_level", "surveys_criterion", "surveys_textquestion", "surveys_reason", "surveys_campaignunit",
    "surveys_respondentgroup", "surveys_openlane", "surveys_batch", "surveys_receipt", "reports_monthsum",
    "reports_monthcell", "reports_slipsum", "reports_sliptotal", "reports_transactionsum", "reports_handlingtime", "reports_duerun",
    "reports_pastpaperlevel", MIGRATIONS,
}  # fmt: skip
# What the mixer's role does beyond reading; of these the application's role reads all and does what is said below.
READ = "SELECT"
APPEND = "SELECT, INSERT"
CHANGE = "SELECT, INSERT, UPDATE"
KEEP = "SELECT, INSERT, UPDATE, DELETE"
MIXER = {
    "surveys_boxedballot": "SELECT, INSERT, DELETE, TRUNCATE",
    **dict.fromkeys(
        ("surveys_ballot", "surveys_receipt", "surveys_batch", "surveys_voidmark", "surveys_unreadballot"), APPEND
    ),
    "surveys_auditentry": APPEND,
    "surveys_revision": APPEND,  # by the triggers of what it writes
    "surveys_boxjob": "SELECT, UPDATE",
    "surveys_boxpair": CHANGE,
    "surveys_boxtrouble": KEEP,
    "surveys_slip": "SELECT, UPDATE (state)",
    "reports_silentletters": "SELECT (draw_id, campaign_id)",
    "reports_silentresult": "SELECT (draw_id)",
    # Counting one period at a time locks the office's row, which takes the right to change something of it.
    "surveys_office": "SELECT, UPDATE (seals)",
    **dict.fromkeys(("surveys_paperpile", "surveys_paperkeying"), "SELECT, INSERT, TRUNCATE"),
    **dict.fromkeys(("reports_monthsum", "reports_monthcell", "django_cache"), KEEP),
    "reports_duerun": CHANGE,
    **dict.fromkeys(
        (
            "surveys_counter", "surveys_calendarday", "surveys_campaign", "surveys_campaignunit", "surveys_criterion",
            "surveys_level", "surveys_openlane", "surveys_procedure", "surveys_questionnaire",
            "surveys_questionnaireversion", "surveys_reason", "surveys_scale", "surveys_section", "surveys_textquestion",
            "reports_seal", MIGRATIONS,
        ),
        READ,
    ),
}  # fmt: skip
# Where there is such a role, the application's own is left with this of the box and of what a mix writes.
BESIDE_MIXER = {
    "surveys_boxedballot": APPEND,
    **dict.fromkeys(
        (
            "surveys_ballot", "surveys_receipt", "surveys_batch", "surveys_voidmark", "surveys_unreadballot",
            "surveys_boxpair", "surveys_boxtrouble",
        ),
        READ,
    ),
    "surveys_boxjob": APPEND,
    **dict.fromkeys(("surveys_paperpile", "surveys_paperkeying"), KEEP),
}  # fmt: skip
FIGURES_IN_PART = {
    "surveys_ballot": "id, office_id, period, batch_id, questionnaire_id, counter, procedure, answers, x, leaf",
    "surveys_slip": "office_id, period, counter_id, procedure_id, questionnaire_id, channel, state",
    "surveys_voidmark": "ballot_id, reason",
    "surveys_campaign": "id, slug, name, opens_on, closes_on, ends_on, questionnaire_id, formula, minimum_n, state",
    "reports_seal": "id, office_id, period, version, reason, text, note, code, sealed_at",
    "reports_standing": "id, campaign_id, version, reason, text, note, code, signed_at",
    "reports_pastpaper": "id, office_id, first, last, issued, returned, void, satisfied",
    "reports_pastresult": "id, office_id, name, first_day, last_day, score, place, of, source",
}


def settle(using: str = "default") -> None:
    """Give every table that stands now its rights; whoever calls this owns the tables. Once more changes nothing."""
    if connections[using].vendor == "postgresql" and settings.DATABASE_APP_ROLE:
        give(
            app=settings.DATABASE_APP_ROLE,
            reader=settings.DATABASE_READER_ROLE,
            mixer=settings.DATABASE_MIXER_ROLE,
            using=using,
        )


def owns_tables(using: str = "default") -> bool:
    """Whether this login may change tables: on a further web node, which is not told the owner's password, it may not."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables WHERE schemaname = 'public' AND tablename = %s",
            [MIGRATIONS],
        )
        told = cursor.fetchone()
    return told is None or told[0]


def give(*, app: str, reader: str = "", mixer: str = "", using: str = "default") -> None:
    """Take everything away from the roles and give them theirs, in one transaction: a server in use notices nothing."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    statements = [
        statement for table in sorted(existing) for statement in _of_app(table, connection, mixes=not mixer)
    ]
    roles = {"app": connection.ops.quote_name(app)}
    if mixer:
        statements += [statement for table in sorted(existing) for statement in _of_mixer(table)]
        statements.append("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {mixer}")
        roles["mixer"] = connection.ops.quote_name(mixer)
    if reader:
        statements += [statement for table in sorted(existing) for statement in _of_reader(table)]
        roles["reader"] = connection.ops.quote_name(reader)
    statements.append("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}")
    # The box is moved into new files through a temporary table.
    roles["database"] = connection.ops.quote_name(connection.settings_dict["NAME"])
    statements.append("GRANT TEMPORARY ON DATABASE {database} TO " + ("{mixer}" if mixer else "{app}"))
    with atomic(using=using), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**roles))


def _of_app(table: str, connection, *, mixes: bool) -> list[str]:
    if table == MIGRATIONS:
        rights = "SELECT"
    elif not mixes and table in BESIDE_MIXER:
        rights = BESIDE_MIXER[table]
    elif table in {model._meta.db_table for model in triggers.guarded(connection)}:
        rights = "SELECT, INSERT"
    else:
        rights = "SELECT, INSERT, UPDATE, DELETE" + (", TRUNCATE" if table in SCRUBBED else "")
    some = [f'GRANT UPDATE ({CHANGEABLE[table]}) ON "{table}" TO {{app}}'] if table in CHANGEABLE else []
    return [f'REVOKE ALL ON "{table}" FROM PUBLIC, {{app}}', f'GRANT {rights} ON "{table}" TO {{app}}', *some]


def _of_mixer(table: str) -> list[str]:
    given = [f'REVOKE ALL ON "{table}" FROM {{mixer}}']
    return [*given, f'GRANT {MIXER[table]} ON "{table}" TO {{mixer}}'] if table in MIXER else given


def _of_reader(table: str) -> list[str]:
    given = [f'REVOKE ALL ON "{table}" FROM {{reader}}']
    if table in FIGURES:
        given.append(f'GRANT SELECT ON "{table}" TO {{reader}}')
    elif table in FIGURES_IN_PART:
        columns = ", ".join(f'"{column}"' for column in FIGURES_IN_PART[table].split(", "))
        given.append(f'GRANT SELECT ({columns}) ON "{table}" TO {{reader}}')
    return given
