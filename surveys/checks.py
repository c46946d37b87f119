"""Start-up checks: what must be in place before a single ballot may be taken."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from surveys import printing
from surveys.crypto import keys
from surveys.database import triggers
from surveys.models import Counter


@register(Tags.database)
def triggers_in_place(databases=None, **_kwargs) -> list[Error]:
    found = []
    for alias in databases or []:
        if "surveys_ballot" not in connections[alias].introspection.table_names():
            continue
        found += [
            Error(
                f"append-only trigger {name} is missing or changed",
                hint="Run manage.py prepare.",
                id="surveys.E001",
            )
            for name in triggers.missing(alias)
        ]
        found += [
            Error(
                f"{table} keeps a row number", hint="Restore the box table WITHOUT ROWID.", id="surveys.E002"
            )
            for table in triggers.tables_without_rowid_missing(alias)
        ]
    return found


@register(Tags.security, deploy=True)
def keys_in_place(**_kwargs) -> list[Error]:
    return [
        Error(
            f"key file {name}.key is missing or unreadable", hint="Run manage.py prepare.", id="surveys.E003"
        )
        for name in keys.unreadable(settings.KEYS_DIR)
    ]


@register(Tags.database)
def print_jobs_are_not_kept(databases=None, **_kwargs) -> list[Warning]:
    """A warning, since only printing waits for it: `printing.look` refuses each slip until it is mended."""
    found = []
    for alias in databases or []:
        if (
            _knows_printers(alias)
            and Counter.objects.using(alias).printing().exists()
            and printing.job_files_kept()
        ):
            found.append(
                Warning(
                    f"CUPS keeps printed slips: {settings.CUPSD_CONF} does not say PreserveJobFiles No",
                    hint="cupsctl PreserveJobFiles=No; for a queue on another machine set CUPS_KEEPS_NOTHING=1.",
                    id="surveys.W001",
                )
            )
    return found


def _knows_printers(alias: str) -> bool:
    """Before its migration the table has no such column."""
    connection = connections[alias]
    table = Counter._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        return "offers_slip" in {
            each.name for each in connection.introspection.get_table_description(cursor, table)
        }
