"""Participation: what the register says of slips and transactions; of sealed periods what it said when they were sealed.

Counting slips costs as much as there are slips, and a page compares a year or two. So each seal keeps the sums that pages
read, and only what is not sealed is counted live. A sealed period without sums is counted live as well: it was sealed
before sums were kept, and nothing that was sealed is written to again. A page says the same either way, unless the register
moved after the seal (a late pile, a transaction that was entered late): that is told with the seal of a correction.

A large count of what is not sealed is kept for a short while (`reports.month.participation`), slips and transactions of one reading
together, so that a page never says that more slips were handed out than visits ended.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, reduce
from itertools import groupby
from operator import or_
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet

from reports.arithmetic.clusters import Organisations
from reports.arithmetic.counts import Participation
from reports.models import Seal, SlipSum, SlipTotal, TransactionSum
from reports.month import organisations
from surveys.models import Batch, Office, Slip, Transaction
from surveys.models.register import SLIP_COUNTS
from surveys.periods import CalendarPeriod, Month, MonthRange, parse_period

Rows = list[dict[str, Any]]
CELL = ("counter__code", "procedure__code")


def keep(seal: Seal) -> None:
    """Store what the register says of a period as it is sealed; the sums of an earlier version stay beside it."""
    slips = Slip.objects.of(seal.office).in_period(seal.period)
    columns = ("counter_id", "procedure_id", "channel", "questionnaire_id")
    rows = slips.participation(*columns)
    SlipSum.objects.bulk_create(SlipSum(seal=seal, **row) for row in rows)
    SlipTotal.objects.create(seal=seal, **{name: sum(row[name] for row in rows) for name in SLIP_COUNTS})
    within = parse_period(seal.period).bounds()
    finished = Transaction.objects.of(seal.office).finished_between(*within)
    TransactionSum.objects.bulk_create(
        TransactionSum(seal=seal, **row) for row in _counted(finished, "counter_id", "procedure_id")
    )


# ── Slips ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Slips:
    """Participation of offices by period and further groups (`SlipQuerySet.participation`): what the seals keep of it,
    and which slips are left to be counted."""

    kept: Rows
    left: tuple[Q, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, offices: Sequence[Office], periods: Collection[str], *groups: str) -> Slips:
        columns, own = ("office", "period", *groups), {office.pk for office in offices}
        standing = SlipSum.objects.standing().filter(seal__office_id__in=own, seal__period__in=periods)
        kept = standing.participation(*columns)
        stored = {(row["office"], row["period"]) for row in kept}
        return cls(kept, tuple(_left(own, periods, stored)), columns)

    def counted(self) -> Rows:
        return _counted_live(self.left, *self.columns) if self.left else []


#: Counts of one office and period, in the order of `SLIP_COUNTS`.
Counts = tuple[int, ...]
NOTHING: Counts = (0,) * len(SLIP_COUNTS)


def slips(
    offices: Sequence[Office], periods: Collection[str], *, at: datetime
) -> tuple[dict[tuple[int, str], Counts], datetime | None]:
    """Counts by office and period, and when they were counted if that was a while ago; four statements at most.

    A page of a country has nine thousand seals: hence tuples, and of each seal its total.
    """
    own = {office.pk for office in offices}
    known = SlipTotal.objects.filter(seal__office_id__in=own, seal__period__in=periods).counts()
    left = tuple(_left(own, periods, known))
    if not left:
        return known, None
    counted, when = lately(
        lambda: _counted_live(left, "office", "period"),
        named=("slips", left), offices=offices, periods=periods, size=_issued, at=at,
    )  # fmt: skip
    known |= {(row["office"], row["period"]): tuple(row[name] for name in SLIP_COUNTS) for row in counted}
    return known, when


def _counted_live(left: Iterable[Q], *columns: str) -> Rows:
    return Slip.objects.filter(reduce(or_, left)).participation(*columns)


def _issued(rows: Rows) -> int:
    return sum(row["issued"] for row in rows)


def of_counts(counts: Counts) -> Participation:
    return Participation(**dict(zip(SLIP_COUNTS, counts, strict=True)))


def of_rows(rows: Rows) -> Participation:
    """The sum of some rows: added as integers, checked once."""
    return Participation(**{name: sum([row[name] for row in rows]) for name in SLIP_COUNTS})


def _left(offices: set[int], periods: Collection[str], kept: Iterable[tuple[int, str]]) -> list[Q]:
    """Which slips are to be counted: offices for which the same periods are missing are asked for together."""
    stored = defaultdict(set)
    for office, period in kept:
        stored[office].add(period)
    alike = defaultdict(list)
    for office in sorted(offices):
        alike[frozenset(periods) - stored[office]].append(office)
    # In order, since a count that is kept is named by this, on every node alike.
    return [Q(office__in=those, period__in=sorted(missing)) for missing, those in alike.items() if missing]


# ── Transactions ───────────────────────────────────────────────────────────────────────


class Finished:
    """Finished transactions of an office over some stretches, each read from the sealed ``periods`` that lie wholly
    inside, and counted over the months that are left."""

    def __init__(self, office: Office, stretches: Iterable[MonthRange], periods: Collection[str]) -> None:
        self.stretches = list(stretches)
        self.live = Transaction.objects.of(office)
        self.kept = TransactionSum.objects.standing().filter(seal__office=office)
        by_period = self.kept.filter(seal__period__in=periods).counted("period")
        self.sealed = {parse_period(row["period"]): row["n"] for row in by_period}

    @cached_property
    def left(self) -> dict[MonthRange, Q]:
        """Of each stretch what is to be counted; of a stretch that is sealed nothing."""
        within = {each: _within(self._months_left(each)) for each in self.stretches}
        return {each: days for each, days in within.items() if days}

    def counted(self) -> dict[MonthRange, int]:
        """How many lie in what is left of each stretch; in one statement."""
        if not (within := self.left):
            return {}
        counts = {f"n{place}": Count("pk", filter=each) for place, each in enumerate(within.values())}
        # Without bounds of its own the statement would read every transaction that the office ever had.
        found = self.live.filter(reduce(or_, within.values())).aggregate(**counts)
        return dict(zip(within, found.values(), strict=True))

    def totals(self, counted: Mapping[MonthRange, int]) -> dict[MonthRange, int]:
        """How many each stretch has, with what was ``counted`` of it."""
        return {
            each: counted.get(each, 0) + sum(self.sealed[period] for period in self._inside(each))
            for each in self.stretches
        }

    def counted_by_cell(self, stretch: MonthRange) -> Rows:
        """What is left of one stretch by ``counter__code`` and ``procedure__code``."""
        within = self.left.get(stretch)
        return _counted(self.live.filter(within), *CELL) if within else []

    def kept_by_cell(self, stretch: MonthRange) -> Rows:
        inside = [str(period) for period in self._inside(stretch)]
        return self.kept.filter(seal__period__in=inside).counted(*CELL)

    def _inside(self, stretch: MonthRange) -> list[CalendarPeriod]:
        """Sealed periods that lie wholly inside, none within another: an office may have gone over to quarters."""
        inside = {
            period
            for period in self.sealed
            if stretch.first <= period.months[0] and period.months[-1] <= stretch.last
        }
        return [period for period in inside if not (isinstance(period, Month) and period.quarter in inside)]

    def _months_left(self, stretch: MonthRange) -> list[Month]:
        covered = {month for period in self._inside(stretch) for month in period.months}
        return [month for month in stretch if month not in covered]


def _counted(transactions: QuerySet[Transaction], *columns: str) -> Rows:
    return list(transactions.order_by().values(*columns).annotate(n=Count("pk")))


def _within(months: list[Month]) -> Q:
    """The days of the months, neighbours in one; empty, hence false, when there are none."""
    return reduce(or_, (Q(finished_at__gte=start, finished_at__lt=end) for start, end in _runs(months)), Q())


def _runs(months: list[Month]) -> Iterator[tuple[datetime, datetime]]:
    """Bounds of the unbroken runs in some months, which come in order."""
    for _run, each in groupby(enumerate(months), lambda at: at[1].year * 12 + at[1].month - at[0]):
        run = [month for _place, month in each]
        yield MonthRange(run[0], run[-1]).bounds()


# ── Both, of one office ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Known:
    """What the register says of one office: slips in detail over some periods and in sum over others, transactions
    by cell over a stretch and in sum over each; of one single period its organisations; ``counted_at``: when, if that
    was a while ago."""

    slips: Rows
    other_slips: Rows
    transactions: Rows
    finished: Mapping[MonthRange, int]
    organisations: Organisations | None
    counted_at: datetime | None


def of_office(
    office: Office,
    *,
    own: Collection[str],
    others: Collection[str],
    months: MonthRange,
    period: str | None,
    compared: Iterable[MonthRange],
    at: datetime,
) -> Known:
    """Eleven statements at most; ``own`` are the periods inside ``months``, which is one of the stretches ``compared``
    and, where it is exactly one, the ``period``."""
    slips = Slips.of([office], own, *CELL, "channel", "questionnaire")
    other_slips = Slips.of([office], others)
    finished = Finished(office, compared, {*own, *others})
    stored, before = organisations.kept(office, period) if period else (None, ())
    live = period if not stored and slips.left else None

    def count() -> tuple[Rows, Rows, Rows, dict[MonthRange, int], organisations.Cells]:
        cells = organisations.cells_of(office, live) if live else []
        by_cell, by_stretch = finished.counted_by_cell(months), finished.counted()
        return slips.counted(), other_slips.counted(), by_cell, by_stretch, cells

    left: tuple[Rows, Rows, Rows, dict[MonthRange, int], organisations.Cells] = [], [], [], {}, []
    counted_at: datetime | None = None
    if named := (*slips.left, *other_slips.left, *finished.left.items()):
        left, counted_at = lately(
            count, named=("office", office.pk, str(months), named), offices=[office], periods={*own, *others},
            size=lambda found: _issued(found[0]) + _issued(found[1]), at=at,
        )  # fmt: skip
    return Known(
        slips=[*slips.kept, *left[0]],
        other_slips=[*other_slips.kept, *left[1]],
        transactions=[*finished.kept_by_cell(months), *left[2]],
        finished=finished.totals(left[3]),
        organisations=stored or (organisations.of_cells(left[4], before) if live else None),
        counted_at=counted_at,
    )


SLIPS_A_SECOND = 1000
LONGEST = 300  # seconds

Found = TypeVar("Found")


def lately(
    count: Callable[[], Found],
    *,
    named: object,
    offices: Sequence[Office],
    periods: Collection[str],
    size: Callable[[Found], int],
    at: datetime,
) -> tuple[Found, datetime | None]:
    """What ``count`` finds of slips of some offices and periods, and when it was counted if that was a while ago.

    ``named`` tells this count from others by its ``repr``; ``size`` is the number of slips in what was found. Answers that
    were released must be read before, never after.
    """
    mixed = Batch.objects.filter(office__in=offices, period__in=periods).aggregate(last=Max("pk"))["last"]
    key = "counted:" + hashlib.sha256(repr((named, mixed)).encode()).hexdigest()
    kept: tuple[Found, datetime | None] | None = cache.get(key)
    if kept is not None:
        return kept
    found = count()
    if seconds := min(LONGEST, size(found) // SLIPS_A_SECOND):
        cache.set(key, (found, at.astimezone(UTC)), seconds)
    return found, None
