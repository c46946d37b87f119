"""Statements that PostgreSQL keeps ready for each connection: to take one apart and plan it takes longer than to run it.

A pooler that hands the same connection to several clients between transactions would lose them; none stands between
this product and its database.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakSet


class Prepared:
    """A statement with named places; `types` gives each place's PostgreSQL type."""

    def __init__(self, name: str, statement: str, types: Mapping[str, str]) -> None:
        numbered = statement % {place: f"${number}" for number, place in enumerate(types, start=1)}
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {numbered}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({place})s' for place in types)})"
        self._ready: WeakSet = WeakSet()  # the driver's connections that know it

    def run(self, cursor, values: Mapping[str, object]) -> None:
        """Run it with one value for each place; rows and ``rowcount`` are the cursor's."""
        driver = cursor.connection
        if driver not in self._ready:
            cursor.execute(self._prepare)
            self._ready.add(driver)
        cursor.execute(self._execute, values)
