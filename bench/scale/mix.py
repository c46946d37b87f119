"""The nightly mix of so many waiting ballots: `python -m bench.scale.mix 10000`, over a place of its own.

Prints seconds as JSON: ``kept``, a night in which every ballot is opened and sealed again; ``released``, the closing mix,
which opens every ballot and makes all of them public.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta

import django

CELLS = 360  # counters and procedures of a large office
WORDS = "Cán bộ hướng dẫn rõ, chờ hơi lâu vào đầu giờ sáng."


def main(ballots: int) -> None:
    django.setup()
    from django.db import connection

    from bench.scale import fill, frame
    from surveys.box import mixing
    from surveys.models import Office
    from surveys.periods import closing_from

    fill.refuse_all_others(connection)
    frame.build()
    month, office = frame.months()[-2], Office.objects.get(code="K00")
    fill_box(office, month, ballots)
    frozen, closes = closing_from(month) - timedelta(days=1), closing_from(month)
    seconds = {}
    for name, now, closing in (("kept", frozen, False), ("released", closes, True)):
        began = time.monotonic()
        mixing.mix(office=office, period=month, now=now, closing=closing)
        seconds[name] = time.monotonic() - began
    print(json.dumps(seconds))


def fill_box(office, month, ballots: int) -> None:
    """So many ballots wait in an office's box."""
    from bench.scale import extras
    from surveys.box.boxed import sealed
    from surveys.box.contents import Contents
    from surveys.models import BoxedBallot

    version = extras.version()
    levels = [{"attitude": 1 + n % 2, "time": 1 + n % 3 // 2} for n in range(6)]
    BoxedBallot.objects.bulk_create(
        sealed(
            office=office.pk,
            period=str(month),
            contents=Contents(
                questionnaire=version,
                counter=f"Q{n % CELLS % 30 + 1}",
                procedure=f"T{n % CELLS // 30 + 1}",
                answers=levels[n % 6],
                comment=WORDS if n % 7 == 0 else "",
            ),
            receipt_hash=f"{office.pk:08x}{n:056x}",
        )
        for n in range(ballots)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
