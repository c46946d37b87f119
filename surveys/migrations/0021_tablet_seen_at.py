"""When a tablet was last heard of: an administrator's page tells a lost one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0020_paper_at_rest")]

    operations = [
        migrations.AddField(
            model_name="tablet",
            name="seen_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="thấy lần cuối"),
        ),
    ]
