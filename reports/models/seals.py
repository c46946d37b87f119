"""What is fixed for good: the seal of a period, in its versions (docs/spec/trust.md §4 and §5)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Office, User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH


class SealQuerySet(OfOfficeQuerySet["Seal"]):
    def last_signed(self, office: Office) -> Seal | None:
        """The office's last seal of any period or version: the one the next seal names."""
        return self.of(office).order_by("-pk").first()

    def standing(self, office: Office, period: object) -> Seal | None:
        """The version of a period that holds now."""
        return self.of(office).in_period(period).order_by("-version").first()


class Seal(models.Model):
    """A sealed period. Append-only: a correction is the next version, with a reason; both stay.

    ``text`` is the signed text as in ``seal.txt``, ``note`` the same with its signature lines, ``code`` the 16 hex
    digits printed on minutes and report.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="seals_made", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    text = models.TextField()
    note = models.TextField()
    code = models.CharField(_("mã niêm phong"), max_length=16)
    first = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ký thứ nhất"))
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ký thứ hai"))
    sealed_at = models.DateTimeField(_("niêm phong lúc"))
    #: That the roll-ups of this correction were marked by what the version before it hid, which `verify_ledger` works out
    #: again; not known of one that an older release sealed.
    marks_hidden = models.BooleanField(db_default=False)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("niêm phong")
        verbose_name_plural = _("niêm phong")
        ordering = ["office", "period", "version"]
        constraints = [
            models.UniqueConstraint(name="seal_version_once", fields=["office", "period", "version"]),
            models.CheckConstraint(
                name="seal_by_two",
                condition=~Q(first=F("second")),
                violation_error_message=_("Phải có hai người khác nhau ký."),
            ),
            models.CheckConstraint(
                name="seal_correction_has_a_reason",
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
                violation_error_message=_("Bản đính chính phải có lý do; bản đầu thì không."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
