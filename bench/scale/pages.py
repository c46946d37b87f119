"""Pages asked for in this very process, and the months counted anew: `python -m bench.scale.pages RECEIPT`.

Prints seconds by page as JSON: processor time, not waiting, since the ratio of two sets must not depend on what else
the machine does meanwhile.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import django

from bench.scale.clocks import processor_seconds

if TYPE_CHECKING:
    from django.test import Client

REPEATS, BATCHES = 15, 3
#: Of a batch at least, since the server's processor is told in hundredths of a second.
SECONDS = 0.3
FIRST_READER = "national page, running, first reader"
FIRST_AT_HOME = "head office's home, first reader"


def main(receipt: str) -> None:
    django.setup()
    from bench.scale.frame import months

    sealed, running = str(months()[-2]), str(months()[-1])
    anybody, lead, head, team, teller = map(reader, ("", "lead", "head", "team1", "teller"))
    asked: dict[str, Callable] = {
        "month page, sealed": lambda: lead.get(f"/reports/K00/?from={sealed}&to={sealed}"),
        "year page, sealed": lambda: lead.get(f"/reports/K00/?from={months()[-13]}&to={sealed}"),
        "month page, running": lambda: lead.get(f"/reports/K00/?from={running}&to={running}"),
        "national page, sealed": lambda: head.get(f"/reports/KBNN/?from={sealed}&to={sealed}"),
        "national page, running": lambda: head.get(f"/reports/KBNN/?from={running}&to={running}"),
        "head office's home": lambda: head.get("/reports/offices/"),
        "counting room": lambda: team.get(f"/counting/K00/{sealed}/"),
        "teller's list": lambda: teller.get("/counter/"),
        "receipt check": lambda: anybody.post("/receipt", {"receipt": receipt}),
        "front page": lambda: anybody.get("/"),
        "public index": lambda: anybody.get("/results/"),
        "public office": lambda: anybody.get("/results/K00/"),
        "public month": lambda: anybody.get(f"/results/K00/{sealed}/"),
    }
    # A large count is kept for a while, and one reader after each while waits for it.
    asked |= {FIRST_READER: forgetting(asked["national page, running"])}
    asked |= {FIRST_AT_HOME: forgetting(asked["head office's home"])}
    print(json.dumps({name: worked(ask) for name, ask in asked.items()}))


def reader(name: str = "") -> Client:
    """A browser of this person, second factor shown; of nobody without a name."""
    from django.test import Client

    from bench.scale.place import HOST
    from surveys.accounts import second_factor
    from surveys.models import User

    host, _colon, port = HOST.partition(":")
    one = Client(SERVER_NAME=host, SERVER_PORT=port)
    if name:
        user = User.objects.get(username=name)
        one.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = one.session
        session[second_factor.MARK] = user.pk  # the counting team's pages ask for it
        session.save()
    return one


def forget() -> None:
    """Nothing is kept, neither here nor in the database's cache."""
    from django.core.cache import cache

    from surveys.database import revision

    cache.clear()
    revision.store.forget()


def forgetting(ask: Callable) -> Callable:
    def anew():
        forget()
        return ask()

    return anew


def worked(ask: Callable, *, repeats: int = REPEATS) -> float:
    """Seconds of processor time a request, in this process and in its database server: the best of some batches."""
    response = ask()
    if response.status_code != 200:
        raise SystemExit(f"bench: {response.status_code} for {response.request['PATH_INFO']}")
    once = max(_a_request(ask, repeats), 1e-4)
    return min(_a_request(ask, max(repeats, int(SECONDS / once))) for _ in range(BATCHES))


def _a_request(ask: Callable, repeats: int) -> float:
    before = processor_seconds()
    for _ in range(repeats):
        ask()
    return (processor_seconds() - before) / repeats


if __name__ == "__main__":
    main(sys.argv[1])
