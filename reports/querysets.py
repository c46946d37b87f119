"""Which roll-ups, and who may see them. Chainable; no clock, no request. Closed by default: no office, no rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import IntegrityError, models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.transaction import atomic

from surveys.models.querysets import OfOfficeQuerySet
from surveys.models.register import SLIP_COUNTS

if TYPE_CHECKING:
    from reports.models import Seal
    from surveys.models import Office, User

LONGEST_JOB = timedelta(minutes=10)


class MonthQuerySet(OfOfficeQuerySet):
    def visible_to(self, user: User) -> Self:
        """The months of the offices whose figures the user may read; a teller reads none."""
        offices = self.model._meta.get_field("office").related_model.objects
        return self.filter(office__in=offices.with_figures_for(user))


class MonthSumQuerySet(MonthQuerySet):
    def levels(self, *groups: str) -> list[dict]:
        """Rows of the groups, then ``questionnaire``, ``criterion``, ``level`` and their ``n`` valid ballots."""
        columns = (*groups, "questionnaire", "criterion", "level")
        return list(self.values(*columns).order_by(*columns).annotate(n=Sum("n")))


class MonthCellQuerySet(MonthQuerySet):
    def verdicts(self, *groups: str) -> list[dict]:
        """Rows of the groups, then ``valid``, ``satisfied`` and ``void`` ballots."""
        sums = {name: Sum(name) for name in ("valid", "satisfied", "void")}
        return list(self.values(*groups).order_by(*groups).annotate(**sums))


class SealedQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """The rows of the versions that hold now, each with its ``office`` and ``period``."""
        seals = self.model._meta.get_field("seal").related_model.objects
        own = {name: OuterRef(f"seal__{name}") for name in ("office", "period")}
        later = seals.filter(**own, version__gt=OuterRef("seal__version"))
        return self.filter(~Exists(later)).annotate(office=F("seal__office"), period=F("seal__period"))


class SlipSumQuerySet(SealedQuerySet):
    def participation(self, *groups: str) -> list[dict]:
        """The same rows as of the register (`SlipQuerySet.participation`), as they were when the period was sealed."""
        sums = {name: Sum(name) for name in SLIP_COUNTS}
        return list(self.values(*groups).order_by(*groups).annotate(**sums))


class TransactionSumQuerySet(SealedQuerySet):
    def counted(self, *groups: str) -> list[dict]:
        """Rows of the groups, then their ``n`` finished transactions."""
        return list(self.values(*groups).order_by(*groups).annotate(n=Sum("n")))


class SealQuerySet(OfOfficeQuerySet):
    def last_signed(self, office: Office) -> Seal | None:
        """The office's last seal of any period or version: the one the next seal names."""
        return self.of(office).order_by("-pk").first()

    def standing(self, office: Office, period: object) -> Seal | None:
        """The version of a period that holds now."""
        return self.of(office).in_period(period).order_by("-version").first()


class FirstSignatureQuerySet(OfOfficeQuerySet):
    def open(self) -> Self:
        """Those that wait for the second person; whether their time is over is for the caller's clock."""
        return self.filter(ended_at__isnull=True)


class DueRunQuerySet(models.QuerySet):
    def claim(self, *, job: str, due_on: date, now: datetime) -> bool:
        """Take the job of a day; False when it was done, or another scheduler is at it.

        A job that was begun long ago and never ended broke off, and may be taken again.
        """
        try:
            with atomic():
                self.create(job=job, due_on=due_on, taken_at=now)
        except IntegrityError:
            broken_off = self.filter(job=job, due_on=due_on, done_at=None, taken_at__lte=now - LONGEST_JOB)
            return broken_off.update(taken_at=now) == 1
        return True

    def done(self, *, job: str, due_on: date, now: datetime) -> None:
        self.filter(job=job, due_on=due_on).update(done_at=now)


class DirectionQuerySet(OfOfficeQuerySet):
    def visible_to(self, user: User) -> Self:
        """Leadership and inspectors: those of the offices whose figures they read."""
        if not user.has_perm("surveys.read_comments"):
            return self.none()
        return self.filter(office__in=_offices_read_by(self.model, user))

    def open_at(self, when: datetime) -> Self:
        return self.filter(Q(answered_at__isnull=True) | Q(answered_at__gt=when))


class CaseQuerySet(OfOfficeQuerySet):
    def visible_to(self, user: User) -> Self:
        """Leadership and inspectors: those of the offices whose figures they read; everybody else those they own."""
        if not user.is_active or user.office_id is None:
            return self.none()
        if not user.has_perm("surveys.read_comments"):
            return self.filter(owner=user)
        return self.filter(Q(owner=user) | Q(office__in=_offices_read_by(self.model, user)))

    def tally(self, today: date, *, until: datetime | None = None) -> dict[str, int]:
        """``cases``, ``replied``, ``on_time`` and ``overdue`` (time is over, no reply); as known at ``until``."""
        replied = Q(replied_at__isnull=False) if until is None else Q(replied_at__lte=until)
        return self.aggregate(
            cases=Count("pk"),
            replied=Count("pk", filter=replied),
            on_time=Count("pk", filter=replied & Q(was_late=False)),
            overdue=Count("pk", filter=~replied & Q(due_on__lt=today)),
        )


class ContactQuerySet(OfOfficeQuerySet):
    def visible_to(self, user: User) -> Self:
        """Those who answer: leadership of the office."""
        if not user.has_perm("surveys.handle_cases"):
            return self.none()
        return self.filter(office__in=_offices_read_by(self.model, user))

    def waiting(self) -> Self:
        return self.filter(answered_on__isnull=True, erased_on__isnull=True)


class NoticeQuerySet(models.QuerySet):
    def letters_due(self, now: datetime) -> Self:
        return self.filter(letter_due_at__lte=now, letter_sent_at__isnull=True)

    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True)


def _offices_read_by(model: type[models.Model], user: User) -> models.QuerySet:
    offices = model._meta.get_field("office").related_model.objects
    return offices.with_figures_for(user)
