"""Rows of register and roll-ups, read in a fixed number of queries and added up into figures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from reports.figures import (
    NOT_SEPARABLE,
    ChannelRow,
    CounterCriteria,
    CriterionFigures,
    Group,
    LevelFigures,
    Totals,
)
from reports.models import MonthCell, MonthSum
from reports.rollups import held_back
from reports.tally import COUNTS_FROM, PERCENT_FROM, Participation, Shown, Verdicts, shown, shown_together
from surveys.choices import SlipChannel
from surveys.models import Batch, Counter, Office, Procedure, Slip, Transaction
from surveys.periods import MonthRange
from surveys.sheets import CriterionFacts, LevelFacts, sheet_of

Rows = list[dict]
Scale = tuple[str, tuple[LevelFacts, ...]]  # a criterion's code and its levels: what may be added up


@dataclass(frozen=True)
class Readings:
    """What the database says of one office: in detail over ``months``, in sums over the months it is compared with."""

    months: MonthRange
    slips: Rows
    transactions: Rows
    cells: Rows
    sums: Rows
    compared_slips: Rows
    compared_transactions: Mapping[MonthRange, int]
    compared_cells: Rows
    compared_sums: Rows
    held_back: int
    counter_names: Mapping[str, str]
    procedure_names: Mapping[str, str]  # in the order of the list of procedures

    @property
    def released(self) -> int:
        return sum(_verdicts(row).ballots for row in self.cells)

    def totals(self, months: MonthRange) -> Totals:
        """The office over the stretch itself or over one it is compared with."""
        if months == self.months:
            slips, cells, sums = self.slips, self.cells, self.sums
            transactions = sum(row["n"] for row in self.transactions)
        else:
            slips, cells, sums = (
                [row for row in rows if row["period"] in periods_in(months)]
                for rows in (self.compared_slips, self.compared_cells, self.compared_sums)
            )
            transactions = self.compared_transactions[months]
        said = sum(map(_verdicts, cells), start=Verdicts())
        mark = shown(said.valid)
        return Totals.of(
            sum(map(_participation, slips), start=Participation(transactions=transactions)),
            said,
            mark,
            label=months.label,
            short_label=months.short_label,
            months=months,
            criteria=criteria_figures(sums, self._versions(sums), mark),
        )

    @property
    def counters(self) -> tuple[Group, ...]:
        return self._groups("counter", self.counter_names, _natural_order, verdict_from=COUNTS_FROM)

    @property
    def procedures(self) -> tuple[Group, ...]:
        """A verdict per procedure is told from 30 ballots on only."""
        places = {code: place for place, code in enumerate(self.procedure_names)}
        return self._groups(
            "procedure",
            self.procedure_names,
            lambda code: places.get(code, len(places)),
            verdict_from=PERCENT_FROM,
        )

    @property
    def channels(self) -> tuple[ChannelRow, ...]:
        by_channel = _added(self.slips, "channel", _participation)
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
        rows = defaultdict(list)
        for row in self.sums:
            rows[row["counter"]].append(row)
        valid = _added(self.cells, "counter", _verdicts)
        answered = {code: _level_counts(own, versions) for code, own in rows.items()}
        always = {
            scale
            for scale in _scales(versions)
            if all(
                sum(answered.get(code, {}).get(scale, {}).values()) == said.valid
                for code, said in valid.items()
            )
        }
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

    def _groups(
        self, column: str, names: Mapping[str, str], order: Callable[[str], object], *, verdict_from: int
    ) -> tuple[Group, ...]:
        known = _added(self.slips, f"{column}__code", _participation)
        for row in self.transactions:
            code = row[f"{column}__code"]
            known[code] = known.get(code, Participation()) + Participation(transactions=row["n"])
        said = {code: told for code, told in _added(self.cells, column, _verdicts).items() if told.ballots}
        codes = sorted({*known, *said}, key=lambda code: (code == "", order(code)))
        bases = [said.get(code, Verdicts()).valid for code in codes]
        return tuple(
            Group.of(
                known.get(code, Participation()),
                said.get(code, Verdicts()),
                mark,
                code=code,
                name=names.get(code, code) if code else NOT_SEPARABLE,
                verdict_from=verdict_from,
            )
            for code, mark in zip(codes, shown_together(bases), strict=True)
        )

    def _versions(self, sums: Rows) -> list[int]:
        """The questionnaire versions handed out in the stretch, and those answered in the given rows."""
        return sorted({row["questionnaire"] for row in self.slips} | {row["questionnaire"] for row in sums})


def read(*, office: Office, months: MonthRange, compared: Iterable[MonthRange]) -> Readings:
    """Eleven queries. Roll-ups come before the register, so that no ballot seems released before it returned."""
    compared = set(compared) - {months}
    own, others = periods_in(months), frozenset().union(*map(periods_in, compared))
    cells, sums = MonthCell.objects.of(office), MonthSum.objects.of(office)
    slips, transactions = Slip.objects.of(office), Transaction.objects.of(office)
    waiting = held_back(Batch.objects.of(office).in_periods(own))
    return Readings(
        months=months,
        cells=cells.in_periods(own).verdicts("counter", "procedure"),
        sums=sums.in_periods(own).levels("counter"),
        compared_cells=cells.in_periods(others).verdicts("period"),
        compared_sums=sums.in_periods(others).levels("period"),
        held_back=waiting.aggregate(n=Sum("ballots", default=0))["n"],
        slips=slips.in_periods(own).participation(
            "counter__code", "procedure__code", "channel", "questionnaire"
        ),
        compared_slips=slips.in_periods(others).participation("period"),
        transactions=list(
            transactions.finished_between(*months.bounds())
            .values("counter__code", "procedure__code")
            .order_by()
            .annotate(n=Count("pk"))
        ),
        compared_transactions=_finished_in(compared, transactions),
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


def _level_counts(sums: Rows, versions: Iterable[int]) -> dict[Scale, dict[int, int]]:
    scale_of = {
        (version, criterion.code): (criterion.code, criterion.levels)
        for version in versions
        for criterion in sheet_of(version).criteria
    }
    counts: dict[Scale, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in sums:
        counts[scale_of[row["questionnaire"], row["criterion"]]][row["level"]] += row["n"]
    return counts


def _criterion(facts: CriterionFacts, counts: Mapping[int, int], group: Shown) -> CriterionFigures:
    mark = group if group.is_hidden else shown(sum(counts.values()))
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
                n=None if mark.is_hidden else counts.get(level.value, 0),
            )
            for level in facts.levels
        ),
    )


def _participation(row: dict) -> Participation:
    return Participation(
        issued=row["issued"],
        cancelled=row["cancelled"],
        expired=row["expired"],
        returned=row["returned"],
        paper=row["paper"],
    )


def _verdicts(row: dict) -> Verdicts:
    return Verdicts.of(
        satisfied=row["satisfied"], dissatisfied=row["valid"] - row["satisfied"], void=row["void"]
    )


def _added(rows: Rows, column: str, tally: Callable[[dict], Participation | Verdicts]) -> dict:
    added = {}
    for row in rows:
        added[row[column]] = added[row[column]] + tally(row) if row[column] in added else tally(row)
    return added


def _finished_in(
    stretches: Iterable[MonthRange], transactions: QuerySet[Transaction]
) -> dict[MonthRange, int]:
    """Finished transactions of each stretch, in one query."""
    stretches = list(stretches)
    counts = {}
    for place, (start, end) in enumerate(months.bounds() for months in stretches):
        counts[f"n{place}"] = Count("pk", filter=Q(finished_at__gte=start, finished_at__lt=end))
    return dict(zip(stretches, transactions.aggregate(**counts).values(), strict=True))


def _natural_order(code: str) -> list[tuple[int, str]]:
    """Q9 before Q10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", code)]
