"""Crockford's base 32: bytes as characters that can be printed, read aloud and typed again.

Pure. Source: D. Crockford, "Base 32", 2002, without its check symbol.
"""

from __future__ import annotations

#: No I, L, O, U, so that nothing typed from paper can be read two ways.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5
#: Five bytes are eight characters, without a remainder.
BLOCK_BYTES, BLOCK_CHARACTERS = 5, 8

_FORGIVEN = str.maketrans("OIL", "011")
# What people put between groups: the hyphen, and the dashes that keyboards and office programs make of it.
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")


def encode(data: bytes) -> str:
    """Eight characters for each five bytes. Raises ValueError for any other length."""
    if len(data) % BLOCK_BYTES:
        raise ValueError(f"{len(data)} bytes are no whole number of blocks of {BLOCK_BYTES}")
    number = int.from_bytes(data, "big")
    last = len(data) // BLOCK_BYTES * BLOCK_CHARACTERS - 1
    return "".join(ALPHABET[number >> BITS * place & 31] for place in range(last, -1, -1))


def decode(characters: str) -> bytes:
    """The bytes behind the characters, as `encode` wrote them. Raises ValueError for foreign ones or a broken block."""
    if len(characters) % BLOCK_CHARACTERS or not set(characters) <= set(ALPHABET):
        raise ValueError("not whole blocks of Crockford characters")
    number = 0
    for character in characters:
        number = number << BITS | ALPHABET.index(character)
    return number.to_bytes(len(characters) // BLOCK_CHARACTERS * BLOCK_BYTES, "big")


def clean(typed: str) -> str:
    """What was typed, as characters of `ALPHABET`: case, blanks and dashes do not matter; O, I, L are 0, 1, 1.

    Returns '' when a foreign character remains.
    """
    kept = "".join(sign for sign in typed if not sign.isspace() and sign not in _DASHES)
    # Before upper-casing, which would make an S of the long s and an I of the dotless i.
    if not kept.isascii():
        return ""
    kept = kept.upper().translate(_FORGIVEN)
    return kept if set(kept) <= set(ALPHABET) else ""


def grouped(characters: str, size: int = 4) -> str:
    """As it is printed: XXXX-XXXX-…"""
    return "-".join(characters[start : start + size] for start in range(0, len(characters), size))
