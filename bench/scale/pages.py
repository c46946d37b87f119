"""Pages asked for in this very process, and the months counted anew: `python -m bench.scale.pages RECEIPT`.

Prints seconds by page as JSON: the best of some medians, since whatever else the machine does only makes it slower.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import django

REPEATS, BATCHES = 15, 3


def main(receipt: str) -> None:
    django.setup()
    from django.test import Client

    from bench.scale.frame import months
    from bench.scale.place import HOST
    from surveys.models import User

    def client(name: str = "") -> Client:
        one = Client(SERVER_NAME=HOST.partition(":")[0], SERVER_PORT=HOST.partition(":")[2])
        if name:
            one.force_login(
                User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend"
            )
        return one

    sealed, running = str(months()[-2]), str(months()[-1])
    anybody, lead, head, teller = client(), client("lead"), client("head"), client("teller")
    asked: dict[str, Callable] = {
        "month page, sealed": lambda: lead.get(f"/reports/K00/?from={sealed}&to={sealed}"),
        "month page, running": lambda: lead.get(f"/reports/K00/?from={running}&to={running}"),
        "national page, sealed": lambda: head.get(f"/reports/KBNN/?from={sealed}&to={sealed}"),
        "national page, running": lambda: head.get(f"/reports/KBNN/?from={running}&to={running}"),
        "list of offices": lambda: head.get("/reports/offices/"),
        "teller's list": lambda: teller.get("/counter/"),
        "receipt check": lambda: anybody.post("/receipt", {"receipt": receipt}),
        "public index": lambda: anybody.get("/results/"),
        "public office": lambda: anybody.get("/results/K00/"),
        "public month": lambda: anybody.get(f"/results/K00/{sealed}/"),
    }
    print(json.dumps({name: timed(ask) for name, ask in asked.items()}))


def timed(ask: Callable) -> float:
    response = ask()
    if response.status_code != 200:
        raise SystemExit(f"bench: {response.status_code} for {response.request['PATH_INFO']}")
    return min(statistics.median(_seconds(ask) for _ in range(REPEATS)) for _ in range(BATCHES))


def _seconds(ask: Callable) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1])
