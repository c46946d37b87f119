"""Append-only, held by the database itself."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from surveys.box import mixing
from surveys.database import triggers
from surveys.management.commands.migrate import BREATH_SECONDS, Command
from surveys.models import Ballot, Redaction
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ballot():
    counter = make.counter()
    make.ballots(10, at=counter, kind=make.procedure())
    mixing.mix(office=counter.box_office, period=Month(2026, 11), now=make.NOW)
    return Ballot.objects.first()


def refused(sql: str, *params) -> bool:
    try:
        with atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


def test_every_guarded_table_has_its_triggers():
    assert triggers.missing() == []


def test_a_dropped_trigger_is_noticed():
    name, table, _statement = triggers._wanted(connection)[0]
    with connection.cursor() as cursor:
        triggers._drop(connection, cursor, name, table)

    assert triggers.missing() == [name]


def test_a_trigger_with_another_text_is_noticed():
    name, table, statement = triggers._wanted(connection)[0]
    with connection.cursor() as cursor:
        triggers._drop(connection, cursor, name, table)
        if connection.vendor == "sqlite":
            cursor.execute(f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" BEGIN SELECT 1; END')
        else:
            cursor.execute(statement.replace("BEFORE UPDATE OR DELETE", "BEFORE DELETE"))

    assert triggers.missing() == [name]


def test_a_start_with_nothing_to_migrate_leaves_the_triggers_in_place():
    with CaptureQueriesContext(connection) as asked:
        call_command("migrate", verbosity=0)
    assert not [each["sql"] for each in asked if re.search("(CREATE|DROP) TRIGGER", each["sql"])]


def test_a_trigger_that_is_gone_comes_back_with_the_next_start():
    triggers.remove()
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("in_use", [True, False])
def test_between_two_migrations_of_a_house_in_use_the_customers_have_their_turn(monkeypatch, in_use):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    if not in_use:
        monkeypatch.setattr(connection.introspection, "table_names", list)
    command = Command()
    with suppress(CommandError):
        call_command(command, "no-such-app", verbosity=0)
    command.migration_progress_callback("apply_start", migration="0007")
    assert pauses == []
    command.migration_progress_callback("apply_success", migration="0007")
    assert pauses == ([BREATH_SECONDS] if in_use else [])


def test_a_ballot_is_neither_changed_nor_deleted(ballot):
    assert refused("UPDATE surveys_ballot SET counter = 'Q9'")
    assert refused("UPDATE surveys_ballot SET answers = '{}' WHERE id = %s", ballot.pk)
    assert refused("DELETE FROM surveys_ballot")


@pytest.mark.parametrize("table", ["surveys_batch", "surveys_receipt"])
def test_batches_and_receipts_are_neither_changed_nor_deleted(ballot, table):
    assert refused(f"UPDATE {table} SET period = '2026-12'")
    assert refused(f"DELETE FROM {table}")


@pytest.mark.sqlite_only
def test_replace_does_not_walk_past_the_delete_trigger_through_any_unique_column(ballot):
    columns = [field.column for field in Ballot._meta.concrete_fields]
    listed = ", ".join(f'"{column}"' for column in columns)
    for taken in ("id", "leaf"):
        fresh = ", ".join(f'"{c}"' if c == taken or c not in {"id", "leaf"} else "'0'" for c in columns)
        assert refused(
            f"REPLACE INTO surveys_ballot ({listed}) SELECT {fresh} FROM surveys_ballot WHERE id = %s",
            ballot.pk,
        )


@pytest.mark.postgres_only
def test_truncate_and_upsert_are_refused_on_postgresql(ballot):
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else what this test wrote refuses the TRUNCATE by itself
    assert refused("TRUNCATE surveys_ballot CASCADE")
    assert refused(
        "INSERT INTO surveys_receipt (office_id, period, hash) SELECT office_id, period, hash FROM surveys_receipt "
        "ON CONFLICT (office_id, period, hash) DO UPDATE SET hash = 'x'"
    )


def test_words_are_erased_once_and_only_after_their_redaction_was_written(ballot):
    erase = "UPDATE surveys_ballot SET extra = NULL, salt = NULL WHERE id = %s"
    assert refused(erase, ballot.pk)
    Redaction.objects.create(ballot=ballot, reason="Nhận ra khách hàng", redacted_on=make.NOW.date())

    assert refused(
        "UPDATE surveys_ballot SET extra = NULL, salt = NULL, counter = '' WHERE id = %s", ballot.pk
    )
    assert not refused(erase, ballot.pk)
    assert refused("UPDATE surveys_ballot SET extra = 'x', salt = 'y' WHERE id = %s", ballot.pk)
    ballot.refresh_from_db()
    assert (ballot.extra, ballot.salt) == (None, None)


@pytest.mark.sqlite_only
def test_the_box_keeps_no_row_number_on_sqlite():
    assert triggers.tables_without_rowid_missing() == []
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT rowid FROM surveys_boxedballot")
