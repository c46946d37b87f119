"""Rows of register and roll-ups, read in a fixed number of queries and added up into figures.

Over several periods nothing is told that the periods themselves do not tell: a group is added up from those periods in
which it may be seen, and a period under ten ballots is left out. Else the answers of a hidden group would be the
difference of two ranges.
"""

from __future__ import annotations

import re
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import COUNTS_FROM, PERCENT_FROM, Shown, shown, shown_together
from reports.arithmetic.verdict_suppression import hidden_along, told
from reports.models import MonthCell, MonthSum
from reports.month import participation
from reports.month.criteria import CounterCriteria, CriterionFigures, LevelFigures
from reports.month.figures import NOT_SEPARABLE, ChannelRow, Group, Totals
from reports.month.rollups import held_back
from surveys.choices import SlipChannel
from surveys.models import Batch, Counter, Office, Procedure
from surveys.periods import MonthRange
from surveys.reference.questionnaires import CriterionFacts, LevelFacts, sheet_of

Rows = list[dict]
Scale = tuple[str, tuple[LevelFacts, ...]]  # a criterion's code and its levels: what may be added up


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
    counted_at: datetime | None  # when slips and transactions were counted, if that was a while ago
    counter_names: Mapping[str, str]
    procedure_names: Mapping[str, str]  # in the order of the list of procedures

    @property
    def released(self) -> int:
        return sum(_verdicts(row).ballots for row in self.cells)

    def totals(self, months: MonthRange) -> Totals:
        """The office over the stretch or another that was read. Transactions are known for the compared ones only."""
        names = periods_in(months)
        slips, cells, sums = (
            [row for row in rows if row["period"] in names]
            for rows in (self.period_slips, self.period_cells, self.period_sums)
        )
        small = _too_small(cells)
        said = sum((_verdicts(row) for row in cells if row["period"] not in small), start=Verdicts())
        mark = shown(said.valid) if said.ballots or not small else _all_hidden(len(small))
        known = Participation(transactions=self.finished.get(months, 0))
        return Totals.of(
            sum(map(participation.of_row, slips), start=known),
            said,
            mark,
            label=months.label,
            short_label=months.short_label,
            months=months,
            hidden_periods=len(small),
            criteria=criteria_figures(
                [row for row in sums if row["period"] not in small], self._versions(sums), mark
            ),
        )

    @property
    def counters(self) -> tuple[Group, ...]:
        return self._groups("counter", self.counter_names, verdict_from=COUNTS_FROM)

    @property
    def procedures(self) -> tuple[Group, ...]:
        """A verdict per procedure is told from 30 ballots on only, and where the total gives no other one away."""
        return self._groups("procedure", self.procedure_names, verdict_from=PERCENT_FROM)

    @property
    def channels(self) -> tuple[ChannelRow, ...]:
        by_channel = _added(self.slips, "channel", participation.of_row)
        return tuple(
            ChannelRow(code=code, name=str(label), participation=by_channel[code])
            for code, label in SlipChannel.choices
            if code in by_channel
        )

    def counter_criteria(self, counters: Iterable[Group]) -> tuple[CounterCriteria, ...]:
        """Each counter's criteria, for those that every valid ballot answered.

        A criterion that may stay open has bases of its own, which the counters' own marks would not protect.
        """
        versions = self._versions(self.sums)
        valid = _added(self.cells, "counter", _verdicts)
        rows = _by(self.sums, "counter")
        answered = {code: _level_counts(own, versions) for code, own in rows.items()}
        always = {
            scale
            for scale in _scales(versions)
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
                criteria=tuple(
                    figures
                    for scale, figures in _by_scale(rows[counter.code], versions, counter.shown).items()
                    if scale in always
                ),
            )
            for counter in counters
        )

    def _groups(self, column: str, names: Mapping[str, str], *, verdict_from: int) -> tuple[Group, ...]:
        known = _added(self.slips, f"{column}__code", participation.of_row)
        for row in self.transactions:
            code = row[f"{column}__code"]
            known[code] = known.get(code, Participation()) + Participation(transactions=row["n"])
        hidden = self._hidden(column)
        said = _added(_told_apart(self.cells, column, hidden), column, _verdicts)
        said = {code: told for code, told in said.items() if told.ballots}
        hidden_periods = Counts(code for _period, code in hidden)
        codes = sorted({*known, *said}, key=self._order(column))
        bases = [said.get(code, Verdicts()).valid for code in codes]
        marks = list(map(shown, bases)) if self._several else shown_together(bases)
        along = hidden_along(bases, _never(codes, marks)) if column == "procedure" else [False] * len(codes)
        return tuple(
            Group.of(
                known.get(code, Participation()),
                said.get(code, Verdicts()),
                _all_hidden(hidden_periods[code]) if mark is Shown.EMPTY and hidden_periods[code] else mark,
                code=code,
                name=names.get(code, code) if code else NOT_SEPARABLE,
                verdict_from=verdict_from,
                verdict_along=is_along,
                hidden_periods=hidden_periods[code],
            )
            for code, mark, is_along in zip(codes, marks, along, strict=True)
        )

    @property
    def _several(self) -> bool:
        """Whether ballots of more than one period are added up."""
        return len({row["period"] for row in self.cells if row["valid"]}) > 1

    def _hidden(self, column: str) -> frozenset[tuple[str, str]]:
        """Over several periods, each (period, code) that the period's own page hides; '' stands for a whole period.

        A procedure is hidden there already where its verdict is: else a longer stretch would tell it by subtraction.
        """
        if not self._several:
            return frozenset()
        hidden = {(period, "") for period in _too_small(self.cells)}
        for period, cells in _by(self.cells, "period").items():
            valid = {code: said.valid for code, said in _added(cells, column, _verdicts).items()}
            codes = sorted(valid, key=self._order(column))
            bases = [valid[code] for code in codes]
            marks = shown_together(bases)
            tells = [not mark.is_hidden for mark in marks]
            if column == "procedure":
                tells = tells_verdicts(codes, bases)
            hidden |= {
                (period, code)
                for code, base, tell in zip(codes, bases, tells, strict=True)
                if code and base and not tell
            }
        return frozenset(hidden)

    def _order(self, column: str) -> Callable[[str], object]:
        """Counters as people count, procedures as in their list; what cannot be told apart comes last."""
        if column == "counter":
            return lambda code: (code == "", _natural_order(code))
        places = {code: place for place, code in enumerate(self.procedure_names)}
        return lambda code: (code == "", places.get(code, len(places)))

    def _versions(self, sums: Rows) -> list[int]:
        """The questionnaire versions handed out in the stretch, and those answered in the given rows."""
        return sorted({row["questionnaire"] for row in self.slips} | {row["questionnaire"] for row in sums})


def read(
    *, office: Office, months: MonthRange, compared: Iterable[MonthRange], course: MonthRange, now: datetime
) -> Readings:
    """Seventeen queries at most; ``course`` are months to be told one by one.

    Roll-ups come before participation, so that no ballot seems released before it returned.
    """
    compared = {months, *compared}
    own = periods_in(months)
    others = frozenset().union(*map(periods_in, {course, *compared})) - own
    cells, sums = MonthCell.objects.of(office), MonthSum.objects.of(office)
    waiting = held_back(Batch.objects.of(office).in_periods(own))
    own_cells = cells.in_periods(own).verdicts("period", "counter", "procedure")
    own_sums = sums.in_periods(own).levels("period", "counter")
    other_cells = cells.in_periods(others).verdicts("period")
    other_sums = sums.in_periods(others).levels("period")
    released_alone = waiting.aggregate(n=Sum("ballots", default=0))["n"]
    known = participation.of_office(office, own=own, others=others, months=months, compared=compared, at=now)
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
        counted_at=known.counted_at,
        counter_names=dict(Counter.objects.filter(box_office=office).values_list("code", "name")),
        procedure_names=dict(Procedure.objects.values_list("code", "short_name")),
    )


def periods_in(months: MonthRange) -> frozenset[str]:
    """The names of all months and quarters that lie wholly inside."""
    return frozenset(map(str, (*months.periods(quarterly=False), *months.periods(quarterly=True))))


def criteria_figures(sums: Rows, versions: Iterable[int], group: Shown) -> tuple[CriterionFigures, ...]:
    """The criteria of the versions in the order of the ballot, counted over the rows.

    A hidden group hides its criteria; in a shown one each criterion has its own base, the ballots that answered it.
    """
    return tuple(_by_scale(sums, versions, group).values())


def _by_scale(sums: Rows, versions: Iterable[int], group: Shown) -> dict[Scale, CriterionFigures]:
    counts = _level_counts(sums, versions)
    return {
        scale: _criterion(facts, counts.get(scale, {}), group) for scale, facts in _scales(versions).items()
    }


def _scales(versions: Iterable[int]) -> dict[Scale, CriterionFacts]:
    """Criteria with the same code and levels are one, worded as in the latest version."""
    return {
        (criterion.code, criterion.levels): criterion
        for version in versions
        for criterion in sheet_of(version).criteria
    }


def _level_counts(sums: Rows, versions: Iterable[int]) -> dict[Scale, dict[str, dict[int, int]]]:
    """For each criterion and period, how many ballots gave it which level."""
    scale_of = {
        (version, criterion.code): (criterion.code, criterion.levels)
        for version in versions
        for criterion in sheet_of(version).criteria
    }
    counts: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in sums:
        scale = scale_of[row["questionnaire"], row["criterion"]]
        counts[scale][row["period"]][row["level"]] += row["n"]
    return counts


def _criterion(
    facts: CriterionFacts, by_period: Mapping[str, Mapping[int, int]], group: Shown
) -> CriterionFigures:
    told = [levels for levels in by_period.values() if not shown(sum(levels.values())).is_hidden]
    counts = {level.value: sum(levels.get(level.value, 0) for levels in told) for level in facts.levels}
    hidden = len(by_period) - len(told)
    mark = shown(sum(counts.values())) if told or not hidden else _all_hidden(hidden)
    mark = group if group.is_hidden else mark
    return CriterionFigures(
        code=facts.code,
        name=facts.text.vi,
        short_name=facts.short_name,
        shown=mark,
        levels=tuple(
            LevelFigures(
                value=level.value,
                label=level.label.vi,
                counts_as_satisfied=level.satisfied,
                n=None if mark.is_hidden else counts[level.value],
            )
            for level in facts.levels
        ),
    )


def tells_verdicts(codes: Sequence[str], bases: Sequence[int]) -> tuple[bool, ...]:
    """Of procedures with so many valid ballots in one period, '' for what has no name: whose verdict is told."""
    return told(bases, _never(codes, shown_together(bases)))


def _never(codes: Sequence[str], marks: Sequence[Shown]) -> frozenset[int]:
    """Places of the groups whose verdict is never told, whatever their size: hidden ones, and what has no name."""
    return frozenset(
        place
        for place, (code, mark) in enumerate(zip(codes, marks, strict=True))
        if mark.is_hidden or not code
    )


def _too_small(cells: Rows) -> frozenset[str]:
    """Periods whose ballots are too few to be told at all."""
    return frozenset(
        period for period, said in _added(cells, "period", _verdicts).items() if shown(said.valid).is_hidden
    )


def _all_hidden(periods: int) -> Shown:
    """The mark of a group of which every period is hidden; only of one period is it known how small it is."""
    return Shown.SMALL if periods == 1 else Shown.ALONG


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


def _verdicts(row: dict) -> Verdicts:
    return Verdicts.of(
        satisfied=row["satisfied"], dissatisfied=row["valid"] - row["satisfied"], void=row["void"]
    )


def _added(rows: Rows, column: str, tally: Callable[[dict], Participation | Verdicts]) -> dict:
    added = {}
    for row in rows:
        added[row[column]] = added[row[column]] + tally(row) if row[column] in added else tally(row)
    return added


def _natural_order(code: str) -> list[tuple[int, str]]:
    """Q9 before Q10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", code)]
