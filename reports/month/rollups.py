"""Sums of released ballots, replayable: run again, they come out the same (docs/spec/trust.md §3 and §7)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.transaction import atomic

from reports.arithmetic.counts import Verdicts
from reports.models import MonthCell, MonthSum, Seal
from reports.month.partition import FLAGS, withheld
from surveys import evidence
from surveys.models import Ballot, Batch, Office, VoidMark
from surveys.periods import Period
from surveys.reference.questionnaires import questionnaire_of


class PeriodSealed(Exception):
    """The figures of a sealed period change with the seal of a correction only."""


@atomic
def roll_up(*, office: Office, period: Period, sealing: bool = False) -> None:
    """Count one office and period anew from its released ballots; cost follows that period alone.

    A closing batch of fewer than K ballots is left out: its answers appear with the seal only, so that two pages of an
    open period never differ by a group that small. ``sealing``: the seal of the period or of its correction stands as of
    this moment, and everything is counted; a correction goes on hiding what the version before it hid.
    Raises `PeriodSealed`.
    """
    # One roll-up at a time; the weaker lock lets slips and ballots of the office come in meanwhile.
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    key = {"office": office, "period": str(period)}
    if not sealing and Seal.objects.standing(office, period):
        raise PeriodSealed
    cells, levels = _count(_patterns(office, period, whole=sealing))
    hidden = _hidden_before(office, period) if sealing else dict.fromkeys(FLAGS, frozenset())
    MonthCell.objects.filter(**key).delete()
    MonthSum.objects.filter(**key).delete()
    MonthCell.objects.bulk_create(
        MonthCell(
            **key,
            counter=counter,
            procedure=procedure,
            ballots=said.ballots,
            valid=said.valid,
            satisfied=said.satisfied,
            void=said.void,
            hides_counter=counter in hidden["hides_counter"],
            hides_procedure=procedure in hidden["hides_procedure"],
            hides_verdict=procedure in hidden["hides_verdict"],
        )
        for (counter, procedure), said in sorted(cells.items())
    )
    MonthSum.objects.bulk_create(
        MonthSum(
            **key,
            counter=counter,
            procedure=procedure,
            questionnaire_id=version,
            criterion=code,
            level=level,
            n=n,
        )
        for (counter, procedure, version, code, level), n in sorted(levels.items())
    )


def _hidden_before(office: Office, period: Period) -> Mapping[str, frozenset[str]]:
    """Of a correction, what the roll-ups of the version before it hide; a first version has none before it."""
    if Seal.objects.of(office).in_period(period).count() < 2:
        return dict.fromkeys(FLAGS, frozenset())
    standing = MonthCell.objects.of(office).in_period(period).verdicts("counter", "procedure", *FLAGS)
    return withheld(standing)


def held_back(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Those whose answers wait for the seal: the one exemption of docs/spec/trust.md §3. A void ballot hides nobody."""
    marks = VoidMark.objects.filter(ballot__batch=OuterRef("pk")).order_by().values("ballot__batch")
    voids = Coalesce(Subquery(marks.annotate(n=Count("pk")).values("n")), 0)
    return _waiting_for_the_seal(batches).filter(ballots__lt=settings.MIX_GROUP + voids)


def held_back_at_sight(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Those of them that are few with their void ballots, too: for pages, which ask no ballot."""
    return _waiting_for_the_seal(batches).filter(ballots__lt=settings.MIX_GROUP)


def _waiting_for_the_seal(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    sealed = Seal.objects.filter(office=OuterRef("office"), period=OuterRef("period"))
    return batches.filter(is_closing=True, ballots__gt=0).exclude(Exists(sealed))


def _patterns(office: Office, period: Period, *, whole: bool) -> Iterable[Mapping[str, Any]]:
    """The distinct answers of each cell and how many ballots gave them, so that a large month is read as a few rows."""
    ballots = Ballot.objects.of(office).in_period(period)
    if not whole:
        ballots = ballots.exclude(batch__in=held_back(Batch.objects.of(office).in_period(period)))
    return (
        ballots.values("counter", "procedure", "questionnaire", "answers")
        .order_by()
        .annotate(n=Count("pk"), void=Count("void_mark"))
    )


def _count(
    patterns: Iterable[Mapping[str, Any]],
) -> tuple[dict[tuple[Any, ...], Verdicts], dict[tuple[Any, ...], int]]:
    """Verdicts by (counter, procedure), and valid ballots by (counter, procedure, version, criterion, level)."""
    cells: dict[tuple[Any, ...], Verdicts] = defaultdict(Verdicts)
    levels: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in patterns:
        cell = row["counter"], row["procedure"]
        answers, valid = json.loads(row["answers"]), row["n"] - row["void"]
        satisfied = (
            valid if evidence.satisfied(answers, questionnaire_of(row["questionnaire"]).counted) else 0
        )
        cells[cell] += Verdicts.of(satisfied=satisfied, dissatisfied=valid - satisfied, void=row["void"])
        for code, level in answers.items():
            if valid and level is not None:
                levels[*cell, row["questionnaire"], code, level] += valid
    return cells, levels
