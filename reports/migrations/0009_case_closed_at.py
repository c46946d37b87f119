"""When a case was closed, so that a report tells of it as it stood at its own instant."""

from django.db import migrations, models


def reply_as_closing(apps, _schema):
    """Cases closed before: what is known is when they were answered."""
    rows = apps.get_model("reports", "Case").objects.filter(state="closed")
    rows.update(closed_at=models.F("replied_at"))


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_stuffing")]

    operations = [
        migrations.AddField("case", "closed_at", models.DateTimeField("đóng lúc", null=True)),
        migrations.RunPython(reply_as_closing, migrations.RunPython.noop, elidable=True),
    ]
