"""An office over whole periods, without its counters and procedures: the rows of each period are added up once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import shown
from reports.month import participation
from reports.month.criterion_levels import all_hidden, criteria_figures
from reports.month.figures import Totals
from surveys.periods import MonthRange, parse_period

Rows = list[dict[str, Any]]
Tally = TypeVar("Tally", Participation, Verdicts)


@dataclass(frozen=True)
class PeriodTotals:
    """Rows that each tell their ``period``; ``finished``: transactions of the stretches for which they are known.

    ``handed_out`` are the questionnaire versions that any total names criteria of, answered or not.
    """

    slips: Rows
    cells: Rows
    sums: Rows
    finished: Mapping[MonthRange, int]
    handed_out: frozenset[int] = frozenset()

    def totals(self, months: MonthRange) -> Totals:
        """The office over a stretch whose periods were read. Transactions are known for the compared stretches only."""
        names = periods_in(months)
        small = names & self._small
        said = sum((told for period, told in self._said.items() if period in names - small), start=Verdicts())
        known = [of for period, of in self._known.items() if period in names]
        mark = shown(said.valid) if said.ballots or not small else all_hidden(len(small))
        answered = {period: rows for period, rows in self._levels.items() if period in names}
        versions = self.handed_out.union(*(self._versions[period] for period in answered))
        return Totals.of(
            sum(known, start=Participation(transactions=self.finished.get(months, 0))),
            said,
            mark,
            label=months.label,
            short_label=months.short_label,
            months=months,
            hidden_periods=len(small),
            months_with_slips=self._months_with_slips(names),
            criteria=criteria_figures(
                [row for period, rows in answered.items() if period not in small for row in rows],
                sorted(versions),
                mark,
            ),
        )

    def _months_with_slips(self, names: frozenset[str]) -> int:
        handed_out = (period for period, of in self._known.items() if period in names and of.issued)
        return len({month for period in handed_out for month in parse_period(period).months})

    @cached_property
    def _known(self) -> dict[str, Participation]:
        return added(self.slips, "period", participation.of_rows)

    @cached_property
    def _said(self) -> dict[str, Verdicts]:
        return added(self.cells, "period", verdicts_of)

    @cached_property
    def _small(self) -> frozenset[str]:
        return frozenset(period for period, said in self._said.items() if shown(said.valid).is_hidden)

    @cached_property
    def _levels(self) -> dict[str, Rows]:
        """Of each period a row for each level of each criterion, whatever finer rows were read."""
        columns = ("period", "questionnaire", "criterion", "level")
        counts: dict[tuple[Any, ...], int] = defaultdict(int)
        for row in self.sums:
            counts[row["period"], row["questionnaire"], row["criterion"], row["level"]] += row["n"]
        rows = defaultdict(list)
        for key, n in counts.items():
            rows[key[0]].append(dict(zip(columns, key, strict=True)) | {"n": n})
        return dict(rows)

    @cached_property
    def _versions(self) -> dict[str, frozenset[int]]:
        return {
            period: frozenset(row["questionnaire"] for row in rows) for period, rows in self._levels.items()
        }


@lru_cache(maxsize=1024)
def periods_in(months: MonthRange) -> frozenset[str]:
    """The names of all months and quarters that lie wholly inside."""
    return frozenset(map(str, (*months.periods(quarterly=False), *months.periods(quarterly=True))))


def too_small(cells: Rows) -> frozenset[str]:
    """Periods whose ballots are too few to be told at all."""
    return frozenset(
        period for period, said in added(cells, "period", verdicts_of).items() if shown(said.valid).is_hidden
    )


def verdicts_of(rows: Rows) -> Verdicts:
    """The sum of some rows: added as integers, checked once."""
    valid, satisfied, void = (sum([row[name] for row in rows]) for name in ("valid", "satisfied", "void"))
    return Verdicts.of(satisfied=satisfied, dissatisfied=valid - satisfied, void=void)


def added(rows: Rows, column: str, tally: Callable[[Rows], Tally]) -> dict[str, Tally]:
    """The sum of the rows of each value of a column."""
    grouped = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return {value: tally(own) for value, own in grouped.items()}
