"""Of a correction of before it is not known whether its roll-ups were marked: nothing is asked of it (docs/decisions/0037)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0022_hidden_in_an_earlier_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="marks_hidden",
            field=models.BooleanField(db_default=False),
        ),
    ]
