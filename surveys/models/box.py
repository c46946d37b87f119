"""The box (hòm phiếu): answers only. No key, code, nonce, time, channel or ordered id leads back to the register.

Text columns hold canonical JSON and are hashed as they stand, hence never JSONField (docs/spec/trust.md §1, §3 and §5).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.choices import UnreadReason, VoidReason
from surveys.models.offices import Office
from surveys.models.people import User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.questionnaires import QuestionnaireVersion
from surveys.models.register import PERIOD_LENGTH


class BoxedBallot(models.Model):
    """A ballot waiting to be mixed, sealed: what it says, and where it was cast, only the mixer's opening key tells.

    On SQLite the table is WITHOUT ROWID, so that the hidden row number keeps no order of casting.
    """

    id = models.CharField(primary_key=True, max_length=32)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=PERIOD_LENGTH)
    sealed = (
        models.BinaryField()
    )  # surveys.crypto.envelopes; one length for all ballots of a questionnaire version
    receipt_hash = models.CharField(max_length=64, null=True)  # paper has none
    tag = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("phiếu chờ trộn")
        verbose_name_plural = _("phiếu chờ trộn")
        constraints = [
            models.UniqueConstraint(
                name="boxedballot_one_a_receipt", fields=["office", "period", "receipt_hash"]
            ),
        ]


class Batch(models.Model):
    """One mix: the ballots released together, and the signed checkpoint over everything released so far."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="batches", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    number = models.PositiveIntegerField(_("lần trộn"))
    ballots = models.PositiveIntegerField(_("số phiếu"))
    mixed_on = models.DateField(_("ngày trộn"))
    is_closing = models.BooleanField(_("lần trộn cuối"), default=False)
    checkpoint = models.TextField()  # signed note

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần trộn")
        verbose_name_plural = _("lần trộn")
        ordering = ["office", "period", "number"]
        constraints = [
            models.UniqueConstraint(name="batch_numbered_once", fields=["office", "period", "number"])
        ]


class Ballot(models.Model):
    """A released ballot. Append-only; ``extra`` and ``salt`` may become NULL once, with a `Redaction`."""

    id = models.CharField(primary_key=True, max_length=32)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    period = models.CharField(max_length=PERIOD_LENGTH)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    questionnaire = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    counter = models.CharField(max_length=16, blank=True)  # '' where coarsened
    procedure = models.CharField(max_length=16, blank=True)
    answers = models.TextField()
    extra = models.TextField(null=True)
    salt = models.CharField(max_length=64, null=True)
    x = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64, unique=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiếu trả lời")
        verbose_name_plural = _("phiếu trả lời")
        constraints = [
            models.CheckConstraint(
                name="ballot_redacted_whole",
                condition=Q(extra__isnull=True, salt__isnull=True)
                | Q(extra__isnull=False, salt__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["office", "period", "batch"], name="ballot_of_period")
        ]  # roll-up, audit tree


class Receipt(models.Model):
    """That a ballot was counted, not how. Append-only; joined to no ballot."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    period = models.CharField(max_length=PERIOD_LENGTH)
    hash = models.CharField(max_length=64)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("biên nhận")
        verbose_name_plural = _("biên nhận")
        constraints = [models.UniqueConstraint(name="receipt_once", fields=["office", "period", "hash"])]
        indexes = [models.Index(fields=["hash"], name="receipt_hash")]  # the receipt page


class VoidMark(models.Model):
    """Why a ballot does not count, and the two who said so. Append-only."""

    ballot = models.OneToOneField(Ballot, models.PROTECT, primary_key=True, related_name="void_mark")
    reason = models.CharField(_("lý do"), max_length=10, choices=VoidReason)
    first = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người thứ nhất"))
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người thứ hai"))

    class Meta:
        verbose_name = _("phiếu không hợp lệ")
        verbose_name_plural = _("phiếu không hợp lệ")
        constraints = [
            models.CheckConstraint(
                name="voidmark_by_two",
                condition=~Q(first=models.F("second")),
                violation_error_message=_("Phải có hai người khác nhau xác nhận."),
            )
        ]


class UnreadBallot(models.Model):
    """A ballot of a letters' box that was destroyed unopened, for one of the reasons of `UnreadReason`. Append-only.

    Its receipt's hash stays, so that its holder is told and books and box still add up; a damaged one may have none.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    period = models.CharField(max_length=PERIOD_LENGTH)
    reason = models.CharField(_("lý do"), max_length=8, choices=UnreadReason)
    receipt_hash = models.CharField(max_length=64, null=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiếu hủy khi chưa mở")
        verbose_name_plural = _("phiếu hủy khi chưa mở")
        constraints = [
            models.UniqueConstraint(name="unreadballot_once", fields=["office", "period", "receipt_hash"])
        ]
        indexes = [models.Index(fields=["receipt_hash"], name="unread_receipt_hash")]  # the receipt page


class Redaction(models.Model):
    """That a ballot's words were erased, by two, and why. Append-only; the answers stay."""

    ballot = models.OneToOneField(Ballot, models.PROTECT, primary_key=True, related_name="redaction")
    reason = models.CharField(_("lý do"), max_length=200)
    first = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    redacted_on = models.DateField(_("ngày xoá"))

    class Meta:
        verbose_name = _("góp ý đã xoá")
        verbose_name_plural = _("góp ý đã xoá")
