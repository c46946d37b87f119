"""SQLite: twenty threads that read and then write, in one transaction each. Run as a program it is those threads."""

from __future__ import annotations

import json
import sys
from threading import Barrier, Thread

from bench.faults.place import SQLITE, Kit

THREADS, TIMES = 20, 20
CONTROL = {"DJANGO_SETTINGS_MODULE": "bench.faults.settings", "BENCH_TRANSACTIONS": ""}


def run(kit: Kit, *, quick: bool) -> tuple[str, bool]:
    with kit.place(SQLITE) as place:
        place.issue(THREADS)
        program = ("-m", "bench.faults.locked")
        ours = json.loads(place.python(*program, seconds=200))
        control = json.loads(place.python(*program, seconds=200, **CONTROL))
    asked = THREADS * TIMES
    figure = f"{ours} errors in {asked} read-then-write transactions of {THREADS} threads; with SQLite's own transaction mode {control}"
    return figure, ours == 0 and control > 0


def read_then_write() -> None:
    """Print how many of the transactions ended in an error of the database."""
    import django

    django.setup()
    from django.db import DatabaseError, connection
    from django.db.transaction import atomic

    from surveys.models import Slip

    together, errors = Barrier(THREADS), []

    def work(number: int) -> None:
        together.wait()
        for _ in range(TIMES):
            try:
                with atomic():
                    slip = Slip.objects.order_by("pk")[number]
                    Slip.objects.filter(pk=slip.pk).update(delivered_at=slip.issued_at)
            except DatabaseError as error:
                errors.append(error)
        connection.close()

    threads = [Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(errors))


if __name__ == "__main__":
    sys.exit(read_then_write())
