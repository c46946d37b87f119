"""How each counter hands out ballots, and its printer."""

import django.core.validators
from django.db import migrations, models
from django.db.models import Q

PRINTER = django.core.validators.RegexValidator(
    "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$",
    "Tên máy in chỉ gồm chữ không dấu, chữ số, dấu gạch dưới, gạch nối và chấm.",
)
CHANNELS = [
    ("tablet", "Máy tính bảng"),
    ("slip", "Phiếu in mã QR"),
    ("paper", "Phiếu giấy"),
    ("link", "Đường liên kết"),
]
FORMATS = [("58", "Cuộn nhiệt 58 mm"), ("80", "Cuộn nhiệt 80 mm"), ("a6", "Giấy A6")]


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_campaigns")]

    operations = [
        migrations.AddField(
            "office",
            "phones_reach",
            models.CharField(blank=True, default="", editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            "counter",
            "offers_tablet",
            models.BooleanField(default=True, verbose_name="phát lên máy tính bảng"),
        ),
        migrations.AddField(
            "counter",
            "offers_slip",
            models.BooleanField(
                default=False, help_text="Cần có máy in.", verbose_name="phát phiếu in mã QR"
            ),
        ),
        migrations.AddField(
            "counter", "offers_paper", models.BooleanField(default=True, verbose_name="phát phiếu giấy")
        ),
        migrations.AddField(
            "counter",
            "printer",
            models.CharField(
                blank=True,
                default="",
                help_text="Tên máy in trong CUPS của máy chủ; máy in đặt ở phía khách hàng.",
                max_length=127,
                validators=[PRINTER],
                verbose_name="máy in phiếu",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "counter",
            "slip_format",
            models.CharField(choices=FORMATS, default="58", max_length=8, verbose_name="khổ phiếu in"),
        ),
        migrations.AlterField(
            "counter",
            "default_channel",
            models.CharField(
                choices=CHANNELS, default="tablet", max_length=8, verbose_name="cách phát thường dùng"
            ),
        ),
        migrations.AddConstraint(
            "counter",
            models.CheckConstraint(
                name="counter_slip_needs_printer",
                condition=Q(offers_slip=False) | ~Q(printer=""),
                violation_error_message="Phát phiếu in thì phải ghi tên máy in của quầy.",
            ),
        ),
        migrations.AddConstraint(
            "counter",
            models.CheckConstraint(
                name="counter_offers_some_way",
                condition=Q(offers_tablet=True) | Q(offers_slip=True) | Q(offers_paper=True),
                violation_error_message="Quầy phải có ít nhất một cách phát phiếu.",
            ),
        ),
    ]
