"""Months counted on paper before there was a system."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

FK = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0005_counter_channels"),
        ("reports", "0006_follow_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PastPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.CharField(max_length=7, verbose_name="từ tháng")),
                ("last", models.CharField(max_length=7, verbose_name="đến hết tháng")),
                ("issued", models.PositiveIntegerField(verbose_name="phát ra")),
                ("returned", models.PositiveIntegerField(verbose_name="thu về")),
                ("void", models.PositiveIntegerField(verbose_name="không hợp lệ")),
                ("satisfied", models.PositiveIntegerField(null=True, verbose_name="hài lòng mọi tiêu chí")),
                ("entered_at", models.DateTimeField(verbose_name="nhập lúc")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=FK, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="người nhập"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=FK, related_name="+", to="surveys.office", verbose_name="đơn vị"
                    ),
                ),
            ],
            options={
                "verbose_name": "kỳ nhập từ sổ giấy",
                "verbose_name_plural": "kỳ nhập từ sổ giấy",
                "ordering": ["office", "first", "last"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "first", "last"), name="pastpaper_once"),
                    models.CheckConstraint(
                        condition=Q(last__gte=F("first")), name="pastpaper_months_in_order"
                    ),
                    models.CheckConstraint(
                        condition=Q(returned__lte=F("issued")), name="pastpaper_returned_were_issued"
                    ),
                    models.CheckConstraint(
                        condition=Q(void__lte=F("returned"))
                        & (Q(satisfied__isnull=True) | Q(satisfied__lte=F("returned") - F("void"))),
                        name="pastpaper_verdicts_were_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastPaperLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=20, verbose_name="tiêu chí")),
                ("level", models.PositiveSmallIntegerField(verbose_name="mức")),
                ("n", models.PositiveIntegerField(verbose_name="số phiếu")),
                (
                    "past",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levels",
                        to="reports.pastpaper",
                    ),
                ),
            ],
            options={
                "verbose_name": "số phiếu theo mức của sổ giấy",
                "verbose_name_plural": "số phiếu theo mức của sổ giấy",
                "constraints": [
                    models.UniqueConstraint(fields=("past", "criterion", "level"), name="pastpaperlevel_once")
                ],
            },
        ),
    ]
