from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0027_names_in_one_line")]

    operations = [
        migrations.AddField("pendingcode", "in_hand_since", models.DateTimeField(null=True, editable=False)),
    ]
