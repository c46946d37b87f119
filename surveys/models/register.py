"""The register (sổ phát phiếu): participation only, never an answer (docs/spec/trust.md §1)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import connections, models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from surveys.choices import Outcome, Role, ServiceChannel, SlipChannel, SlipEventKind, SlipState
from surveys.models.campaigns import Invitation
from surveys.models.offices import Counter, Office, Organisation
from surveys.models.people import ApiKey, User
from surveys.models.procedures import Procedure, ProcedureVersion
from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.questionnaires import QuestionnaireVersion

PERIOD_LENGTH = 40  # 2023-05, 2023-Q2, or a campaign's slug


#: What participation counts of slips, in the rows of `SlipQuerySet.participation` and wherever they are kept.
SLIP_COUNTS = ("issued", "cancelled", "expired", "returned", "paper")


class TransactionQuerySet(OfOfficeQuerySet["Transaction"]):
    def at_counter(self, counter: Counter) -> Self:
        return self.filter(counter=counter)

    def visible_to(self, user: User) -> Self:
        """A teller sees the transactions of the own counter."""
        rows = (
            super().visible_to(user)
            if not user.has_role(Role.TELLER)
            else self.filter(counter=user.counter_id)
        )
        return rows if user.is_active and user.office_id else self.none()

    def with_had_slip(self) -> Self:
        """``had_slip``: whether a slip was ever handed out for it."""
        return self.annotate(had_slip=models.Exists(Slip.objects.filter(transaction=models.OuterRef("pk"))))

    def running(self) -> Self:
        return self.filter(finished_at__isnull=True)

    def finished_between(self, start: datetime, end: datetime) -> Self:
        return self.filter(finished_at__gte=start, finished_at__lt=end)


# From one period of an office to its next by the index that begins with both: a step a period, however many slips
# there are. DISTINCT reads all of them, on both engines.
PERIODS = """
WITH RECURSIVE handed_out (office, period) AS (
  SELECT id, (SELECT MIN(period) FROM surveys_slip WHERE office_id = surveys_office.id) FROM surveys_office {where}
  UNION ALL
  SELECT office, (SELECT MIN(period) FROM surveys_slip WHERE office_id = office AND period > handed_out.period)
  FROM handed_out WHERE handed_out.period IS NOT NULL
)
SELECT office, period FROM handed_out WHERE period IS NOT NULL ORDER BY office, period
"""


class SlipQuerySet(OfOfficeQuerySet["Slip"]):
    def visible_to(self, user: User) -> Self:
        if user.has_role(Role.TELLER):
            return self.filter(counter=user.counter_id) if user.is_active and user.office_id else self.none()
        return super().visible_to(user)

    def offices_and_periods(self) -> list[tuple[int, str]]:
        """(office id, period) of everything that was ever handed out; of the whole table, whatever was filtered."""
        return self._step_through_periods("", [])

    def periods_of(self, office: Office) -> list[str]:
        """The periods in which an office handed out slips, campaigns among them."""
        return [period for _office, period in self._step_through_periods("WHERE id = %s", [office.pk])]

    def _step_through_periods(self, where: str, values: list[Any]) -> list[tuple[int, str]]:
        with connections[self.db].cursor() as cursor:
            cursor.execute(PERIODS.format(where=where), values)
            return cursor.fetchall()

    def issued_between(self, start: datetime, end: datetime) -> Self:
        return self.filter(issued_at__gte=start, issued_at__lt=end)

    def open_at(self, now: datetime) -> Self:
        """Slips that can still be used. Own columns only: a join would break the conditional UPDATE of a cast."""
        return self.filter(state=SlipState.ISSUED, opens_at__lte=now, expires_at__gt=now)

    def with_requests(self) -> Self:
        """``cancel_requested``: whether a cancellation was asked for, whatever became of the slip."""
        return self.annotate(
            cancel_requested=models.Exists(
                SlipEvent.objects.filter(slip=models.OuterRef("pk"), kind=SlipEventKind.CANCELLED)
            )
        )

    def with_last_way(self) -> Self:
        """``last_way``: the channel it was last asked to go by. The channel itself would tell: a used slip keeps its own."""
        requests = SlipEvent.objects.filter(slip=models.OuterRef("pk"), kind=SlipEventKind.REISSUED)
        latest = models.Subquery(requests.order_by("-at", "-pk").values("channel")[:1])
        return self.annotate(last_way=Coalesce(latest, "channel"))

    def participation(self, group: str, *more: str) -> list[dict[str, Any]]:
        """Counts by one column or more: transactions issue one slip each, so issued counts both.

        Every row: the groups, then ``issued``, ``cancelled``, ``expired``, ``returned``, ``paper`` (returned on paper).
        """
        return list(
            self.values(group, *more)
            .order_by(group, *more)
            .annotate(
                issued=Count("pk"),
                cancelled=Count("pk", filter=Q(state=SlipState.CANCELLED)),
                expired=Count("pk", filter=Q(state=SlipState.EXPIRED)),
                returned=Count("pk", filter=Q(state=SlipState.USED)),
                paper=Count("pk", filter=Q(state=SlipState.USED, channel="paper")),
            )
        )


class Transaction(models.Model):
    """One service to one customer. Running until it has an outcome; then it has exactly one slip."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="transactions", verbose_name=_("đơn vị"))
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="transactions", verbose_name=_("quầy"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+", verbose_name=_("thủ tục"))
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="+")
    reference = models.CharField(_("số tham chiếu"), max_length=80)
    dossier = models.CharField(_("mã hồ sơ"), max_length=80, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(
        _("kênh"), max_length=8, choices=ServiceChannel, default=ServiceChannel.COUNTER
    )
    outcome = models.CharField(_("kết quả"), max_length=10, choices=Outcome, null=True, blank=True)
    clerk = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("giao dịch viên")
    )
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("bắt đầu"))
    finished_at = models.DateTimeField(_("kết thúc"), null=True, blank=True)
    due_at = models.DateTimeField(_("hạn trả"), null=True, blank=True)

    had_slip: bool  # of rows that `with_had_slip` brought

    objects = TransactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("giao dịch")
        verbose_name_plural = _("giao dịch")
        constraints = [
            models.UniqueConstraint(name="transaction_reference_once", fields=["office", "reference"]),
            models.UniqueConstraint(
                name="transaction_one_supplement_a_dossier",
                fields=["office", "dossier"],
                condition=Q(outcome=Outcome.SUPPLEMENT) & ~Q(dossier=""),
                violation_error_message=_(
                    "Hồ sơ này đã một lần yêu cầu bổ sung; chỉ được yêu cầu bổ sung một lần."
                ),
            ),
            models.CheckConstraint(
                name="transaction_outcome_with_finish",
                condition=Q(outcome__isnull=True, finished_at__isnull=True)
                | Q(outcome__isnull=False, finished_at__isnull=False),
                violation_error_message=_("Giao dịch đã xong phải có kết quả."),
            ),
            models.CheckConstraint(
                name="transaction_finishes_after_start",
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                violation_error_message=_("Giờ kết thúc không được trước giờ bắt đầu."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["counter", "finished_at"], name="transaction_of_counter"
            ),  # the teller's list
            models.Index(
                fields=["office", "finished_at"], name="transaction_of_office"
            ),  # a month's transactions
            models.Index(
                fields=["counter", "started_at"], include=["procedure"], name="transaction_begun_at_counter"
            ),  # the counter's last and most frequent procedures
            models.Index(
                fields=["counter", "-started_at"],
                name="transaction_running",
                condition=Q(finished_at__isnull=True),
            ),  # the counter's queue: a few rows, however many ever began there
            models.Index(
                fields=["finished_at"],
                name="transaction_names_a_customer",
                condition=Q(organisation__isnull=False),
            ),  # whose name is erased after a year
        ]

    def __str__(self) -> str:
        return self.reference


class Slip(models.Model):
    """The ballot handed out. Its code exists in plain only in the response that hands it over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transaction = models.OneToOneField(Transaction, models.PROTECT, null=True, related_name="slip")
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, related_name="slip")
    # No index of their own: every cast would write each of them again, and the compound ones below serve.
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="slips", verbose_name=_("đơn vị"), db_index=False
    )
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    counter = models.ForeignKey(
        Counter, models.PROTECT, null=True, related_name="slips", verbose_name=_("quầy"), db_index=False
    )
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, null=True, related_name="+", verbose_name=_("thủ tục"), db_index=False
    )
    questionnaire = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(_("cách phát"), max_length=8, choices=SlipChannel)
    serial = models.CharField(_("số phiếu"), max_length=6)
    code_mac = models.CharField(max_length=64, editable=False)
    short_mac = models.CharField(max_length=64, editable=False)
    state = models.CharField(max_length=1, choices=SlipState, default=SlipState.ISSUED, editable=False)
    issued_at = models.DateTimeField(_("phát lúc"))
    opens_at = models.DateTimeField()  # the transaction's end, copied so that a cast needs no join
    expires_at = models.DateTimeField(_("hết hạn"), null=True)  # paper expires at closing only
    # Of a used slip whose code was asked for anew: until when, and as what, the fresh code answers like an unused one's
    # (docs/spec/trust.md §2), so that nobody learns from it who answered. Empty again once a whole ballot was sent to it.
    shown_until = models.DateTimeField(null=True, editable=False)
    shown_as = models.CharField(
        max_length=8, choices=SlipChannel, blank=True, default="", db_default="", editable=False
    )
    # When a tablet fetched it; participation, and what keeps one slip on one screen.
    delivered_at = models.DateTimeField(null=True, editable=False)

    # Of rows that `with_requests` and `with_last_way` brought.
    cancel_requested: bool
    last_way: str

    objects = SlipQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiếu phát")
        verbose_name_plural = _("phiếu phát")
        constraints = [
            # Constraints, not unique fields: those bring PostgreSQL a second index each, for LIKE.
            models.UniqueConstraint(name="slip_code_once", fields=["code_mac"]),
            models.UniqueConstraint(name="slip_short_code_once", fields=["short_mac"]),
            models.UniqueConstraint(name="slip_serial_once_an_office", fields=["office", "serial"]),
            models.CheckConstraint(
                name="slip_only_paper_never_expires",
                condition=Q(expires_at__isnull=False) | Q(channel=SlipChannel.PAPER),
                violation_error_message=_("Chỉ phiếu giấy không có hạn."),
            ),
            models.CheckConstraint(
                name="slip_of_a_transaction_or_an_invitation",
                condition=Q(
                    transaction__isnull=False,
                    invitation__isnull=True,
                    counter__isnull=False,
                    procedure__isnull=False,
                )
                | Q(
                    transaction__isnull=True,
                    invitation__isnull=False,
                    counter__isnull=True,
                    procedure__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="slip_only_used_is_shown_again",
                condition=Q(shown_until__isnull=True) | Q(state=SlipState.USED),
            ),
            models.CheckConstraint(name="slip_state_known", condition=Q(state__in=SlipState.values)),
        ]
        indexes = [
            # a month's participation, by counter; read by every report. Without the state, which a cast changes: so
            # PostgreSQL can keep the changed row in its page and leave all indexes alone.
            models.Index(fields=["office", "period", "counter"], name="slip_of_period"),
            models.Index(
                fields=["counter", "issued_at"], name="slip_of_counter"
            ),  # teller's list, tablet's poll
        ]

    def __str__(self) -> str:
        return self.serial


class PendingCode(models.Model):
    """A slip's second code while its letter is under way; the mail server's word decides which of the two stays.

    Both open the same slip meanwhile (docs/spec/trust.md §2, two codes for a moment); `Spent` stays the proof of once.
    ``in_hand_since``: when a scheduler took the letter in hand; none once the server's answer, or its absence, is known.
    """

    slip = models.ForeignKey(Slip, models.CASCADE, related_name="pending_codes")
    code_mac = models.CharField(max_length=64, editable=False)
    short_mac = models.CharField(max_length=64, editable=False)
    mailing = models.ForeignKey("surveys.Mailing", models.CASCADE, null=True, related_name="+")
    in_hand_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("mã chờ thư")
        verbose_name_plural = _("mã chờ thư")
        constraints = [
            models.UniqueConstraint(name="pending_code_once", fields=["code_mac"]),
            models.UniqueConstraint(name="pending_short_code_once", fields=["short_mac"]),
        ]

    def __str__(self) -> str:
        return str(self.slip)


class Spent(models.Model):
    """A used slip. Its key is the proof of once-only, whatever becomes of the code around it.

    The other columns are participation, for signals of stuffing; they are erased 60 days after the seal.
    """

    slip = models.OneToOneField(Slip, models.PROTECT, primary_key=True, related_name="spent")
    used_at = models.DateTimeField(null=True)
    open_seconds = models.PositiveIntegerField(null=True)
    via = models.CharField(max_length=8, choices=SlipChannel, blank=True)

    class Meta:
        verbose_name = _("phiếu đã thu")
        verbose_name_plural = _("phiếu đã thu")


class SlipEvent(models.Model):
    """A request made of a slip. Append-only; the same row whether or not the slip was used."""

    slip = models.ForeignKey(Slip, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=SlipEventKind)
    channel = models.CharField(max_length=8, choices=SlipChannel, blank=True)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("việc của phiếu")
        verbose_name_plural = _("việc của phiếu")
        ordering = ["at", "pk"]


class Erasure(models.Model):
    """That something of a sealed period was erased since its time was over. Append-only."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    period = models.CharField(max_length=PERIOD_LENGTH)
    what = models.CharField(max_length=24)
    erased_at = models.DateTimeField()
    rows = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("lần xoá theo hạn")
        verbose_name_plural = _("lần xoá theo hạn")
        constraints = [models.UniqueConstraint(name="erasure_once", fields=["office", "period", "what"])]


class Tablet(models.Model):
    """A device at a counter's place. Its secret lives in a cookie under /k/ and is stored hashed."""

    counter = models.ForeignKey(Counter, models.PROTECT, null=True, blank=True, related_name="tablets")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="tablets")
    name = models.CharField(_("tên máy"), max_length=80, blank=True)
    secret_digest = models.CharField(max_length=64, unique=True, editable=False)
    pairing_code = models.CharField(max_length=6, null=True, unique=True, editable=False)
    pairing_until = models.DateTimeField(null=True, editable=False)
    paired_at = models.DateTimeField(_("ghép lúc"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)
    # When it last asked for a ballot, to the minute; it asks without end, so this tells nothing of a customer.
    seen_at = models.DateTimeField(_("thấy lần cuối"), null=True, editable=False)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("máy tính bảng")
        verbose_name_plural = _("máy tính bảng")
        constraints = [
            models.CheckConstraint(
                name="tablet_paired_with_a_counter",
                condition=Q(paired_at__isnull=True)
                | Q(counter__isnull=False, office__isnull=False, pairing_code__isnull=True),
                violation_error_message=_("Máy đã ghép phải thuộc một quầy."),
            )
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"
