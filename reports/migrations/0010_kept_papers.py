"""The papers of sealed periods, kept as the record."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_case_closed_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="tệp")),
                ("edition", models.PositiveSmallIntegerField(default=1, verbose_name="lần lập")),
                ("filename", models.CharField(max_length=120, verbose_name="tên khi tải về")),
                ("content", models.BinaryField(verbose_name="nội dung")),
                ("size", models.PositiveIntegerField(verbose_name="cỡ")),
                ("sha256", models.CharField(max_length=64, verbose_name="mã băm SHA-256")),
                ("basis", models.CharField(max_length=64)),
                ("kept_at", models.DateTimeField(verbose_name="lưu lúc")),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept",
                        to="reports.seal",
                        verbose_name="niêm phong",
                    ),
                ),
            ],
            options={
                "verbose_name": "tệp lưu",
                "verbose_name_plural": "tệp lưu",
                "ordering": ["seal", "name", "edition"],
                "constraints": [
                    models.UniqueConstraint(fields=("seal", "name", "edition"), name="keptpaper_once")
                ],
            },
        ),
    ]
