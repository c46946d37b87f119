"""What two persons key of paper ballots waits under a key outside the database, until the pile is entered."""

from django.db import migrations

import surveys.models.encrypted

COLUMNS = {"paperpile": ["comments"], "paperkeying": ["stubs", "counts"]}


def encrypt(apps, schema_editor) -> None:
    from surveys.crypto import at_rest, keys

    for model, columns in COLUMNS.items():
        for row in apps.get_model("surveys", model).objects.order_by("pk"):
            for column in columns:
                name = f"surveys_{model}.{column}"
                setattr(row, column, at_rest.written(keys.paper_key(), name, getattr(row, column)))
            row.save(update_fields=columns)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0019_box_jobs")]
    operations = [
        migrations.RunPython(encrypt, migrations.RunPython.noop),
        # The columns stay as they are: only what is in them is another text.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name=model,
                    name=column,
                    field=surveys.models.encrypted.EncryptedTextField(
                        default="{}" if column == "counts" else "[]"
                    ),
                )
                for model, columns in COLUMNS.items()
                for column in columns
            ]
        ),
    ]
