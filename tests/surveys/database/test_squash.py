"""The squashes of migrations make what the migrations made that they replace."""

from __future__ import annotations

import pytest
from django.db import connection

from surveys.management.commands import prepare
from tests import databases, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What `migrate` lays beside the migrations is left out: triggers, and the table of the cache.
SQLITE = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"
POSTGRESQL = """
    SELECT format('column %s.%s %s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
        attidentity, attstorage, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT format('%s %s %s', relkind, relname, reloptions)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
"""


def parts(statement: str) -> tuple[str, ...]:
    """A table by its columns and constraints, whatever their order, and what follows its bracket."""
    head, _bracket, rest = statement.partition("(")
    body, _bracket, tail = rest.rpartition(")")
    depth, found = 0, [""]
    for character in body:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return (head.replace('"', "").strip(), *sorted(part.strip() for part in found), tail.strip())


def schema() -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SQLITE if connection.vendor == "sqlite" else POSTGRESQL)
        told = [row[0] for row in cursor.fetchall()]
    # PostgreSQL leaves a primary key its name when the table is given another.
    named = [each.replace("surveys_sealedballot_pkey", "surveys_boxedballot_pkey") for each in told]
    return {parts(each) for each in named if "django_cache" not in each}


def test_a_database_that_grew_step_by_step_is_the_one_that_is_made_at_once():
    with databases.empty():
        executor = steps.executor()
        executor.migrate(executor.loader.graph.leaf_nodes())
        grown = schema()
    at_once = schema()
    assert len(at_once) > 300
    assert at_once - grown == set()
    assert grown - at_once == set()


def test_a_database_that_has_gone_through_every_step_is_told_the_squash():
    """Else it would be made anew there, once the steps are gone."""
    assert not prepare.is_behind()
    steps.executor()
    assert prepare.is_behind()
    steps.upgrade()
    assert not prepare.is_behind()
