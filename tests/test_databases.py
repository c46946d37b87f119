"""What the suite itself promises: a test finds the database as the first one did."""

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection

from surveys.database import triggers
from tests import databases, make

committing = pytest.mark.django_db(transaction=True)


def rows() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


@committing
def test_whatever_a_test_commits_is_gone_when_it_is_put_back():
    untouched = rows()
    make.ballots(2, at=make.counter(), kind=make.procedure())
    cache.set("name", "value")
    databases.put_back()
    assert rows() == untouched


@committing
def test_triggers_and_groups_come_back_too():
    untouched = rows()
    triggers.remove()
    Group.objects.all().delete()
    make.office()
    databases.put_back()
    assert rows() == untouched
    assert triggers.missing() == []


@committing
def test_numbers_are_not_given_out_again_after_a_new_copy():
    first = make.office().pk
    triggers.remove()
    databases.put_back()
    assert make.office().pk > first or connection.vendor == "sqlite"
