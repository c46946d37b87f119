"""A campaign: one questionnaire asked of everybody in many units for some weeks, then scored and ranked.

What decides a place (questionnaire, weights, units, days, formula) is frozen when the campaign opens, in the database
too (`surveys.database.campaign_triggers`). Participation is counted here and in `Slip`; answers lie in the box as everybody else's.
"""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from surveys.choices import CampaignState, FormulaKind
from surveys.models.lines import ONE_LINE, in_one_line
from surveys.models.offices import Office
from surveys.models.people import User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.questionnaires import CRITERION_CODE, QuestionnaireVersion
from surveys.periods import CampaignPeriod, Period, is_calendar, parse_period

SLUG = RegexValidator(
    r"^[a-z][a-z0-9-]{0,39}$",
    _("Mã đợt gồm chữ thường không dấu, chữ số, gạch nối; bắt đầu bằng chữ; tối đa 40 ký tự."),
)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def ranked(self) -> Self:
        """All but the periods of letters to the silent, which no page lists."""
        return self.filter(is_ranked=True)

    def of_letters(self) -> Self:
        """The periods of letters to the silent alone, the only boxes of which anything is destroyed unopened."""
        return self.filter(is_ranked=False)

    def open_on(self, on: date) -> Self:
        """Those that take answers on a day."""
        return self.filter(state=CampaignState.OPEN, opens_on__lte=on, ends_on__gte=on)

    def visible_to(self, user: User) -> Self:
        """Whoever runs campaigns sees all; other readers those in which their own office, or one below it, takes part.

        Drafts are head office's own; what is not ranked is nobody's.
        """
        if not user.is_active or not user.has_perm("surveys.read_campaigns"):
            return self.none()
        if user.has_perm("surveys.run_campaigns"):
            return self.ranked()
        own = CampaignUnit.objects.of_own_offices(user)
        return self.ranked().exclude(state=CampaignState.DRAFT).filter(pk__in=own.values("campaign"))


class CampaignUnitQuerySet(OfOfficeQuerySet["CampaignUnit"]):
    def of_own_offices(self, user: User) -> Self:
        """Those of the user's office, of the box that it feeds, and of the offices below."""
        if user.office is None:
            return self.none()
        box = user.office.sealing_office
        return self.filter(Q(office__path__startswith=user.office.path) | Q(office=box.pk if box else None))

    def open_to(self, user: User) -> Self:
        """Whose page one may read: of the campaigns one reads all, else one's own offices' (docs/spec/contract.md, Roles)."""
        if user.is_active and user.has_perm("surveys.read_campaigns"):
            return self.filter(campaign__in=Campaign.objects.visible_to(user))
        if not (user.is_active and user.has_perm("surveys.read_own_unit")):
            return self.none()
        begun = Campaign.objects.ranked().exclude(state=CampaignState.DRAFT)
        return self.of_own_offices(user).filter(campaign__in=begun)


class OpenLaneQuerySet(models.QuerySet["OpenLane"]):
    def total(self, *, office: Office | int, period: str) -> int:
        """Open answers that a unit has taken in a campaign."""
        lanes = self.filter(unit__office=office, unit__campaign__slug=period)
        return lanes.aggregate(n=Sum("answers"))["n"] or 0

    def by_period(self) -> dict[tuple[int, str], int]:
        """Open answers by (office id, campaign's slug)."""
        rows = self.order_by().values_list("unit__office", "unit__campaign__slug").annotate(n=Sum("answers"))
        return {(office, slug): n for office, slug, n in rows}


class Campaign(models.Model):
    """``closes_on`` is the last day as announced at opening; ``ends_on`` moves with reasoned extensions only.

    ``is_ranked``: not so the period of the letters to some of the silent, which nobody answers without a letter, no page
    lists and no standing is made of.
    """

    slug = models.CharField(_("mã đợt"), max_length=40, unique=True, validators=[SLUG])
    name = models.CharField(_("tên đợt khảo sát"), max_length=160, validators=[ONE_LINE])
    name_en = models.CharField(_("tên tiếng Anh"), max_length=160, blank=True, validators=[ONE_LINE])
    legal_basis = models.CharField(_("căn cứ pháp lý"), max_length=200)
    purpose = models.TextField(_("mục đích"), max_length=1000, blank=True)
    opens_on = models.DateField(_("từ ngày"))
    closes_on = models.DateField(_("đến hết ngày"))
    ends_on = models.DateField(_("ngày kết thúc thực tế"), editable=False)
    questionnaire = models.ForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="campaigns", verbose_name=_("mẫu phiếu")
    )
    formula = models.CharField(
        _("cách tính điểm"), max_length=8, choices=FormulaKind, default=FormulaKind.MEAN
    )
    minimum_n = models.PositiveIntegerField(
        _("số phiếu tối thiểu để xếp hạng"),
        default=30,
        help_text=_("Đơn vị có ít phiếu hơn được nêu tên, không xếp hạng."),
    )
    confidence = models.DecimalField(
        _("độ tin cậy chung"), max_digits=4, decimal_places=3, default=Decimal("0.95")
    )
    sampling_error = models.DecimalField(
        _("sai số cỡ mẫu e"),
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.05"),
        help_text=_("n = N/(1 + N·e²)"),
    )
    # What every page of the campaign must say of its figures, e.g. that some are invented.
    notice = models.CharField(_("lời ghi chú trên mọi trang"), max_length=400, blank=True)
    notice_en = models.CharField(_("lời ghi chú, tiếng Anh"), max_length=400, blank=True)
    is_ranked = models.BooleanField(default=True, db_default=True, editable=False)
    state = models.CharField(max_length=8, choices=CampaignState, default=CampaignState.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("đợt khảo sát")
        verbose_name_plural = _("đợt khảo sát")
        ordering = ["-opens_on", "slug"]
        constraints = [
            models.CheckConstraint(
                name="campaign_days_in_order",
                condition=Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("Ngày kết thúc không được trước ngày bắt đầu."),
            ),
            models.CheckConstraint(name="campaign_never_shortened", condition=Q(ends_on__gte=F("closes_on"))),
            models.CheckConstraint(name="campaign_state_known", condition=Q(state__in=CampaignState.values)),
            models.CheckConstraint(
                name="campaign_confidence_a_share", condition=Q(confidence__gt=0, confidence__lt=1)
            ),
            models.CheckConstraint(
                name="campaign_error_a_share", condition=Q(sampling_error__gt=0, sampling_error__lt=1)
            ),
            in_one_line("campaign_named_in_one_line", "name", "name_en"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        if self.state == CampaignState.DRAFT:
            self.ends_on = self.closes_on
        super().save(*args, **kwargs)

    @property
    def period(self) -> CampaignPeriod:
        return CampaignPeriod(
            self.slug, self.opens_on, self.ends_on, self.name, is_mixed_at_once=not self.is_ranked
        )


def period_named(text: str) -> Period:
    """The month, quarter or campaign that a row's ``period`` names; one query for a campaign.

    Raises `Campaign.DoesNotExist` for a text that is none of the three.
    """
    if is_calendar(text):
        return parse_period(text)
    return Campaign.objects.get(slug=text).period


class CampaignUnit(models.Model):
    """A unit that the campaign ranks. ``population``: how many it serves in the time, the N of its target n."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="units")
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="campaign_units", verbose_name=_("đơn vị")
    )
    population = models.PositiveIntegerField(_("số khách hàng N"), null=True, blank=True)

    objects = CampaignUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị được xếp hạng")
        verbose_name_plural = _("đơn vị được xếp hạng")
        ordering = ["campaign", "office__name"]
        constraints = [models.UniqueConstraint(name="campaignunit_once", fields=["campaign", "office"])]

    def __str__(self) -> str:
        return str(self.office)


class RespondentGroup(models.Model):
    """Whom an answer comes from, as the respondent says it; never scored."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="groups")
    code = models.CharField(_("mã"), max_length=20, validators=[CRITERION_CODE])
    label = models.CharField(_("nhóm người trả lời"), max_length=120)
    label_en = models.CharField(_("nhóm, tiếng Anh"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"))

    class Meta:
        verbose_name = _("nhóm người trả lời")
        verbose_name_plural = _("nhóm người trả lời")
        ordering = ["campaign", "position"]
        constraints = [models.UniqueConstraint(name="respondentgroup_once", fields=["campaign", "code"])]

    def __str__(self) -> str:
        return self.label


class CampaignExtension(models.Model):
    """A later last day, with its reason. Append-only, and shown on every page of the campaign."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="extensions")
    until = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người gia hạn"))
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("gia hạn")
        verbose_name_plural = _("gia hạn")
        ordering = ["campaign", "until"]
        constraints = [
            models.CheckConstraint(
                name="campaignextension_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Gia hạn phải có lý do."),
            )
        ]


class OpenLane(models.Model):
    """How many open answers a unit has taken: the register's side of the open mode, without a row per answer.

    A cast adds one to a lane drawn at random, so that many casts of one unit do not wait for the same row; closing
    shuts the lanes, and thereby waits for every cast in flight.
    """

    unit = models.ForeignKey(CampaignUnit, models.PROTECT, related_name="lanes")
    lane = models.PositiveSmallIntegerField()
    answers = models.PositiveIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    objects = OpenLaneQuerySet.as_manager()

    class Meta:
        verbose_name = _("sổ câu trả lời mở")
        verbose_name_plural = _("sổ câu trả lời mở")
        constraints = [models.UniqueConstraint(name="openlane_once", fields=["unit", "lane"])]


class OpenSignal(models.Model):
    """On a day, something about a unit's open answers that no crowd of customers does: many from one address, a burst.

    A count by day and kind; no address is kept.
    """

    unit = models.ForeignKey(CampaignUnit, models.PROTECT, related_name="signals")
    day = models.DateField(_("ngày"))
    kind = models.CharField(
        max_length=8, choices=[("address", _("cùng một địa chỉ mạng")), ("burst", _("dồn dập"))]
    )
    answers = models.PositiveIntegerField(_("số câu trả lời"), default=0)

    class Meta:
        verbose_name = _("tín hiệu của cách trả lời mở")
        verbose_name_plural = _("tín hiệu của cách trả lời mở")
        constraints = [models.UniqueConstraint(name="opensignal_once_a_day", fields=["unit", "day", "kind"])]


class InvitationBatch(models.Model):
    """Invitations made together: their file with the plain codes exists once, in the response that hands it over."""

    unit = models.ForeignKey(CampaignUnit, models.PROTECT, related_name="batches")
    name = models.CharField(_("tên đợt mời"), max_length=120)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("lập lúc"))

    class Meta:
        verbose_name = _("đợt mời")
        verbose_name_plural = _("đợt mời")
        ordering = ["made_at", "pk"]


class Invitation(models.Model):
    """One invited organisation; its slip is the ballot handed out, in place of a transaction's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(InvitationBatch, models.PROTECT, related_name="invitations")
    organisation = models.CharField(_("tổ chức, cá nhân"), max_length=200)
    email = models.EmailField(_("thư điện tử"), blank=True)
    mailed_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    refused_at = models.DateTimeField(
        null=True, editable=False
    )  # the last letter to its address; none was accepted since

    class Meta:
        verbose_name = _("giấy mời")
        verbose_name_plural = _("giấy mời")
        ordering = ["organisation", "pk"]

    def __str__(self) -> str:
        return self.organisation
