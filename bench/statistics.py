"""What the statistics promise, simulated: false alarms, delays and coverage, each beside the figure that was claimed.

Run `python -m bench.statistics`; a minute or so, and the same figures each time, with their sum in docs/proof.md. `--times 10` draws ten times as much.
Offices, organisations and campaigns are made up; the rules are those of `reports.arithmetic`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate, product
from math import prod, sqrt

from bench import proof
from bench.simulation import Draw, Row, per_year, share
from reports.arithmetic.clusters import Clusters, similarity, wilson_ends
from reports.arithmetic.distributions import binomial_at_most, overdispersed_chances
from reports.arithmetic.lateness import Timeliness, timeliness
from reports.arithmetic.place_bounds import (
    Criterion,
    ballot_parts,
    hundredths,
    joint_z,
    lies_over,
)
from reports.arithmetic.return_limits import ReturnBaseline, counter_limits
from reports.arithmetic.sequential import NO_OVERDISPERSION, Baseline, PeriodCount, signal_from
from reports.arithmetic.thresholds import CHANGE_ALPHA

SEED = 2537
NEGLIGIBLE = 1e-14
#: Slips of one month by organisation: very unequal, as at a treasury's counters.
SIZES = (33, 22, 17, 16, 14, 13, *[12] * 3, 11, *[9] * 4, *[7] * 5, *[6] * 6, *[5] * 4, *[4] * 5, 3, 3, 2)
RATE = 0.85
GROUP, ALIKE = 8, 0.3  # slips of one organisation whose answers go together, and how closely


# ── A: has dissatisfaction risen ───────────────────────────────────────────────────────


@cache
def dissatisfied_of(n: int, rate: float, icc: float) -> Draw:
    """Dissatisfied ballots of a month; with an icc, organisations of eight answer alike."""
    if not icc:
        return Draw(_trimmed(overdispersed_chances(n, rate, 1.0)))
    whole, rest = divmod(n, GROUP)
    chances = _power(overdispersed_chances(GROUP, rate, 1 + (GROUP - 1) * icc), whole)
    if rest:
        chances = _sum_of(chances, overdispersed_chances(rest, rate, 1 + (rest - 1) * icc))
    return Draw(chances)


def _trimmed(chances: Sequence[float]) -> list[float]:
    last = max(k for k, chance in enumerate(chances) if chance > NEGLIGIBLE)
    return list(chances[: last + 1])


def _sum_of(one: Sequence[float], other: Sequence[float]) -> list[float]:
    chances = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            chances[i + j] += p * q
    return _trimmed(chances)


def _power(chances: list[float], times: int) -> list[float]:
    if times == 1:
        return chances
    half = _power(chances, times // 2)
    whole = _sum_of(half, half)
    return _sum_of(whole, chances) if times % 2 else whole


def signals(before: Baseline, n: int, months: Sequence[int], *, admits_alike: bool) -> list[int]:
    """The months (1, 2, …) after the reference period, each as often as a window that ends with it signals a rise."""
    sums = [0, *accumulate(months)]
    phi = before.phi if admits_alike else NO_OVERDISPERSION
    return [
        month
        for month in range(1, len(months) + 1)
        for size, alpha in CHANGE_ALPHA.items()
        if month >= size
        and sums[month] - sums[month - size]
        >= signal_from(size * n, before.dissatisfied, before.valid, alpha, phi)
    ]


@dataclass(frozen=True)
class Office:
    """An office by its valid ballots a month and true rate, and what was claimed of the rule there.

    alarms: false ones a year; seen: by factor of a rise, the chance to see it within 1, 3 and 12 months; alike: false
    alarms a year where organisations answer alike. First without over-dispersion admitted, then (the rule) with it.
    """

    n: int
    rate: float
    alarms: float
    seen: Mapping[int, tuple[float, float, float]]
    alike: float
    alike_admitted: float | None = None
    doubling_admitted: tuple[float, float, float] | None = None

    @property
    def name(self) -> str:
        return f"{self.n} a month, {100 * self.rate:.2f} %"


OFFICES = (
    Office(30, 0.003, 0.001, {2: (0, 0, 0.01), 5: (0.01, 0.03, 0.10), 10: (0.05, 0.15, 0.53)}, 0.17),
    Office(
        255, 0.0006, 0.003, {2: (0.003, 0.007, 0.025), 5: (0.02, 0.07, 0.28), 10: (0.13, 0.37, 0.86)}, 0.25
    ),
    Office(255, 0.003, 0.015, {2: (0.01, 0.04, 0.17), 5: (0.23, 0.67, 0.99), 10: (0.79, 1, 1)}, 0.60),
    Office(255, 0.01, 0.021, {2: (0.05, 0.20, 0.66), 5: (0.84, 1, 1)}, 0.71, 0.20, (0.04, 0.14, 0.53)),
    Office(1000, 0.003, 0.023, {2: (0.07, 0.26, 0.75), 5: (0.90, 1, 1)}, 0.90, 0.16, (0.05, 0.18, 0.63)),
    Office(5000, 0.0006, 0.018, {2: (0.07, 0.24, 0.75), 5: (0.89, 1, 1)}, 0.85, 0.13),
)


def changes(rng: random.Random, times: int) -> Iterator[Row]:
    series = 1500 * times
    for office in OFFICES:
        for icc, admits_alike, claimed in (
            (0.0, False, office.alarms),
            (ALIKE, False, office.alike),
            (ALIKE, True, office.alike_admitted),
        ):
            if claimed is not None:
                who = (
                    f"organisations alike{', admitted' if admits_alike else ''}" if icc else "each for itself"
                )
                alarms = _alarms(office, icc, series, rng, admits_alike=admits_alike)
                yield per_year(f"{office.name}, {who}: false alarms a year", claimed, alarms, 1)
        for factor, chances in office.seen.items():
            yield from _seen(office, factor, chances, series, rng, admits_alike=False)
        if office.doubling_admitted:
            yield from _seen(office, 2, office.doubling_admitted, series, rng, admits_alike=True)


def _seen(
    office: Office,
    factor: int,
    chances: Sequence[float],
    series: int,
    rng: random.Random,
    *,
    admits_alike: bool,
) -> Iterator[Row]:
    first = _first_signals(office, factor, series, rng, admits_alike=admits_alike)
    admitted = ", alike admitted" if admits_alike else ""
    for months, chance in zip((1, 3, 12), chances, strict=True):
        hits = sum(month <= months for month in first)
        yield share(
            f"{office.name}{admitted}: {factor}-fold rise seen within {months} months", chance, hits, series
        )


def _baseline(n: int, draw: Draw, rng: random.Random) -> Baseline:
    return Baseline(tuple(PeriodCount("", n, draw(rng)) for _month in range(12)))


def _alarms(office: Office, icc: float, series: int, rng: random.Random, *, admits_alike: bool) -> list[int]:
    """How many false alarms the year after the reference period has, of each series."""
    n, draw = office.n, dissatisfied_of(office.n, office.rate, icc)
    found = []
    for _one in range(series):
        before, after = _baseline(n, draw, rng), [draw(rng) for _month in range(12)]
        found.append(len(signals(before, n, after, admits_alike=admits_alike)))
    return found


def _first_signals(
    office: Office, factor: int, series: int, rng: random.Random, *, admits_alike: bool
) -> list[int]:
    """The first month with a signal after a rise, of each series; 99 for none within a year."""
    n = office.n
    calm, raised = (dissatisfied_of(n, each, 0.0) for each in (office.rate, factor * office.rate))
    found = []
    for _one in range(series):
        before, after = _baseline(n, calm, rng), [raised(rng) for _month in range(12)]
        found.append(min(signals(before, n, after, admits_alike=admits_alike), default=99))
    return found


# ── B and C: return rates ──────────────────────────────────────────────────────────────


@cache
def returned_of(size: int, icc: float) -> Draw:
    return Draw(overdispersed_chances(size, RATE, 1 + (size - 1) * icc))


def month_of(icc: float, rng: random.Random) -> list[tuple[int, int]]:
    """(slips, returned) of each organisation in one month."""
    return [(size, returned_of(size, icc)(rng)) for size in SIZES]


MONTH_ALARMS = {0.0: 0.00, 0.1: 0.01, 0.3: 0.03}
COUNTER_ALARMS = {0.0: 0.05, 0.1: 0.08, 0.3: 0.14}
COVERAGE = {0.0: (0.95, 0.97), 0.1: (0.78, 0.93), 0.3: (0.60, 0.92)}
COUNTERS = 4


def return_rates(rng: random.Random, times: int) -> Iterator[Row]:
    for icc, claimed in MONTH_ALARMS.items():
        found = [_month_alarms(icc, 8, rng) for _office in range(400 * times)]
        yield per_year(f"a month out of its limits, ICC {icc}: times a year", claimed, found, 8 / 12)
    for icc, claimed in COUNTER_ALARMS.items():
        found = [_counter_alarms(icc, 4, rng) for _office in range(250 * times)]
        yield per_year(
            f"a counter of four out of its limits, ICC {icc}: times a year", claimed, found, 4 / 12
        )


def _month_alarms(icc: float, months: int, rng: random.Random) -> int:
    limits = ReturnBaseline.of(_totals(icc, 12, rng)).limits(sum(SIZES))
    assert limits
    low, high = limits
    return sum(not low <= back <= high for _n, back in _totals(icc, months, rng))


def _totals(icc: float, months: int, rng: random.Random) -> list[tuple[int, int]]:
    return [(sum(SIZES), sum(back for _m, back in month_of(icc, rng))) for _month in range(months)]


def _counter_alarms(icc: float, months: int, rng: random.Random) -> int:
    known = (Clusters.of(month_of(icc, rng)) for _month in range(12))
    rho = similarity((each.design_effect or 1.0, each.kish_size) for each in known)
    alarms = 0
    for _month in range(months):
        counters: list[list[tuple[int, int]]] = [[] for _counter in range(COUNTERS)]
        for organisation in month_of(icc, rng):
            counters[rng.randrange(COUNTERS)].append(organisation)
        whole = Clusters.of(each for own in counters for each in own)
        for own in map(Clusters.of, counters):
            if own.slips < 10:
                continue
            others = whole.slips - own.slips, whole.returned - own.returned
            low, high = counter_limits(own.slips, others, kish_size=own.kish_size, rho=rho)
            alarms += not low <= own.returned <= high
    return alarms


def coverage(rng: random.Random, times: int) -> Iterator[Row]:
    draws = 2000 * times
    for icc, (alone, admitted) in COVERAGE.items():
        hits = Counter[str]()
        for _month in range(draws):
            known = Clusters.of(month_of(icc, rng))
            ends = {"alone": wilson_ends(known.share, known.slips), "admitted": known.return_ends}
            hits.update(name for name, pair in ends.items() if pair and pair[0] <= RATE <= pair[1])
        yield share(
            f"Wilson's interval holds the rate, ICC {icc}", alone, hits["alone"], draws, rounding=0.02
        )
        yield share(
            f"the interval that admits organisations holds the rate, ICC {icc}",
            admitted,
            hits["admitted"],
            draws,
            rounding=0.02,
        )


# ── D: places ──────────────────────────────────────────────────────────────────────────

UNITS = 64
#: A criterion of a tenth of the total answered by 66 of 100, one of a fifth by 20 of 100, the rest by all.
WEIGHTS, FILLED = (Fraction(7, 10), Fraction(1, 10), Fraction(2, 10)), (1.0, 0.66, 0.2)
POINTS = {0: Fraction(0), 1: Fraction(100)}
CRITERIA = [Criterion("", weight, POINTS) for weight in WEIGHTS]
ONE_SECTION = {"": Fraction(1)}
#: Whether the unhappy always fill the rare section; lowest share of happy ballots, fewest ballots; held, held by Wilson's.
PLACES = {False: (0.90, 30, 0.992, 0.70), True: (0.95, 60, 0.979, 0.50)}


def places(rng: random.Random, times: int) -> Iterator[Row]:
    for unhappy_fill, (least, fewest, held, by_wilson) in PLACES.items():
        runs, hits, wilson = 200 * times, 0, 0
        for _run in range(runs):
            found = [unit_holds(unhappy_fill, least, fewest, rng) for _unit in range(UNITS)]
            hits += all(holds for holds, _wilson in found)
            wilson += all(holds for _bound, holds in found)
        who = "the unhappy fill the rare section" if unhappy_fill else "all or nothing"
        yield share(f"64 intervals of scores hold at once, {who}", held, hits, runs)
        yield share(f"64 intervals of Wilson's hold at once, {who}", by_wilson, wilson, runs, rounding=0.1)


def unit_holds(unhappy_fill: bool, least: float, fewest: int, rng: random.Random) -> tuple[bool, bool]:
    """Whether the bound, and Wilson's interval of the score, hold the true score of one unit."""
    happy, n = rng.uniform(least, 0.999), rng.randint(fewest, 1000)
    filled = FILLED if not unhappy_fill else (1.0, 0.66, 1.0)
    cells = {
        tuple(level if told else None for told in (True, *mask)): prod(
            (chance, *(p if told else 1 - p for told, p in zip(mask, chances[1:], strict=True)))
        )
        for level, chance, chances in ((1, happy, FILLED), (0, 1 - happy, filled))
        for mask in product((True, False), repeat=2)
    }
    ballots = Counter(rng.choices(list(cells), list(cells.values()), k=n))
    truth = sum(
        100 * float(weight) * happy * of_happy / (happy * of_happy + (1 - happy) * of_unhappy)
        for weight, of_happy, of_unhappy in zip(WEIGHTS, FILLED, filled, strict=True)
    )
    parts = ballot_parts(CRITERIA, ONE_SECTION, ballots)
    assert parts
    z = joint_z(UNITS)
    values = [(float(value), many) for value, many in parts.parts.items()]
    mirrored = [(-value, many) for value, many in values]
    missed = lies_over(values, float(parts.worst), truth, z) or lies_over(
        mirrored, -float(parts.best), -truth, z
    )
    low, high = _wilson(hundredths(parts.score) / 10000, n, z)
    return not missed, low <= truth / 100 <= high


def _wilson(p: float, n: int, z: float) -> tuple[float, float]:
    middle, half = p + z * z / n / 2, z * sqrt(p * (1 - p) / n + (z / n / 2) ** 2)
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


# ── E: late ────────────────────────────────────────────────────────────────────────────

LATE = {
    20: (0, 0.02, 0.13, 0.59),
    41: (0, 0.02, 0.22, 0.86),
    60: (0, 0.03, 0.39, 0.97),
    100: (0, 0.03, 0.55, 1),
    200: (0, 0.04, 0.86, 1),
    2000: (0, 0.05, 1, 1),
}


def lateness(_rng: random.Random, _times: int) -> Iterator[Row]:
    """Exact, without a draw."""
    for timed, chances in LATE.items():
        least = max(k for k in range(timed + 1) if timeliness(k, timed) is Timeliness.LATE)
        for true, claimed in zip((0.97, 0.95, 0.90, 0.80), chances, strict=True):
            measured = binomial_at_most(least, timed, true)
            yield Row(f"{timed} files, truly {true:.0%} in time: called late", claimed, measured, 0.0051)


PARTS: dict[str, Callable[[random.Random, int], Iterator[Row]]] = {
    "A rise of dissatisfied ballots": changes,
    "Limits of return rates": return_rates,
    "Coverage of return rates": coverage,
    "Places": places,
    "Late": lateness,
}


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--times", type=int, default=1, help="so many times as many draws")
    times, rows = reader.parse_args().times, []
    for part, simulate in PARTS.items():
        print(f"\n{part:<74}{'claimed':>9}{'measured':>10}", flush=True)
        began = time.process_time()
        for row in simulate(random.Random(f"{SEED} {part}"), times):
            rows.append(row)
            print(row, flush=True)
        print(f"({time.process_time() - began:.0f} s)")
    differing = [row for row in rows if not row.met]
    figure = f"{len(rows) - len(differing)} of {len(rows)} figures are as claimed"
    print(f"\n{figure}")
    proof.record("statistics", figure=figure, met=not differing)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
