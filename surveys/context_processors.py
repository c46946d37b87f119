"""What every page may need to know of the house."""

from __future__ import annotations

from functools import cache

from kbnn_survey import VERSION
from surveys.models import Office


def house(request) -> dict:
    return {"pilot_ribbon": is_pilot(), "version": VERSION}


@cache
def is_pilot() -> bool:
    """Whether this database holds the pilot; asked once a process, since a real office never shares its database."""
    return Office.objects.filter(is_pilot=True).exists()
