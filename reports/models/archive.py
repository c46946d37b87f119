"""The papers and tables of a sealed period as they were made: kept as the record, byte for byte."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.seals import Seal


class KeptPaper(models.Model):
    """One file of one sealed version. Append-only: number and date, once given, make a further edition beside the first.

    The bytes lie in the database, so that whatever keeps the seal (backups, the append-only triggers) keeps them too.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="kept", verbose_name=_("niêm phong"))
    name = models.CharField(_("tệp"), max_length=20)  # minutes.pdf
    edition = models.PositiveSmallIntegerField(_("lần lập"), default=1)
    filename = models.CharField(_("tên khi tải về"), max_length=120)
    content = models.BinaryField(_("nội dung"))
    size = models.PositiveIntegerField(_("cỡ"))
    sha256 = models.CharField(_("mã băm SHA-256"), max_length=64)
    basis = models.CharField(max_length=64)  # of what was known at signing: number, date, words
    kept_at = models.DateTimeField(_("lưu lúc"))

    class Meta:
        verbose_name = _("tệp lưu")
        verbose_name_plural = _("tệp lưu")
        ordering = ["seal", "name", "edition"]
        constraints = [models.UniqueConstraint(name="keptpaper_once", fields=["seal", "name", "edition"])]

    def __str__(self) -> str:
        return f"{self.name} {self.seal} ({self.edition})"
