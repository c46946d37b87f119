"""Migrations one by one, as a database that is older than their squash went through them."""

from __future__ import annotations

from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from surveys.database import triggers


class Executor(MigrationExecutor):
    """Django's own, which renders models only for the steps that it takes.

    Before a way back Django lays out the state before each step. Once it has rendered the models of one, every operation of
    each further migration renders again whatever hangs together with its table: ten thousand classes that nobody asks for.
    """

    def _migrate_all_backwards(self, plan, full_plan, fake):
        usual = Migration.mutate_state

        def noted_only(migration: Migration, state: ProjectState, preserve: bool = True) -> ProjectState:
            if preserve:
                state = state.clone()
                state.__dict__.pop("apps", None)
            return usual(migration, state, preserve=False)

        with mock.patch.object(Migration, "mutate_state", noted_only):
            return super()._migrate_all_backwards(plan, full_plan, fake)


def executor() -> MigrationExecutor:
    """Knows no squash, and neither does the database from now on.

    ``replace_migrations=False`` alone leaves each squash in the graph beside what it replaces. Other apps depend on an
    app's first migration, so the squash comes into the state right after `0001_initial`; the steps that follow add to it
    what it holds already, and SQLite, which remakes a table on the way back, is told the same index twice.
    """
    found = Executor(connection)
    found.loader = loader = MigrationLoader(connection, replace_migrations=False)
    for key, migration in loader.replacements.items():
        loader.graph.remove_replacement_node(key, migration.replaces)
        loader.applied_migrations.pop(key, None)
        found.recorder.record_unapplied(*key)
    return found


def back_to(nodes: list[tuple[str, str]]) -> MigrationExecutor:
    """Lead this release's database back to what it was after those migrations; `upgrade` brings it here again."""
    found = executor()
    triggers.remove()  # as `migrate` does before it begins
    found.migrate(nodes)
    return found


def upgrade() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def squashed() -> dict[tuple[str, str], tuple[str, str]]:
    """Each squash, and the last of the migrations that it replaces."""
    return {key: each.replaces[-1] for key, each in MigrationLoader(connection).replacements.items()}
