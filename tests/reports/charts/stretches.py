"""Totals of months for charts."""

from __future__ import annotations

from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import shown
from reports.month.figures import Totals
from surveys.periods import Month, range_of

FIRST = Month(2022, 6)


def totals(issued, returned, *, bad=0, month=FIRST, valid=None, void=0):
    valid = returned - void if valid is None else valid
    return Totals.of(
        Participation(issued=issued, returned=returned),
        Verdicts.of(satisfied=valid - bad, dissatisfied=bad, void=void),
        shown(valid),
        label=month.label,
        short_label=month.short_label,
        months=range_of(month),
    )
