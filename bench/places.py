"""How often the place intervals of a whole campaign hold at once: simulated campaigns with known true places.

Run `python -m bench.places`; it writes its figure into docs/proof.md, and is the same each time. Answers are drawn on
five levels with spreads from narrow to as wide as a mean allows.
"""

from __future__ import annotations

import random
import sys
from decimal import Decimal

from bench import proof
from reports.standings.scoring import Entry, places

UNITS = 64
FEWEST, MOST = 30, 1000
WORST, BEST = 60.0, 99.9
STEP = 25
RUNS, SEED, REQUIRED = 1000, 2537, 0.95


def coverage(*, runs: int, rng: random.Random) -> float:
    """The share of campaigns in which every unit's true place lies within its interval."""
    return sum(_holds(rng) for _run in range(runs)) / runs


def _holds(rng: random.Random) -> bool:
    spread = rng.choice([0.0, 0.3, 1.0])  # how many of the respondents know only the two ends of the scale
    low = rng.uniform(WORST, BEST - 5)
    truth = {str(unit): rng.uniform(low, BEST) for unit in range(UNITS)}
    entries = [_sample(code, mean, spread, rng) for code, mean in truth.items()]
    return all(
        found.best <= 1 + sum(other > truth[code] for other in truth.values()) <= found.worst
        for code, found in places(entries, minimum_n=FEWEST).items()
    )


def _sample(code: str, mean: float, spread: float, rng: random.Random) -> Entry:
    n = rng.randint(FEWEST, MOST)
    below = int(mean // STEP) * STEP  # the two levels around the mean: the narrowest answers with that mean
    narrow, share = (below, below + STEP), (mean - below) / STEP
    total = 0
    for _respondent in range(n):
        if rng.random() < spread:
            total += 100 if rng.random() < mean / 100 else 0
        else:
            total += narrow[rng.random() < share]
    return Entry(code, (Decimal(total) / n).quantize(Decimal("0.01")), n)


def main() -> int:
    share = coverage(runs=RUNS, rng=random.Random(SEED))
    figure = f"all 64 places within their intervals in {round(share * RUNS)} of {RUNS} campaigns"
    met = share >= REQUIRED
    print(f"{figure} (required: {REQUIRED:.0%} of them): {'met' if met else 'MISSED'}")
    proof.record("place-intervals", figure=figure, met=met)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
