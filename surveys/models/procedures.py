"""Administrative procedures with dated versions: what the law gave as time, and since when."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.choices import LimitUnit, ServiceChannel
from surveys.models.offices import Counter
from surveys.models.querysets import in_force

ANY = "any"
VERSION_CHANNELS = [(ANY, _("Mọi kênh")), *ServiceChannel.choices]


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def in_force(self, on: date) -> Self:
        return self.filter(in_force(on))

    def for_channel(self, channel: str) -> Self:
        """Versions for the channel; a version of the very channel comes before one for any."""
        return self.filter(channel__in=[channel, "any"]).order_by(
            models.Case(models.When(channel=channel, then=0), default=1), "-valid_from"
        )


class Procedure(models.Model):
    code = models.CharField(_("mã thủ tục"), max_length=16, unique=True)
    short_name = models.CharField(_("tên gọn"), max_length=80)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.short_name


class CounterKeyQuerySet(models.QuerySet["CounterKey"]):
    def at(self, counter: Counter) -> Self:
        return self.filter(counter=counter)


class CounterKey(models.Model):
    """The digit that starts a procedure at a counter. It stays where it was put, however often the procedure is used."""

    counter = models.ForeignKey(Counter, models.CASCADE, related_name="keys", verbose_name=_("quầy"))
    digit = models.PositiveSmallIntegerField(_("phím"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+", verbose_name=_("thủ tục"))

    objects = CounterKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("phím của quầy")
        verbose_name_plural = _("phím của quầy")
        ordering = ["counter", "digit"]
        constraints = [
            models.CheckConstraint(
                name="counterkey_is_a_digit",
                condition=Q(digit__range=(1, 9)),
                violation_error_message=_("Phím là một chữ số từ 1 đến 9."),
            ),
            models.UniqueConstraint(
                name="counterkey_one_procedure_a_key",
                fields=["counter", "digit"],
                violation_error_message=_("Phím này đã gán cho một thủ tục."),
            ),
            models.UniqueConstraint(
                name="counterkey_one_key_a_procedure",
                fields=["counter", "procedure"],
                violation_error_message=_("Thủ tục này đã có phím."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digit}: {self.procedure}"


class ProcedureVersion(models.Model):
    """The procedure as one decree rules it, for one channel or for any. Without a limit the deadline is unknown."""

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="versions", verbose_name=_("thủ tục")
    )
    channel = models.CharField(_("kênh"), max_length=8, choices=VERSION_CHANNELS, default=ANY)
    official_name = models.CharField(_("tên đầy đủ"), max_length=300)
    legal_basis = models.CharField(_("căn cứ pháp lý"), max_length=200)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    limit_value = models.PositiveSmallIntegerField(_("thời hạn"), null=True, blank=True)
    limit_unit = models.CharField(_("đơn vị thời hạn"), max_length=12, choices=LimitUnit, blank=True)
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiên bản thủ tục")
        verbose_name_plural = _("phiên bản thủ tục")
        ordering = ["procedure", "channel", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="procedureversion_one_a_day",
                fields=["procedure", "channel", "valid_from"],
                violation_error_message=_("Đã có phiên bản của kênh này từ ngày đó."),
            ),
            models.CheckConstraint(
                name="procedureversion_days_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Ngày kết thúc không được trước ngày bắt đầu."),
            ),
            models.CheckConstraint(
                name="procedureversion_limit_has_unit",
                condition=Q(limit_value__isnull=True, limit_unit="")
                | (Q(limit_value__gt=0) & ~Q(limit_unit="")),
                violation_error_message=_("Thời hạn phải lớn hơn 0 và có đơn vị."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_name} ({self.valid_from:%d/%m/%Y})"

    def limit_on(self, day) -> int | None:
        """The limit for a dossier that came in on ``day``; a seasonal limit goes before the usual one."""
        for season in self.seasons.all():
            if season.covers(day):
                return season.limit_value
        return self.limit_value


class SeasonalLimit(models.Model):
    """Another limit in the same days of every year, such as 25–31/01 at the end of the budget year."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="seasons")
    from_day = models.PositiveSmallIntegerField(
        _("từ ngày"), validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    from_month = models.PositiveSmallIntegerField(
        _("từ tháng"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    to_day = models.PositiveSmallIntegerField(
        _("đến ngày"), validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    to_month = models.PositiveSmallIntegerField(
        _("đến tháng"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    limit_value = models.PositiveSmallIntegerField(_("thời hạn"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("thời hạn theo mùa")
        verbose_name_plural = _("thời hạn theo mùa")
        constraints = [
            models.CheckConstraint(
                name="seasonallimit_days_exist",
                condition=Q(
                    from_day__range=(1, 31),
                    to_day__range=(1, 31),
                    from_month__range=(1, 12),
                    to_month__range=(1, 12),
                ),
                violation_error_message=_("Ngày, tháng không hợp lệ."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_day}/{self.from_month}–{self.to_day}/{self.to_month}"

    def covers(self, day) -> bool:
        start, end = (self.from_month, self.from_day), (self.to_month, self.to_day)
        here = (day.month, day.day)
        return start <= here <= end if start <= end else here >= start or here <= end
