"""What the house tells its people of itself: a line in their list, and a letter unless they switched that off."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models import Office, User

#: A glance at a month and what is said of a signal, in whole sentences.
TEXT_LENGTH = 1000


class NoticeQuerySet(models.QuerySet["Notice"]):
    def letters_due(self, now: datetime) -> Self:
        return self.filter(letter_due_at__lte=now, letter_sent_at__isnull=True)

    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True)


class NoticeKind(models.TextChoices):
    SEALED = "sealed", _("Tóm tắt khi niêm phong kỳ")
    WEEKLY = "weekly", _("Phát và thu phiếu trong tuần")
    SIGNAL = "signal", _("Tín hiệu ở nhóm phiếu đã mở")
    REMIND = "remind", _("Nhắc kỳ trễ niêm phong")


class Notice(models.Model):
    """One line for one person about one thing. ``letter`` waits while it is to be sent and was not yet."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=6, choices=NoticeKind)
    subject = models.CharField(max_length=60)  # the period or week, so that nothing is told twice
    text = models.CharField(max_length=TEXT_LENGTH)
    path = models.CharField(max_length=200)  # where it is looked at, without the host
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    letter_due_at = models.DateTimeField(null=True)
    letter_sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("thông báo")
        verbose_name_plural = _("thông báo")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["user", "office", "kind", "subject"])
        ]
        indexes = [
            models.Index(
                fields=["letter_due_at"],
                name="notice_waiting",
                condition=models.Q(letter_due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class NoticeOff(models.Model):
    """That somebody wants no letters of a kind; the list in the house goes on."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=NoticeKind)

    class Meta:
        verbose_name = _("thông báo đã tắt")
        verbose_name_plural = _("thông báo đã tắt")
        constraints = [models.UniqueConstraint(name="noticeoff_once", fields=["user", "kind"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
