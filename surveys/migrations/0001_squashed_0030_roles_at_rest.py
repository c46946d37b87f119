"""The tables as thirty migrations left them, for a new database; one that has some of the thirty goes on by these."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import surveys.models.encrypted
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models
from surveys.database import tables


class Migration(migrations.Migration):
    replaces = [
        ("surveys", "0001_initial"),
        ("surveys", "0002_box_without_row_number"),
        ("surveys", "0003_paper"),
        ("surveys", "0004_campaigns"),
        ("surveys", "0005_counter_channels"),
        ("surveys", "0006_damaged_keeps_its_receipt"),
        ("surveys", "0007_lighter_slips"),
        ("surveys", "0008_lighter_box"),
        ("surveys", "0009_criterion_codes_not_taken"),
        ("surveys", "0010_erasures"),
        ("surveys", "0011_printed_stubs"),
        ("surveys", "0012_transactions_by_start"),
        ("surveys", "0013_head_office"),
        ("surveys", "0014_late_paper"),
        ("surveys", "0015_pending_codes"),
        ("surveys", "0016_counter_keys"),
        ("surveys", "0017_credential_resets"),
        ("surveys", "0018_sealed_box"),
        ("surveys", "0019_box_jobs"),
        ("surveys", "0020_paper_at_rest"),
        ("surveys", "0021_tablet_seen_at"),
        ("surveys", "0022_paper_scans"),
        ("surveys", "0023_shown_again"),
        ("surveys", "0024_spoken_clips"),
        ("surveys", "0025_mailings"),
        ("surveys", "0026_revision"),
        ("surveys", "0027_names_in_one_line"),
        ("surveys", "0028_pending_letters_in_hand"),
        ("surveys", "0029_unranked_campaigns"),
        ("surveys", "0030_roles_at_rest"),
    ]

    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="ngày")),
                ("works", models.BooleanField(default=False, verbose_name="làm việc")),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="ghi chú")),
            ],
            options={
                "verbose_name": "ngày nghỉ, ngày làm bù",
                "verbose_name_plural": "lịch làm việc",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="mã thủ tục")),
                ("short_name", models.CharField(max_length=80, verbose_name="tên gọn")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
            ],
            options={
                "verbose_name": "thủ tục",
                "verbose_name_plural": "thủ tục",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="mã")),
                ("name", models.CharField(max_length=160, verbose_name="tên")),
            ],
            options={"verbose_name": "mẫu phiếu", "verbose_name_plural": "mẫu phiếu"},
        ),
        migrations.CreateModel(
            name="Scale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="mã")),
                ("name", models.CharField(max_length=80, verbose_name="tên")),
            ],
            options={"verbose_name": "thang đo", "verbose_name_plural": "thang đo"},
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=32,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9][A-Z0-9-]{0,31}$",
                                "Mã chỉ gồm chữ hoa không dấu, chữ số và dấu gạch nối.",
                            )
                        ],
                        verbose_name="mã đơn vị",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=160,
                        validators=[
                            django.core.validators.RegexValidator(
                                "[\x00-\x1f\x7f-\x9f\u2028\u2029]",
                                "Ghi trên một dòng, không có ký tự điều khiển.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="tên đơn vị",
                    ),
                ),
                (
                    "short_name",
                    models.CharField(
                        max_length=80,
                        validators=[
                            django.core.validators.RegexValidator(
                                "[\x00-\x1f\x7f-\x9f\u2028\u2029]",
                                "Ghi trên một dòng, không có ký tự điều khiển.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="tên gọn",
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        validators=[
                            django.core.validators.RegexValidator(
                                "[\x00-\x1f\x7f-\x9f\u2028\u2029]",
                                "Ghi trên một dòng, không có ký tự điều khiển.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="tên tiếng Anh",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("central", "Kho bạc Nhà nước trung ương"),
                            ("transaction_bureau", "Sở Giao dịch, Ban Giao dịch"),
                            ("provincial", "Kho bạc Nhà nước tỉnh, thành phố"),
                            ("regional", "Kho bạc Nhà nước khu vực"),
                            ("transaction_office", "Phòng Giao dịch, Kho bạc Nhà nước huyện"),
                            ("department", "Phòng chuyên môn"),
                        ],
                        max_length=20,
                        verbose_name="loại đơn vị",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                (
                    "seals",
                    models.BooleanField(
                        default=False,
                        help_text="Đơn vị kiểm phiếu, niêm phong và công bố theo kỳ.",
                        verbose_name="có hòm phiếu riêng",
                    ),
                ),
                (
                    "quarterly",
                    models.BooleanField(
                        default=False,
                        help_text="Cho đơn vị dự kiến dưới 30 phiếu mỗi tháng.",
                        verbose_name="kỳ theo quý",
                    ),
                ),
                ("is_pilot", models.BooleanField(default=False, editable=False)),
                ("path", models.CharField(editable=False, max_length=400, unique=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="surveys.office",
                        verbose_name="đơn vị cấp trên",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="surveys.office",
                        verbose_name="đơn vị kế thừa",
                    ),
                ),
                ("phones_reach", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "is_head",
                    models.BooleanField(default=False, editable=False, verbose_name="đơn vị cao nhất"),
                ),
            ],
            options={
                "verbose_name": "đơn vị",
                "verbose_name_plural": "đơn vị",
                "ordering": ["path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="office_days_in_order",
                        violation_error_message="Ngày kết thúc không được trước ngày bắt đầu.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="office_is_not_its_own_parent",
                        violation_error_message="Đơn vị không thể là cấp trên của chính mình.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "department"), ("seals", True), _negated=True),
                        name="office_department_never_seals",
                        violation_error_message="Phòng chuyên môn không có hòm phiếu riêng.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_head", True)),
                        fields=("is_head",),
                        name="office_one_head",
                        violation_error_message="Đã có đơn vị cao nhất.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_head", False), ("parent__isnull", True), _connector="OR"),
                        name="office_head_has_no_parent",
                        violation_error_message="Đơn vị cao nhất không có đơn vị cấp trên.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name"), django.db.models.functions.text.Chr(models.Value(10))
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name"), django.db.models.functions.text.Chr(models.Value(13))
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("short_name"),
                                    django.db.models.functions.text.Chr(models.Value(10)),
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("short_name"),
                                    django.db.models.functions.text.Chr(models.Value(13)),
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name_en"), django.db.models.functions.text.Chr(models.Value(10))
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name_en"), django.db.models.functions.text.Chr(models.Value(13))
                                ),
                                0,
                            ),
                        ),
                        name="office_named_in_one_line",
                        violation_error_message="Ghi trên một dòng, không có ký tự điều khiển.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public", models.CharField(max_length=64, unique=True)),
                ("since", models.DateField(verbose_name="từ ngày")),
                ("note", models.TextField()),
            ],
            options={
                "verbose_name": "khoá hòm phiếu",
                "verbose_name_plural": "khoá hòm phiếu",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9][A-Z0-9-]{0,31}$",
                                "Mã chỉ gồm chữ hoa không dấu, chữ số và dấu gạch nối.",
                            )
                        ],
                        verbose_name="mã quầy",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="tên quầy")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="tên tiếng Anh")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="ngày đóng quầy")),
                (
                    "default_channel",
                    models.CharField(
                        choices=[
                            ("tablet", "Máy tính bảng"),
                            ("slip", "Phiếu in mã QR"),
                            ("paper", "Phiếu giấy"),
                            ("link", "Đường liên kết"),
                        ],
                        default="tablet",
                        max_length=8,
                        verbose_name="cách phát thường dùng",
                    ),
                ),
                (
                    "box_office",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
                ("offers_tablet", models.BooleanField(default=True, verbose_name="phát lên máy tính bảng")),
                (
                    "offers_slip",
                    models.BooleanField(
                        default=False, help_text="Cần có máy in.", verbose_name="phát phiếu in mã QR"
                    ),
                ),
                ("offers_paper", models.BooleanField(default=True, verbose_name="phát phiếu giấy")),
                (
                    "printer",
                    models.CharField(
                        blank=True,
                        help_text="Tên máy in trong CUPS của máy chủ; máy in đặt ở phía khách hàng.",
                        max_length=127,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$",
                                "Tên máy in chỉ gồm chữ không dấu, chữ số, dấu gạch dưới, gạch nối và chấm.",
                            )
                        ],
                        verbose_name="máy in phiếu",
                    ),
                ),
                (
                    "slip_format",
                    models.CharField(
                        choices=[("58", "Cuộn nhiệt 58 mm"), ("80", "Cuộn nhiệt 80 mm"), ("a6", "Giấy A6")],
                        default="58",
                        max_length=8,
                        verbose_name="khổ phiếu in",
                    ),
                ),
                ("keys_changed_on", models.DateField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "quầy",
                "verbose_name_plural": "quầy",
                "ordering": ["box_office", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("box_office", "code"),
                        name="counter_code_unique_in_box",
                        violation_error_message="Đơn vị này đã có quầy mang mã đó.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offers_slip", False), models.Q(("printer", ""), _negated=True), _connector="OR"
                        ),
                        name="counter_slip_needs_printer",
                        violation_error_message="Phát phiếu in thì phải ghi tên máy in của quầy.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offers_tablet", True),
                            ("offers_slip", True),
                            ("offers_paper", True),
                            _connector="OR",
                        ),
                        name="counter_offers_some_way",
                        violation_error_message="Quầy phải có ít nhất một cách phát phiếu.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("number", models.PositiveIntegerField(verbose_name="lần trộn")),
                ("ballots", models.PositiveIntegerField(verbose_name="số phiếu")),
                ("mixed_on", models.DateField(verbose_name="ngày trộn")),
                ("is_closing", models.BooleanField(default=False, verbose_name="lần trộn cuối")),
                ("checkpoint", models.TextField()),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "lần trộn",
                "verbose_name_plural": "lần trộn",
                "ordering": ["office", "period", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period", "number"), name="batch_numbered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="tên")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="tạo lúc")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="thu hồi lúc")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={"verbose_name": "khoá API", "verbose_name_plural": "khoá API"},
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="mã")),
                ("name", models.CharField(max_length=200, verbose_name="tên tổ chức")),
                ("folded", models.CharField(db_index=True, editable=False, max_length=200)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "tổ chức giao dịch",
                "verbose_name_plural": "tổ chức giao dịch",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "code"), name="organisation_code_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("any", "Mọi kênh"), ("counter", "Tại quầy"), ("online", "Trực tuyến")],
                        default="any",
                        max_length=8,
                        verbose_name="kênh",
                    ),
                ),
                ("official_name", models.CharField(max_length=300, verbose_name="tên đầy đủ")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="căn cứ pháp lý")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                (
                    "limit_value",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="thời hạn"),
                ),
                (
                    "limit_unit",
                    models.CharField(
                        blank=True,
                        choices=[("minute", "phút"), ("working_day", "ngày làm việc")],
                        max_length=12,
                        verbose_name="đơn vị thời hạn",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="ghi chú")),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiên bản thủ tục",
                "verbose_name_plural": "phiên bản thủ tục",
                "ordering": ["procedure", "channel", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("procedure", "channel", "valid_from"),
                        name="procedureversion_one_a_day",
                        violation_error_message="Đã có phiên bản của kênh này từ ngày đó.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="procedureversion_days_in_order",
                        violation_error_message="Ngày kết thúc không được trước ngày bắt đầu.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("limit_unit", ""), ("limit_value__isnull", True)),
                            models.Q(("limit_value__gt", 0), models.Q(("limit_unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="procedureversion_limit_has_unit",
                        violation_error_message="Thời hạn phải lớn hơn 0 và có đơn vị.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionnaireVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="phiên bản")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("title", models.CharField(max_length=160, verbose_name="câu hỏi chung")),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=160, verbose_name="câu hỏi chung, tiếng Anh"),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="surveys.questionnaire",
                    ),
                ),
                ("padded_bytes", models.PositiveIntegerField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "phiên bản mẫu phiếu",
                "verbose_name_plural": "phiên bản mẫu phiếu",
                "ordering": ["questionnaire", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("questionnaire", "number"), name="questionnaireversion_numbered_once"
                    ),
                    models.UniqueConstraint(
                        fields=("questionnaire", "valid_from"), name="questionnaireversion_one_a_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_from__endswith", "-01")),
                        name="questionnaireversion_starts_a_month",
                        violation_error_message="Phiên bản mẫu phiếu phải bắt đầu từ ngày 1 của tháng.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40)),
                ("hash", models.CharField(max_length=64)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.office"
                    ),
                ),
            ],
            options={
                "verbose_name": "biên nhận",
                "verbose_name_plural": "biên nhận",
                "indexes": [models.Index(fields=["hash"], name="receipt_hash")],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period", "hash"), name="receipt_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.PositiveSmallIntegerField(verbose_name="giá trị")),
                ("label", models.CharField(max_length=60, verbose_name="nhãn")),
                ("label_en", models.CharField(blank=True, max_length=60, verbose_name="nhãn tiếng Anh")),
                ("counts_as_satisfied", models.BooleanField(verbose_name="tính là hài lòng")),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="surveys.scale"
                    ),
                ),
                (
                    "points",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="điểm"
                    ),
                ),
            ],
            options={
                "verbose_name": "mức",
                "verbose_name_plural": "mức",
                "ordering": ["scale", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("scale", "value"), name="level_value_once_a_scale"),
                    models.UniqueConstraint(fields=("scale", "position"), name="level_position_once_a_scale"),
                    models.CheckConstraint(
                        condition=models.Q(("value__lte", 99)),
                        name="level_value_0_to_99",
                        violation_error_message="Giá trị của mức từ 0 đến 99.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points__isnull", True),
                            models.Q(("points__gte", 0), ("points__lte", 100)),
                            _connector="OR",
                        ),
                        name="level_points_0_to_100",
                        violation_error_message="Điểm của mức từ 0 đến 100.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40)),
                ("what", models.CharField(max_length=24)),
                ("erased_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField()),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.office"
                    ),
                ),
            ],
            options={
                "verbose_name": "lần xoá theo hạn",
                "verbose_name_plural": "lần xoá theo hạn",
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period", "what"), name="erasure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxedBallot",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("period", models.CharField(max_length=40)),
                ("sealed", models.BinaryField()),
                ("receipt_hash", models.CharField(max_length=64, null=True)),
                ("tag", models.CharField(max_length=64)),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiếu chờ trộn",
                "verbose_name_plural": "phiếu chờ trộn",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "period", "receipt_hash"), name="boxedballot_one_a_receipt"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxTrouble",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("damaged", models.PositiveIntegerField(default=0, verbose_name="dòng hỏng")),
                ("keyless", models.PositiveIntegerField(default=0, verbose_name="dòng thiếu khoá mở")),
                ("found_at", models.DateTimeField(verbose_name="thấy lúc")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "hòm phiếu có dòng không mở được",
                "verbose_name_plural": "hòm phiếu có dòng không mở được",
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period"), name="boxtrouble_once_a_box"),
                    models.CheckConstraint(
                        condition=models.Q(("damaged__gt", 0), ("keyless__gt", 0), _connector="OR"),
                        name="boxtrouble_has_some",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpokenClip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "voice",
                    models.CharField(
                        choices=[("vi", "Tiếng Việt"), ("en", "Tiếng Anh"), ("mtq", "Tiếng Mường")],
                        max_length=3,
                        verbose_name="ngôn ngữ",
                    ),
                ),
                (
                    "words_sha256",
                    models.CharField(
                        max_length=64, validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}$")]
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("audio/mpeg", "MP3"), ("audio/mp4", "M4A")], max_length=10),
                ),
                ("content", models.BinaryField()),
                (
                    "sha256",
                    models.CharField(
                        db_index=True,
                        max_length=64,
                        validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}$")],
                    ),
                ),
                ("spoken_at", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "đoạn đọc",
                "verbose_name_plural": "đoạn đọc",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "voice", "words_sha256"), name="spokenclip_once_a_passage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("voice__in", ["vi", "en", "mtq"])),
                        name="spokenclip_voice_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["audio/mpeg", "audio/mp4"])),
                        name="spokenclip_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="chức vụ")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "counter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellers",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "permissions": [
                    ("log_transactions", "Ghi giao dịch, phát, hủy, phát lại phiếu"),
                    ("count_ballots", "Nhập phiếu giấy, đối chiếu, ký, công bố"),
                    ("view_figures", "Xem số liệu tháng"),
                    ("read_comments", "Đọc góp ý, theo dõi phản ánh"),
                    ("handle_cases", "Xử lý phản ánh, ghi ý kiến chỉ đạo"),
                    ("read_signals", "Đọc tín hiệu"),
                    ("inspect", "Tín hiệu, gọi lại, cảnh báo, dòng hỏng, nhật ký"),
                    ("delegate", "Cử tổ kiểm phiếu, uỷ quyền"),
                    ("run_campaigns", "Mở, đóng, công bố đợt khảo sát"),
                    ("read_campaigns", "Xem đợt khảo sát"),
                    ("administer", "Người dùng, quầy, máy tính bảng, thủ tục, lịch, khoá API"),
                ],
                "abstract": False,
            },
            managers=[("objects", django.contrib.auth.models.UserManager())],
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("period", models.CharField(max_length=40)),
                ("counter", models.CharField(blank=True, max_length=16)),
                ("procedure", models.CharField(blank=True, max_length=16)),
                ("answers", models.TextField()),
                ("extra", models.TextField(null=True)),
                ("salt", models.CharField(max_length=64, null=True)),
                ("x", models.CharField(max_length=64)),
                ("leaf", models.CharField(max_length=64, unique=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.batch"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.office"
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiếu trả lời",
                "verbose_name_plural": "phiếu trả lời",
                "indexes": [models.Index(fields=["office", "period", "batch"], name="ballot_of_period")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("extra__isnull", True), ("salt__isnull", True)),
                            models.Q(("extra__isnull", False), ("salt__isnull", False)),
                            _connector="OR",
                        ),
                        name="ballot_redacted_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]{0,19}$",
                                "Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.",
                            )
                        ],
                        verbose_name="mã",
                    ),
                ),
                ("label", models.CharField(max_length=120, verbose_name="lý do")),
                ("label_en", models.CharField(blank=True, max_length=120, verbose_name="lý do, tiếng Anh")),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reasons",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "lý do",
                "verbose_name_plural": "lý do",
                "ordering": ["version", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "code"), name="reason_code_once_a_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="SeasonalLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_day",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="từ ngày",
                    ),
                ),
                (
                    "from_month",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="từ tháng",
                    ),
                ),
                (
                    "to_day",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="đến ngày",
                    ),
                ),
                (
                    "to_month",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="đến tháng",
                    ),
                ),
                (
                    "limit_value",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="thời hạn"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seasons",
                        to="surveys.procedureversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "thời hạn theo mùa",
                "verbose_name_plural": "thời hạn theo mùa",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_day__range", (1, 31)),
                            ("from_month__range", (1, 12)),
                            ("to_day__range", (1, 31)),
                            ("to_month__range", (1, 12)),
                        ),
                        name="seasonallimit_days_exist",
                        violation_error_message="Ngày, tháng không hợp lệ.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tablet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="tên máy")),
                ("secret_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("pairing_code", models.CharField(editable=False, max_length=6, null=True, unique=True)),
                ("pairing_until", models.DateTimeField(editable=False, null=True)),
                ("paired_at", models.DateTimeField(editable=False, null=True, verbose_name="ghép lúc")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="thu hồi lúc")),
                (
                    "counter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tablets",
                        to="surveys.counter",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tablets",
                        to="surveys.office",
                    ),
                ),
                ("seen_at", models.DateTimeField(editable=False, null=True, verbose_name="thấy lần cuối")),
            ],
            options={
                "verbose_name": "máy tính bảng",
                "verbose_name_plural": "máy tính bảng",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paired_at__isnull", True),
                            models.Q(
                                ("counter__isnull", False),
                                ("office__isnull", False),
                                ("pairing_code__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="tablet_paired_with_a_counter",
                        violation_error_message="Máy đã ghép phải thuộc một quầy.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]{0,19}$",
                                "Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.",
                            )
                        ],
                        verbose_name="mã",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="tên phần")),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=160, verbose_name="tên phần, tiếng Anh"),
                ),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=3, default=Decimal("1"), max_digits=7, verbose_name="trọng số"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "phần",
                "verbose_name_plural": "phần",
                "ordering": ["version", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "code"), name="section_code_once_a_version"),
                    models.UniqueConstraint(
                        fields=("version", "position"), name="section_position_once_a_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0)),
                        name="section_weight_not_negative",
                        violation_error_message="Trọng số không được âm.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digit", models.PositiveSmallIntegerField(verbose_name="phím")),
                (
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "phím của quầy",
                "verbose_name_plural": "phím của quầy",
                "ordering": ["counter", "digit"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digit__range", (1, 9))),
                        name="counterkey_is_a_digit",
                        violation_error_message="Phím là một chữ số từ 1 đến 9.",
                    ),
                    models.UniqueConstraint(
                        fields=("counter", "digit"),
                        name="counterkey_one_procedure_a_key",
                        violation_error_message="Phím này đã gán cho một thủ tục.",
                    ),
                    models.UniqueConstraint(
                        fields=("counter", "procedure"),
                        name="counterkey_one_key_a_procedure",
                        violation_error_message="Thủ tục này đã có phím.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
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
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(verbose_name="đến hết ngày")),
                ("reason", models.CharField(max_length=200, verbose_name="căn cứ")),
                ("granted_at", models.DateTimeField(verbose_name="giao lúc")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="thu hồi lúc")),
                (
                    "delegate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người được giao",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người giao",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "uỷ quyền",
                "verbose_name_plural": "uỷ quyền",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                        name="delegation_days_in_order",
                        violation_error_message="Ngày kết thúc không được trước ngày bắt đầu.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("delegate", models.F("granted_by")), _negated=True),
                        name="delegation_is_not_to_oneself",
                        violation_error_message="Không thể tự uỷ quyền cho chính mình.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("action", models.CharField(max_length=60, verbose_name="việc")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="đối tượng")),
                ("detail", models.TextField(blank=True, default="{}", verbose_name="chi tiết")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người làm",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "dòng nhật ký",
                "verbose_name_plural": "nhật ký",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["office", "-at"], name="audit_of_office")],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]{0,19}$",
                                "Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.",
                            )
                        ],
                        verbose_name="mã",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="tiêu chí")),
                ("text_en", models.CharField(blank=True, max_length=300, verbose_name="tiêu chí, tiếng Anh")),
                ("short_name", models.CharField(max_length=60, verbose_name="tên gọn")),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                ("optional", models.BooleanField(default=False, verbose_name="được bỏ trống")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="surveys.questionnaireversion",
                    ),
                ),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.scale",
                        verbose_name="thang đo",
                    ),
                ),
                (
                    "shown_after",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.criterion",
                        verbose_name="chỉ hỏi sau tiêu chí",
                    ),
                ),
                (
                    "shown_after_value",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="khi đã trả lời mức"
                    ),
                ),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=3, default=Decimal("1"), max_digits=7, verbose_name="trọng số"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="surveys.section",
                        verbose_name="phần",
                    ),
                ),
            ],
            options={
                "verbose_name": "tiêu chí",
                "verbose_name_plural": "tiêu chí",
                "ordering": ["version", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "code"), name="criterion_code_once_a_version"),
                    models.UniqueConstraint(
                        fields=("version", "position"), name="criterion_position_once_a_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0)),
                        name="criterion_weight_not_negative",
                        violation_error_message="Trọng số không được âm.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("shown_after__isnull", True), ("shown_after_value__isnull", True)),
                            models.Q(("shown_after__isnull", False), ("shown_after_value__isnull", False)),
                            _connector="OR",
                        ),
                        name="criterion_condition_whole",
                        violation_error_message="Câu hỏi có điều kiện cần cả tiêu chí và mức trả lời.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__in", ("comment", "id", "reasons", "x")), _negated=True),
                        name="criterion_code_not_taken",
                        violation_error_message="“comment”, “reasons”, “id” và “x” là tên ô, tên cột của phiếu; xin chọn mã khác.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reference", models.CharField(max_length=80, verbose_name="số tham chiếu")),
                ("dossier", models.CharField(blank=True, max_length=80, verbose_name="mã hồ sơ")),
                (
                    "channel",
                    models.CharField(
                        choices=[("counter", "Tại quầy"), ("online", "Trực tuyến")],
                        default="counter",
                        max_length=8,
                        verbose_name="kênh",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resolved", "Đã giải quyết"),
                            ("supplement", "Yêu cầu bổ sung"),
                            ("refused", "Từ chối"),
                        ],
                        max_length=10,
                        null=True,
                        verbose_name="kết quả",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="bắt đầu")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="kết thúc")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="hạn trả")),
                (
                    "api_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.apikey",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="giao dịch viên",
                    ),
                ),
                (
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.organisation",
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedureversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "giao dịch",
                "verbose_name_plural": "giao dịch",
                "indexes": [
                    models.Index(fields=["counter", "finished_at"], name="transaction_of_counter"),
                    models.Index(fields=["office", "finished_at"], name="transaction_of_office"),
                    models.Index(
                        condition=models.Q(("organisation__isnull", False)),
                        fields=["finished_at"],
                        name="transaction_names_a_customer",
                    ),
                    models.Index(
                        fields=["counter", "started_at"],
                        include=("procedure",),
                        name="transaction_begun_at_counter",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "reference"), name="transaction_reference_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("outcome", "supplement"), models.Q(("dossier", ""), _negated=True)
                        ),
                        fields=("office", "dossier"),
                        name="transaction_one_supplement_a_dossier",
                        violation_error_message="Hồ sơ này đã một lần yêu cầu bổ sung; chỉ được yêu cầu bổ sung một lần.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("outcome__isnull", True)),
                            models.Q(("finished_at__isnull", False), ("outcome__isnull", False)),
                            _connector="OR",
                        ),
                        name="transaction_outcome_with_finish",
                        violation_error_message="Giao dịch đã xong phải có kết quả.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True),
                            ("finished_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="transaction_finishes_after_start",
                        violation_error_message="Giờ kết thúc không được trước giờ bắt đầu.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redaction",
            fields=[
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="redaction",
                        serialize=False,
                        to="surveys.ballot",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="lý do")),
                ("redacted_on", models.DateField(verbose_name="ngày xoá")),
                (
                    "first",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "góp ý đã xoá", "verbose_name_plural": "góp ý đã xoá"},
        ),
        migrations.CreateModel(
            name="VoidMark",
            fields=[
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="void_mark",
                        serialize=False,
                        to="surveys.ballot",
                    ),
                ),
                (
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
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thứ nhất",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thứ hai",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiếu không hợp lệ",
                "verbose_name_plural": "phiếu không hợp lệ",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="voidmark_by_two",
                        violation_error_message="Phải có hai người khác nhau xác nhận.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperPile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Đang nhập"),
                            ("entered", "Đã vào hòm phiếu"),
                            ("given_up", "Đã bỏ"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="tình trạng",
                    ),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="nhập muộn")),
                ("opened_at", models.DateTimeField(verbose_name="mở lúc")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                ("comments", surveys.models.encrypted.EncryptedTextField(default="[]")),
                ("stubs", models.PositiveIntegerField(null=True, verbose_name="số cuống")),
                ("sheets", models.PositiveIntegerField(null=True, verbose_name="số phiếu")),
                (
                    "foreign",
                    models.PositiveIntegerField(null=True, verbose_name="phiếu không phải của đơn vị"),
                ),
                ("differing", models.PositiveIntegerField(null=True, verbose_name="phiếu nhập lệch")),
                (
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thứ nhất",
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
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người mở",
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.questionnaireversion",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thứ hai",
                    ),
                ),
            ],
            options={
                "verbose_name": "xấp phiếu giấy",
                "verbose_name_plural": "xấp phiếu giấy",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("counter", "period"),
                        name="paperpile_one_open_a_counter",
                        violation_error_message="Quầy này đang có một xấp chưa nhập xong của kỳ đó.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first__isnull", True),
                            models.Q(("first", models.F("second")), _negated=True),
                            _connector="OR",
                        ),
                        name="paperpile_by_two",
                        violation_error_message="Phải có hai người khác nhau xác nhận.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "entered"), _negated=True),
                            models.Q(
                                ("first__isnull", False),
                                ("foreign__isnull", False),
                                ("second__isnull", False),
                                ("sheets__isnull", False),
                                ("stubs__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="paperpile_entered_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sheets__isnull", True), ("sheets__lte", models.F("stubs")), _connector="OR"
                        ),
                        name="paperpile_sheets_within_stubs",
                        violation_error_message="Số phiếu không được vượt số cuống.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9-]{0,39}$",
                                "Mã đợt gồm chữ thường không dấu, chữ số, gạch nối; bắt đầu bằng chữ; tối đa 40 ký tự.",
                            )
                        ],
                        verbose_name="mã đợt",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=160,
                        validators=[
                            django.core.validators.RegexValidator(
                                "[\x00-\x1f\x7f-\x9f\u2028\u2029]",
                                "Ghi trên một dòng, không có ký tự điều khiển.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="tên đợt khảo sát",
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        validators=[
                            django.core.validators.RegexValidator(
                                "[\x00-\x1f\x7f-\x9f\u2028\u2029]",
                                "Ghi trên một dòng, không có ký tự điều khiển.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="tên tiếng Anh",
                    ),
                ),
                ("legal_basis", models.CharField(max_length=200, verbose_name="căn cứ pháp lý")),
                ("purpose", models.TextField(blank=True, max_length=1000, verbose_name="mục đích")),
                ("opens_on", models.DateField(verbose_name="từ ngày")),
                ("closes_on", models.DateField(verbose_name="đến hết ngày")),
                ("ends_on", models.DateField(editable=False, verbose_name="ngày kết thúc thực tế")),
                (
                    "formula",
                    models.CharField(
                        choices=[
                            ("mean", "Trung bình có trọng số của điểm từng mức"),
                            ("share", "Tỷ lệ câu trả lời ở mức hài lòng, có trọng số"),
                        ],
                        default="mean",
                        max_length=8,
                        verbose_name="cách tính điểm",
                    ),
                ),
                (
                    "minimum_n",
                    models.PositiveIntegerField(
                        default=30,
                        help_text="Đơn vị có ít phiếu hơn được nêu tên, không xếp hạng.",
                        verbose_name="số phiếu tối thiểu để xếp hạng",
                    ),
                ),
                (
                    "confidence",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0.95"),
                        max_digits=4,
                        verbose_name="độ tin cậy chung",
                    ),
                ),
                (
                    "sampling_error",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0.05"),
                        help_text="n = N/(1 + N·e²)",
                        max_digits=4,
                        verbose_name="sai số cỡ mẫu e",
                    ),
                ),
                (
                    "notice",
                    models.CharField(blank=True, max_length=400, verbose_name="lời ghi chú trên mọi trang"),
                ),
                (
                    "notice_en",
                    models.CharField(blank=True, max_length=400, verbose_name="lời ghi chú, tiếng Anh"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Đang soạn"), ("open", "Đang mở"), ("closed", "Đã đóng")],
                        default="draft",
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="surveys.questionnaireversion",
                        verbose_name="mẫu phiếu",
                    ),
                ),
                ("is_ranked", models.BooleanField(db_default=True, default=True, editable=False)),
            ],
            options={
                "verbose_name": "đợt khảo sát",
                "verbose_name_plural": "đợt khảo sát",
                "ordering": ["-opens_on", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="campaign_days_in_order",
                        violation_error_message="Ngày kết thúc không được trước ngày bắt đầu.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("closes_on"))),
                        name="campaign_never_shortened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "open", "closed"])),
                        name="campaign_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gt", 0), ("confidence__lt", 1)),
                        name="campaign_confidence_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sampling_error__gt", 0), ("sampling_error__lt", 1)),
                        name="campaign_error_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name"), django.db.models.functions.text.Chr(models.Value(10))
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name"), django.db.models.functions.text.Chr(models.Value(13))
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name_en"), django.db.models.functions.text.Chr(models.Value(10))
                                ),
                                0,
                            ),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.StrIndex(
                                    models.F("name_en"), django.db.models.functions.text.Chr(models.Value(13))
                                ),
                                0,
                            ),
                        ),
                        name="campaign_named_in_one_line",
                        violation_error_message="Ghi trên một dòng, không có ký tự điều khiển.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]{0,19}$",
                                "Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.",
                            )
                        ],
                        verbose_name="mã",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="câu hỏi")),
                ("text_en", models.CharField(blank=True, max_length=300, verbose_name="câu hỏi, tiếng Anh")),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="text_questions",
                        to="surveys.section",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="text_questions",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "câu hỏi mở",
                "verbose_name_plural": "câu hỏi mở",
                "ordering": ["version", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "code"), name="textquestion_code_once_a_version"
                    )
                ],
            },
        ),
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
        migrations.CreateModel(
            name="BoxJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("closing", "Trộn lần cuối"),
                            ("campaign", "Trộn và đếm một đơn vị của đợt khảo sát"),
                            ("damaged", "Ghi nhận dòng hỏng"),
                        ],
                        max_length=8,
                        verbose_name="việc",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="yêu cầu lúc")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("waiting", "chờ máy trộn"),
                            ("opening", "đang mở phong bì"),
                            ("mixing", "đang trộn"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="đang làm",
                    ),
                ),
                ("opened", models.PositiveIntegerField(default=0, verbose_name="đã mở")),
                ("of", models.PositiveIntegerField(default=0, verbose_name="trong số")),
                ("beat_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "đã xong"),
                            ("tampered", "hòm phiếu có dòng hỏng, không mở phiếu nào"),
                            ("keyless", "thiếu khoá mở hòm phiếu"),
                            ("failed", "máy trộn gặp lỗi"),
                        ],
                        max_length=8,
                        verbose_name="kết quả",
                    ),
                ),
                ("ballots", models.PositiveIntegerField(null=True, verbose_name="số phiếu")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người yêu cầu",
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
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "việc của máy trộn",
                "verbose_name_plural": "việc của máy trộn",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("office", "period"),
                        name="boxjob_one_open_a_box",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_at__isnull", True)),
                            models.Q(("ended_at__isnull", False), models.Q(("end", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="boxjob_ends_somehow",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "damaged"), _negated=True),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("second__isnull", False),
                                models.Q(("asked_by", models.F("second")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="boxjob_damage_by_two",
                        violation_error_message="Phải có hai người khác nhau xác nhận.",
                    ),
                ],
            },
        ),
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
            options={"verbose_name": "vai trò nghỉ", "verbose_name_plural": "vai trò nghỉ"},
        ),
        migrations.CreateModel(
            name="PaperKeying",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("stubs", surveys.models.encrypted.EncryptedTextField(default="[]")),
                ("counts", surveys.models.encrypted.EncryptedTextField(default="{}")),
                ("foreign", models.PositiveIntegerField(default=0)),
                ("is_done", models.BooleanField(default=False)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "keyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keyings",
                        to="surveys.paperpile",
                    ),
                ),
            ],
            options={
                "verbose_name": "bản nhập phiếu giấy",
                "verbose_name_plural": "bản nhập phiếu giấy",
                "ordering": ["pile", "place"],
                "constraints": [
                    models.UniqueConstraint(fields=("pile", "keyer"), name="paperkeying_once_a_person"),
                    models.UniqueConstraint(fields=("pile", "place"), name="paperkeying_once_a_place"),
                    models.CheckConstraint(
                        condition=models.Q(("place__in", [1, 2])), name="paperkeying_two_places"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateField(verbose_name="đến hết ngày")),
                ("reason", models.CharField(max_length=200, verbose_name="lý do")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người gia hạn",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="surveys.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "gia hạn",
                "verbose_name_plural": "gia hạn",
                "ordering": ["campaign", "until"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="campaignextension_has_a_reason",
                        violation_error_message="Gia hạn phải có lý do.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "population",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="số khách hàng N"),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_units",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "đơn vị được xếp hạng",
                "verbose_name_plural": "đơn vị được xếp hạng",
                "ordering": ["campaign", "office__name"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "office"), name="campaignunit_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RespondentGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]{0,19}$",
                                "Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.",
                            )
                        ],
                        verbose_name="mã",
                    ),
                ),
                ("label", models.CharField(max_length=120, verbose_name="nhóm người trả lời")),
                ("label_en", models.CharField(blank=True, max_length=120, verbose_name="nhóm, tiếng Anh")),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="surveys.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "nhóm người trả lời",
                "verbose_name_plural": "nhóm người trả lời",
                "ordering": ["campaign", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "code"), name="respondentgroup_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.CharField(editable=False, max_length=32, unique=True)),
                ("begun_at", models.DateTimeField(verbose_name="bắt đầu lúc")),
                ("counted", models.PositiveIntegerField(verbose_name="số tờ đếm tay")),
                ("thresholds", models.CharField(max_length=8, verbose_name="phiên bản ngưỡng")),
                ("sheets", models.PositiveIntegerField(null=True, verbose_name="số tờ")),
                ("sure", models.PositiveIntegerField(null=True, verbose_name="đọc chắc chắn")),
                ("changed", models.PositiveIntegerField(null=True, verbose_name="người sửa")),
                ("frozen_at", models.DateTimeField(null=True)),
                ("draw", models.CharField(blank=True, max_length=32, verbose_name="số rút thăm")),
                ("sample", models.PositiveIntegerField(null=True, verbose_name="số tờ nhập mù")),
                ("is_refuted", models.BooleanField(default=False, verbose_name="mẫu có phiếu lệch")),
                ("destroyed_at", models.DateTimeField(null=True, verbose_name="hủy ảnh lúc")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người quét",
                    ),
                ),
                (
                    "pile",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scan",
                        to="surveys.paperpile",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người nhập mù",
                    ),
                ),
            ],
            options={
                "verbose_name": "xấp phiếu quét",
                "verbose_name_plural": "xấp phiếu quét",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second__isnull", True),
                            models.Q(("first", models.F("second")), _negated=True),
                            _connector="OR",
                        ),
                        name="paperscan_by_two",
                        violation_error_message="Phải có hai người khác nhau xác nhận.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("frozen_at__isnull", True),
                            models.Q(
                                ("changed__isnull", False),
                                ("sample__isnull", False),
                                ("sheets__isnull", False),
                                ("sure__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="paperscan_frozen_with_figures",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvitationBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="tên đợt mời")),
                ("made_at", models.DateTimeField(verbose_name="lập lúc")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="surveys.campaignunit",
                    ),
                ),
            ],
            options={
                "verbose_name": "đợt mời",
                "verbose_name_plural": "đợt mời",
                "ordering": ["made_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="OpenLane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lane", models.PositiveSmallIntegerField()),
                ("answers", models.PositiveIntegerField(default=0)),
                ("is_open", models.BooleanField(default=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lanes",
                        to="surveys.campaignunit",
                    ),
                ),
            ],
            options={
                "verbose_name": "sổ câu trả lời mở",
                "verbose_name_plural": "sổ câu trả lời mở",
                "constraints": [models.UniqueConstraint(fields=("unit", "lane"), name="openlane_once")],
            },
        ),
        migrations.CreateModel(
            name="OpenSignal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="ngày")),
                (
                    "kind",
                    models.CharField(
                        choices=[("address", "cùng một địa chỉ mạng"), ("burst", "dồn dập")], max_length=8
                    ),
                ),
                ("answers", models.PositiveIntegerField(default=0, verbose_name="số câu trả lời")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="surveys.campaignunit",
                    ),
                ),
            ],
            options={
                "verbose_name": "tín hiệu của cách trả lời mở",
                "verbose_name_plural": "tín hiệu của cách trả lời mở",
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "day", "kind"), name="opensignal_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="ScanFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "chờ đọc"),
                            ("reading", "đang đọc"),
                            ("read", "đã đọc"),
                            ("refused", "không đọc được"),
                            ("stopped", "đã dừng"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("pages", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=16)),
                ("beat_at", models.DateTimeField(null=True)),
                (
                    "scan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="surveys.paperscan",
                    ),
                ),
            ],
            options={
                "verbose_name": "tệp quét",
                "verbose_name_plural": "tệp quét",
                "ordering": ["scan", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("scan", "number"), name="scanfile_once_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("pages"))),
                        name="scanfile_done_within_pages",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("organisation", models.CharField(max_length=200, verbose_name="tổ chức, cá nhân")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="thư điện tử")),
                ("mailed_at", models.DateTimeField(editable=False, null=True)),
                ("reminded_at", models.DateTimeField(editable=False, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="surveys.invitationbatch",
                    ),
                ),
                ("refused_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "giấy mời",
                "verbose_name_plural": "giấy mời",
                "ordering": ["organisation", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="yêu cầu lúc")),
                ("letters", models.PositiveIntegerField(verbose_name="số thư")),
                ("accepted", models.PositiveIntegerField(default=0, verbose_name="máy chủ thư đã nhận")),
                ("refused", models.PositiveIntegerField(default=0, verbose_name="bị từ chối")),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(verbose_name="gửi tiếp lúc")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailing",
                        to="surveys.invitationbatch",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailings",
                        to="surveys.campaignunit",
                    ),
                ),
            ],
            options={
                "verbose_name": "lượt gửi thư mời",
                "verbose_name_plural": "lượt gửi thư mời",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("batch__isnull", True), ("ended_at__isnull", True)),
                        fields=("unit",),
                        name="mailing_one_reminder_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gte", models.F("asked_at"))),
                        name="mailing_ends_after_asked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("tablet", "Máy tính bảng"),
                            ("slip", "Phiếu in mã QR"),
                            ("paper", "Phiếu giấy"),
                            ("link", "Đường liên kết"),
                        ],
                        max_length=8,
                        verbose_name="cách phát",
                    ),
                ),
                ("serial", models.CharField(max_length=6, verbose_name="số phiếu")),
                ("code_mac", models.CharField(editable=False, max_length=64)),
                ("short_mac", models.CharField(editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("I", "Phát ra"), ("U", "Thu về"), ("X", "Hết hạn"), ("C", "Hủy")],
                        default="I",
                        editable=False,
                        max_length=1,
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="phát lúc")),
                ("opens_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True, verbose_name="hết hạn")),
                ("delivered_at", models.DateTimeField(editable=False, null=True)),
                (
                    "counter",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.questionnaireversion",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slip",
                        to="surveys.transaction",
                    ),
                ),
                (
                    "invitation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slip",
                        to="surveys.invitation",
                    ),
                ),
                (
                    "shown_as",
                    models.CharField(
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
                ("shown_until", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "phiếu phát",
                "verbose_name_plural": "phiếu phát",
                "indexes": [
                    models.Index(fields=["counter", "issued_at"], name="slip_of_counter"),
                    models.Index(fields=["office", "period", "counter"], name="slip_of_period"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "serial"), name="slip_serial_once_an_office"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", False), ("channel", "paper"), _connector="OR"
                        ),
                        name="slip_only_paper_never_expires",
                        violation_error_message="Chỉ phiếu giấy không có hạn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["I", "U", "X", "C"])), name="slip_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counter__isnull", False),
                                ("invitation__isnull", True),
                                ("procedure__isnull", False),
                                ("transaction__isnull", False),
                            ),
                            models.Q(
                                ("counter__isnull", True),
                                ("invitation__isnull", False),
                                ("procedure__isnull", True),
                                ("transaction__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="slip_of_a_transaction_or_an_invitation",
                    ),
                    models.UniqueConstraint(fields=("code_mac",), name="slip_code_once"),
                    models.UniqueConstraint(fields=("short_mac",), name="slip_short_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("shown_until__isnull", True), ("state", "U"), _connector="OR"),
                        name="slip_only_used_is_shown_again",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Spent",
            fields=[
                (
                    "slip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="spent",
                        serialize=False,
                        to="surveys.slip",
                    ),
                ),
                ("used_at", models.DateTimeField(null=True)),
                ("open_seconds", models.PositiveIntegerField(null=True)),
                (
                    "via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tablet", "Máy tính bảng"),
                            ("slip", "Phiếu in mã QR"),
                            ("paper", "Phiếu giấy"),
                            ("link", "Đường liên kết"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
            options={"verbose_name": "phiếu đã thu", "verbose_name_plural": "phiếu đã thu"},
        ),
        migrations.CreateModel(
            name="SlipEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reissued", "Phát lại"),
                            ("cancelled", "Đã yêu cầu hủy"),
                            ("delivered", "Đã hiện trên máy tính bảng"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tablet", "Máy tính bảng"),
                            ("slip", "Phiếu in mã QR"),
                            ("paper", "Phiếu giấy"),
                            ("link", "Đường liên kết"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="lý do")),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="surveys.slip"
                    ),
                ),
            ],
            options={
                "verbose_name": "việc của phiếu",
                "verbose_name_plural": "việc của phiếu",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Stub",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pad", models.PositiveIntegerField(verbose_name="tập số")),
                ("serial", models.CharField(max_length=6, verbose_name="số phiếu")),
                ("code_mac", models.CharField(editable=False, max_length=64)),
                ("short_mac", models.CharField(editable=False, max_length=64)),
                ("is_spent", models.BooleanField(default=False, editable=False)),
                ("made_at", models.DateTimeField(verbose_name="in lúc")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "slip",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stub",
                        to="surveys.slip",
                    ),
                ),
            ],
            options={
                "verbose_name": "cuống in sẵn",
                "verbose_name_plural": "cuống in sẵn",
                "constraints": [
                    models.UniqueConstraint(fields=("office", "serial"), name="stub_serial_once_an_office"),
                    models.UniqueConstraint(fields=("code_mac",), name="stub_code_once"),
                    models.UniqueConstraint(fields=("short_mac",), name="stub_short_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("slip__isnull", True), ("is_spent", True), _connector="OR"),
                        name="stub_of_a_slip_is_spent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_mac", models.CharField(editable=False, max_length=64)),
                ("short_mac", models.CharField(editable=False, max_length=64)),
                (
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_codes",
                        to="surveys.slip",
                    ),
                ),
                (
                    "mailing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.mailing",
                    ),
                ),
                ("in_hand_since", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "mã chờ thư",
                "verbose_name_plural": "mã chờ thư",
                "constraints": [
                    models.UniqueConstraint(fields=("code_mac",), name="pending_code_once"),
                    models.UniqueConstraint(fields=("short_mac",), name="pending_short_code_once"),
                ],
            },
        ),
        migrations.RunPython(tables.leave_room_in_slips, migrations.RunPython.noop),
        migrations.RunPython(tables.make_box_ready, migrations.RunPython.noop),
    ]
