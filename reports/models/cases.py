"""What becomes of what customers said: cases about released ballots, and requests to be answered in person.

A case knows its ballot, so that words which were masked or erased vanish here too; nothing of them is copied. A request
for contact knows no ballot, receipt or counter.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Ballot, Office, User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH
from surveys.periods import parse_period

CAUSE_LENGTH, WORDS_LENGTH = 120, 1000
NAME_LENGTH, ADDRESS_LENGTH = 80, 120


class CaseQuerySet(OfOfficeQuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Leadership and inspectors: those of the offices whose figures they read; everybody else those they own."""
        if not user.is_active or user.office_id is None:
            return self.none()
        if not user.has_perm("surveys.read_comments"):
            return self.filter(owner=user)
        return self.filter(Q(owner=user) | Q(office__in=Office.objects.with_figures_for(user)))

    def tally(self, today: date, *, until: datetime | None = None) -> dict[str, int]:
        """``cases``, ``replied``, ``on_time`` and ``overdue`` (time is over, no reply); as known at ``until``."""
        replied = Q(replied_at__isnull=False) if until is None else Q(replied_at__lte=until)
        return self.aggregate(
            cases=Count("pk"),
            replied=Count("pk", filter=replied),
            on_time=Count("pk", filter=replied & Q(was_late=False)),
            overdue=Count("pk", filter=~replied & Q(due_on__lt=today)),
        )


class ContactQuerySet(OfOfficeQuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        """Those who answer: leadership of the office."""
        if not user.has_perm("surveys.handle_cases"):
            return self.none()
        return self.filter(office__in=Office.objects.with_figures_for(user))

    def waiting(self) -> Self:
        return self.filter(answered_on__isnull=True, erased_on__isnull=True)


def random_id() -> str:
    """128 random bits as hex, so that the order of the rows says nothing."""
    return secrets.token_hex(16)


class CaseState(models.TextChoices):
    NEW = "new", _("Mới")
    DOING = "doing", _("Đang xử lý")
    CLOSED = "closed", _("Đã đóng")


class Case(models.Model):
    """One dissatisfied ballot or comment that the office looks into. When it was opened is kept nowhere."""

    id = models.CharField(primary_key=True, max_length=32, default=random_id, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="case")
    is_dissatisfied = models.BooleanField(_("phiếu không hài lòng"))
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người xử lý")
    )
    due_on = models.DateField(_("hạn trả lời"))
    cause = models.CharField(_("nguyên nhân"), max_length=CAUSE_LENGTH, blank=True)
    action = models.TextField(_("việc đã làm"), max_length=WORDS_LENGTH, blank=True)
    reply = models.TextField(_("trả lời khách hàng"), max_length=WORDS_LENGTH, blank=True)
    replied_at = models.DateTimeField(_("trả lời lúc"), null=True)
    was_late = models.BooleanField(_("trả lời muộn"), default=False)
    #: From then on nothing of the case changes, so a report that tells of it can be made again.
    closed_at = models.DateTimeField(_("đóng lúc"), null=True)
    state = models.CharField(_("trạng thái"), max_length=6, choices=CaseState, default=CaseState.NEW)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("vụ việc")
        verbose_name_plural = _("vụ việc")
        ordering = ["-period", "pk"]
        constraints = [
            models.CheckConstraint(
                name="case_closed_with_cause_and_action",
                condition=~Q(state=CaseState.CLOSED) | (~Q(cause="") & ~Q(action="")),
                violation_error_message=_("Không đóng vụ việc khi chưa có nguyên nhân và việc đã làm."),
            ),
            models.CheckConstraint(
                name="case_replied_whole",
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
            ),
            models.CheckConstraint(name="case_state_known", condition=Q(state__in=CaseState.values)),
        ]
        indexes = [models.Index(fields=["office", "period"], name="case_of_period")]

    def __str__(self) -> str:
        return f"{self.period} {self.pk[:6]}"

    @property
    def period_label(self) -> str:
        """tháng 5/2023, quý II/2023"""
        return parse_period(self.period).label


class Contact(models.Model):
    """Somebody who wants an answer in person and says so under a name of their choice. Tied to no ballot and no visit.

    Name, address and words are erased after the answer, 65 days after the request at the latest; the row stays for the count.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    asked_on = models.DateField(_("ngày gửi"))
    name = models.CharField(_("họ tên"), max_length=NAME_LENGTH, blank=True)
    address = models.CharField(_("điện thoại hoặc thư điện tử"), max_length=ADDRESS_LENGTH, blank=True)
    words = models.TextField(_("nội dung"), max_length=WORDS_LENGTH, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(_("ngày trả lời"), null=True)
    erased_on = models.DateField(_("ngày xoá"), null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("yêu cầu liên hệ")
        verbose_name_plural = _("yêu cầu liên hệ")
        ordering = ["asked_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_erased_whole",
                condition=Q(erased_on__isnull=True) | Q(name="", address="", words=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.asked_on}"
