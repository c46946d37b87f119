"""A year of an office whose cells have every size around the thresholds."""

from __future__ import annotations

import itertools

from reports.models import MonthCell, MonthSum
from surveys.periods import Month, MonthRange
from tests import make

MONTHS = [Month(2026, number) for number in range(1, 6)]
COUNTERS = ["Q1", "Q2", "Q3", ""]
PROCEDURES = ["P1", "P2", ""]


def random_year(office, dice):
    """Cells of every size around the thresholds; one criterion is left open by some."""
    sheet = make.questionnaire()
    for month, counter, procedure in itertools.product(MONTHS, COUNTERS, PROCEDURES):
        if counter == "" and procedure:
            continue  # what lost its counter lost its procedure before
        valid = dice.choice([0, 0, 1, 2, 4, 5, 8, 10, 13, 31])
        if valid:
            key = {"office": office, "period": str(month), "counter": counter, "procedure": procedure}
            satisfied = valid - dice.choice([0, 1])
            MonthCell.objects.create(**key, ballots=valid, valid=valid, satisfied=satisfied, void=0)
            answers = [("attitude", 1, valid), ("time", 1, dice.randint(0, valid))]
            for criterion, level, n in filter(lambda answer: answer[2], answers):
                MonthSum.objects.create(**key, questionnaire=sheet, criterion=criterion, level=level, n=n)


def all_ranges():
    return [MonthRange(first, last) for first, last in itertools.combinations_with_replacement(MONTHS, 2)]
