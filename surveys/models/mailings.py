"""Letters to the invited, as they were asked for and as far as they have gone; which of them have, the invitations say."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.campaigns import CampaignUnit, InvitationBatch
from surveys.models.people import User


class MailingQuerySet(models.QuerySet["Mailing"]):
    def unfinished(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def due_at(self, now: datetime) -> Self:
        """Those that may go on and that no scheduler is at."""
        return self.unfinished().filter(next_at__lte=now)


class Mailing(models.Model):
    """The first letters of a batch, or without one a reminder to everybody of a unit whose code waits for an answer.

    ``letters``: how many were to go when it was asked for. ``next_at``: when it may go on; ahead while a scheduler is at
    it. ``failures``: how often in a row it stopped since no mail server answered.
    """

    unit = models.ForeignKey(CampaignUnit, models.PROTECT, related_name="mailings")
    batch = models.OneToOneField(InvitationBatch, models.PROTECT, null=True, related_name="mailing")
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    letters = models.PositiveIntegerField(_("số thư"))
    accepted = models.PositiveIntegerField(_("máy chủ thư đã nhận"), default=0)
    refused = models.PositiveIntegerField(_("bị từ chối"), default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(_("gửi tiếp lúc"))
    ended_at = models.DateTimeField(_("xong lúc"), null=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt gửi thư mời")
        verbose_name_plural = _("lượt gửi thư mời")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="mailing_one_reminder_at_a_time",
                fields=["unit"],
                condition=Q(batch__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(name="mailing_ends_after_asked", condition=Q(ended_at__gte=F("asked_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def gone(self) -> int:
        """Letters that a mail server has answered for."""
        return self.accepted + self.refused
