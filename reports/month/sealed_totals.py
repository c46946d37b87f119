"""What seals state of their periods, read instead of counted again.

The signed text holds the counts of its period (docs/spec/trust.md §4), is written with the seal and never changes; a correction
states its own. `manage.py verify_ledger` counts each of them again from the ballots and the register.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports.models import MonthSum, Seal, SlipSum
from reports.month.period_totals import PeriodTotals, periods_in
from surveys.evidence.seals import stated
from surveys.models import Office
from surveys.models.register import SLIP_COUNTS
from surveys.periods import MonthRange


def of_seals(seals: Iterable[Seal]) -> PeriodTotals:
    """The totals of some periods, each from the version that is to be told of it; no query, no criteria, no transactions."""
    return _with_levels(seals, [], frozenset())


def with_criteria(office: Office, months: MonthRange, seals: Iterable[Seal]) -> PeriodTotals | None:
    """The same with the criteria of the periods within ``months``; two queries.

    None when these were sealed before it was kept which questionnaires had been handed out.
    """
    own = periods_in(months)
    seals = list(seals)
    sums = MonthSum.objects.of(office).in_periods(own).levels("period")
    kept = SlipSum.objects.filter(seal__in=[seal for seal in seals if seal.period in own])
    handed_out = frozenset(kept.values_list("questionnaire", flat=True).distinct())
    return _with_levels(seals, sums, handed_out) if handed_out else None


def _with_levels(
    seals: Iterable[Seal], sums: list[dict[str, Any]], handed_out: frozenset[int]
) -> PeriodTotals:
    told = {seal.period: stated(seal.text) for seal in seals}
    return PeriodTotals(
        slips=[_row(period, lines, SLIP_COUNTS) for period, lines in told.items()],
        cells=[_row(period, lines, ("valid", "satisfied", "void")) for period, lines in told.items()],
        sums=sums,
        finished={},
        handed_out=handed_out,
    )


def _row(period: str, lines: dict[str, str], names: tuple[str, ...]) -> dict[str, Any]:
    return {"period": period} | {name: int(lines[name]) for name in names}
