"""What the pages ask of the mixer, and what the mixer tells them: they share no memory and no key, only these rows."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.offices import Office
from surveys.models.people import User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH


class BoxJobKind(models.TextChoices):
    CLOSING = "closing", _("Trộn lần cuối")
    CAMPAIGN = "campaign", _("Trộn và đếm một đơn vị của đợt khảo sát")
    DAMAGED = "damaged", _("Ghi nhận dòng hỏng")


class BoxJobStep(models.TextChoices):
    WAITING = "waiting", _("chờ máy trộn")
    OPENING = "opening", _("đang mở phong bì")
    MIXING = "mixing", _("đang trộn")


class BoxJobEnd(models.TextChoices):
    DONE = "done", _("đã xong")
    TAMPERED = "tampered", _("hòm phiếu có dòng hỏng, không mở phiếu nào")
    KEYLESS = "keyless", _("thiếu khoá mở hòm phiếu")
    FAILED = "failed", _("máy trộn gặp lỗi")


class BoxJobQuerySet(OfOfficeQuerySet["BoxJob"]):
    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def free_at(self, now: datetime, *, silent_since: datetime) -> Self:
        """Open jobs that no mixer is at: none took them, or the one that did has not been heard of since."""
        return self.open().filter(Q(beat_at__isnull=True) | Q(beat_at__lt=silent_since), asked_at__lte=now)


class BoxJob(models.Model):
    """One thing asked of the mixer, and how far it has come: counts of envelopes, never which.

    ``second``: of a damaged box, who decided beside ``asked_by``.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    kind = models.CharField(_("việc"), max_length=8, choices=BoxJobKind)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người yêu cầu")
    )
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    step = models.CharField(_("đang làm"), max_length=7, choices=BoxJobStep, default=BoxJobStep.WAITING)
    opened = models.PositiveIntegerField(_("đã mở"), default=0)
    of = models.PositiveIntegerField(_("trong số"), default=0)
    beat_at = models.DateTimeField(null=True)  # the mixer's last word on it
    ended_at = models.DateTimeField(_("xong lúc"), null=True)
    end = models.CharField(_("kết quả"), max_length=8, choices=BoxJobEnd, blank=True)
    ballots = models.PositiveIntegerField(_("số phiếu"), null=True)  # released, or recorded as damaged

    objects = BoxJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc của máy trộn")
        verbose_name_plural = _("việc của máy trộn")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="boxjob_one_open_a_box", fields=["office", "period"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="boxjob_ends_somehow",
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
            ),
            models.CheckConstraint(
                name="boxjob_damage_by_two",
                condition=~Q(kind=BoxJobKind.DAMAGED)
                | (Q(asked_by__isnull=False, second__isnull=False) & ~Q(asked_by=F("second"))),
                violation_error_message=_("Phải có hai người khác nhau xác nhận."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period} {self.kind}"


class BoxPair(models.Model):
    """The public key that the mixer can open, as it says itself under its own signature; the last one is in force."""

    public = models.CharField(max_length=64, unique=True)
    since = models.DateField(_("từ ngày"))
    note = models.TextField()  # signed

    class Meta:
        verbose_name = _("khoá hòm phiếu")
        verbose_name_plural = _("khoá hòm phiếu")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.public[:8]


class BoxTrouble(models.Model):
    """A box in which the mixer's last look found rows that it cannot open; no row where all open."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    damaged = models.PositiveIntegerField(_("dòng hỏng"), default=0)
    keyless = models.PositiveIntegerField(_("dòng thiếu khoá mở"), default=0)
    found_at = models.DateTimeField(_("thấy lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("hòm phiếu có dòng không mở được")
        verbose_name_plural = _("hòm phiếu có dòng không mở được")
        constraints = [
            models.UniqueConstraint(name="boxtrouble_once_a_box", fields=["office", "period"]),
            models.CheckConstraint(name="boxtrouble_has_some", condition=Q(damaged__gt=0) | Q(keyless__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period}"
