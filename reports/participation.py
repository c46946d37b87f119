"""Participation: what the register says of slips and transactions; of sealed periods what it said when they were sealed.

Counting slips costs as much as there are slips, and a page compares a year or two. So each seal keeps the sums that pages
read, and only what is not sealed is counted live. A sealed period without sums is counted live as well: it was sealed
before sums were kept, and nothing that was sealed is written to again. A page says the same either way, unless the register
moved after the seal (a late pile, a transaction that was entered late): that is told with the seal of a correction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Count, Q

from reports.models import Seal, SlipSum, TransactionSum
from reports.tally import Participation
from surveys.models import Office, Slip, Transaction
from surveys.periods import Month, MonthRange, Period, parse_period
from surveys.querysets import SLIP_COUNTS

Rows = list[dict]


def keep(seal: Seal) -> None:
    """Store what the register says of a period as it is sealed; the sums of an earlier version stay beside it."""
    slips = Slip.objects.of(seal.office).in_period(seal.period)
    columns = ("counter_id", "procedure_id", "channel", "questionnaire_id")
    SlipSum.objects.bulk_create(SlipSum(seal=seal, **row) for row in slips.participation(*columns))
    within = parse_period(seal.period).bounds()
    finished = Transaction.objects.of(seal.office).finished_between(*within)
    TransactionSum.objects.bulk_create(
        TransactionSum(seal=seal, **row) for row in _counted(finished, "counter_id", "procedure_id")
    )


# ── Slips ──────────────────────────────────────────────────────────────────────────────


def slips(offices: Sequence[Office], periods: Collection[str], *groups: str) -> Rows:
    """Participation by office, period and further groups (`SlipQuerySet.participation`); two queries at most."""
    columns = ("office", "period", *groups)
    standing = SlipSum.objects.standing().filter(seal__office__in=offices, seal__period__in=periods)
    kept = standing.participation(*columns)
    left = _left({office.pk for office in offices}, periods, kept)
    live = Slip.objects.filter(reduce(or_, left)).participation(*columns) if left else []
    return [*kept, *live]


def of_row(row: dict) -> Participation:
    return Participation(**{name: row[name] for name in SLIP_COUNTS})


def _left(offices: set[int], periods: Collection[str], kept: Rows) -> list[Q]:
    """Which slips are to be counted: offices for which the same periods are missing are asked for together."""
    stored = defaultdict(set)
    for row in kept:
        stored[row["office"]].add(row["period"])
    alike = defaultdict(list)
    for office in sorted(offices):
        alike[frozenset(periods) - stored[office]].append(office)
    return [Q(office__in=those, period__in=missing) for missing, those in alike.items() if missing]


# ── Transactions ───────────────────────────────────────────────────────────────────────


class Finished:
    """Finished transactions of an office over some stretches, each read from the sealed ``periods`` that lie wholly
    inside and counted over the months that are left; four queries at most."""

    def __init__(self, office: Office, stretches: Iterable[MonthRange], periods: Collection[str]) -> None:
        self.stretches = list(stretches)
        self.live = Transaction.objects.of(office)
        self.kept = TransactionSum.objects.standing().filter(seal__office=office)
        by_period = self.kept.filter(seal__period__in=periods).counted("period")
        self.sealed = {parse_period(row["period"]): row["n"] for row in by_period}

    def totals(self) -> dict[MonthRange, int]:
        """How many each stretch has."""
        left = {each: _within(self._months_left(each)) for each in self.stretches}
        live = self._counted({each: within for each, within in left.items() if within})
        return {
            each: live.get(each, 0) + sum(self.sealed[period] for period in self._inside(each))
            for each in self.stretches
        }

    def by_cell(self, stretch: MonthRange) -> Rows:
        """One stretch by ``counter__code`` and ``procedure__code``."""
        columns = ("counter__code", "procedure__code")
        inside = [str(period) for period in self._inside(stretch)]
        kept = self.kept.filter(seal__period__in=inside).counted(*columns)
        within = _within(self._months_left(stretch))
        return [*kept, *(_counted(self.live.filter(within), *columns) if within else [])]

    def _inside(self, stretch: MonthRange) -> list[Period]:
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

    def _counted(self, within: dict[MonthRange, Q]) -> dict[MonthRange, int]:
        if not within:
            return {}
        counts = {f"n{place}": Count("pk", filter=each) for place, each in enumerate(within.values())}
        # Without bounds of its own the statement would read every transaction that the office ever had.
        counted = self.live.filter(reduce(or_, within.values())).aggregate(**counts)
        return dict(zip(within, counted.values(), strict=True))


def _counted(transactions, *columns: str) -> Rows:
    return list(transactions.order_by().values(*columns).annotate(n=Count("pk")))


def _within(months: list[Month]) -> Q:
    """The days of the months, neighbours in one; empty, hence false, when there are none."""
    return reduce(or_, (Q(finished_at__gte=start, finished_at__lt=end) for start, end in _runs(months)), Q())


def _runs(months: list[Month]) -> Iterator[tuple[datetime, datetime]]:
    """Bounds of the unbroken runs in some months, which come in order."""
    for _run, each in groupby(enumerate(months), lambda at: at[1].year * 12 + at[1].month - at[0]):
        run = [month for _place, month in each]
        yield MonthRange(run[0], run[-1]).bounds()
