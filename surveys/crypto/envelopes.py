"""The envelope of a waiting ballot: whoever holds the public box key seals it, only the opening key opens it.

    sealed = 01 | key id (4) | ephemeral X25519 (32) | ChaCha20-Poly1305(padded)
    key | nonce = HKDF-SHA256(shared secret, salt = ephemeral public | box public, info = AAD), 32 | 12 bytes
    AAD = "kbnn-box-v1\\n", then office code, period and row id, each after its length (2 bytes)
    padded = length of the body (4) | body | zeros

Pure: keys, places and bodies come in as bytes, bytes go out. Sources: `docs/spec/trust.md` section 3; RFC 7748 (X25519),
RFC 5869 (HKDF), RFC 8439 (ChaCha20-Poly1305). Each envelope has an ephemeral key of its own, so the derived key is used
once and its nonce may be derived with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from surveys.crypto import crockford

VERSION = b"\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 4
ROW_ID_BYTES = 16
LENGTH_BYTES = 4
TAG_BYTES = 16
_HEAD_BYTES = len(VERSION) + KEY_ID_BYTES + KEY_BYTES
#: How much longer an envelope is than the padded body in it.
OVERHEAD = _HEAD_BYTES + TAG_BYTES
_NONCE_BYTES = 12
_DOMAIN = b"kbnn-box-v1\n"
_FINGERPRINT_DOMAIN = b"kbnn-box-key-v1\n"


class EnvelopeRefused(Exception):
    """It was not sealed for this place, was changed since, or is no envelope at all."""


class OpeningKeyMissing(EnvelopeRefused):
    """It was sealed to a key that this opener does not hold: nothing says that the envelope itself is damaged."""


class BodyTooLong(ValueError):
    """The body does not fit into the length of its questionnaire version."""


@dataclass(frozen=True)
class Place:
    """Where an envelope lies; opened at any other place it is refused. ``row`` is the raw id, 16 bytes."""

    office: str
    period: str
    row: bytes

    @cached_property
    def associated_data(self) -> bytes:
        if len(self.row) != ROW_ID_BYTES:
            raise ValueError(f"a row id has {ROW_ID_BYTES} bytes, not {len(self.row)}")
        parts = (self.office.encode("utf-8"), self.period.encode("utf-8"), self.row)
        return _DOMAIN + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def seal(*, public: bytes, place: Place, body: bytes, padded_bytes: int) -> bytes:
    """The envelope of a body: ``padded_bytes`` + `OVERHEAD` bytes, however short the body.

    Raises `BodyTooLong` where the body and its length do not fit into ``padded_bytes``.
    """
    padded = _pad(body, padded_bytes)
    ephemeral = X25519PrivateKey.generate()
    ephemeral_public = ephemeral.public_key().public_bytes_raw()
    receiver, head = _receiver(public)
    key, nonce = _derived(ephemeral.exchange(receiver), ephemeral_public + public, place.associated_data)
    ciphertext = ChaCha20Poly1305(key).encrypt(nonce, padded, place.associated_data)
    return head + ephemeral_public + ciphertext


def public_of(private: bytes) -> bytes:
    """The 32 public bytes of an opening key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def new_opening_key() -> bytes:
    """The 32 private bytes of a fresh pair."""
    return X25519PrivateKey.generate().private_bytes_raw()


def fingerprint(public: bytes) -> str:
    """What names a public box key on paper and in the database: 64 hex digits."""
    return sha256(_FINGERPRINT_DOMAIN + public).hexdigest()


def printed_fingerprint(public: bytes) -> str:
    """The first half, in groups of four, as it stands on minutes and is compared by eye."""
    return crockford.grouped(fingerprint(public)[:32].upper())


def key_id(public: bytes) -> bytes:
    """The first 4 bytes of the fingerprint: which key an envelope was sealed to."""
    return sha256(_FINGERPRINT_DOMAIN + public).digest()[:KEY_ID_BYTES]


def key_id_of(sealed: bytes) -> bytes:
    """The key id that an envelope names, read without opening it. Raises `EnvelopeRefused`."""
    if len(sealed) <= OVERHEAD or not sealed.startswith(VERSION):
        raise EnvelopeRefused("not an envelope of version 1")
    return sealed[len(VERSION) : len(VERSION) + KEY_ID_BYTES]


class Opener:
    """The opening keys of the present and of former pairs; each envelope is opened with the one it names."""

    def __init__(self, private_keys: Iterable[bytes]) -> None:
        pairs = [(private, public_of(private)) for private in private_keys]
        self._keys: Mapping[bytes, tuple[X25519PrivateKey, bytes]] = {
            key_id(public): (X25519PrivateKey.from_private_bytes(private), public)
            for private, public in pairs
        }

    def open(self, sealed: bytes, *, place: Place) -> bytes:
        """The body of an envelope. Raises `OpeningKeyMissing`, `EnvelopeRefused`."""
        named = key_id_of(sealed)
        if named not in self._keys:
            raise OpeningKeyMissing(f"no opening key {named.hex()}")
        private, public = self._keys[named]
        ephemeral_public, ciphertext = sealed[_HEAD_BYTES - KEY_BYTES : _HEAD_BYTES], sealed[_HEAD_BYTES:]
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral_public))
            key, nonce = _derived(shared, ephemeral_public + public, place.associated_data)
            return _unpad(ChaCha20Poly1305(key).decrypt(nonce, ciphertext, place.associated_data))
        except InvalidTag as error:
            raise EnvelopeRefused("sealed for another place, or changed") from error
        except ValueError as error:  # a point of small order: RFC 7748 section 6.1
            raise EnvelopeRefused("no valid ephemeral key") from error


@lru_cache(maxsize=8)
def _receiver(public: bytes) -> tuple[X25519PublicKey, bytes]:
    """A public box key as the exchange takes it, and how every envelope to it begins; nothing of either is secret."""
    return X25519PublicKey.from_public_bytes(public), VERSION + key_id(public)


def _pad(body: bytes, padded_bytes: int) -> bytes:
    zeros = padded_bytes - LENGTH_BYTES - len(body)
    if zeros < 0:
        raise BodyTooLong(f"{len(body)} bytes and their length do not fit into {padded_bytes}")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body + bytes(zeros)


def _unpad(padded: bytes) -> bytes:
    end = LENGTH_BYTES + int.from_bytes(padded[:LENGTH_BYTES], "big")
    # A length beyond the envelope leaves less than no room, which no count of zeros equals.
    if padded.count(0, end) != len(padded) - end:
        raise EnvelopeRefused("a body longer than the envelope, or padding that is not zero")
    return padded[LENGTH_BYTES:end]


def _derived(shared: bytes, salt: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of one envelope."""
    derived = HKDF(SHA256(), KEY_BYTES + _NONCE_BYTES, salt, info).derive(shared)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]
