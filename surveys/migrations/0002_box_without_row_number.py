"""SQLite numbers rows in the order of their insertion, behind any key: the box must not keep that order."""

from django.db import migrations

TABLE = "surveys_boxedballot"


def drop_row_number(apps, schema_editor, *, table: str = TABLE) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
        definition = cursor.fetchone()[0]
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
            [table],
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
        assert cursor.fetchone()[0] == 0, "the box holds ballots; mix before migrating"
        cursor.execute(f"DROP TABLE {table}")
        for statement in (f"{definition} WITHOUT ROWID", *indexes):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [migrations.RunPython(drop_row_number, migrations.RunPython.noop)]
