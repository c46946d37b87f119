"""How long things took: participation only, summed by procedure and kept when a period is sealed.

Source: docs/spec/trust.md §6.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models import Office
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH


class HandlingTime(models.Model):
    """The finished transactions of one procedure in one period.

    ``minutes`` and ``used`` are JSON objects of counts: by length in minutes (coarser as it grows), and by the percentage
    of the allowed time that was used. ``limits`` is a JSON list of [value, unit]. ``timed`` have a deadline.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    procedure = models.CharField(_("thủ tục"), max_length=16)
    n = models.PositiveIntegerField(_("giao dịch"))
    timed = models.PositiveIntegerField(_("có thời hạn"))
    on_time = models.PositiveIntegerField(_("đúng hạn"))
    minutes = models.TextField()
    used = models.TextField()
    limits = models.TextField()
    read_on = models.DateField(_("tính đến ngày"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("thời gian xử lý")
        verbose_name_plural = _("thời gian xử lý")
        constraints = [
            models.UniqueConstraint(name="handlingtime_once", fields=["office", "period", "procedure"]),
            models.CheckConstraint(
                name="handlingtime_adds_up",
                condition=models.Q(on_time__lte=models.F("timed"), timed__lte=models.F("n")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period} {self.procedure}"
