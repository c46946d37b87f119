"""What is asked: questionnaires with versions, criteria on scales, reasons offered for either answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The grammar of the published evidence (docs/spec/trust.md §5).
CRITERION_CODE = RegexValidator(
    r"^[a-z][a-z0-9_]{0,19}$", _("Mã gồm chữ thường không dấu, chữ số, gạch dưới; tối đa 20.")
)

#: What the ballot's form calls its other fields, and the other columns of ballots.csv: a criterion of such a code would
#: read or overwrite them. Names that begin with an underscore are the forms' own; the grammar keeps criteria from them.
TAKEN_CODES = ("comment", "id", "reasons", "x")
CODE_TAKEN = _("“comment”, “reasons”, “id” và “x” là tên ô, tên cột của phiếu; xin chọn mã khác.")


class QuestionnaireVersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def in_force(self, on: date) -> Self:
        return self.filter(valid_from__lte=on).order_by("-valid_from")


class Questionnaire(models.Model):
    code = models.CharField(_("mã"), max_length=40, unique=True)
    name = models.CharField(_("tên"), max_length=160)

    class Meta:
        verbose_name = _("mẫu phiếu")
        verbose_name_plural = _("mẫu phiếu")

    def __str__(self) -> str:
        return self.name


class QuestionnaireVersion(models.Model):
    """A version holds from the first day of a month, so that a period never mixes two."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("phiên bản"))
    valid_from = models.DateField(_("từ ngày"))
    title = models.CharField(_("câu hỏi chung"), max_length=160)
    title_en = models.CharField(_("câu hỏi chung, tiếng Anh"), max_length=160, blank=True)
    # The length of every waiting ballot's padded body, fixed at the first one (surveys.box.lengths).
    padded_bytes = models.PositiveIntegerField(null=True, editable=False)

    objects = QuestionnaireVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiên bản mẫu phiếu")
        verbose_name_plural = _("phiên bản mẫu phiếu")
        ordering = ["questionnaire", "number"]
        constraints = [
            models.UniqueConstraint(
                name="questionnaireversion_numbered_once", fields=["questionnaire", "number"]
            ),
            models.UniqueConstraint(
                name="questionnaireversion_one_a_month", fields=["questionnaire", "valid_from"]
            ),
            models.CheckConstraint(
                name="questionnaireversion_starts_a_month",
                condition=Q(
                    valid_from__endswith="-01"
                ),  # as text on both engines: SQLite trusts no function here
                violation_error_message=_("Phiên bản mẫu phiếu phải bắt đầu từ ngày 1 của tháng."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} – {self.number}"


class Scale(models.Model):
    code = models.CharField(_("mã"), max_length=40, unique=True)
    name = models.CharField(_("tên"), max_length=80)

    class Meta:
        verbose_name = _("thang đo")
        verbose_name_plural = _("thang đo")

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """One answer of a scale. ``counts_as_satisfied`` decides the headline; ``position`` the place on the page."""

    scale = models.ForeignKey(Scale, models.CASCADE, related_name="levels")
    value = models.PositiveSmallIntegerField(_("giá trị"))
    label = models.CharField(_("nhãn"), max_length=60)
    label_en = models.CharField(_("nhãn tiếng Anh"), max_length=60, blank=True)
    counts_as_satisfied = models.BooleanField(_("tính là hài lòng"))
    # Of 100; without them the levels stand at equal distances, the lowest value at 0 and the highest at 100.
    points = models.DecimalField(_("điểm"), max_digits=5, decimal_places=2, null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"))

    class Meta:
        verbose_name = _("mức")
        verbose_name_plural = _("mức")
        ordering = ["scale", "position"]
        constraints = [
            models.UniqueConstraint(name="level_value_once_a_scale", fields=["scale", "value"]),
            models.UniqueConstraint(name="level_position_once_a_scale", fields=["scale", "position"]),
            models.CheckConstraint(
                name="level_value_0_to_99",
                condition=Q(value__lte=99),
                violation_error_message=_("Giá trị của mức từ 0 đến 99."),
            ),
            models.CheckConstraint(
                name="level_points_0_to_100",
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=100),
                violation_error_message=_("Điểm của mức từ 0 đến 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Section(models.Model):
    """A part of a questionnaire: a page of its own for the respondent, a weight of its own in a score."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="sections")
    code = models.CharField(_("mã"), max_length=20, validators=[CRITERION_CODE])
    title = models.CharField(_("tên phần"), max_length=160)
    title_en = models.CharField(_("tên phần, tiếng Anh"), max_length=160, blank=True)
    weight = models.DecimalField(_("trọng số"), max_digits=7, decimal_places=3, default=Decimal(1))
    position = models.PositiveSmallIntegerField(_("thứ tự"))

    class Meta:
        verbose_name = _("phần")
        verbose_name_plural = _("phần")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(name="section_code_once_a_version", fields=["version", "code"]),
            models.UniqueConstraint(name="section_position_once_a_version", fields=["version", "position"]),
            models.CheckConstraint(
                name="section_weight_not_negative",
                condition=Q(weight__gte=0),
                violation_error_message=_("Trọng số không được âm."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="criteria")
    code = models.CharField(_("mã"), max_length=20, validators=[CRITERION_CODE])
    text = models.CharField(_("tiêu chí"), max_length=300)
    text_en = models.CharField(_("tiêu chí, tiếng Anh"), max_length=300, blank=True)
    short_name = models.CharField(_("tên gọn"), max_length=60)
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="+", verbose_name=_("thang đo"))
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    optional = models.BooleanField(_("được bỏ trống"), default=False)
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="criteria", verbose_name=_("phần")
    )
    weight = models.DecimalField(_("trọng số"), max_digits=7, decimal_places=3, default=Decimal(1))
    # Asked only of those who gave this answer to an earlier criterion.
    shown_after = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("chỉ hỏi sau tiêu chí"),
    )
    shown_after_value = models.PositiveSmallIntegerField(_("khi đã trả lời mức"), null=True, blank=True)

    class Meta:
        verbose_name = _("tiêu chí")
        verbose_name_plural = _("tiêu chí")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(name="criterion_code_once_a_version", fields=["version", "code"]),
            models.UniqueConstraint(name="criterion_position_once_a_version", fields=["version", "position"]),
            models.CheckConstraint(
                name="criterion_code_not_taken",
                condition=~Q(code__in=TAKEN_CODES),
                violation_error_message=CODE_TAKEN,
            ),
            models.CheckConstraint(
                name="criterion_weight_not_negative",
                condition=Q(weight__gte=0),
                violation_error_message=_("Trọng số không được âm."),
            ),
            models.CheckConstraint(
                name="criterion_condition_whole",
                condition=Q(shown_after__isnull=True, shown_after_value__isnull=True)
                | Q(shown_after__isnull=False, shown_after_value__isnull=False),
                violation_error_message=_("Câu hỏi có điều kiện cần cả tiêu chí và mức trả lời."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class TextQuestion(models.Model):
    """A question answered in the respondent's own words; never scored, never required."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="text_questions")
    section = models.ForeignKey(Section, models.CASCADE, null=True, blank=True, related_name="text_questions")
    code = models.CharField(_("mã"), max_length=20, validators=[CRITERION_CODE])
    text = models.CharField(_("câu hỏi"), max_length=300)
    text_en = models.CharField(_("câu hỏi, tiếng Anh"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"))

    class Meta:
        verbose_name = _("câu hỏi mở")
        verbose_name_plural = _("câu hỏi mở")
        ordering = ["version", "position", "code"]
        constraints = [
            models.UniqueConstraint(name="textquestion_code_once_a_version", fields=["version", "code"])
        ]

    def __str__(self) -> str:
        return self.text


class Reason(models.Model):
    """Offered for either answer, so that a reason never costs an extra step."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="reasons")
    code = models.CharField(_("mã"), max_length=20, validators=[CRITERION_CODE])
    label = models.CharField(_("lý do"), max_length=120)
    label_en = models.CharField(_("lý do, tiếng Anh"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"))

    class Meta:
        verbose_name = _("lý do")
        verbose_name_plural = _("lý do")
        ordering = ["version", "position", "code"]
        constraints = [models.UniqueConstraint(name="reason_code_once_a_version", fields=["version", "code"])]

    def __str__(self) -> str:
        return self.label
