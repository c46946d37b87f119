"""No criterion is called as a field of the ballot or a column of its list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0008_lighter_box"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__in", ("comment", "id", "reasons", "x")), _negated=True),
                name="criterion_code_not_taken",
                violation_error_message="“comment”, “reasons”, “id” và “x” là tên ô, tên cột của phiếu; xin chọn mã khác.",
            ),
        ),
    ]
