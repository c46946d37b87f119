"""What is kept of the signals of stuffing (docs/spec/trust.md §6): readings, cases, what was said of them, counts, call-backs.

All append-only: a reading is followed by a later one, a word by a further word, and nothing goes away. No row touches a
ballot, and none says of anybody how, or to whom it does not belong whether, they answered.
"""

from __future__ import annotations

import json
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models import ApiKey, Counter, Office, Transaction, User
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import PERIOD_LENGTH


class SignalReadingQuerySet(OfOfficeQuerySet["SignalReading"]):
    def standing(self, office: Office, period: object) -> SignalReading | None:
        """The last reading of a period."""
        return self.of(office).in_period(period).order_by("-pk").first()

    def final(self, office: Office, period: object) -> SignalReading | None:
        """The last of those made with the seal or after it."""
        return self.of(office).in_period(period).filter(is_final=True).order_by("-pk").first()


class SignalReading(models.Model):
    """All counters of one office and period as they were found; the last one counts.

    ``text``: JSON, see `reports.integrity.reading`. It outlives the times it was made from.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    taken_at = models.DateTimeField(_("tính lúc"))
    is_final = models.BooleanField(_("tính khi niêm phong"))
    text = models.TextField()

    objects = SignalReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản tính tín hiệu")
        verbose_name_plural = _("bản tính tín hiệu")
        ordering = ["office", "period", "pk"]
        indexes = [models.Index(fields=["office", "period"], name="signalreading_of_period")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period}"

    @cached_property
    def document(self) -> dict:
        return json.loads(self.text)


class SignalCase(models.Model):
    """One counter's month that an inspector looks into; opened by its first signal."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    counter = models.CharField(_("quầy"), max_length=16)
    opened_at = models.DateTimeField(_("mở lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc cần xem xét")
        verbose_name_plural = _("việc cần xem xét")
        ordering = ["office", "period", "counter"]
        constraints = [
            models.UniqueConstraint(name="signalcase_once", fields=["office", "period", "counter"])
        ]

    def __str__(self) -> str:
        return f"{self.counter} {self.period}"


class Signal(models.Model):
    """One rule's finding in a case, as it was when it opened or joined the case. ``text``: JSON of the finding."""

    case = models.ForeignKey(SignalCase, models.PROTECT, related_name="signals")
    code = models.CharField(_("tín hiệu"), max_length=2)
    text = models.TextField()
    found_at = models.DateTimeField(_("thấy lúc"))

    class Meta:
        verbose_name = _("tín hiệu")
        verbose_name_plural = _("tín hiệu")
        ordering = ["case", "code"]
        constraints = [models.UniqueConstraint(name="signal_once_a_case", fields=["case", "code"])]

    def __str__(self) -> str:
        return self.code


class DispositionKind(models.TextChoices):
    ORDINARY = "ordinary", _("Có nguyên do bình thường, khép lại")
    WATCHED = "watched", _("Theo dõi tiếp kỳ sau")
    EXPLAINED = "explained", _("Giải trình bằng văn bản")
    REFERRED = "referred", _("Chuyển cấp có thẩm quyền, khép lại")


class SignalDisposition(models.Model):
    """What the inspector says of a case. The last word holds, all stay."""

    case = models.ForeignKey(SignalCase, models.PROTECT, related_name="dispositions")
    kind = models.CharField(_("kết luận"), max_length=9, choices=DispositionKind)
    text = models.CharField(_("nội dung"), max_length=1000)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người ghi"))
    at = models.DateTimeField(_("ghi lúc"))

    class Meta:
        verbose_name = _("kết luận về tín hiệu")
        verbose_name_plural = _("kết luận về tín hiệu")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class IndependentCount(models.Model):
    """How many transactions a counter had by somebody else's count; a later one takes the place of an earlier."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="+", verbose_name=_("quầy"))
    transactions = models.PositiveIntegerField(_("số giao dịch"))
    source = models.CharField(_("nguồn đếm"), max_length=120)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("người nhập")
    )
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(_("nhập lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("số đếm độc lập")
        verbose_name_plural = _("số đếm độc lập")
        ordering = ["period", "counter", "pk"]
        indexes = [models.Index(fields=["office", "period"], name="independentcount_of_period")]
        constraints = [
            models.CheckConstraint(
                name="independentcount_by_somebody",
                condition=Q(entered_by__isnull=False) | Q(api_key__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.counter_id} {self.period}: {self.transactions}"


class CallBackList(models.Model):
    """Transactions of a closed period drawn at random, to be asked about on the telephone. Drawn once."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    population = models.PositiveIntegerField(_("số giao dịch của kỳ"))
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người rút"))
    drawn_at = models.DateTimeField(_("rút lúc"))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("danh sách gọi lại")
        verbose_name_plural = _("danh sách gọi lại")
        constraints = [
            models.UniqueConstraint(
                name="callbacklist_once",
                fields=["office", "period"],
                violation_error_message=_("Kỳ này đã rút danh sách gọi lại."),
            )
        ]

    def __str__(self) -> str:
        return self.period


class CallBack(models.Model):
    """One transaction of the list; numbers are in the order of the draw."""

    list = models.ForeignKey(CallBackList, models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField(_("số"))
    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="+", verbose_name=_("giao dịch")
    )

    class Meta:
        verbose_name = _("cuộc gọi lại")
        verbose_name_plural = _("cuộc gọi lại")
        ordering = ["list", "number"]
        constraints = [
            models.UniqueConstraint(name="callback_number_once", fields=["list", "number"]),
            models.UniqueConstraint(name="callback_transaction_once", fields=["list", "transaction"]),
        ]

    def __str__(self) -> str:
        return str(self.number)


class CallBackOutcome(models.TextChoices):
    """What the customer says."""

    ANSWERED = "answered", _("Có nhận phiếu, tự trả lời")
    SILENT = "silent", _("Có nhận phiếu, không trả lời")
    NOT_HANDED = "not_handed", _("Không nhận được phiếu nào")
    BY_ANOTHER = "by_another", _("Người khác trả lời thay")
    UNREACHED = "unreached", _("Không liên lạc được, hoặc không nhớ")


class CallBackResult(models.Model):
    """What came of a call; the last one holds. ``contradicts``: whether it is against the register; None when not known."""

    call = models.ForeignKey(CallBack, models.PROTECT, related_name="results")
    outcome = models.CharField(_("khách nói"), max_length=10, choices=CallBackOutcome)
    contradicts = models.BooleanField(_("trái với sổ"), null=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người gọi"))
    at = models.DateTimeField(_("ghi lúc"))

    class Meta:
        verbose_name = _("kết quả gọi lại")
        verbose_name_plural = _("kết quả gọi lại")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_outcome_display()
