import re

from django.core.validators import RegexValidator
from django.db import migrations, models
from django.db.models.functions import Chr, StrIndex
from django.db.models.lookups import Exact

WORDS = "Ghi trên một dòng, không có ký tự điều khiển."
ONE_LINE = [RegexValidator("[\x00-\x1f\x7f-\x9f\u2028\u2029]", WORDS, code="one_line", inverse_match=True)]
NAMES = {"campaign": ("name", "name_en"), "office": ("name", "short_name", "name_en")}


def flatten(apps, schema_editor):
    """What stands already: each line break becomes a blank."""
    for model, columns in NAMES.items():
        rows = apps.get_model("surveys", model).objects.using(schema_editor.connection.alias)
        for row in rows.all():
            flat = {column: " ".join(re.split(r"[\r\n]+", getattr(row, column))) for column in columns}
            if any(getattr(row, column) != words for column, words in flat.items()):
                rows.filter(pk=row.pk).update(**flat)


def one_line(model):
    holds = (
        Exact(StrIndex(models.F(c), Chr(models.Value(sign))), 0) for c in NAMES[model] for sign in (10, 13)
    )
    return migrations.AddConstraint(
        model,
        models.CheckConstraint(
            name=f"{model}_named_in_one_line", condition=models.Q(*holds), violation_error_message=WORDS
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0026_revision"),
    ]

    operations = [
        migrations.RunPython(flatten, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="campaign",
            name="name",
            field=models.CharField(max_length=160, validators=ONE_LINE, verbose_name="tên đợt khảo sát"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="name_en",
            field=models.CharField(
                blank=True, max_length=160, validators=ONE_LINE, verbose_name="tên tiếng Anh"
            ),
        ),
        migrations.AlterField(
            model_name="office",
            name="name",
            field=models.CharField(max_length=160, validators=ONE_LINE, verbose_name="tên đơn vị"),
        ),
        migrations.AlterField(
            model_name="office",
            name="name_en",
            field=models.CharField(
                blank=True, max_length=160, validators=ONE_LINE, verbose_name="tên tiếng Anh"
            ),
        ),
        migrations.AlterField(
            model_name="office",
            name="short_name",
            field=models.CharField(max_length=80, validators=ONE_LINE, verbose_name="tên gọn"),
        ),
        one_line("campaign"),
        one_line("office"),
    ]
