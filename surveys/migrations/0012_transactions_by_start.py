"""The teller's page asks for the counter's last procedures, however many transactions the counter ever had."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0011_printed_stubs")]

    operations = [
        migrations.AddIndex(
            "transaction",
            models.Index(
                fields=["counter", "started_at"], include=["procedure"], name="transaction_begun_at_counter"
            ),
        ),
    ]
