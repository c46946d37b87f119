"""A damaged row keeps its receipt, so that its holder finds it counted. The remake of the table must keep no row number."""

from django.db import migrations, models

from surveys.database import tables


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_counter_channels")]
    operations = [
        migrations.RemoveConstraint(model_name="boxedballot", name="boxedballot_only_paper_is_void"),
        migrations.AddConstraint(
            model_name="boxedballot",
            constraint=models.CheckConstraint(
                name="boxedballot_only_paper_or_damage_is_void",
                condition=models.Q(
                    ("void_reason__in", ["", "DAMAGED"]), ("receipt_hash__isnull", True), _connector="OR"
                ),
            ),
        ),
        migrations.RunPython(tables.drop_row_number, migrations.RunPython.noop),
    ]
