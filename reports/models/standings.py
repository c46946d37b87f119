"""What a campaign comes to: scores and places, worked out once, signed by two, published by an act of its own."""

from __future__ import annotations

import json
from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Campaign, Office, User


class StandingSignature(models.Model):
    """The first person's: the text that was seen and signed, until a second person signs the same."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="signatures")
    version = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    signer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ký thứ nhất"))
    signed_at = models.DateTimeField(_("ký lúc"))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("chữ ký thứ nhất của bảng xếp hạng")
        verbose_name_plural = _("chữ ký thứ nhất của bảng xếp hạng")
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                name="standingsignature_one_waits", fields=["campaign"], condition=Q(ended_at__isnull=True)
            )
        ]


class Standing(models.Model):
    """Scores and places of a campaign in one version. Append-only: a correction is the next version, with a reason.

    ``text`` is what was signed: a title line, then the whole document as canonical JSON; ``note`` the same with its
    signature lines.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="standings")
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    text = models.TextField()
    note = models.TextField()
    code = models.CharField(_("mã niêm phong"), max_length=16)
    first = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ký thứ nhất"))
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ký thứ hai"))
    signed_at = models.DateTimeField(_("ký lúc"))

    class Meta:
        verbose_name = _("bảng xếp hạng")
        verbose_name_plural = _("bảng xếp hạng")
        ordering = ["campaign", "version"]
        constraints = [
            models.UniqueConstraint(name="standing_version_once", fields=["campaign", "version"]),
            models.CheckConstraint(
                name="standing_by_two",
                condition=~Q(first=F("second")),
                violation_error_message=_("Phải có hai người khác nhau ký."),
            ),
            models.CheckConstraint(
                name="standing_correction_has_a_reason",  # and the first version of a campaign nobody answered
                condition=Q(version=1) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @cached_property
    def document(self) -> dict:
        return json.loads(self.text.split("\n", 1)[1])

    @property
    def is_published(self) -> bool:
        return hasattr(self, "publication")


class StandingPublication(models.Model):
    """That a version was made public, by whom and when. Append-only."""

    standing = models.OneToOneField(Standing, models.PROTECT, primary_key=True, related_name="publication")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người công bố"))
    at = models.DateTimeField(_("công bố lúc"))

    class Meta:
        verbose_name = _("công bố bảng xếp hạng")
        verbose_name_plural = _("công bố bảng xếp hạng")


class PastResult(models.Model):
    """The result of a campaign that was not held here, typed in with its source. Never merged with any other figure."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="past_results", verbose_name=_("đơn vị"))
    name = models.CharField(_("tên đợt khảo sát"), max_length=160)
    first_day = models.DateField(_("từ ngày"))
    last_day = models.DateField(_("đến hết ngày"))
    score = models.DecimalField(_("điểm"), max_digits=5, decimal_places=2)
    place = models.PositiveSmallIntegerField(_("hạng"))
    of = models.PositiveSmallIntegerField(_("trong số đơn vị"))
    source = models.CharField(_("nguồn"), max_length=300)
    typed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("kết quả đợt trước")
        verbose_name_plural = _("kết quả đợt trước")
        ordering = ["-last_day", "office"]
        constraints = [
            models.UniqueConstraint(name="pastresult_once", fields=["office", "name"]),
            models.CheckConstraint(
                name="pastresult_score_0_to_100",
                condition=Q(score__gte=0, score__lte=100),
                violation_error_message=_("Điểm từ 0 đến 100."),
            ),
            models.CheckConstraint(
                name="pastresult_place_among_units",
                condition=Q(place__gte=1, place__lte=F("of")),
                violation_error_message=_("Hạng phải nằm trong số đơn vị."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.name}"
