"""Start-up checks: what must be in place before a single ballot may be taken."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections

from surveys import guards, keys


@register(Tags.database)
def triggers_in_place(databases=None, **_kwargs) -> list[Error]:
    found = []
    for alias in databases or []:
        if "surveys_ballot" not in connections[alias].introspection.table_names():
            continue
        found += [
            Error(f"append-only trigger {name} is missing or changed", hint="Run manage.py prepare.", id="surveys.E001")
            for name in guards.missing(alias)
        ]
        found += [
            Error(f"{table} keeps a row number", hint="Restore the box table WITHOUT ROWID.", id="surveys.E002")
            for table in guards.tables_without_rowid_missing(alias)
        ]
    return found


@register(Tags.security, deploy=True)
def keys_in_place(**_kwargs) -> list[Error]:
    return [
        Error(f"key file {name}.key is missing or unreadable", hint="Run manage.py prepare.", id="surveys.E003")
        for name in keys.unreadable(settings.KEYS_DIR)
    ]
