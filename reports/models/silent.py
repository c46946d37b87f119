"""The follow-up of the silent: what is chosen, committed to, drawn and found (docs/decisions/0035-asking-the-silent.md).

All append-only. No row holds a serial: the list follows from the register's expired slips and the salt, which fit the digest
that was published. What was said is told in totals, never an answer beside a slip.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reports.models.seals import Seal
from surveys.models import Campaign, Office, User
from surveys.models.querysets import OfOfficeQuerySet

#: `reports.arithmetic.suppression.COUNTS_FROM`, as the database holds it: of fewer nothing is told.
FEWEST_REACHED = 10


class FollowUpChoice(models.Model):
    """How many of the silent an office's inspector wants called from the next seal on; 0: none. The last one holds."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    number = models.PositiveSmallIntegerField(_("số phiếu hỏi lại"))
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người chọn"))
    chosen_at = models.DateTimeField(_("chọn lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lựa chọn hỏi lại")
        verbose_name_plural = _("lựa chọn hỏi lại")

    def __str__(self) -> str:
        return f"{self.office_id}: {self.number}"

    @classmethod
    def of(cls, office: Office) -> int:
        """The number that holds now; off unless somebody chose."""
        return cls.of_each([office]).get(office.pk, 0)

    @classmethod
    def of_each(cls, offices: Iterable[Office]) -> dict[int, int]:
        """The same by office; those that never chose are missing. One query."""
        rows = cls.objects.filter(office__in=offices).order_by("pk")
        return dict(rows.values_list("office", "number"))


class SilentCommitmentQuerySet(models.QuerySet["SilentCommitment"]):
    def standing(self) -> Self:
        """``is_corrected``: whether a later version of the period exists, which voids the follow-up."""
        seals = Seal.objects.filter(office=OuterRef("seal__office"), period=OuterRef("seal__period"))
        return self.annotate(is_corrected=Exists(seals.filter(version__gt=1)))

    def of_period(self, office: Office, period: object) -> Self:
        return self.standing().filter(seal__office=office, seal__period=str(period))


class SilentCommitment(models.Model):
    """The silent slips of a first seal, fixed by a salted digest. ``text`` and ``note``: silent-commit.txt, unsigned and signed."""

    seal = models.OneToOneField(Seal, models.PROTECT, related_name="silent", verbose_name=_("niêm phong"))
    silent = models.PositiveIntegerField(_("phiếu không thu về"))
    called = models.PositiveSmallIntegerField(_("phiếu sẽ hỏi lại"))
    salt = models.CharField(max_length=64, editable=False)
    digest = models.CharField(_("mã băm danh sách"), max_length=64)
    text = models.TextField()
    note = models.TextField()
    committed_at = models.DateTimeField(_("cam kết lúc"))

    is_corrected: bool  # of rows that `standing` brought

    objects = SilentCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("cam kết về phiếu không thu về")
        verbose_name_plural = _("cam kết về phiếu không thu về")
        constraints = [
            models.CheckConstraint(
                name="silentcommitment_called_of_silent",
                condition=Q(called__lte=F("silent"), called__gte=FEWEST_REACHED),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seal_id}: {self.called}/{self.silent}"

    @property
    def draw_made(self) -> SilentDraw | None:
        return getattr(self, "draw", None)

    @property
    def letters_sent(self) -> SilentLetters | None:
        return getattr(self.draw_made, "letters", None)

    @property
    def result_found(self) -> SilentResult | None:
        return getattr(self.draw_made, "result", None)


class SilentDraw(models.Model):
    """The public number that draws from the committed list; the drawn follow from it. Published at once as silent-draw.txt
    (``text`` unsigned, ``note`` signed), so that no draw can be passed over in silence."""

    commitment = models.OneToOneField(SilentCommitment, models.PROTECT, related_name="draw")
    beacon = models.CharField(_("số công khai"), max_length=40)
    beacon_on = models.DateField(_("ngày của số công khai"))
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người bốc thăm"))
    drawn_at = models.DateTimeField(_("bốc thăm lúc"))
    text = models.TextField(default="", db_default="")
    note = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("bốc thăm phiếu không thu về")
        verbose_name_plural = _("bốc thăm phiếu không thu về")

    def __str__(self) -> str:
        return self.beacon


class SilentLetters(models.Model):
    """That some of the drawn were sent a second slip by e-mail, in a campaign period of its own; the others are telephoned.

    ``places``: where they stand in the draw, from 1 on, ascending, a space between; what a letter's slip is, is kept nowhere.
    """

    draw = models.OneToOneField(SilentDraw, models.PROTECT, related_name="letters")
    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="+")
    places = models.TextField()
    sent = models.PositiveSmallIntegerField(_("số thư"))
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người gửi"))
    sent_at = models.DateTimeField(_("gửi lúc"))

    class Meta:
        verbose_name = _("thư hỏi lại")
        verbose_name_plural = _("thư hỏi lại")
        constraints = [
            # Of fewer letters no answer could ever be told.
            models.CheckConstraint(name="silentletters_of_ten", condition=Q(sent__gte=FEWEST_REACHED)),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.sent}"

    @property
    def places_sent(self) -> frozenset[int]:
        return frozenset(map(int, self.places.split()))


class SilentResult(models.Model):
    """What those said who were reached, in totals; whoever was not reached counts as dissatisfied. Published as follow-up.txt.

    ``satisfied`` and ``dissatisfied`` are of both channels; ``letters_…``: of these by letter, 0 where fewer than ten
    answered; ``letters_fault``: what befell their box. ``ballots`` and ``receipts``: the files of the letters' answers, as published.
    """

    draw = models.OneToOneField(SilentDraw, models.PROTECT, related_name="result")
    called = models.PositiveSmallIntegerField(_("đã hỏi lại"))
    satisfied = models.PositiveSmallIntegerField(_("hài lòng"))
    dissatisfied = models.PositiveSmallIntegerField(_("không hài lòng"))
    letters_satisfied = models.PositiveSmallIntegerField(_("hài lòng, bằng thư"), default=0, db_default=0)
    letters_dissatisfied = models.PositiveSmallIntegerField(
        _("không hài lòng, bằng thư"), default=0, db_default=0
    )
    letters_fault = models.CharField(max_length=8, default="", db_default="")  # `LettersFault`
    ballots = models.TextField(default="", db_default="")
    receipts = models.TextField(default="", db_default="")
    text = models.TextField()
    note = models.TextField()
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người kết thúc"))
    closed_at = models.DateTimeField(_("kết thúc lúc"))

    class Meta:
        verbose_name = _("kết quả hỏi lại")
        verbose_name_plural = _("kết quả hỏi lại")
        constraints = [
            models.CheckConstraint(
                name="silentresult_of_the_called",
                condition=Q(called__gte=F("satisfied") + F("dissatisfied")),
            ),
            models.CheckConstraint(
                name="silentresult_of_ten",
                condition=Q(satisfied__gte=FEWEST_REACHED - F("dissatisfied")),
            ),
            models.CheckConstraint(
                name="silentresult_letters_are_part",
                condition=Q(
                    satisfied__gte=F("letters_satisfied"), dissatisfied__gte=F("letters_dissatisfied")
                ),
            ),
            models.CheckConstraint(
                name="silentresult_of_ten_letters",
                condition=Q(letters_satisfied=0, letters_dissatisfied=0)
                | Q(letters_satisfied__gte=FEWEST_REACHED - F("letters_dissatisfied")),
            ),
            models.CheckConstraint(
                name="silentresult_unopened_tells_nothing",
                condition=Q(letters_fault__in=["", "damaged"])
                | Q(letters_fault="unopened", letters_satisfied=0, letters_dissatisfied=0),
            ),
            # What is left when the letters are taken away is nobody's or ten's, too.
            models.CheckConstraint(
                name="silentresult_of_ten_telephoned",
                condition=Q(satisfied=F("letters_satisfied"), dissatisfied=F("letters_dissatisfied"))
                | Q(
                    satisfied__gte=FEWEST_REACHED
                    + F("letters_satisfied")
                    + F("letters_dissatisfied")
                    - F("dissatisfied")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.satisfied}+{self.dissatisfied}/{self.called}"

    @property
    def unreached(self) -> int:
        return self.called - self.satisfied - self.dissatisfied
