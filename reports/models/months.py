"""Roll-ups of released ballots: sums, never scores, and never a single ballot. What ran on which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, models
from django.db.models import F, Q, Sum
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from reports.models.querysets import MonthQuerySet
from surveys.models import Office, QuestionnaireVersion
from surveys.models.register import PERIOD_LENGTH

LONGEST_JOB = timedelta(minutes=10)


class MonthSumQuerySet(MonthQuerySet["MonthSum"]):
    def levels(self, *groups: str) -> list[dict]:
        """Rows of the groups, then ``questionnaire``, ``criterion``, ``level`` and their ``n`` valid ballots."""
        columns = (*groups, "questionnaire", "criterion", "level")
        return list(self.values(*columns).order_by(*columns).annotate(n=Sum("n")))


class MonthCellQuerySet(MonthQuerySet["MonthCell"]):
    def verdicts(self, *groups: str) -> list[dict]:
        """Rows of the groups, then ``valid``, ``satisfied`` and ``void`` ballots."""
        sums = {name: Sum(name) for name in ("valid", "satisfied", "void")}
        return list(self.values(*groups).order_by(*groups).annotate(**sums))


class DueRunQuerySet(models.QuerySet["DueRun"]):
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


class MonthRow(models.Model):
    """What both roll-ups are about: one office and period, one counter and procedure ('' where mixed coarser)."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    period = models.CharField(_("kỳ"), max_length=PERIOD_LENGTH)
    counter = models.CharField(_("quầy"), max_length=16, blank=True)
    procedure = models.CharField(_("thủ tục"), max_length=16, blank=True)

    class Meta:
        abstract = True


class MonthSum(MonthRow):
    """How many valid ballots gave one criterion one level."""

    questionnaire = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    criterion = models.CharField(_("tiêu chí"), max_length=20)
    level = models.PositiveSmallIntegerField(_("mức"))
    n = models.PositiveIntegerField(_("số phiếu"))

    objects = MonthSumQuerySet.as_manager()

    class Meta:
        verbose_name = _("số phiếu theo mức")
        verbose_name_plural = _("số phiếu theo mức")
        constraints = [
            models.UniqueConstraint(
                name="monthsum_once",
                fields=["office", "period", "counter", "procedure", "questionnaire", "criterion", "level"],
            ),
            models.CheckConstraint(name="monthsum_counts_something", condition=Q(n__gt=0)),
            models.CheckConstraint(name="monthsum_level_0_to_99", condition=Q(level__lte=99)),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period} {self.criterion}/{self.level}={self.n}"


class MonthCell(MonthRow):
    """Released ballots of one cell by verdict: ballots = valid + void, valid = satisfied + dissatisfied.

    What a version of a sealed period hides, every correction goes on hiding (`reports.month.partition`).
    """

    ballots = models.PositiveIntegerField(_("số phiếu"))
    valid = models.PositiveIntegerField(_("hợp lệ"))
    satisfied = models.PositiveIntegerField(_("hài lòng"))
    void = models.PositiveIntegerField(_("không hợp lệ"))
    #: What an earlier version of the period did not tell of the counter, of the procedure, and of the procedure's verdict.
    hides_counter = models.BooleanField(default=False, db_default=False)
    hides_procedure = models.BooleanField(default=False, db_default=False)
    hides_verdict = models.BooleanField(default=False, db_default=False)

    objects = MonthCellQuerySet.as_manager()

    class Meta:
        verbose_name = _("số phiếu theo quầy, thủ tục")
        verbose_name_plural = _("số phiếu theo quầy, thủ tục")
        constraints = [
            models.UniqueConstraint(
                name="monthcell_once", fields=["office", "period", "counter", "procedure"]
            ),
            models.CheckConstraint(
                name="monthcell_ballots_are_valid_or_void", condition=Q(ballots=F("valid") + F("void"))
            ),
            models.CheckConstraint(
                name="monthcell_satisfied_are_valid", condition=Q(satisfied__lte=F("valid"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.period} {self.counter}/{self.procedure}"


class DueRun(models.Model):
    """That a scheduled job was taken for a day; the unique key keeps two schedulers from running it twice."""

    job = models.CharField(max_length=100)
    due_on = models.DateField()
    taken_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects = DueRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc theo lịch")
        verbose_name_plural = _("việc theo lịch")
        constraints = [models.UniqueConstraint(name="duerun_once_a_day", fields=["job", "due_on"])]

    def __str__(self) -> str:
        return f"{self.job} {self.due_on}"
