"""That a granted role ended because a closed account was opened again: append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0029_unranked_campaigns"),
    ]

    operations = [
        migrations.CreateModel(
            name="RestedRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("teller", "Giao dịch viên"),
                            ("counting", "Tổ kiểm phiếu"),
                            ("leadership", "Lãnh đạo"),
                            ("inspector", "Thanh tra"),
                            ("head_office", "Kho bạc Nhà nước trung ương"),
                            ("admin", "Quản trị"),
                        ],
                        max_length=20,
                        verbose_name="vai trò",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người mở lại tài khoản",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rested_roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người dùng",
                    ),
                ),
            ],
            options={
                "verbose_name": "vai trò nghỉ",
                "verbose_name_plural": "vai trò nghỉ",
            },
        ),
    ]
