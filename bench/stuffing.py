"""The drill of stuffing as a line of the proof: `python -m bench.stuffing` plays it, judges by its own table, writes it down.

Made-up counters, no database; the same seed gives the same figures.
"""

from __future__ import annotations

import io
import os
import re
import sys

from bench import proof

CELL = re.compile(r"^ +(\d+) phiếu/ngày: (\d,\d+)", re.M)
SCENARIO = re.compile(r"^Kịch bản ([A-E])", re.M)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import CommandError, call_command

    told, problem = io.StringIO(), ""
    try:
        call_command("stuffing_drill", stdout=told)
    except CommandError as error:
        problem = str(error)
    print(told.getvalue(), problem)
    proof.record("stuffing-drill", figure=figure(told.getvalue()), met=not problem)
    return 1 if problem else 0


def figure(told: str) -> str:
    """What the drill printed, in a line: per cent found at 4, 8 and 16 slips a day, honest months flagged first."""
    honest, *rest = SCENARIO.split(told)
    found = [f"{name} {_percents(cells, 0)}" for name, cells in zip(rest[::2], rest[1::2], strict=True)]
    sizes = "/".join(size for size, _share in CELL.findall(honest))
    return (
        f"of 100 stuffed counter-months at {sizes} slips a day found: {', '.join(found)}; "
        f"honest ones flagged: {_percents(honest, 1)} %"
    )


def _percents(cells: str, places: int) -> str:
    shares = [float(share.replace(",", ".")) for _size, share in CELL.findall(cells)]
    return "/".join(f"{100 * share:.{places}f}" for share in shares).replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
