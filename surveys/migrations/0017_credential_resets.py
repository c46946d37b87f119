"""That somebody else set a signer's password or second factor back: append-only, since a right to sign rests on it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0016_counter_keys")]

    operations = [
        migrations.CreateModel(
            name="CredentialReset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=40, verbose_name="thứ được đặt lại")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người đặt lại",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credential_resets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người dùng",
                    ),
                ),
            ],
            options={
                "verbose_name": "lần đặt lại đăng nhập",
                "verbose_name_plural": "lần đặt lại đăng nhập",
                "indexes": [models.Index(fields=["user", "at"], name="credential_reset_of_user")],
            },
        ),
    ]
