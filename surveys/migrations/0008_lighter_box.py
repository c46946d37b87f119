"""The box is small and emptied every night: indexes that nobody asks only make each cast write more."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "surveys_boxedballot"


def drop_idle_indexes(apps, schema_editor) -> None:
    """All but those of constraints. Not by altering the fields: SQLite would remake the table, with row numbers."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
        for name, facts in found.items():
            if facts["index"] and not facts["unique"] and not facts["primary_key"]:
                cursor.execute(f'DROP INDEX "{name}"')


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_lighter_slips")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_idle_indexes, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(
                    model_name="boxedballot",
                    name="office",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                    ),
                ),
                migrations.AlterField(
                    model_name="boxedballot",
                    name="questionnaire",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
        )
    ]
