"""Commit to the silent, then draw: the list is fixed before the public number that draws from it is born.

Pure. The list says who was silent, hence who was not, so only its salted digest is published; whoever may read it can
redo the draw. The draw takes the smallest keyed digests (consistent sampling, Rivest 2018, arXiv:1808.10016).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, timedelta

LIST_HEADER = "kbnn-silent-v1"
DRAW_HEADER = "kbnn-follow-up-v1"
#: First days of the Vietnamese lunar year (UTC+7; Ho Ngoc Duc, "Computing the Vietnamese lunar calendar", 2004), which a test
#: works out again from sun and moon.
_NEW_YEARS = """
2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 2031-01-23 2032-02-11
2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12 2041-02-01 2042-01-22
2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26 2048-02-14 2049-02-02 2050-01-23
"""
LUNAR_NEW_YEARS = tuple(map(date.fromisoformat, _NEW_YEARS.split()))
_HEX = re.compile("[0-9a-f]{64}")
_SERIAL = re.compile("[0-9A-Z]{1,32}")


class NotDrawable(ValueError):
    """Serials, salt, seal or number that no draw can be made from."""


def silent_text(serials: Iterable[str], salt: str) -> str:
    """``silent.txt``: header, salt (64 hex digits), then the serials of the silent slips, sorted, one a line."""
    if not _HEX.fullmatch(salt):
        raise NotDrawable("the salt is 64 hex digits")
    return "\n".join((LIST_HEADER, salt, *_checked(serials))) + "\n"


def list_digest(text: str) -> str:
    """The hex SHA-256 of ``silent.txt``, published before the number is drawn."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def beacon_day(committed_on: date) -> date:
    """The day whose special prize draws: the first drawing of the northern lottery after the commitment's day.

    It is drawn every day but four: from the last of the lunar year to the third of the new one. That is the lottery's custom as
    far as its makers know, no law: the five days off at Tết (Labour Code 45/2019/QH14, article 112, items 1b and 3) are
    decreed anew each year and bind offices, not drawings. Fixed by this rule alone, so that nobody chooses. Should the lottery
    rest on another day, the follow-up stays undrawn; should it draw on one of the four, a later day's number draws.
    """
    day = committed_on + timedelta(days=1)
    while any(new_year + timedelta(days=n) == day for n in range(-1, 3) for new_year in LUNAR_NEW_YEARS):
        day += timedelta(days=1)
    return day


def lottery_beacon(day: date, special_prize: str) -> str:
    """The text of the public number: the special prize of the northern lottery on that day."""
    if not re.fullmatch("[0-9]{5}", special_prize):
        raise NotDrawable(f"{special_prize!r} is no special prize of five digits")
    return f"XSMB {day.isoformat()} GDB {special_prize}"


def drawn(serials: Iterable[str], *, seal_sha256: str, beacon: str, number: int) -> tuple[str, ...]:
    """The ``number`` serials to be asked, in the order of the draw. Nobody is replaced.

    seed = hex SHA-256(header, seal digest, beacon, a line each); a serial's key = hex SHA-256(seed, line feed, serial);
    the smallest (key, serial) are drawn. Raises NotDrawable.
    """
    known = _checked(serials)
    if not _HEX.fullmatch(seal_sha256) or not beacon or "\n" in beacon:
        raise NotDrawable("a draw needs the seal's digest and one line of a public number")
    if not 0 <= number <= len(known):
        raise NotDrawable(f"{number} of {len(known)} cannot be drawn")
    seed = _sha256(f"{DRAW_HEADER}\n{seal_sha256}\n{beacon}\n")
    keys = sorted((_sha256(f"{seed}\n{serial}"), serial) for serial in known)
    return tuple(serial for _key, serial in keys[:number])


def _checked(serials: Iterable[str]) -> list[str]:
    """Sorted; refused when one occurs twice or is none."""
    known = sorted(serials)
    if len(set(known)) < len(known) or not all(_SERIAL.fullmatch(serial) for serial in known):
        raise NotDrawable("serials are capital letters and digits, each once")
    return known


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
