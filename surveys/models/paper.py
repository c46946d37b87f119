"""Paper on its way into the box: a pile of stubs and sheets, keyed by two persons blind to each other.

What was keyed lives only until the pile is entered or given up; then figures of participation alone stay, since stubs
beside counts of a small pile would tell who answered how (docs/spec/trust.md §4).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.encrypted import EncryptedTextField
from surveys.models.offices import Counter, Office
from surveys.models.people import User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.questionnaires import QuestionnaireVersion
from surveys.models.register import PERIOD_LENGTH, Slip


class PileState(models.TextChoices):
    OPEN = "open", _("Đang nhập")
    ENTERED = "entered", _("Đã vào hòm phiếu")
    GIVEN_UP = "given_up", _("Đã bỏ")


class PaperPile(models.Model):
    """The paper of one counter and period that is counted together."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="+", verbose_name=_("quầy"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    questionnaire = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    state = models.CharField(_("tình trạng"), max_length=8, choices=PileState, default=PileState.OPEN)
    # A correction after closing: its expired slips count as well.
    is_late = models.BooleanField(_("nhập muộn"), default=False)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người mở"))
    opened_at = models.DateTimeField(_("mở lúc"))
    ended_at = models.DateTimeField(_("xong lúc"), null=True)
    comments = EncryptedTextField(default="[]")  # JSON [[pattern, words]], emptied with the keyings
    # What the minutes print; known once the pile is in the box.
    stubs = models.PositiveIntegerField(_("số cuống"), null=True)
    sheets = models.PositiveIntegerField(_("số phiếu"), null=True)
    foreign = models.PositiveIntegerField(_("phiếu không phải của đơn vị"), null=True)
    differing = models.PositiveIntegerField(_("phiếu nhập lệch"), null=True)  # at the first comparison
    first = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người thứ nhất")
    )
    second = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người thứ hai")
    )

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("xấp phiếu giấy")
        verbose_name_plural = _("xấp phiếu giấy")
        constraints = [
            models.UniqueConstraint(
                name="paperpile_one_open_a_counter",
                fields=["counter", "period"],
                condition=Q(state=PileState.OPEN),
                violation_error_message=_("Quầy này đang có một xấp chưa nhập xong của kỳ đó."),
            ),
            models.CheckConstraint(
                name="paperpile_by_two",
                condition=Q(first__isnull=True) | ~Q(first=F("second")),
                violation_error_message=_("Phải có hai người khác nhau xác nhận."),
            ),
            models.CheckConstraint(
                name="paperpile_entered_whole",
                condition=~Q(state=PileState.ENTERED)
                | Q(
                    stubs__isnull=False,
                    sheets__isnull=False,
                    foreign__isnull=False,
                    first__isnull=False,
                    second__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="paperpile_sheets_within_stubs",
                condition=Q(sheets__isnull=True) | Q(sheets__lte=F("stubs")),
                violation_error_message=_("Số phiếu không được vượt số cuống."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counter} · {self.period}"


class PaperKeying(models.Model):
    """What one of the two has keyed so far. There are two places, and one person has one of them."""

    pile = models.ForeignKey(PaperPile, models.CASCADE, related_name="keyings")
    keyer = models.ForeignKey(User, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    stubs = EncryptedTextField(default="[]")  # JSON, the slips' ids in order; never a code
    counts = EncryptedTextField(default="{}")  # JSON {pattern: sheets}
    foreign = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bản nhập phiếu giấy")
        verbose_name_plural = _("bản nhập phiếu giấy")
        ordering = ["pile", "place"]
        constraints = [
            models.UniqueConstraint(name="paperkeying_once_a_person", fields=["pile", "keyer"]),
            models.UniqueConstraint(name="paperkeying_once_a_place", fields=["pile", "place"]),
            models.CheckConstraint(name="paperkeying_two_places", condition=Q(place__in=[1, 2])),
        ]

    def __str__(self) -> str:
        return f"{self.pile} · {self.place}"


class Stub(models.Model):
    """One numbered stub of a pad printed beforehand. Its code was in plain in the printed file only.

    A paper slip takes its number and code when it is handed out; from then on the stub is spent, whatever becomes of
    the slip. The sheet beside the stub bears no number.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    pad = models.PositiveIntegerField(_("tập số"))
    serial = models.CharField(_("số phiếu"), max_length=6)
    code_mac = models.CharField(max_length=64, editable=False)
    short_mac = models.CharField(max_length=64, editable=False)
    is_spent = models.BooleanField(default=False, editable=False)
    # Empty again once another stub took its place, and when participation is erased.
    slip = models.OneToOneField(Slip, models.PROTECT, null=True, related_name="stub", editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("in lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("cuống in sẵn")
        verbose_name_plural = _("cuống in sẵn")
        constraints = [
            models.UniqueConstraint(name="stub_serial_once_an_office", fields=["office", "serial"]),
            models.UniqueConstraint(name="stub_code_once", fields=["code_mac"]),
            models.UniqueConstraint(name="stub_short_code_once", fields=["short_mac"]),
            models.CheckConstraint(
                name="stub_of_a_slip_is_spent", condition=Q(slip__isnull=True) | Q(is_spent=True)
            ),
        ]

    def __str__(self) -> str:
        return self.serial
