"""The vocabulary: which rows, and who may see them. Chainable; no clock, no request. Closed by default: no office, no rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import connections, models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from surveys.choices import CampaignState, Role, SlipEventKind, SlipState

if TYPE_CHECKING:
    from surveys.models import Counter, Office, User

#: What participation counts of slips, in the rows of `SlipQuerySet.participation` and wherever they are kept.
SLIP_COUNTS = ("issued", "cancelled", "expired", "returned", "paper")


def in_force(on: date) -> Q:
    """Dated rows that hold on a day; ``valid_to`` is the last day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class OfficeQuerySet(models.QuerySet):
    def within(self, office: Office) -> Self:
        """The office and everything below it."""
        return self.filter(path__startswith=office.path)

    def in_force(self, on: date) -> Self:
        return self.filter(in_force(on))

    def sealing(self) -> Self:
        """Offices with a ballot box of their own."""
        return self.filter(seals=True)

    def visible_to(self, user: User) -> Self:
        """Head office sees all; everybody else the office and its subtree; without an office nothing."""
        if not user.is_active or user.office_id is None:
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.all()
        return self.within(user.office)

    def with_figures_for(self, user: User) -> Self:
        """Offices whose month the user may read: head office all; leadership, inspectors their subtree;
        the counting team the box of its own office."""
        if not user.is_active or user.office_id is None or not user.has_perm("surveys.view_figures"):
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.sealing()
        if user.has_role(Role.LEADERSHIP) or user.has_role(Role.INSPECTOR):
            box = user.office.sealing_office
            return self.sealing().filter(Q(path__startswith=user.office.path) | Q(pk=box.pk if box else None))
        box = user.office.sealing_office
        return self.filter(pk=box.pk) if box else self.none()

    def counted_by(self, user: User, on: date) -> Self:
        """The boxes whose counting team the user is of on a day: by role in the own office, or lent to another.

        A small office's team may come from elsewhere, appointed by its parent. A teller never counts.
        """
        if not user.is_active or user.has_role(Role.TELLER):
            return self.none()
        box = user.office.sealing_office if user.office_id and user.has_role(Role.COUNTING) else None
        lent = user.delegations.in_force(on).filter(role=Role.COUNTING)
        return self.sealing().filter(Q(pk=box.pk if box else None) | Q(pk__in=lent.values("office")))


class OfOfficeQuerySet(models.QuerySet):
    """Rows that carry the office whose box they feed."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active or user.office_id is None:
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.all()
        return self.filter(office__path__startswith=user.office.path)

    def of(self, office: Office) -> Self:
        return self.filter(office=office)

    def in_period(self, period) -> Self:
        return self.filter(period=str(period))

    def in_periods(self, periods) -> Self:
        return self.filter(period__in=[str(period) for period in periods])


class DelegationQuerySet(OfOfficeQuerySet):
    def in_force(self, on: date) -> Self:
        """What holds on a day; what was called back holds no more, whatever its days."""
        return self.filter(in_force(on), revoked_at__isnull=True)


class CounterQuerySet(models.QuerySet):
    def open_on(self, on: date) -> Self:
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on))

    def printing(self) -> Self:
        return self.filter(offers_slip=True)

    def visible_to(self, user: User) -> Self:
        """A teller sees the own counter; others the counters of their subtree."""
        if not user.is_active or user.office_id is None:
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.all()
        if user.has_role(Role.TELLER):
            return self.filter(pk=user.counter_id)
        return self.filter(office__path__startswith=user.office.path)


class ProcedureVersionQuerySet(models.QuerySet):
    def in_force(self, on: date) -> Self:
        return self.filter(in_force(on))

    def for_channel(self, channel: str) -> Self:
        """Versions for the channel; a version of the very channel comes before one for any."""
        return self.filter(channel__in=[channel, "any"]).order_by(
            models.Case(models.When(channel=channel, then=0), default=1), "-valid_from"
        )


class QuestionnaireVersionQuerySet(models.QuerySet):
    def in_force(self, on: date) -> Self:
        return self.filter(valid_from__lte=on).order_by("-valid_from")


class CampaignQuerySet(models.QuerySet):
    def open_on(self, on: date) -> Self:
        """Those that take answers on a day."""
        return self.filter(state=CampaignState.OPEN, opens_on__lte=on, ends_on__gte=on)

    def visible_to(self, user: User) -> Self:
        """Whoever may read campaigns reads all of them; drafts are head office's own."""
        if not user.is_active or not user.has_perm("surveys.read_campaigns"):
            return self.none()
        return (
            self.all() if user.has_perm("surveys.run_campaigns") else self.exclude(state=CampaignState.DRAFT)
        )


class OpenLaneQuerySet(models.QuerySet):
    def total(self, *, office: Office | int, period: str) -> int:
        """Open answers that a unit has taken in a campaign."""
        lanes = self.filter(unit__office=office, unit__campaign__slug=period)
        return lanes.aggregate(n=Sum("answers"))["n"] or 0

    def by_period(self) -> dict[tuple[int, str], int]:
        """Open answers by (office id, campaign's slug)."""
        rows = self.order_by().values_list("unit__office", "unit__campaign__slug").annotate(n=Sum("answers"))
        return {(office, slug): n for office, slug, n in rows}


class TransactionQuerySet(OfOfficeQuerySet):
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


class SlipQuerySet(OfOfficeQuerySet):
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

    def _step_through_periods(self, where: str, values: list) -> list[tuple[int, str]]:
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
                self.model.events.rel.related_model.objects.filter(
                    slip=models.OuterRef("pk"), kind=SlipEventKind.CANCELLED
                )
            )
        )

    def with_last_way(self) -> Self:
        """``last_way``: the channel it was last asked to go by. The channel itself would tell: a used slip keeps its own."""
        requests = self.model.events.rel.related_model.objects.filter(
            slip=models.OuterRef("pk"), kind=SlipEventKind.REISSUED
        )
        latest = models.Subquery(requests.order_by("-at", "-pk").values("channel")[:1])
        return self.annotate(last_way=Coalesce(latest, "channel"))

    def participation(self, group: str, *more: str) -> list[dict]:
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
