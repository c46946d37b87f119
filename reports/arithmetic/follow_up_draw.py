"""Commit to the silent, then draw: the list is fixed before the public number that draws from it is born.

Pure. The list says who was silent, hence who was not, so only its salted digest is published; whoever may read it can
redo the draw. The draw takes the smallest keyed digests (consistent sampling, Rivest 2018, arXiv:1808.10016).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date

LIST_HEADER = "kbnn-silent-v1"
DRAW_HEADER = "kbnn-follow-up-v1"
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


def lottery_beacon(day: date, special_prize: str) -> str:
    """The text of the public number: the special prize of the northern lottery on the first day after the seal."""
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
