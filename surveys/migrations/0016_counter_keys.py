"""Each counter gets digit keys of its own, laid once in the order of the house's list, where they stay."""

import django.db.models.deletion
from django.db import migrations, models


KEYS = 9


def lay_keys(apps, schema_editor) -> None:
    counters = apps.get_model("surveys", "Counter").objects.using(schema_editor.connection.alias)
    procedures = apps.get_model("surveys", "Procedure").objects.using(schema_editor.connection.alias)
    key = apps.get_model("surveys", "CounterKey")
    first = list(procedures.order_by("position", "code")[:KEYS])
    key.objects.using(schema_editor.connection.alias).bulk_create(
        key(counter=counter, digit=digit, procedure=procedure)
        for counter in counters.all()
        for digit, procedure in enumerate(first, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0015_pending_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="counter",
            name="keys_changed_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="CounterKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digit", models.PositiveSmallIntegerField(verbose_name="phím")),
                (
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "phím của quầy",
                "verbose_name_plural": "phím của quầy",
                "ordering": ["counter", "digit"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digit__range", (1, 9))),
                        name="counterkey_is_a_digit",
                        violation_error_message="Phím là một chữ số từ 1 đến 9.",
                    ),
                    models.UniqueConstraint(
                        fields=("counter", "digit"),
                        name="counterkey_one_procedure_a_key",
                        violation_error_message="Phím này đã gán cho một thủ tục.",
                    ),
                    models.UniqueConstraint(
                        fields=("counter", "procedure"),
                        name="counterkey_one_key_a_procedure",
                        violation_error_message="Thủ tục này đã có phím.",
                    ),
                ],
            },
        ),
        migrations.RunPython(lay_keys, migrations.RunPython.noop, elidable=True),
    ]
