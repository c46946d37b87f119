"""Paper that comes after the closing, below ten, is void by a reason of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_head_office")]

    operations = [
        migrations.AlterField(
            "voidmark",
            "reason",
            models.CharField(
                choices=[
                    ("INCOMPLETE", "Không đánh dấu đủ tiêu chí"),
                    ("DOUBLE", "Đánh dấu cả hai ô"),
                    ("MARKED", "Có dấu hiệu nhận ra khách hàng"),
                    ("TORN", "Rách, không đọc được"),
                    ("MISSING", "Có cuống, thiếu phiếu"),
                    ("LATE", "Phiếu giấy đến muộn, dưới 10 phiếu"),
                    ("DAMAGED", "Dữ liệu hỏng trước khi trộn"),
                ],
                max_length=10,
                verbose_name="lý do",
            ),
        ),
    ]
