"""A year of an office whose cells have every size around the thresholds."""

from __future__ import annotations

import itertools
from collections import Counter
from random import Random

from reports.models import HandlingTime, MonthCell, MonthSum
from surveys.models import Office
from surveys.periods import Month, MonthRange
from tests import make

MONTHS = [Month(2026, number) for number in range(1, 6)]
COUNTERS = ["Q1", "Q2", "Q3", ""]
PROCEDURES = ["P1", "P2", ""]
#: What a ballot says of attitude and time; None: left open.
Answers = tuple[int, int | None]
GOOD, OPEN, RUDE, SLOW = (1, 1), (1, None), (0, 1), (1, 0)
PATTERNS: list[Answers] = [GOOD, OPEN, RUDE, SLOW]
DISSATISFIED = (RUDE, SLOW)
#: Ballots by month, counter, procedure and answers.
Year = Counter[tuple[str, str, str, Answers]]


def random_year(office: Office, dice: Random) -> Year:
    """Cells of every size around the thresholds; in half of the years one criterion is left open by some."""
    year: Year = Counter()
    opened = dice.choice([True, False])
    for month, counter, procedure in itertools.product(map(str, MONTHS), COUNTERS, PROCEDURES):
        if counter == "" and procedure:
            continue  # what lost its counter lost its procedure before
        valid = dice.choice([0, 0, 1, 2, 4, 5, 8, 10, 13, 31])
        bad = min(valid, dice.choice([0, 1]))
        left = dice.randint(0, valid - bad) if opened else 0
        year[month, counter, procedure, dice.choice(DISSATISFIED)] = bad
        year[month, counter, procedure, OPEN] = left
        year[month, counter, procedure, GOOD] = valid - bad - left
    year = +year
    store(office, year)
    for month, procedure in itertools.product(MONTHS, filter(None, PROCEDURES)):
        HandlingTime.objects.create(
            office=office,
            period=str(month),
            procedure=procedure,
            n=1,
            timed=0,
            on_time=0,
            minutes="{}",
            used="{}",
            limits="[]",
            read_on=make.NOW.date(),
        )
    return year


def store(office: Office, year: Year) -> None:
    """The roll-ups of the year, in the place of whatever there was."""
    version = make.questionnaire()
    MonthCell.objects.all().delete()
    MonthSum.objects.all().delete()
    cells: Counter[tuple[str, str, str]] = Counter()
    satisfied: Counter[tuple[str, str, str]] = Counter()
    levels: Counter[tuple] = Counter()
    for (*cell, answers), n in year.items():
        cells[*cell] += n
        satisfied[*cell] += n * (answers not in DISSATISFIED)
        for criterion, level in zip(("attitude", "time"), answers, strict=True):
            if level is not None:
                levels[*cell, criterion, level] += n
    names = ("period", "counter", "procedure", "criterion", "level")
    MonthCell.objects.bulk_create(
        MonthCell(
            **dict(zip(names, cell, strict=False)),
            office=office,
            ballots=n,
            valid=n,
            satisfied=satisfied[cell],
            void=0,
        )
        for cell, n in cells.items()
    )
    MonthSum.objects.bulk_create(
        MonthSum(**dict(zip(names, key, strict=True)), office=office, questionnaire=version, n=n)
        for key, n in levels.items()
    )


def all_ranges() -> list[MonthRange]:
    return [MonthRange(first, last) for first, last in itertools.combinations_with_replacement(MONTHS, 2)]
