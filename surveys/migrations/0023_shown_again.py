"""Of a used slip whose code was asked for anew: until when the fresh code answers like an unused one's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0022_paper_scans"),
    ]

    operations = [
        migrations.AddField(
            model_name="slip",
            name="shown_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("tablet", "Máy tính bảng"),
                    ("slip", "Phiếu in mã QR"),
                    ("paper", "Phiếu giấy"),
                    ("link", "Đường liên kết"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="slip",
            name="shown_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.CheckConstraint(
                condition=models.Q(("shown_until__isnull", True), ("state", "U"), _connector="OR"),
                name="slip_only_used_is_shown_again",
            ),
        ),
    ]
