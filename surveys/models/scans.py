"""A pile of paper read by a scanner: how far the reading has come, and what the minutes say of it.

No picture, no answer and no file's name is in these rows: what was read lies encrypted outside the database
(surveys.paper.scans.vault) and is destroyed at the seal (docs/spec/trust.md §4, docs/spec/research/paper-scanning.md §9).
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.paper import PaperPile
from surveys.models.people import User


class PaperScan(models.Model):
    """The scan of one pile. ``first`` scans it and looks at what is doubtful, ``second`` keys blind.

    The figures are known once ``first`` has finished; ``draw`` is the number that the blind sample was drawn with.
    """

    # No constraint in the database: piles are rewritten as a whole table, so that no old copy of a keying stays behind.
    pile = models.OneToOneField(PaperPile, models.CASCADE, related_name="scan", db_constraint=False)
    folder = models.CharField(max_length=32, unique=True, editable=False)
    first = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người quét"))
    second = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người nhập mù")
    )
    begun_at = models.DateTimeField(_("bắt đầu lúc"))
    counted = models.PositiveIntegerField(_("số tờ đếm tay"))
    thresholds = models.CharField(_("phiên bản ngưỡng"), max_length=8)
    sheets = models.PositiveIntegerField(_("số tờ"), null=True)
    sure = models.PositiveIntegerField(_("đọc chắc chắn"), null=True)
    changed = models.PositiveIntegerField(_("người sửa"), null=True)
    frozen_at = models.DateTimeField(null=True)
    draw = models.CharField(_("số rút thăm"), max_length=32, blank=True)
    sample = models.PositiveIntegerField(_("số tờ nhập mù"), null=True)
    is_refuted = models.BooleanField(_("mẫu có phiếu lệch"), default=False)
    destroyed_at = models.DateTimeField(_("hủy ảnh lúc"), null=True)

    class Meta:
        verbose_name = _("xấp phiếu quét")
        verbose_name_plural = _("xấp phiếu quét")
        constraints = [
            models.CheckConstraint(
                name="paperscan_by_two",
                condition=Q(second__isnull=True) | ~Q(first=F("second")),
                violation_error_message=_("Phải có hai người khác nhau xác nhận."),
            ),
            models.CheckConstraint(
                name="paperscan_frozen_with_figures",
                condition=Q(frozen_at__isnull=True)
                | Q(sheets__isnull=False, sure__isnull=False, changed__isnull=False, sample__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pile)


class ScanState(models.TextChoices):
    WAITING = "waiting", _("chờ đọc")
    READING = "reading", _("đang đọc")
    READ = "read", _("đã đọc")
    REFUSED = "refused", _("không đọc được")
    STOPPED = "stopped", _("đã dừng")


class ScanFileQuerySet(models.QuerySet["ScanFile"]):
    def to_read(self, *, silent_since: datetime) -> Self:
        """Files that nobody is at: none began them, or whoever did has not been heard of since."""
        return self.filter(
            Q(state=ScanState.WAITING) | Q(state=ScanState.READING, beat_at__lt=silent_since),
            scan__destroyed_at__isnull=True,
        )

    def unfinished(self) -> Self:
        return self.filter(state__in=[ScanState.WAITING, ScanState.READING])


class ScanFile(models.Model):
    """One file of a pile's scan, and how many of its pages are read. ``problem``: of a refused one (scans.errors)."""

    scan = models.ForeignKey(PaperScan, models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=ScanState, default=ScanState.WAITING)
    pages = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=16, blank=True)
    beat_at = models.DateTimeField(null=True)

    objects = ScanFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp quét")
        verbose_name_plural = _("tệp quét")
        ordering = ["scan", "number"]
        constraints = [
            models.UniqueConstraint(name="scanfile_once_a_number", fields=["scan", "number"]),
            models.CheckConstraint(name="scanfile_done_within_pages", condition=Q(done__lte=F("pages"))),
        ]

    def __str__(self) -> str:
        return f"{self.scan} · {self.number}"
