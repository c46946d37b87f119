"""The tables as nineteen migrations left them, for a new database; one that has some of the nineteen goes on by these."""

import django.db.models.deletion
import django.db.models.expressions
import reports.models.cases
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_seals"),
        ("reports", "0003_papers"),
        ("reports", "0004_counting"),
        ("reports", "0005_standings"),
        ("reports", "0006_follow_up"),
        ("reports", "0007_past"),
        ("reports", "0008_stuffing"),
        ("reports", "0009_case_closed_at"),
        ("reports", "0010_kept_papers"),
        ("reports", "0011_participation_of_sealed_periods"),
        ("reports", "0012_standings_without_ballots"),
        ("reports", "0013_notice_length"),
        ("reports", "0014_notice_of_lateness"),
        ("reports", "0015_clusters_of_sealed_periods"),
        ("reports", "0016_direction_receiver"),
        ("reports", "0017_returns_of_few_organisations"),
        ("reports", "0018_follow_up_of_the_silent"),
        ("reports", "0019_letters_to_the_silent"),
    ]

    initial = True

    dependencies = [("surveys", "0001_squashed_0030_roles_at_rest")]

    operations = [
        migrations.CreateModel(
            name="DueRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("job", models.CharField(max_length=100)),
                ("due_on", models.DateField()),
                ("taken_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "việc theo lịch",
                "verbose_name_plural": "việc theo lịch",
                "constraints": [models.UniqueConstraint(fields=("job", "due_on"), name="duerun_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="MonthCell",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("counter", models.CharField(blank=True, max_length=16, verbose_name="quầy")),
                ("procedure", models.CharField(blank=True, max_length=16, verbose_name="thủ tục")),
                ("ballots", models.PositiveIntegerField(verbose_name="số phiếu")),
                ("valid", models.PositiveIntegerField(verbose_name="hợp lệ")),
                ("satisfied", models.PositiveIntegerField(verbose_name="hài lòng")),
                ("void", models.PositiveIntegerField(verbose_name="không hợp lệ")),
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
                "verbose_name": "số phiếu theo quầy, thủ tục",
                "verbose_name_plural": "số phiếu theo quầy, thủ tục",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "period", "counter", "procedure"), name="monthcell_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ballots",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("valid"), "+", models.F("void")
                                ),
                            )
                        ),
                        name="monthcell_ballots_are_valid_or_void",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("satisfied__lte", models.F("valid"))),
                        name="monthcell_satisfied_are_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("counter", models.CharField(blank=True, max_length=16, verbose_name="quầy")),
                ("procedure", models.CharField(blank=True, max_length=16, verbose_name="thủ tục")),
                ("criterion", models.CharField(max_length=20, verbose_name="tiêu chí")),
                ("level", models.PositiveSmallIntegerField(verbose_name="mức")),
                ("n", models.PositiveIntegerField(verbose_name="số phiếu")),
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
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "số phiếu theo mức",
                "verbose_name_plural": "số phiếu theo mức",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "office",
                            "period",
                            "counter",
                            "procedure",
                            "questionnaire",
                            "criterion",
                            "level",
                        ),
                        name="monthsum_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n__gt", 0)), name="monthsum_counts_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__lte", 99)), name="monthsum_level_0_to_99"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="phiên bản")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="lý do")),
                ("text", models.TextField()),
                ("note", models.TextField()),
                ("code", models.CharField(max_length=16, verbose_name="mã niêm phong")),
                ("sealed_at", models.DateTimeField(verbose_name="niêm phong lúc")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký thứ nhất",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seals_made",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký thứ hai",
                    ),
                ),
            ],
            options={
                "verbose_name": "niêm phong",
                "verbose_name_plural": "niêm phong",
                "ordering": ["office", "period", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period", "version"), name="seal_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="seal_by_two",
                        violation_error_message="Phải có hai người khác nhau ký.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("version", 1)),
                            models.Q(("version__gt", 1), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="seal_correction_has_a_reason",
                        violation_error_message="Bản đính chính phải có lý do; bản đầu thì không.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperForm",
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
                            ("minutes", "Biên bản kiểm phiếu"),
                            ("report", "Báo cáo của một kỳ"),
                            ("summary", "Báo cáo của nhiều kỳ"),
                        ],
                        max_length=8,
                        verbose_name="văn bản",
                    ),
                ),
                (
                    "parent",
                    models.TextField(
                        blank=True,
                        help_text="Ngắt dòng đúng như trên văn bản.",
                        verbose_name="cơ quan cấp trên",
                    ),
                ),
                (
                    "issuer",
                    models.TextField(
                        blank=True,
                        help_text="Ngắt dòng đúng như trên văn bản.",
                        verbose_name="cơ quan ban hành",
                    ),
                ),
                (
                    "issuer_name",
                    models.CharField(
                        blank=True,
                        help_text="Phòng Kế toán Nhà nước",
                        max_length=160,
                        verbose_name="cơ quan ban hành trong câu văn",
                    ),
                ),
                (
                    "symbol",
                    models.CharField(
                        blank=True,
                        help_text="Phần sau số: BC-KTNN, BB-KTNN.",
                        max_length=40,
                        verbose_name="ký hiệu",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="địa danh")),
                ("sent_to", models.CharField(blank=True, max_length=200, verbose_name="kính gửi")),
                (
                    "bases",
                    models.TextField(
                        blank=True, help_text="Mỗi căn cứ một dòng.", verbose_name="căn cứ ban hành"
                    ),
                ),
                (
                    "recipients",
                    models.TextField(
                        blank=True,
                        help_text="Mỗi nơi một dòng; dòng cuối ghi Lưu: VT.",
                        verbose_name="nơi nhận",
                    ),
                ),
                (
                    "authority",
                    models.TextField(
                        blank=True,
                        help_text="Ví dụ: KT. TRƯỞNG PHÒNG, dòng dưới PHÓ TRƯỞNG PHÒNG.",
                        verbose_name="quyền hạn, chức vụ người ký",
                    ),
                ),
                ("signer", models.CharField(blank=True, max_length=120, verbose_name="người ký")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        help_text="Quyết định số … ngày … của …",
                        max_length=300,
                        verbose_name="căn cứ lập Tổ kiểm phiếu",
                    ),
                ),
                ("room", models.CharField(blank=True, max_length=200, verbose_name="địa điểm kiểm phiếu")),
                ("copies", models.PositiveSmallIntegerField(default=2, verbose_name="số bản")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper_forms",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "mẫu văn bản",
                "verbose_name_plural": "mẫu văn bản",
                "ordering": ["office", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "kind"),
                        name="paperform_one_a_kind",
                        violation_error_message="Đơn vị này đã có mẫu cho loại văn bản đó.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedPaper",
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
                            ("minutes", "Biên bản kiểm phiếu"),
                            ("report", "Báo cáo của một kỳ"),
                            ("summary", "Báo cáo của nhiều kỳ"),
                        ],
                        max_length=8,
                        verbose_name="văn bản",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        help_text="2023-05, 2023-Q2, 2022-06..2023-06", max_length=20, verbose_name="kỳ"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="phiên bản")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="số")),
                ("dated_on", models.DateField(blank=True, null=True, verbose_name="ngày ban hành")),
                ("began_at", models.DateTimeField(blank=True, null=True, verbose_name="bắt đầu kiểm phiếu")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="kết thúc kiểm phiếu")),
                ("opinions", models.TextField(blank=True, verbose_name="ý kiến khác")),
                ("boxes", models.TextField(blank=True, verbose_name="niêm phong hòm phiếu giấy")),
                (
                    "tasks",
                    models.TextField(
                        blank=True, help_text="Mỗi ý một dòng.", verbose_name="nhiệm vụ, kiến nghị"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signed_papers",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "văn bản đã ký",
                "verbose_name_plural": "văn bản đã ký",
                "ordering": ["office", "period", "kind", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "kind", "period", "version"),
                        name="signedpaper_once_a_version",
                        violation_error_message="Văn bản của kỳ và phiên bản này đã có.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DifferenceNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("subject", models.CharField(max_length=60, verbose_name="chỗ lệch")),
                ("text", models.CharField(max_length=500, verbose_name="ghi chú")),
                ("noted_at", models.DateTimeField(verbose_name="ghi lúc")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
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
            ],
            options={
                "verbose_name": "ghi chú đối chiếu",
                "verbose_name_plural": "ghi chú đối chiếu",
                "ordering": ["noted_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CommentMask",
            fields=[
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="comment_mask",
                        serialize=False,
                        to="surveys.ballot",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="lý do")),
                ("masked_at", models.DateTimeField(verbose_name="che lúc")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "góp ý đã che",
                "verbose_name_plural": "góp ý đã che",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="commentmask_by_two",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FirstSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("version", models.PositiveSmallIntegerField(verbose_name="phiên bản")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="lý do")),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64, verbose_name="mã băm")),
                ("standing", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField(verbose_name="ký lúc")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="kết thúc lúc")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sealed", "đã niêm phong"),
                            ("changed", "số liệu đã đổi sau khi ký"),
                            ("expired", "quá 24 giờ"),
                            ("withdrawn", "người ký đã rút"),
                        ],
                        max_length=9,
                        verbose_name="kết quả",
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
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký thứ nhất",
                    ),
                ),
            ],
            options={
                "verbose_name": "chữ ký thứ nhất",
                "verbose_name_plural": "chữ ký thứ nhất",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("office",),
                        name="firstsignature_one_open_an_office",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_at__isnull", True)),
                            models.Q(("ended_at__isnull", False), models.Q(("end", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="firstsignature_ends_somehow",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                            ("damaged", "Ghi nhận dòng hỏng trong hòm phiếu"),
                            ("mask", "Che một góp ý"),
                            ("redact", "Xoá một góp ý"),
                        ],
                        max_length=8,
                        verbose_name="việc",
                    ),
                ),
                ("ballot", models.CharField(blank=True, max_length=32)),
                ("reason", models.CharField(max_length=200, verbose_name="lý do")),
                ("proposed_at", models.DateTimeField(verbose_name="đề nghị lúc")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="quyết định lúc")),
                ("is_accepted", models.BooleanField(null=True, verbose_name="đồng ý")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người đề nghị",
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
                        verbose_name="người quyết định",
                    ),
                ),
            ],
            options={
                "verbose_name": "đề nghị",
                "verbose_name_plural": "đề nghị",
                "ordering": ["proposed_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("office", "period", "kind", "ballot"),
                        name="proposal_one_open",
                        violation_error_message="Việc này đã có người đề nghị, đang chờ người thứ hai.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second__isnull", True),
                            models.Q(("first", models.F("second")), _negated=True),
                            _connector="OR",
                        ),
                        name="proposal_by_two",
                        violation_error_message="Phải có hai người khác nhau.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="phiên bản")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="lý do")),
                ("text", models.TextField()),
                ("note", models.TextField()),
                ("code", models.CharField(max_length=16, verbose_name="mã niêm phong")),
                ("signed_at", models.DateTimeField(verbose_name="ký lúc")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký thứ nhất",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký thứ hai",
                    ),
                ),
            ],
            options={
                "verbose_name": "bảng xếp hạng",
                "verbose_name_plural": "bảng xếp hạng",
                "ordering": ["campaign", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "version"), name="standing_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="standing_by_two",
                        violation_error_message="Phải có hai người khác nhau ký.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="standing_correction_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField(verbose_name="ký lúc")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký thứ nhất",
                    ),
                ),
            ],
            options={
                "verbose_name": "chữ ký thứ nhất của bảng xếp hạng",
                "verbose_name_plural": "chữ ký thứ nhất của bảng xếp hạng",
                "ordering": ["signed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("campaign",),
                        name="standingsignature_one_waits",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PastResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="tên đợt khảo sát")),
                ("first_day", models.DateField(verbose_name="từ ngày")),
                ("last_day", models.DateField(verbose_name="đến hết ngày")),
                ("score", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="điểm")),
                ("place", models.PositiveSmallIntegerField(verbose_name="hạng")),
                ("of", models.PositiveSmallIntegerField(verbose_name="trong số đơn vị")),
                ("source", models.CharField(max_length=300, verbose_name="nguồn")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="past_results",
                        to="surveys.office",
                        verbose_name="đơn vị",
                    ),
                ),
                (
                    "typed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "kết quả đợt trước",
                "verbose_name_plural": "kết quả đợt trước",
                "ordering": ["-last_day", "office"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "name"), name="pastresult_once"),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 100)),
                        name="pastresult_score_0_to_100",
                        violation_error_message="Điểm từ 0 đến 100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__gte", 1), ("place__lte", models.F("of"))),
                        name="pastresult_place_among_units",
                        violation_error_message="Hạng phải nằm trong số đơn vị.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=reports.models.cases.random_id,
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("is_dissatisfied", models.BooleanField(verbose_name="phiếu không hài lòng")),
                ("due_on", models.DateField(verbose_name="hạn trả lời")),
                ("cause", models.CharField(blank=True, max_length=120, verbose_name="nguyên nhân")),
                ("action", models.TextField(blank=True, max_length=1000, verbose_name="việc đã làm")),
                ("reply", models.TextField(blank=True, max_length=1000, verbose_name="trả lời khách hàng")),
                ("replied_at", models.DateTimeField(null=True, verbose_name="trả lời lúc")),
                ("was_late", models.BooleanField(default=False, verbose_name="trả lời muộn")),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "Mới"), ("doing", "Đang xử lý"), ("closed", "Đã đóng")],
                        default="new",
                        max_length=6,
                        verbose_name="trạng thái",
                    ),
                ),
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="case", to="surveys.ballot"
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
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người xử lý",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="đóng lúc")),
            ],
            options={
                "verbose_name": "vụ việc",
                "verbose_name_plural": "vụ việc",
                "ordering": ["-period", "pk"],
                "indexes": [models.Index(fields=["office", "period"], name="case_of_period")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(
                                models.Q(("cause", ""), _negated=True),
                                models.Q(("action", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="case_closed_with_cause_and_action",
                        violation_error_message="Không đóng vụ việc khi chưa có nguyên nhân và việc đã làm.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replied_at__isnull", True), ("reply", "")),
                            models.Q(models.Q(("reply", ""), _negated=True), ("replied_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_replied_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "doing", "closed"])), name="case_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="ngày gửi")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="họ tên")),
                (
                    "address",
                    models.CharField(blank=True, max_length=120, verbose_name="điện thoại hoặc thư điện tử"),
                ),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="nội dung")),
                ("answered_on", models.DateField(null=True, verbose_name="ngày trả lời")),
                ("erased_on", models.DateField(null=True, verbose_name="ngày xoá")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
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
            ],
            options={
                "verbose_name": "yêu cầu liên hệ",
                "verbose_name_plural": "yêu cầu liên hệ",
                "ordering": ["asked_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_on__isnull", True),
                            models.Q(("address", ""), ("name", ""), ("words", "")),
                            _connector="OR",
                        ),
                        name="contact_erased_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Direction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("text", models.TextField(max_length=1000, verbose_name="nội dung chỉ đạo")),
                ("unit", models.CharField(max_length=120, verbose_name="đơn vị thực hiện")),
                ("due_on", models.DateField(verbose_name="thời hạn")),
                ("written_at", models.DateTimeField(verbose_name="ghi lúc")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[("done", "Hoàn thành"), ("stopped", "Dừng thực hiện")],
                        max_length=7,
                        verbose_name="kết quả",
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=1000, verbose_name="trả lời")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="trả lời lúc")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người trả lời",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người chỉ đạo",
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
                    "receiver",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="người nhận"),
                ),
            ],
            options={
                "verbose_name": "ý kiến chỉ đạo",
                "verbose_name_plural": "ý kiến chỉ đạo",
                "ordering": ["written_at", "pk"],
                "indexes": [models.Index(fields=["office", "written_at"], name="direction_of_office")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("answered_at__isnull", True),
                                ("answered_by__isnull", True),
                                ("end", ""),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                                models.Q(("end", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="direction_answered_whole",
                        violation_error_message="Trả lời phải có kết quả, nội dung, người và ngày.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandlingTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("procedure", models.CharField(max_length=16, verbose_name="thủ tục")),
                ("n", models.PositiveIntegerField(verbose_name="giao dịch")),
                ("timed", models.PositiveIntegerField(verbose_name="có thời hạn")),
                ("on_time", models.PositiveIntegerField(verbose_name="đúng hạn")),
                ("minutes", models.TextField()),
                ("used", models.TextField()),
                ("limits", models.TextField()),
                ("read_on", models.DateField(verbose_name="tính đến ngày")),
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
                "verbose_name": "thời gian xử lý",
                "verbose_name_plural": "thời gian xử lý",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "period", "procedure"), name="handlingtime_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_time__lte", models.F("timed")), ("timed__lte", models.F("n"))
                        ),
                        name="handlingtime_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                            ("sealed", "Tóm tắt khi niêm phong kỳ"),
                            ("weekly", "Phát và thu phiếu trong tuần"),
                            ("signal", "Tín hiệu ở nhóm phiếu đã mở"),
                            ("remind", "Nhắc kỳ trễ niêm phong"),
                        ],
                        max_length=6,
                    ),
                ),
                ("subject", models.CharField(max_length=60)),
                ("text", models.CharField(max_length=1000)),
                ("path", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("letter_due_at", models.DateTimeField(null=True)),
                ("letter_sent_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.office"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "thông báo",
                "verbose_name_plural": "thông báo",
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("letter_due_at__isnull", False)),
                        fields=["letter_due_at"],
                        name="notice_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "office", "kind", "subject"), name="notice_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeOff",
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
                            ("sealed", "Tóm tắt khi niêm phong kỳ"),
                            ("weekly", "Phát và thu phiếu trong tuần"),
                            ("signal", "Tín hiệu ở nhóm phiếu đã mở"),
                            ("remind", "Nhắc kỳ trễ niêm phong"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "thông báo đã tắt",
                "verbose_name_plural": "thông báo đã tắt",
                "constraints": [models.UniqueConstraint(fields=("user", "kind"), name="noticeoff_once")],
            },
        ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người nhập",
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
            ],
            options={
                "verbose_name": "kỳ nhập từ sổ giấy",
                "verbose_name_plural": "kỳ nhập từ sổ giấy",
                "ordering": ["office", "first", "last"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "first", "last"), name="pastpaper_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="pastpaper_months_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned__lte", models.F("issued"))),
                        name="pastpaper_returned_were_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("void__lte", models.F("returned")),
                            models.Q(
                                ("satisfied__isnull", True),
                                (
                                    "satisfied__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("returned"), "-", models.F("void")
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="pastpaper_verdicts_were_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBackList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("population", models.PositiveIntegerField(verbose_name="số giao dịch của kỳ")),
                ("drawn_at", models.DateTimeField(verbose_name="rút lúc")),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người rút",
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
            ],
            options={
                "verbose_name": "danh sách gọi lại",
                "verbose_name_plural": "danh sách gọi lại",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "period"),
                        name="callbacklist_once",
                        violation_error_message="Kỳ này đã rút danh sách gọi lại.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IndependentCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("transactions", models.PositiveIntegerField(verbose_name="số giao dịch")),
                ("source", models.CharField(max_length=120, verbose_name="nguồn đếm")),
                ("entered_at", models.DateTimeField(verbose_name="nhập lúc")),
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
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.counter",
                        verbose_name="quầy",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người nhập",
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
            ],
            options={
                "verbose_name": "số đếm độc lập",
                "verbose_name_plural": "số đếm độc lập",
                "ordering": ["period", "counter", "pk"],
                "indexes": [models.Index(fields=["office", "period"], name="independentcount_of_period")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("entered_by__isnull", False), ("api_key__isnull", False), _connector="OR"
                        ),
                        name="independentcount_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("counter", models.CharField(max_length=16, verbose_name="quầy")),
                ("opened_at", models.DateTimeField(verbose_name="mở lúc")),
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
                "verbose_name": "việc cần xem xét",
                "verbose_name_plural": "việc cần xem xét",
                "ordering": ["office", "period", "counter"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period", "counter"), name="signalcase_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("taken_at", models.DateTimeField(verbose_name="tính lúc")),
                ("is_final", models.BooleanField(verbose_name="tính khi niêm phong")),
                ("text", models.TextField()),
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
                "verbose_name": "bản tính tín hiệu",
                "verbose_name_plural": "bản tính tín hiệu",
                "ordering": ["office", "period", "pk"],
                "indexes": [models.Index(fields=["office", "period"], name="signalreading_of_period")],
            },
        ),
        migrations.CreateModel(
            name="FollowUpChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="số phiếu hỏi lại")),
                ("chosen_at", models.DateTimeField(verbose_name="chọn lúc")),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người chọn",
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
            ],
            options={"verbose_name": "lựa chọn hỏi lại", "verbose_name_plural": "lựa chọn hỏi lại"},
        ),
        migrations.CreateModel(
            name="PaperPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("chair", "Chủ trì"),
                            ("secretary", "Thư ký"),
                            ("member", "Thành viên"),
                            ("witness", "Người chứng kiến"),
                        ],
                        max_length=10,
                        verbose_name="vai",
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        choices=[("Ông", "Ông"), ("Bà", "Bà")], max_length=8, verbose_name="danh xưng"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="họ và tên")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="chức vụ, đơn vị")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="thứ tự")),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="reports.paperform",
                    ),
                ),
            ],
            options={
                "verbose_name": "người tham dự kiểm phiếu",
                "verbose_name_plural": "người tham dự kiểm phiếu",
                "ordering": ["form", "part", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MinutesScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="kỳ")),
                ("name", models.CharField(max_length=120, verbose_name="tên tệp")),
                ("kind", models.CharField(max_length=4)),
                ("size", models.PositiveIntegerField(verbose_name="cỡ")),
                ("sha256", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(verbose_name="đính kèm lúc")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người đính kèm",
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
                    "seal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="reports.seal",
                        verbose_name="niêm phong",
                    ),
                ),
            ],
            options={
                "verbose_name": "bản chụp biên bản",
                "verbose_name_plural": "bản chụp biên bản",
                "ordering": ["added_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "period", "sha256"), name="minutesscan_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingPublication",
            fields=[
                (
                    "standing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="publication",
                        serialize=False,
                        to="reports.standing",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="công bố lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người công bố",
                    ),
                ),
            ],
            options={"verbose_name": "công bố bảng xếp hạng", "verbose_name_plural": "công bố bảng xếp hạng"},
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
        migrations.CreateModel(
            name="CallBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="số")),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.transaction",
                        verbose_name="giao dịch",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="reports.callbacklist",
                    ),
                ),
            ],
            options={
                "verbose_name": "cuộc gọi lại",
                "verbose_name_plural": "cuộc gọi lại",
                "ordering": ["list", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("list", "number"), name="callback_number_once"),
                    models.UniqueConstraint(fields=("list", "transaction"), name="callback_transaction_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=2, verbose_name="tín hiệu")),
                ("text", models.TextField()),
                ("found_at", models.DateTimeField(verbose_name="thấy lúc")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="reports.signalcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "tín hiệu",
                "verbose_name_plural": "tín hiệu",
                "ordering": ["case", "code"],
                "constraints": [models.UniqueConstraint(fields=("case", "code"), name="signal_once_a_case")],
            },
        ),
        migrations.CreateModel(
            name="SignalDisposition",
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
                            ("ordinary", "Có nguyên do bình thường, khép lại"),
                            ("watched", "Theo dõi tiếp kỳ sau"),
                            ("explained", "Giải trình bằng văn bản"),
                            ("referred", "Chuyển cấp có thẩm quyền, khép lại"),
                        ],
                        max_length=9,
                        verbose_name="kết luận",
                    ),
                ),
                ("text", models.CharField(max_length=1000, verbose_name="nội dung")),
                ("at", models.DateTimeField(verbose_name="ghi lúc")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispositions",
                        to="reports.signalcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "kết luận về tín hiệu",
                "verbose_name_plural": "kết luận về tín hiệu",
                "ordering": ["at", "pk"],
            },
        ),
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
        migrations.CreateModel(
            name="SlipSum",
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
                ("issued", models.PositiveIntegerField(verbose_name="phát ra")),
                ("cancelled", models.PositiveIntegerField(verbose_name="hủy")),
                ("expired", models.PositiveIntegerField(verbose_name="hết hạn")),
                ("returned", models.PositiveIntegerField(verbose_name="thu về")),
                ("paper", models.PositiveIntegerField(verbose_name="phiếu giấy")),
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
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
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
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reports.seal",
                        verbose_name="niêm phong",
                    ),
                ),
            ],
            options={
                "verbose_name": "số phiếu phát khi niêm phong",
                "verbose_name_plural": "số phiếu phát khi niêm phong",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seal", "counter", "procedure", "channel", "questionnaire"),
                        name="slipsum_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "issued",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("cancelled"), "+", models.F("expired")
                                    ),
                                    "+",
                                    models.F("returned"),
                                ),
                            )
                        ),
                        name="slipsum_all_slips_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paper__lte", models.F("returned"))),
                        name="slipsum_paper_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransactionSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.PositiveIntegerField(verbose_name="số giao dịch")),
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
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reports.seal",
                        verbose_name="niêm phong",
                    ),
                ),
            ],
            options={
                "verbose_name": "số giao dịch khi niêm phong",
                "verbose_name_plural": "số giao dịch khi niêm phong",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seal", "counter", "procedure"), name="transactionsum_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n__gt", 0)), name="transactionsum_counts_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClusterSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counter", models.CharField(blank=True, max_length=16, verbose_name="quầy")),
                ("organisations", models.PositiveIntegerField(verbose_name="số tổ chức")),
                ("slips", models.PositiveIntegerField(verbose_name="phiếu biết tổ chức")),
                ("squares", models.PositiveBigIntegerField(verbose_name="tổng bình phương số phiếu")),
                ("returned", models.PositiveIntegerField(null=True, verbose_name="thu về")),
                ("deviation", models.FloatField(null=True, verbose_name="tổng bình phương độ lệch")),
                ("unknown", models.PositiveIntegerField(verbose_name="phiếu không biết tổ chức")),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reports.seal",
                        verbose_name="niêm phong",
                    ),
                ),
            ],
            options={
                "verbose_name": "số tổ chức khi niêm phong",
                "verbose_name_plural": "số tổ chức khi niêm phong",
                "constraints": [
                    models.UniqueConstraint(fields=("seal", "counter"), name="clustersum_once"),
                    models.CheckConstraint(
                        condition=models.Q(("returned__lte", models.F("slips"))), name="clustersum_returned"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("organisations__lte", models.F("slips"))),
                        name="clustersum_organisations",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deviation__isnull", True), ("returned__isnull", True)),
                            models.Q(("counter", ""), ("organisations__gte", 10)),
                            _connector="OR",
                        ),
                        name="clustersum_returns_of_many",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SilentCommitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("silent", models.PositiveIntegerField(verbose_name="phiếu không thu về")),
                ("called", models.PositiveSmallIntegerField(verbose_name="phiếu sẽ hỏi lại")),
                ("salt", models.CharField(editable=False, max_length=64)),
                ("digest", models.CharField(max_length=64, verbose_name="mã băm danh sách")),
                ("text", models.TextField()),
                ("note", models.TextField()),
                ("committed_at", models.DateTimeField(verbose_name="cam kết lúc")),
                (
                    "seal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="silent",
                        to="reports.seal",
                        verbose_name="niêm phong",
                    ),
                ),
            ],
            options={
                "verbose_name": "cam kết về phiếu không thu về",
                "verbose_name_plural": "cam kết về phiếu không thu về",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("called__gte", 10), ("called__lte", models.F("silent"))),
                        name="silentcommitment_called_of_silent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBackResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("answered", "Có nhận phiếu, tự trả lời"),
                            ("silent", "Có nhận phiếu, không trả lời"),
                            ("not_handed", "Không nhận được phiếu nào"),
                            ("by_another", "Người khác trả lời thay"),
                            ("unreached", "Không liên lạc được, hoặc không nhớ"),
                        ],
                        max_length=10,
                        verbose_name="khách nói",
                    ),
                ),
                ("contradicts", models.BooleanField(null=True, verbose_name="trái với sổ")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="ghi chú")),
                ("at", models.DateTimeField(verbose_name="ghi lúc")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người gọi",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="reports.callback",
                    ),
                ),
            ],
            options={
                "verbose_name": "kết quả gọi lại",
                "verbose_name_plural": "kết quả gọi lại",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SilentDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("beacon", models.CharField(max_length=40, verbose_name="số công khai")),
                ("beacon_on", models.DateField(verbose_name="ngày của số công khai")),
                ("drawn_at", models.DateTimeField(verbose_name="bốc thăm lúc")),
                (
                    "commitment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draw",
                        to="reports.silentcommitment",
                    ),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người bốc thăm",
                    ),
                ),
            ],
            options={
                "verbose_name": "bốc thăm phiếu không thu về",
                "verbose_name_plural": "bốc thăm phiếu không thu về",
            },
        ),
        migrations.CreateModel(
            name="SilentResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("called", models.PositiveSmallIntegerField(verbose_name="đã hỏi lại")),
                ("satisfied", models.PositiveSmallIntegerField(verbose_name="hài lòng")),
                ("dissatisfied", models.PositiveSmallIntegerField(verbose_name="không hài lòng")),
                ("text", models.TextField()),
                ("note", models.TextField()),
                ("closed_at", models.DateTimeField(verbose_name="kết thúc lúc")),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người kết thúc",
                    ),
                ),
                (
                    "draw",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result",
                        to="reports.silentdraw",
                    ),
                ),
                ("ballots", models.TextField(db_default="", default="")),
                (
                    "letters_dissatisfied",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, verbose_name="không hài lòng, bằng thư"
                    ),
                ),
                (
                    "letters_satisfied",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, verbose_name="hài lòng, bằng thư"
                    ),
                ),
                ("receipts", models.TextField(db_default="", default="")),
            ],
            options={
                "verbose_name": "kết quả hỏi lại",
                "verbose_name_plural": "kết quả hỏi lại",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "called__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("satisfied"), "+", models.F("dissatisfied")
                                ),
                            )
                        ),
                        name="silentresult_of_the_called",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "satisfied__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(10), "-", models.F("dissatisfied")
                                ),
                            )
                        ),
                        name="silentresult_of_ten",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dissatisfied__gte", models.F("letters_dissatisfied")),
                            ("satisfied__gte", models.F("letters_satisfied")),
                        ),
                        name="silentresult_letters_are_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("letters_dissatisfied", 0), ("letters_satisfied", 0)),
                            (
                                "letters_satisfied__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(10), "-", models.F("letters_dissatisfied")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="silentresult_of_ten_letters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("dissatisfied", models.F("letters_dissatisfied")),
                                ("satisfied", models.F("letters_satisfied")),
                            ),
                            (
                                "satisfied__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(10), "+", models.F("letters_satisfied")
                                        ),
                                        "+",
                                        models.F("letters_dissatisfied"),
                                    ),
                                    "-",
                                    models.F("dissatisfied"),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="silentresult_of_ten_telephoned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SilentLetters",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("places", models.TextField()),
                ("sent", models.PositiveSmallIntegerField(verbose_name="số thư")),
                ("sent_at", models.DateTimeField(verbose_name="gửi lúc")),
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.campaign"
                    ),
                ),
                (
                    "draw",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="reports.silentdraw",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người gửi",
                    ),
                ),
            ],
            options={
                "verbose_name": "thư hỏi lại",
                "verbose_name_plural": "thư hỏi lại",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("sent__gte", 10)), name="silentletters_of_ten")
                ],
            },
        ),
    ]
