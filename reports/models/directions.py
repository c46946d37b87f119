"""Ý kiến chỉ đạo: what leadership asks for after a month, who does it until when, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Office, User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH
from surveys.periods import local_day

TEXT_LENGTH, UNIT_LENGTH = 1000, 120


class DirectionQuerySet(OfOfficeQuerySet["Direction"]):
    def visible_to(self, user: User) -> Self:
        """Leadership and inspectors: those of the offices whose figures they read."""
        if not user.has_perm("surveys.read_comments"):
            return self.none()
        return self.filter(office__in=Office.objects.with_figures_for(user))

    def open_at(self, when: datetime) -> Self:
        return self.filter(Q(answered_at__isnull=True) | Q(answered_at__gt=when))

    def in_state(self, state: str, *, at: datetime) -> Self:
        """ "open", "late" (open past its day), "answered"; any other word leaves all."""
        waiting = Q(answered_at__isnull=True)
        wanted = {
            "open": waiting,
            "late": waiting & Q(due_on__lt=local_day(at)),
            "answered": ~waiting,
        }
        return self.filter(wanted[state]) if state in wanted else self.all()


class DirectionEnd(models.TextChoices):
    """How a direction ended; while it is open it has none."""

    DONE = "done", _("Hoàn thành")
    STOPPED = "stopped", _("Dừng thực hiện")


class Direction(models.Model):
    """One direction on one period. Its words never change; it is answered once, with a day."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    text = models.TextField(_("nội dung chỉ đạo"), max_length=TEXT_LENGTH)
    unit = models.CharField(_("đơn vị thực hiện"), max_length=UNIT_LENGTH)
    receiver = models.CharField(_("người nhận"), max_length=UNIT_LENGTH, blank=True, default="")
    due_on = models.DateField(_("thời hạn"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người chỉ đạo"))
    written_at = models.DateTimeField(_("ghi lúc"))
    end = models.CharField(_("kết quả"), max_length=7, choices=DirectionEnd, blank=True)
    answer = models.TextField(_("trả lời"), max_length=TEXT_LENGTH, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người trả lời")
    )
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True)

    objects = DirectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ý kiến chỉ đạo")
        verbose_name_plural = _("ý kiến chỉ đạo")
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="direction_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="", end="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="") & ~Q(end="")),
                violation_error_message=_("Trả lời phải có kết quả, nội dung, người và ngày."),
            ),
        ]
        indexes = [
            models.Index(fields=["office", "written_at"], name="direction_of_office")
        ]  # the month's page

    def __str__(self) -> str:
        return self.text[:60]
