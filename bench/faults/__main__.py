"""Break what can break under a real server, and look what is left. `make faults`, or `python -m bench.faults NAME …`.

Each fault prints its figure and writes it into docs/proof.json; exit 1 when one misses what is required. `--quick`
takes fewer rounds and writes nothing down, for continuous integration.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module

from bench import proof
from bench.faults.place import Kit

#: name → (module, arguments of its `run`, seconds it may take). What a name gives may be several lines of the proof.
FAULTS: dict[str, tuple[str, tuple, int]] = {
    "kill-sqlite": ("kill", ("sqlite",), 900),
    "kill-postgresql": ("kill", ("postgresql",), 900),
    "postgres-crash": ("postgres_crash", (), 600),
    "power-cut": ("power_cut", (), 900),
    "fsync": ("fsync", (), 240),
    "disk-full": ("outages", ("disk-full",), 300),
    "read-only": ("outages", ("read-only",), 240),
    "database-down": ("outages", ("database-down",), 240),
    "key-missing": ("outages", ("key-missing",), 240),
    "restore-sqlite": ("restore", ("sqlite",), 420),
    "restore-postgresql": ("restore", ("postgresql",), 420),
    "replay": ("replay", (), 420),
    "restore-million": ("million", (), 5400),
    "migrate-sqlite": ("migrate", ("sqlite",), 420),
    "migrate-postgresql": ("migrate", ("postgresql",), 420),
    "clock": ("clock", (), 420),
    "scheduled-night": ("night", (), 480),
    "locked": ("locked", (), 420),
    "mix-sqlite": ("mix_load", ("sqlite",), 420),
    "mix-postgresql": ("mix_load", ("postgresql",), 420),
}


class TooLong(Exception):
    """A fault did not end within its time."""


def main() -> int:
    options = arguments()
    wanted = [
        name for name in FAULTS if not options.names or any(name.startswith(said) for said in options.names)
    ]
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGALRM, _too_long)
    if (busy := os.getloadavg()[0]) > 1:
        print(f"this machine is busy with other work (load {busy:.1f}): times are longer than they need be")
    with Kit() as kit:
        good = [attempt(kit, name, quick=options.quick) for name in wanted]
    print(f"{sum(good)} of {len(good)} held")
    return 0 if all(good) and good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which, or how their names begin: {', '.join(FAULTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, nothing written down")
    options = parser.parse_args()
    for said in options.names:
        if not any(name.startswith(said) for name in FAULTS):
            parser.error(f"no fault is called {said}")
    return options


def attempt(kit: Kit, name: str, *, quick: bool) -> bool:
    """Run one, print and record what it reached; False when anything of it was missed or it could not be run."""
    module, given, seconds = FAULTS[name]
    print(f"\n{name}", flush=True)
    began = time.monotonic()
    signal.alarm(seconds)
    try:
        found = import_module(f"bench.faults.{module}").run(kit, *given, quick=quick)
    except Exception as error:  # nothing was measured, so nothing is written down
        print(f"  NOT RUN {name}: {type(error).__name__}: {error}", flush=True)
        return False
    finally:
        signal.alarm(0)
    results = found if isinstance(found, dict) else {name: found}
    for key, (figure, met) in results.items():
        print(
            f"  {'met   ' if met else 'MISSED'} {key}: {figure}  ({time.monotonic() - began:.0f} s)",
            flush=True,
        )
        if not quick:
            proof.record(key, figure=figure, met=met)
    return all(met for _figure, met in results.values())


def _end(*_) -> None:
    """Stop everything on the way out, undisturbed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def _too_long(*_) -> None:
    raise TooLong("out of time")


Runner = Callable[..., tuple[str, bool] | dict[str, tuple[str, bool]]]

if __name__ == "__main__":
    sys.exit(main())
