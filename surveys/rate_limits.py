"""A brake on guessing codes: so many codes that were never issued, a minute and address.

Source: docs/spec/trust.md §2.

A code that was ever issued costs nothing and is never kept waiting, so an office behind one address is not locked out.
The count lives in Django's cache, under a digest of the address. Two wrong codes in the very same moment may count
as one: at 60 bits a code this lets nobody in.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

WINDOW_SECONDS = 60


def is_guessing(*, address: str, now: datetime) -> bool:
    """Count one code that was never issued; whether the address had used up its minute before this one."""
    most = settings.UNKNOWN_CODES_PER_MINUTE
    return is_over(what="unknown-codes", address=address, most=most, seconds=WINDOW_SECONDS, now=now)


def is_over(*, what: str, address: str, most: int, seconds: int, now: datetime) -> bool:
    """Count one request of an address to a page; whether it had used up so many of this stretch of time before this one."""
    stretch = int(now.timestamp()) // seconds
    key = f"{what}:{salted_hmac(__name__, f'{stretch} {address}', algorithm='sha256').hexdigest()}"
    seen = cache.get(key, 0)
    if seen >= most:
        return True
    cache.set(key, seen + 1, timeout=2 * seconds)
    return False


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
