"""A column's text under a key outside the database: for what the web itself must read again within days.

    written = base64(01 | nonce (12) | ChaCha20-Poly1305(length (4) | UTF-8 | zeros)), its column's name being the
    associated data; the padded text is a multiple of 4.096 bytes, so that its length tells next to nothing

Pure: key and text come in, text goes out. Source: RFC 8439.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from binascii import Error as NoBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

BLOCK_BYTES = 4096
_VERSION = b"\x01"
_NONCE_BYTES, _LENGTH_BYTES = 12, 4


class TextRefused(Exception):
    """It was written under another key or for another column, or was changed since."""


def written(key: bytes, column: str, text: str) -> str:
    """The text as it is stored; another one each time. ``column``: e.g. ``surveys_paperkeying.counts``."""
    body = text.encode("utf-8")
    told = len(body).to_bytes(_LENGTH_BYTES, "big") + body
    padded = told + bytes(-len(told) % BLOCK_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, padded, column.encode("ascii"))
    return b64encode(_VERSION + nonce + sealed).decode("ascii")


def read(key: bytes, column: str, stored: str) -> str:
    """The text behind what is stored. Raises `TextRefused`."""
    try:
        raw = b64decode(stored, validate=True)
        if not raw.startswith(_VERSION):
            raise TextRefused("not written here")
        head = len(_VERSION) + _NONCE_BYTES
        padded = ChaCha20Poly1305(key).decrypt(raw[len(_VERSION) : head], raw[head:], column.encode("ascii"))
    except (InvalidTag, NoBase64, ValueError) as error:
        raise TextRefused("another key or column, or changed") from error
    end = _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES], "big")
    return padded[_LENGTH_BYTES:end].decode("utf-8")
