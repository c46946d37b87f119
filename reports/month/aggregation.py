"""Rows of register and roll-ups, read in a fixed number of queries and added up into figures.

Over several periods nothing is told that the periods themselves do not tell: a group is added up from those periods in
which it may be seen, and a period under ten ballots is left out. Else the answers of a hidden group would be the
difference of two ranges.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Sum

from reports.arithmetic.clusters import Organisations
from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import COUNTS_FROM, PERCENT_FROM, Shown, shown
from reports.arithmetic.verdict_suppression import told
from reports.models import MonthCell, MonthSum
from reports.month import participation, partition
from reports.month.criteria import CounterCriteria
from reports.month.criterion_levels import all_hidden, by_scale, level_counts, scales
from reports.month.figures import NOT_SEPARABLE, ChannelRow, Group, Totals
from reports.month.partition import Partition
from reports.month.period_totals import PeriodTotals, added, periods_in, too_small, verdicts_of
from reports.month.rollups import held_back_at_sight
from surveys.choices import SlipChannel
from surveys.models import Batch, Counter, Office, Procedure
from surveys.periods import MonthRange, Period

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Readings:
    """What the database says of one office: in detail over ``months``, and by period over those and all others."""

    months: MonthRange
    slips: Rows
    transactions: Rows
    cells: Rows
    sums: Rows
    period_slips: Rows
    period_cells: Rows
    period_sums: Rows
    finished: Mapping[MonthRange, int]
    held_back: int
    organisations: Organisations | None  # of a stretch that is one period
    counted_at: datetime | None  # when slips and transactions were counted, if that was a while ago
    counter_names: Mapping[str, str]
    procedure_names: Mapping[str, str]  # in the order of the list of procedures

    @property
    def released(self) -> int:
        return verdicts_of(self.cells).ballots

    @cached_property
    def periods(self) -> PeriodTotals:
        return PeriodTotals(
            slips=self.period_slips,
            cells=self.period_cells,
            sums=self.period_sums,
            finished=self.finished,
            handed_out=self._handed_out,
        )

    def totals(self, months: MonthRange) -> Totals:
        """The office over the stretch or another that was read. Transactions are known for the compared ones only."""
        return self.periods.totals(months)

    @property
    def counters(self) -> tuple[Group, ...]:
        return self._groups("counter", self.counter_names, verdict_from=COUNTS_FROM)

    @property
    def procedures(self) -> tuple[Group, ...]:
        """In the order of their list, what is in it no more behind, what has no name last. A verdict is told from 30 ballots
        on only, and where the total gives no other one away."""
        groups = self._groups("procedure", self.procedure_names, verdict_from=PERCENT_FROM)
        places = {code: place for place, code in enumerate(self.procedure_names)}
        return tuple(sorted(groups, key=lambda each: (not each.code, places.get(each.code, len(places)))))

    @property
    def channels(self) -> tuple[ChannelRow, ...]:
        by_channel = added(self.slips, "channel", participation.of_rows)
        return tuple(
            ChannelRow(code=code, name=str(label), participation=by_channel[code])
            for code, label in SlipChannel.choices
            if code in by_channel
        )

    def counter_criteria(self, counters: Iterable[Group]) -> tuple[CounterCriteria, ...]:
        """Each counter's criteria, for those that every valid ballot answered.

        A criterion that may stay open has bases of its own, which the counters' own marks would not protect. Periods under
        ten ballots are not asked: which criteria stand here would tell whether one of so few left one open.
        """
        versions = self._versions(self.sums)
        small = too_small(self.cells)
        valid = added([row for row in self.cells if row["period"] not in small], "counter", verdicts_of)
        rows = _by([row for row in self.sums if row["period"] not in small], "counter")
        answered = {code: level_counts(own, versions) for code, own in rows.items()}
        always = {
            scale
            for scale in scales(versions)
            if all(
                sum(sum(levels.values()) for levels in answered.get(code, {}).get(scale, {}).values())
                == said.valid
                for code, said in valid.items()
            )
        }
        rows = _by(_told_apart(self.sums, "counter", self._hidden("counter")), "counter")
        return tuple(
            CounterCriteria(
                code=counter.code,
                name=counter.name,
                reason="" if counter.shown.has_counts else counter.reason_text,
                criteria=tuple(
                    figures
                    for scale, figures in by_scale(rows[counter.code], versions, counter.shown).items()
                    if scale in always
                ),
            )
            for counter in counters
        )

    def _groups(self, column: str, names: Mapping[str, str], *, verdict_from: int) -> tuple[Group, ...]:
        known = added(self.slips, f"{column}__code", participation.of_rows)
        for row in self.transactions:
            code = row[f"{column}__code"]
            known[code] = known.get(code, Participation()) + Participation(transactions=row["n"])
        hidden = self._hidden(column)
        said = added(_told_apart(self.cells, column, hidden), column, verdicts_of)
        said = {code: told for code, told in said.items() if told.ballots}
        hidden_periods = Counts(code for _period, code in hidden)
        codes = sorted({*known, *said}, key=partition.by_code)
        bases = [said.get(code, Verdicts()).valid for code in codes]
        marks = self._marks(column, codes, bases)
        tells = self._tells(codes, bases, marks) if column == "procedure" else [True] * len(codes)
        return tuple(
            Group.of(
                known.get(code, Participation()),
                said.get(code, Verdicts()),
                all_hidden(hidden_periods[code]) if mark is Shown.EMPTY and hidden_periods[code] else mark,
                code=code,
                name=names.get(code, code) if code else NOT_SEPARABLE,
                verdict_from=verdict_from,
                verdict_along=base >= PERCENT_FROM and not is_told,
                hidden_periods=hidden_periods[code],
            )
            for code, base, mark, is_told in zip(codes, bases, marks, tells, strict=True)
        )

    @property
    def _several(self) -> bool:
        """Whether ballots of more than one period are added up."""
        return len({row["period"] for row in self.cells if row["valid"]}) > 1

    @cached_property
    def _by_period(self) -> dict[str, dict[str, Partition]]:
        """What each period tells of its counters and procedures by itself."""
        return {
            column: {
                period: partition.of_period(rows, column)
                for period, rows in _by(self.cells, "period").items()
            }
            for column in ("counter", "procedure")
        }

    def _marks(self, column: str, codes: Sequence[str], bases: Sequence[int]) -> list[Shown]:
        """Of one period as it tells its groups; over several nothing is hidden that was not left out beforehand."""
        if self._several:
            return list(map(shown, bases))
        known: dict[str, Shown] = {}
        for groups in self._by_period[column].values():
            known |= {code: mark for code, mark in groups.marked if mark is not Shown.EMPTY}
        return [known.get(code, Shown.EMPTY) for code in codes]

    def _hidden(self, column: str) -> frozenset[tuple[str, str]]:
        """Over several periods, each (period, code) that the period's own page hides; '' stands for a whole period."""
        if not self._several:
            return frozenset()
        hidden = {(period, "") for period in too_small(self.cells)}
        for period, groups in self._by_period[column].items():
            hidden |= {(period, code) for code in groups.hidden if code}
        return frozenset(hidden)

    def _tells(self, codes: Sequence[str], bases: Sequence[int], marks: Sequence[Shown]) -> tuple[bool, ...]:
        """The procedures whose verdict is told: never that of what no procedure has, nor one that a period withholds.

        Over several periods the others would tell it by subtraction.
        """
        withheld = self._untold_in_a_period
        never = partition.never_told(codes, marks)
        return told(bases, never | {place for place, code in enumerate(codes) if code in withheld})

    @cached_property
    def _untold_in_a_period(self) -> frozenset[str]:
        """The procedures whose ballots of a period are counted here without their verdict."""
        hidden = self._hidden("procedure")
        return frozenset(
            code
            for period, groups in self._by_period["procedure"].items()
            for code in groups.untold
            if code and (period, code) not in hidden and (period, "") not in hidden
        )

    def _versions(self, sums: Rows) -> list[int]:
        """The questionnaire versions handed out in the stretch, and those answered in the given rows."""
        return sorted(self._handed_out.union(row["questionnaire"] for row in sums))

    @cached_property
    def _handed_out(self) -> frozenset[int]:
        return frozenset(row["questionnaire"] for row in self.slips)


def read(
    *,
    office: Office,
    months: MonthRange,
    period: Period | None,
    compared: Iterable[MonthRange],
    course: MonthRange,
    now: datetime,
) -> Readings:
    """Nineteen queries at most; ``period``: which one the stretch is, if it is one; ``course`` are months to be told one by one.

    Roll-ups come before participation, so that no ballot seems released before it returned.
    """
    compared = {months, *compared}
    own = periods_in(months)
    others = frozenset().union(*map(periods_in, {course, *compared})) - own
    cells, sums = MonthCell.objects.of(office), MonthSum.objects.of(office)
    waiting = held_back_at_sight(Batch.objects.of(office).in_periods(own))
    own_cells = cells.in_periods(own).verdicts("period", "counter", "procedure", *partition.FLAGS)
    own_sums = sums.in_periods(own).levels("period", "counter")
    other_cells = cells.in_periods(others).verdicts("period")
    other_sums = sums.in_periods(others).levels("period")
    released_alone = waiting.aggregate(n=Sum("ballots", default=0))["n"]
    known = participation.of_office(
        office,
        own=own,
        others=others,
        months=months,
        period=str(period) if period else None,
        compared=compared,
        at=now,
    )
    return Readings(
        months=months,
        cells=own_cells,
        sums=own_sums,
        period_cells=[*own_cells, *other_cells],
        period_sums=[*own_sums, *other_sums],
        held_back=released_alone,
        slips=known.slips,
        period_slips=[*known.slips, *known.other_slips],
        transactions=known.transactions,
        finished=known.finished,
        organisations=known.organisations,
        counted_at=known.counted_at,
        counter_names=dict(Counter.objects.filter(box_office=office).values_list("code", "name")),
        procedure_names=dict(Procedure.objects.values_list("code", "short_name")),
    )


def _told_apart(rows: Rows, column: str, hidden: frozenset[tuple[str, str]]) -> Rows:
    """The rows of the periods that are told, each hidden group's among those that cannot be told apart."""
    return [
        row | {column: ""} if (row["period"], row[column]) in hidden else row
        for row in rows
        if (row["period"], "") not in hidden
    ]


def _by(rows: Rows, column: str) -> dict[str, Rows]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped
