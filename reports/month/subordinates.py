"""The offices below one office side by side over one stretch: in the order of the tree, never a ranking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import Shown, shown
from reports.models import MonthCell
from reports.month import participation
from reports.month.figures import Figures, Totals
from reports.month.period_totals import periods_in
from surveys.models import Office
from surveys.periods import MonthRange

MOST = 100


def next_below(office: Office, offices: Iterable[Office]) -> list[Office]:
    """Of offices with a box, those below this one with no other box in between."""
    found: list[Office] = []
    for each in sorted(offices, key=lambda one: one.path):
        is_below = each.path.startswith(office.path) and each.pk != office.pk
        if is_below and not (found and each.path.startswith(found[-1].path)):
            found.append(each)
    return found[:MOST]


@dataclass(frozen=True)
class SideBySide:
    """Offices with their figures; ``counted_at``: when their slips were counted, if that was a while ago."""

    rows: tuple[tuple[Office, Totals], ...] = ()
    counted_at: datetime | None = None

    @property
    def together(self) -> Participation:
        """What they handed out and got back. Their answers are not added up: with the shown ones known, the sum would tell
        those of an office that is too small to be told."""
        return sum((row.participation for _office, row in self.rows), start=Participation())

    @property
    def foot(self) -> Figures:
        """The last line of the table."""
        return Figures.of(self.together, Verdicts(), Shown.EMPTY)


def side_by_side(offices: Sequence[Office], months: MonthRange, *, at: datetime) -> SideBySide:
    """Each office with its figures, as its own page tells them; five queries at most, whatever their number."""
    if not offices:
        return SideBySide()
    periods = periods_in(months)
    cells = defaultdict(list)
    for row in MonthCell.objects.filter(office__in=offices).in_periods(periods).verdicts("office", "period"):
        said = Verdicts.of(
            satisfied=row["satisfied"], dissatisfied=row["valid"] - row["satisfied"], void=row["void"]
        )
        cells[row["office"]].append(said)
    # After the answers, so that no ballot seems released before it returned.
    slips, counted_at = participation.slips(offices, periods, at=at)
    known: dict[int, Participation] = defaultdict(Participation)
    for (office, _period), counts in slips.items():
        known[office] += participation.of_counts(counts)
    rows = tuple((each, _totals(known[each.pk], cells[each.pk], months)) for each in offices)
    return SideBySide(rows, counted_at)


def _totals(known: Participation, by_period: list[Verdicts], months: MonthRange) -> Totals:
    """A period under ten ballots is left out, so that two stretches never differ by it."""
    told = [said for said in by_period if not shown(said.valid).is_hidden]
    hidden = len(by_period) - len(told)
    said = sum(told, start=Verdicts())
    mark = shown(said.valid)
    if not said.ballots and hidden:
        mark = Shown.SMALL if hidden == 1 else Shown.ALONG
    return Totals.of(
        known,
        said,
        mark,
        label=months.label,
        short_label=months.short_label,
        months=months,
        hidden_periods=hidden,
    )
