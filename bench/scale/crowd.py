"""Fifty customers at once, on each engine: how many ballots a second, how long the slow ones wait, what goes wrong.

The server is that of `make serve` (2 workers of 4 threads). Forms are opened before the clock starts; each is sent once.
"""

from __future__ import annotations

import time

from bench import load
from bench.faults.clients import ANSWERS, held, number
from bench.faults.place import POSTGRESQL, SQLITE, Kit

CLIENTS, CASTS, WARM = 50, 1500, 50
#: engine → (p95 in seconds, casts a second), as required
REQUIRED = {POSTGRESQL: (0.3, 0.0), SQLITE: (1.3, 180.0)}
KEYS = {POSTGRESQL: "cast-p95", SQLITE: "cast-p95-sqlite"}


def run(kit: Kit, engine: str) -> tuple[str, bool]:
    """(figure, whether it is as required)."""
    with kit.place(engine) as place:
        web = place.serve()
        forms = [load.fill(web.address, f"/p/{code}", ANSWERS) for code in place.issue(CASTS + WARM)]
        errors: list[str] = []

        def send(form: load.Form) -> None:
            try:
                load.send(web.address, form, _is_stored)
            except (OSError, load.NotStored) as error:
                errors.append(str(error)[:200])

        load.timed(send, forms[:WARM], 10)
        time.sleep(1)
        phase = load.timed(send, forms[WARM:], CLIENTS)
        kept = len(set(held(place).hashes))
    slowest, least = REQUIRED[engine]
    lost = CASTS + WARM - len(errors) - kept
    met = not errors and not lost and phase.p95 <= slowest * 1000 and phase.rate >= least
    figure = (
        f"{number(CASTS)} casts by {CLIENTS} clients: {phase.rate:.0f} a second, p95 {phase.p95:.0f} ms, "
        f"{len(errors)} errors, {lost} lost"
    )
    return figure, met


def _is_stored(answer: load.Answer) -> bool:
    return answer.status == 200 and b"data-receipt" in answer.body
