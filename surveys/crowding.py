"""What protects the open mode of a campaign, without keeping an address: a brake, and two signals.

Counted in the memory of one server process, under a digest with a key that dies with the process. So the limits hold
for each process, and a restart forgets; a signal says "look here", and claims nothing about persons.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime
from hashlib import blake2b
from threading import Lock

from django.conf import settings

#: From this many answers of one address to one unit within an hour on, each further one is a signal.
SAME_ADDRESS = 10
#: From this many answers to one unit within a minute on, each further one is a signal.
BURST = 20

_key = secrets.token_bytes(32)
_lock = Lock()
_counts: dict[tuple[str, int], Counter] = {}


def is_too_fast(*, address: str, now: datetime) -> bool:
    """Count one sending; whether its address had used up its minute before."""
    return _count("minute", int(now.timestamp()) // 60, _digest(address)) > settings.OPEN_ANSWERS_PER_MINUTE


def signals(*, unit: int, address: str, now: datetime) -> list[str]:
    """Count one answer that was taken; which signals it belongs to: "address", "burst"."""
    seconds = int(now.timestamp())
    found = []
    if _count("hour", seconds // 3600, (unit, _digest(address))) > SAME_ADDRESS:
        found.append("address")
    if _count("burst", seconds // 60, unit) > BURST:
        found.append("burst")
    return found


def forget() -> None:
    """For tests."""
    _counts.clear()


def _count(kind: str, stretch: int, of: object) -> int:
    with _lock:
        if (kind, stretch) not in _counts:
            for old in [key for key in _counts if key[0] == kind]:
                del _counts[old]
            _counts[kind, stretch] = Counter()
        _counts[kind, stretch][of] += 1
        return _counts[kind, stretch][of]


def _digest(address: str) -> bytes:
    return blake2b(address.encode(), key=_key, digest_size=16).digest()
