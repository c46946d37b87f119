"""The drill of stuffing as a line of the proof: `python -m bench.stuffing` plays it, judges by its own table, writes it down.

Scenarios A to E on made-up counters, no database; the same seed gives the same figures. A share of so many games may miss the
expected one by three standard errors, and by what another made-up month may do.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass
from math import sqrt

from bench import proof, stuffing_drill

ERRORS, MODEL = 3, 0.05
HONEST_GAMES = 10  # honest months a stuffed one: what is looked for there is rare


@dataclass(frozen=True)
class Cell:
    """One scenario (None: honest) at one number of slips a day: share of months with any signal, beside the table's."""

    scenario: str | None
    size: int
    games: int
    share: float
    expected: float
    codes: dict[str, float]

    @property
    def is_met(self) -> bool:
        if self.scenario is None:
            allowed = max(self.expected, stuffing_drill.MOST_FALSE_ALARMS)
            return self.share <= allowed + ERRORS * sqrt(allowed * (1 - allowed) / self.games) + MODEL
        error = sqrt(self.expected * (1 - self.expected) / self.games)
        return self.share >= self.expected - ERRORS * error - MODEL

    def __str__(self) -> str:
        each = " ".join(f"{code} {rate:.3f}" for code, rate in sorted(self.codes.items())) or "none"
        return f"  {self.size:>2} slips a day: {self.share:.4f} (table {self.expected:.4f}); {each}"


def play(months: int, seed: str) -> list[Cell]:
    """Every cell of the table: honest months first, then the scenarios in their order."""
    honest = zip(stuffing_drill.SIZES, stuffing_drill.EXPECTED_FALSE_ALARMS, strict=True)
    cells = [_cell(None, size, months * HONEST_GAMES, expected, seed) for size, expected in honest]
    for scenario, row in stuffing_drill.EXPECTED_POWER.items():
        cells += [
            _cell(scenario, size, months, expected, seed)
            for size, expected in zip(stuffing_drill.SIZES, row, strict=True)
        ]
    return cells


def _cell(scenario: str | None, size: int, games: int, expected: float, seed: str) -> Cell:
    rng = random.Random(f"{seed} {scenario} {size}")
    codes: Counter[str] = Counter()
    flagged = 0
    for _month in range(games):
        found = {finding.code for finding in stuffing_drill.play(scenario, size, rng)}
        codes.update(found)
        flagged += bool(found)
    rates = {code: n / games for code, n in codes.items()}
    return Cell(scenario, size, games, flagged / games, expected, rates)


@dataclass(frozen=True)
class Alike:
    """S6 where organisations return alike, by number of slips a day: honest months that it flags, with and without the
    admission, and patiently stuffed ones that it finds, all silent slips or every other one."""

    size: int
    honest: float
    unadmitted: float
    all_filled: float
    half_filled: float

    @property
    def is_met(self) -> bool:
        return self.honest <= stuffing_drill.MOST_ALIKE_ALARMS


def play_alike(months: int, seed: str) -> list[Alike]:
    """The same game where the slips of one organisation share their fate, judged by the return rate alone."""

    def share(size: int, scenario: str | None, admitted: bool, games: int) -> float:
        rng = random.Random(f"{seed} alike {scenario} {size}")
        told = {"alike": stuffing_drill.ALIKE, "admitted": admitted}
        return sum(bool(stuffing_drill.play_alike(scenario, size, rng, **told)) for _ in range(games)) / games

    many = months * HONEST_GAMES
    return [
        Alike(
            size,
            share(size, None, True, many),
            share(size, None, False, many),
            share(size, "D", True, months),
            share(size, "E", True, months),
        )
        for size in stuffing_drill.SIZES
    ]


def alike_figure(rows: list[Alike]) -> str:
    """The second table in a line."""

    def printed(name: str, places: int) -> str:
        return "/".join(f"{100 * getattr(row, name):.{places}f}" for row in rows).replace(".", ",")

    return (
        f"where an organisation's slips return alike (correlation {str(stuffing_drill.ALIKE).replace('.', ',')}) S6 flags "
        f"{printed('honest', 1)} % of honest months ({printed('unadmitted', 1)} % unless it admits that) and finds D "
        f"{printed('all_filled', 0)}, E {printed('half_filled', 0)}"
    )


def figure(cells: list[Cell]) -> str:
    """The table in a line: per cent found at 4, 8 and 16 slips a day, then honest months flagged."""
    by_scenario: dict[str | None, list[Cell]] = {}
    for cell in cells:
        by_scenario.setdefault(cell.scenario, []).append(cell)
    honest = by_scenario.pop(None)
    found = [f"{name} {_percents(row, 0)}" for name, row in by_scenario.items()]
    sizes = "/".join(str(cell.size) for cell in honest)
    return (
        f"of 100 stuffed counter-months at {sizes} slips a day found: {', '.join(found)}; "
        f"honest ones flagged: {_percents(honest, 1)} %"
    )


def _percents(cells: list[Cell], places: int) -> str:
    return "/".join(f"{100 * cell.share:.{places}f}" for cell in cells).replace(".", ",")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=100, help="counter-months a cell")
    parser.add_argument("--seed", default="stuffing")
    asked = parser.parse_args(arguments)
    cells = play(asked.months, asked.seed)
    for scenario in (None, *stuffing_drill.EXPECTED_POWER):
        print(
            "Honest counters"
            if scenario is None
            else f"Scenario {scenario}: {stuffing_drill.WORDS[scenario]}"
        )
        print(*(cell for cell in cells if cell.scenario == scenario), sep="\n")
    missed: list[Cell | Alike] = [cell for cell in cells if not cell.is_met]
    print("Below the table:" if missed else "The table is reached in every cell.", *missed, sep="\n")
    alike = play_alike(asked.months, asked.seed)
    print(alike_figure(alike))
    missed += [row for row in alike if not row.is_met]
    if asked.months >= 100:  # fewer prove nothing
        proof.record("stuffing-drill", figure=f"{figure(cells)}; {alike_figure(alike)}", met=not missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
