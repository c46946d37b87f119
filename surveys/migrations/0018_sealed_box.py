"""The box is sealed: waiting ballots that lie in clear are put into envelopes, and their old table goes as a whole.

A table that is dropped takes its files along; columns that are dropped would stay in the rows until each is written anew.
Whoever casts meanwhile waits for the lock and is refused afterwards, hence is told that nothing was kept. What lies in
older log segments and backups is in clear until they end: docs/operating.md says when.
"""

import django.db.models.deletion
from django.db import migrations, models

from surveys.database import tables


def make_ready(apps, schema_editor) -> None:
    tables.make_box_ready(apps, schema_editor, table="surveys_sealedballot")


def seal_what_waits(apps, schema_editor) -> None:
    from surveys.box.plain_rows import seal_plain_rows

    seal_plain_rows(apps, schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0017_credential_resets")]
    operations = [
        migrations.AddField(
            "questionnaireversion", "padded_bytes", models.PositiveIntegerField(editable=False, null=True)
        ),
        migrations.CreateModel(
            name="SealedBallot",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("period", models.CharField(max_length=40)),
                ("sealed", models.BinaryField()),
                ("receipt_hash", models.CharField(max_length=64, null=True)),
                ("tag", models.CharField(max_length=64)),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiếu chờ trộn",
                "verbose_name_plural": "phiếu chờ trộn",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "period", "receipt_hash"), name="boxedballot_one_a_receipt"
                    )
                ],
            },
        ),
        migrations.RunPython(make_ready, migrations.RunPython.noop),
        migrations.RunPython(seal_what_waits, migrations.RunPython.noop),
        migrations.DeleteModel("BoxedBallot"),
        migrations.RenameModel("SealedBallot", "BoxedBallot"),
    ]
