"""The opening key on three sheets of paper: two of them restore it, one alone says nothing about it.

Shamir's scheme (A. Shamir, "How to share a secret", CACM 22, 1979) with a line through the secret over GF(256), byte by
byte; the field is that of AES (FIPS 197). A letter is 40 bytes, hence 64 Crockford characters:

    number (1) | fingerprint of the pair (2) | share (32) | check (5)

Pure. The check is a hash of what stands before it, so that a mistyped character is noticed and the letter is named.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256

from surveys.crypto import crockford, envelopes

LETTERS = 3
NEEDED = 2
#: Characters of one letter, without the dashes between its groups.
CHARACTERS = 64
_FINGERPRINT_BYTES, _CHECK_BYTES = 2, 5
_DOMAIN = b"kbnn-box-escrow-v1\n"
_POLYNOMIAL = 0x11B  # x^8 + x^4 + x^3 + x + 1


class EscrowRefused(Exception):
    """The letters do not restore a key."""


class LetterMistyped(EscrowRefused):
    """One letter has a wrong character or length; ``place`` is its place among those given, from 0."""

    def __init__(self, place: int) -> None:
        super().__init__(f"letter at place {place}")
        self.place = place


class LettersOfDifferentKeys(EscrowRefused):
    """The letters were printed for different pairs of keys."""


class SameLetterTwice(EscrowRefused):
    """Two different letters are needed."""


def letters_of(private: bytes) -> tuple[str, str, str]:
    """The three letters of an opening key, each 64 characters in groups of four."""
    slope = secrets.token_bytes(envelopes.KEY_BYTES)
    pair = _pair_of(private)
    first, second, third = (_letter(number, pair, point(private, slope, number)) for number in (1, 2, 3))
    return first, second, third


def restored(typed: Sequence[str]) -> bytes:
    """The opening key from two or three letters as they were typed. Raises `EscrowRefused` and its kinds.

    Whether it is the key that is looked for, its fingerprint says: a letter has only two bytes of that.
    """
    read = [_read(place, text) for place, text in enumerate(typed)]
    if len({pair for _number, pair, _share in read}) > 1:
        raise LettersOfDifferentKeys
    if len({number for number, _pair, _share in read}) < NEEDED or len(read) > LETTERS:
        raise SameLetterTwice
    (first, pair, one), (second, _same, other), *rest = read
    private = bytes(_at_zero(first, a, second, b) for a, b in zip(one, other, strict=True))
    slope = bytes(_times(_inverse(first ^ second), a ^ b) for a, b in zip(one, other, strict=True))
    if _pair_of(private) != pair or any(
        point(private, slope, number) != share for number, _pair, share in rest
    ):
        raise LettersOfDifferentKeys
    return private


def point(secret: bytes, slope: bytes, at: int) -> bytes:
    """The share at a place: secret + slope × place, each byte by itself."""
    return bytes(byte ^ _times(at, rise) for byte, rise in zip(secret, slope, strict=True))


def _letter(number: int, pair: bytes, share: bytes) -> str:
    told = bytes([number]) + pair + share
    return crockford.grouped(crockford.encode(told + _check(told)))


def _read(place: int, text: str) -> tuple[int, bytes, bytes]:
    """(number, fingerprint's beginning, share) of a letter."""
    characters = crockford.clean(text)
    if len(characters) != CHARACTERS:
        raise LetterMistyped(place)
    data = crockford.decode(characters)
    told, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    if check != _check(told) or not 1 <= told[0] <= LETTERS:
        raise LetterMistyped(place)
    return told[0], told[1 : 1 + _FINGERPRINT_BYTES], told[1 + _FINGERPRINT_BYTES :]


def _check(told: bytes) -> bytes:
    return sha256(_DOMAIN + told).digest()[:_CHECK_BYTES]


def _pair_of(private: bytes) -> bytes:
    return bytes.fromhex(envelopes.fingerprint(envelopes.public_of(private)))[:_FINGERPRINT_BYTES]


def _at_zero(first: int, a: int, second: int, b: int) -> int:
    """Where the line through (first, a) and (second, b) meets zero; in this field minus is plus is exclusive or."""
    return _times(_inverse(first ^ second), _times(second, a) ^ _times(first, b))


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """a^254: the multiplicative group has 255 elements."""
    power = 1
    for _step in range(254):
        power = _times(power, a)
    return power
