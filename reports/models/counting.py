"""The counting room's own papers: the first of two signatures, notes on differences, scans, and what two persons decide."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.models.seals import Seal
from surveys.models import Ballot, Office, User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH


class FirstSignatureQuerySet(OfOfficeQuerySet["FirstSignature"]):
    def open(self) -> Self:
        """Those that wait for the second person; whether their time is over is for the caller's clock."""
        return self.filter(ended_at__isnull=True)


class CountingRow(models.Model):
    """What all of them are about: one office and period."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)

    class Meta:
        abstract = True


class SignatureEnd(models.TextChoices):
    """What became of a first signature."""

    SEALED = "sealed", _("đã niêm phong")
    CHANGED = "changed", _("số liệu đã đổi sau khi ký")
    EXPIRED = "expired", _("quá 24 giờ")
    WITHDRAWN = "withdrawn", _("người ký đã rút")


class FirstSignature(CountingRow):
    """The seal as the first of the two fixed it; the second signs this very text or none.

    ``standing`` is the digest of what the two look at beside the text: notes, piles, batches.
    """

    version = models.PositiveSmallIntegerField(_("phiên bản"))
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    text = models.TextField()
    digest = models.CharField(_("mã băm"), max_length=64)
    standing = models.CharField(max_length=64)
    signer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ký thứ nhất"))
    signed_at = models.DateTimeField(_("ký lúc"))
    ended_at = models.DateTimeField(_("kết thúc lúc"), null=True)
    end = models.CharField(_("kết quả"), max_length=9, choices=SignatureEnd, blank=True)

    objects = FirstSignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("chữ ký thứ nhất")
        verbose_name_plural = _("chữ ký thứ nhất")
        constraints = [
            # One at a time, since each seal names the one before it.
            models.UniqueConstraint(
                name="firstsignature_one_open_an_office",
                fields=["office"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="firstsignature_ends_somehow",
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period} v{self.version}"


class DifferenceNote(CountingRow):
    """What the team says of a difference. Append-only: it is printed in the minutes and never goes away."""

    subject = models.CharField(_("chỗ lệch"), max_length=60)
    text = models.CharField(_("ghi chú"), max_length=500)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ghi"))
    noted_at = models.DateTimeField(_("ghi lúc"))

    objects = OfOfficeQuerySet["DifferenceNote"].as_manager()

    class Meta:
        verbose_name = _("ghi chú đối chiếu")
        verbose_name_plural = _("ghi chú đối chiếu")
        ordering = ["noted_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class MinutesScan(CountingRow):
    """A picture of the minutes as they were signed by hand. Append-only; the file lies outside the web root."""

    seal = models.ForeignKey(
        Seal, models.PROTECT, null=True, related_name="scans", verbose_name=_("niêm phong")
    )
    name = models.CharField(_("tên tệp"), max_length=120)
    kind = models.CharField(max_length=4)  # pdf, jpeg, png: read from its first bytes, not from its name
    size = models.PositiveIntegerField(_("cỡ"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người đính kèm"))
    added_at = models.DateTimeField(_("đính kèm lúc"))

    objects = OfOfficeQuerySet["MinutesScan"].as_manager()

    class Meta:
        verbose_name = _("bản chụp biên bản")
        verbose_name_plural = _("bản chụp biên bản")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="minutesscan_once", fields=["office", "period", "sha256"])
        ]

    def __str__(self) -> str:
        return self.name


class ProposalKind(models.TextChoices):
    DAMAGED = "damaged", _("Ghi nhận dòng hỏng trong hòm phiếu")
    MASK = "mask", _("Che một góp ý")
    REDACT = "redact", _("Xoá một góp ý")


class Proposal(CountingRow):
    """What one person proposes and another decides. Decided once."""

    kind = models.CharField(_("việc"), max_length=8, choices=ProposalKind)
    ballot = models.CharField(max_length=32, blank=True)
    reason = models.CharField(_("lý do"), max_length=200)
    first = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người đề nghị"))
    proposed_at = models.DateTimeField(_("đề nghị lúc"))
    second = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người quyết định")
    )
    decided_at = models.DateTimeField(_("quyết định lúc"), null=True)
    is_accepted = models.BooleanField(_("đồng ý"), null=True)

    objects = OfOfficeQuerySet["Proposal"].as_manager()

    class Meta:
        verbose_name = _("đề nghị")
        verbose_name_plural = _("đề nghị")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="proposal_one_open",
                fields=["office", "period", "kind", "ballot"],
                condition=Q(decided_at__isnull=True),
                violation_error_message=_("Việc này đã có người đề nghị, đang chờ người thứ hai."),
            ),
            models.CheckConstraint(
                name="proposal_by_two",
                condition=Q(second__isnull=True) | ~Q(first=F("second")),
                violation_error_message=_("Phải có hai người khác nhau."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CommentMask(models.Model):
    """That a comment is not shown, because it tells who somebody is. Append-only; the ballot stands and counts."""

    ballot = models.OneToOneField(Ballot, models.PROTECT, primary_key=True, related_name="comment_mask")
    reason = models.CharField(_("lý do"), max_length=200)
    first = models.ForeignKey(User, models.PROTECT, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, related_name="+")
    masked_at = models.DateTimeField(_("che lúc"))

    class Meta:
        verbose_name = _("góp ý đã che")
        verbose_name_plural = _("góp ý đã che")
        constraints = [models.CheckConstraint(name="commentmask_by_two", condition=~Q(first=F("second")))]

    def __str__(self) -> str:
        return self.reason
