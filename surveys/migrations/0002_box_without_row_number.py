"""SQLite numbers rows in the order of their insertion, behind any key: the box must not keep that order."""

from django.db import migrations

from surveys.database import tables


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [migrations.RunPython(tables.drop_row_number, migrations.RunPython.noop)]
