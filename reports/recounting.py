"""Large counts of what still moves, kept for a short while.

Counting slips costs as much as there are slips, and head office's page of the running month counts those of all offices. So
the count of n slips serves whoever asks again within n/1000 seconds, five minutes at most, and the page says when it was
counted. A count of fewer than a thousand is never kept: what a counter hands out is on its leader's page at once
(decision 22).

A mix ends what was counted before it, so that no ballot seems released before it returned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Max

from surveys.models import Batch, Office

SLIPS_A_SECOND = 1000
LONGEST = 300  # seconds

Found = TypeVar("Found")


def lately(
    count: Callable[[], Found],
    *,
    named: object,
    offices: Sequence[Office],
    periods: Collection[str],
    size: Callable[[Found], int],
    at: datetime,
) -> tuple[Found, datetime | None]:
    """What ``count`` finds of slips of some offices and periods, and when it was counted if that was a while ago.

    ``named`` tells this count from others by its ``repr``; ``size`` is the number of slips in what was found. Answers that
    were released must be read before, never after.
    """
    mixed = Batch.objects.filter(office__in=offices, period__in=periods).aggregate(last=Max("pk"))["last"]
    key = "counted:" + hashlib.sha256(repr((named, mixed)).encode()).hexdigest()
    kept = cache.get(key)
    if kept is not None:
        return kept
    found = count()
    if seconds := min(LONGEST, size(found) // SLIPS_A_SECOND):
        cache.set(key, (found, at), seconds)
    return found, None
