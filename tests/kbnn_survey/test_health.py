"""What machines ask: alive, ready."""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from surveys.database import triggers

pytestmark = pytest.mark.django_db


def missing(client) -> list[str]:
    answer = client.get("/readyz")
    assert answer.status_code == (503 if answer.json()["missing"] else 200)
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert not answer.cookies
    return answer.json()["missing"]


def test_the_process_is_alive_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "alive"}


def test_the_release_is_that_of_the_changelog_on_readyz_and_in_the_footer_of_staff(client):
    heads = re.findall(
        r"^## \[(.+?)\]", (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
    )
    unreleased = "+" if heads[0] == "Unreleased" else ""
    release = next(head for head in heads if head != "Unreleased") + unreleased
    assert client.get("/readyz").json()["version"] == release
    assert f"Phiên bản {release}" in client.get("/login").content.decode()


def test_a_house_in_order_is_ready(client):
    assert missing(client) == []


def test_a_migration_that_was_not_applied_is_named(client):
    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="surveys").latest("name")
    recorder.record_unapplied(newest.app, newest.name)
    assert missing(client) == ["migrations"]


def test_a_trigger_that_is_gone_is_named(client):
    triggers.remove()
    assert missing(client) == ["triggers"]


@pytest.mark.parametrize("key", ["slip", "receipt", "box", "seal"])
def test_a_key_file_that_is_gone_is_named(client, settings, tmp_path, key):
    shutil.copytree(settings.KEYS_DIR, tmp_path / "keys")
    (tmp_path / "keys" / f"{key}.key").unlink()
    settings.KEYS_DIR = tmp_path / "keys"
    assert missing(client) == ["keys"]


def test_a_replay_that_has_not_ended_is_named(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "pilot-replaying").touch()
    assert missing(client) == ["replay"]


def test_a_database_that_does_not_answer_is_named(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME COLUMN app TO away")
    assert missing(client) == ["database"]


@pytest.mark.parametrize("marked_before", [False, True])
@pytest.mark.sqlite_only
def test_a_database_that_takes_no_writes_is_named(client, marked_before):
    if marked_before:
        assert missing(client) == []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only=ON")
    try:
        assert missing(client) == ["writing"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only=OFF")
    assert missing(client) == []


@pytest.mark.parametrize("marked_before", [False, True])
@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres_only
def test_a_server_that_takes_no_writes_is_named(client, marked_before):
    if marked_before:
        assert missing(client) == []
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert missing(client) == ["writing"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
    assert missing(client) == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_connection_of_a_read_only_disk_ends_with_its_request(monkeypatch, writable):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 600)
    monkeypatch.setattr(
        os, "access", lambda path, _mode: writable or path != connection.settings_dict["NAME"]
    )
    connection.close()
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()  # what Django does between requests, but not between a test's own
    assert (connection.connection is not None) == writable


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_another_verb_is_refused(client, address):
    assert client.post(address).status_code == 405
