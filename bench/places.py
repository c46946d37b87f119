"""How often the score intervals of a whole campaign hold at once, where Wilson's fail: simulated campaigns of 64 units.

Run `python -m bench.places`; it writes its figure into docs/proof.md, and is the same each time. Ballots are all or
nothing and the unhappy always fill the section that few others answer. Possible places follow from the intervals, and
hold at least as often.
"""

from __future__ import annotations

import random
import sys

from bench import proof
from bench.statistics import PLACES, UNITS, unit_holds

RUNS, SEED, REQUIRED = 200, 2537, 0.95


def main() -> int:
    rng = random.Random(SEED)
    least, fewest, _held, _wilson = PLACES[True]
    held = wilson = 0
    for _run in range(RUNS):
        found = [unit_holds(True, least, fewest, rng) for _unit in range(UNITS)]
        held += all(holds for holds, _by_wilson in found)
        wilson += all(by_wilson for _holds, by_wilson in found)
    figure = f"all 64 intervals hold in {held} of {RUNS} campaigns (Wilson's in {wilson})"
    met = held / RUNS >= REQUIRED
    print(f"{figure} (required: {REQUIRED:.0%} of them): {'met' if met else 'MISSED'}")
    proof.record("place-intervals", figure=figure, met=met)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
