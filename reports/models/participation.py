"""What the register said when a period was sealed: sums that stay, so that no page counts the slips of past years again."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from reports.models.seals import Seal
from surveys.choices import SlipChannel
from surveys.models import Counter, Procedure, QuestionnaireVersion
from surveys.models.querysets import Row
from surveys.models.register import SLIP_COUNTS

#: `reports.arithmetic.thresholds.INTERVAL_ORGANISATIONS`, as the database holds it.
FEWEST_ORGANISATIONS = 10


class SealedQuerySet(models.QuerySet[Row]):
    def standing(self) -> Self:
        """The rows of the versions that hold now, each with its ``office`` and ``period``."""
        seals = Seal.objects
        own = {name: OuterRef(f"seal__{name}") for name in ("office", "period")}
        later = seals.filter(**own, version__gt=OuterRef("seal__version"))
        return self.filter(~Exists(later)).annotate(office=F("seal__office"), period=F("seal__period"))


class SlipSumQuerySet(SealedQuerySet["SlipSum"]):
    def participation(self, *groups: str) -> list[dict[str, Any]]:
        """The same rows as of the register (`SlipQuerySet.participation`), as they were when the period was sealed."""
        sums = {name: Sum(name) for name in SLIP_COUNTS}
        return list(self.values(*groups).order_by(*groups).annotate(**sums))


class SlipTotalQuerySet(SealedQuerySet["SlipTotal"]):
    def counts(self) -> dict[tuple[int, str], tuple[int, ...]]:
        """`SLIP_COUNTS` of the standing versions, by office and period."""
        rows = self.standing().values_list("office", "period", *SLIP_COUNTS)
        return {(office, period): tuple(counts) for office, period, *counts in rows}


class TransactionSumQuerySet(SealedQuerySet["TransactionSum"]):
    def counted(self, *groups: str) -> list[dict[str, Any]]:
        """Rows of the groups, then their ``n`` finished transactions."""
        return list(self.values(*groups).order_by(*groups).annotate(n=Sum("n")))


class SealedRow(models.Model):
    """Of one version of a sealed period at one counter for one procedure. Append-only: a correction brings rows of its own.

    Counter and procedure by their rows, not by their codes: what is renamed is told by its new name, as in the register.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", verbose_name=_("niêm phong"))
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="+", verbose_name=_("quầy"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+", verbose_name=_("thủ tục"))

    class Meta:
        abstract = True


class SlipCounts(models.Model):
    """Slips of the period: handed out, cancelled, expired, come back, and come back on paper (`SLIP_COUNTS`)."""

    issued = models.PositiveIntegerField(_("phát ra"))
    cancelled = models.PositiveIntegerField(_("hủy"))
    expired = models.PositiveIntegerField(_("hết hạn"))
    returned = models.PositiveIntegerField(_("thu về"))
    paper = models.PositiveIntegerField(_("phiếu giấy"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_all_slips_ended",
                condition=Q(issued=F("cancelled") + F("expired") + F("returned")),
            ),
            models.CheckConstraint(name="%(class)s_paper_returned", condition=Q(paper__lte=F("returned"))),
        ]


class SlipSum(SlipCounts, SealedRow):
    """By counter, procedure, way of handing out and questionnaire."""

    channel = models.CharField(_("cách phát"), max_length=8, choices=SlipChannel)
    questionnaire = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")

    objects = SlipSumQuerySet.as_manager()

    class Meta:
        verbose_name = _("số phiếu phát khi niêm phong")
        verbose_name_plural = _("số phiếu phát khi niêm phong")
        constraints = [
            models.UniqueConstraint(
                name="slipsum_once", fields=["seal", "counter", "procedure", "channel", "questionnaire"]
            ),
            *SlipCounts.Meta.constraints,
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.counter_id}/{self.procedure_id}/{self.channel}={self.issued}"


class SlipTotal(SlipCounts):
    """Of one version of a sealed period as a whole, so that a page of a country adds no counters. Append-only."""

    seal = models.OneToOneField(
        Seal, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("niêm phong")
    )

    objects = SlipTotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("tổng số phiếu phát khi niêm phong")
        verbose_name_plural = _("tổng số phiếu phát khi niêm phong")
        constraints = SlipCounts.Meta.constraints

    def __str__(self) -> str:
        return f"{self.seal_id}={self.issued}"


class TransactionSum(SealedRow):
    """Transactions that ended within the days of the period."""

    n = models.PositiveIntegerField(_("số giao dịch"))

    objects = TransactionSumQuerySet.as_manager()

    class Meta:
        verbose_name = _("số giao dịch khi niêm phong")
        verbose_name_plural = _("số giao dịch khi niêm phong")
        constraints = [
            models.UniqueConstraint(name="transactionsum_once", fields=["seal", "counter", "procedure"]),
            models.CheckConstraint(name="transactionsum_counts_something", condition=Q(n__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.counter_id}/{self.procedure_id}={self.n}"


class ClusterSum(models.Model):
    """How the slips of one organisation came back together, at one counter or, '' for all, in the office. Append-only.

    The fields of `reports.arithmetic.clusters.Clusters`, stored with the seal, before the organisations' names are erased:
    numbers of slips and organisations, never which. What came back is kept for ten organisations or more of the whole
    office, never for one counter: from the sums of two or three organisations one could tell whose slips came back.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", verbose_name=_("niêm phong"))
    counter = models.CharField(_("quầy"), max_length=16, blank=True)
    organisations = models.PositiveIntegerField(_("số tổ chức"))
    slips = models.PositiveIntegerField(_("phiếu biết tổ chức"))
    squares = models.PositiveBigIntegerField(_("tổng bình phương số phiếu"))
    returned = models.PositiveIntegerField(_("thu về"), null=True)
    deviation = models.FloatField(_("tổng bình phương độ lệch"), null=True)
    unknown = models.PositiveIntegerField(_("phiếu không biết tổ chức"))

    objects = SealedQuerySet.as_manager()

    class Meta:
        verbose_name = _("số tổ chức khi niêm phong")
        verbose_name_plural = _("số tổ chức khi niêm phong")
        constraints = [
            models.UniqueConstraint(name="clustersum_once", fields=["seal", "counter"]),
            models.CheckConstraint(name="clustersum_returned", condition=Q(returned__lte=F("slips"))),
            models.CheckConstraint(
                name="clustersum_organisations", condition=Q(organisations__lte=F("slips"))
            ),
            models.CheckConstraint(
                name="clustersum_returns_of_many",
                condition=Q(returned__isnull=True, deviation__isnull=True)
                | Q(counter="", organisations__gte=FEWEST_ORGANISATIONS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.counter}={self.organisations}"
