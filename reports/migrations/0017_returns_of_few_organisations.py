"""Returns of few organisations are not kept: they would tell, without a name, whose slips came back."""

from django.db import migrations, models

#: As `reports.arithmetic.thresholds.INTERVAL_ORGANISATIONS` stood.
FEWEST = 10


def forget(apps, _schema):
    told = models.Q(counter="", organisations__gte=FEWEST)
    rows = apps.get_model("reports", "ClusterSum").objects.exclude(told)
    rows.update(returned=None, deviation=None)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0016_direction_receiver"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clustersum",
            name="deviation",
            field=models.FloatField(null=True, verbose_name="tổng bình phương độ lệch"),
        ),
        migrations.AlterField(
            model_name="clustersum",
            name="returned",
            field=models.PositiveIntegerField(null=True, verbose_name="thu về"),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="clustersum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deviation__isnull", True), ("returned__isnull", True)),
                    models.Q(("counter", ""), ("organisations__gte", 10)),
                    _connector="OR",
                ),
                name="clustersum_returns_of_many",
            ),
        ),
    ]
