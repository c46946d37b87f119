"""What a version of a period hides, its corrections go on hiding (docs/decisions/0037)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0021_draws_told_at_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="monthcell",
            name="hides_counter",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="monthcell",
            name="hides_procedure",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="monthcell",
            name="hides_verdict",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
