"""Months counted on paper before there was a system: totals from the old books, never single ballots, never sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Office, User
from surveys.models.querysets import OfOfficeQuerySet


class PastPaper(models.Model):
    """One line of the old books: a month, or a total over several months."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    first = models.CharField(_("từ tháng"), max_length=7)  # 2021-05
    last = models.CharField(_("đến hết tháng"), max_length=7)
    issued = models.PositiveIntegerField(_("phát ra"))
    returned = models.PositiveIntegerField(_("thu về"))
    void = models.PositiveIntegerField(_("không hợp lệ"))
    satisfied = models.PositiveIntegerField(_("hài lòng mọi tiêu chí"), null=True)  # not every book has it
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người nhập"))
    entered_at = models.DateTimeField(_("nhập lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kỳ nhập từ sổ giấy")
        verbose_name_plural = _("kỳ nhập từ sổ giấy")
        ordering = ["office", "first", "last"]
        constraints = [
            models.UniqueConstraint(name="pastpaper_once", fields=["office", "first", "last"]),
            models.CheckConstraint(name="pastpaper_months_in_order", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(
                name="pastpaper_returned_were_issued", condition=Q(returned__lte=F("issued"))
            ),
            models.CheckConstraint(
                name="pastpaper_verdicts_were_returned",
                condition=Q(void__lte=F("returned"))
                & (Q(satisfied__isnull=True) | Q(satisfied__lte=F("returned") - F("void"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.first}..{self.last}"

    @property
    def valid(self) -> int:
        return self.returned - self.void


class PastPaperLevel(models.Model):
    """How many valid ballots of a line gave one criterion one level."""

    past = models.ForeignKey(PastPaper, models.CASCADE, related_name="levels")
    criterion = models.CharField(_("tiêu chí"), max_length=20)
    level = models.PositiveSmallIntegerField(_("mức"))
    n = models.PositiveIntegerField(_("số phiếu"))

    class Meta:
        verbose_name = _("số phiếu theo mức của sổ giấy")
        verbose_name_plural = _("số phiếu theo mức của sổ giấy")
        constraints = [
            models.UniqueConstraint(name="pastpaperlevel_once", fields=["past", "criterion", "level"])
        ]

    def __str__(self) -> str:
        return f"{self.past_id} {self.criterion}/{self.level}={self.n}"
