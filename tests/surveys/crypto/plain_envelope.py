"""The envelope of a waiting ballot once more, from the RFCs and the specification alone: slow, short, no library.

X25519 by RFC 7748 section 5, ChaCha20-Poly1305 by RFC 8439, HKDF by RFC 5869.
"""

from __future__ import annotations

import hashlib
import hmac

P = 2**255 - 19


def x25519(scalar: bytes, point: bytes) -> bytes:
    """The ladder of RFC 7748 section 5."""
    k = int.from_bytes(scalar, "little") & ~7 & ~(1 << 255) | 1 << 254
    x1 = int.from_bytes(point, "little") & ~(1 << 255)
    x2, z2, x3, z3, swapped = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swapped ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE = (9).to_bytes(32, "little")


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 section 2, with SHA-256."""
    extracted = hmac.new(salt, secret, hashlib.sha256).digest()
    block, out, number = b"", b"", 1
    while len(out) < length:
        block = hmac.new(extracted, block + info + bytes([number]), hashlib.sha256).digest()
        out, number = out + block, number + 1
    return out[:length]


def rotate(value: int, by: int) -> int:
    return (value << by | value >> 32 - by) & 0xFFFFFFFF


def quarter(s: list[int], a: int, b: int, c: int, d: int) -> None:
    for x, y, z, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = s[x] + s[y] & 0xFFFFFFFF
        s[z] = rotate(s[z] ^ s[x], by)


ROUND = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
ROUND += [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]


def chacha20_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    words = b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce
    start = [int.from_bytes(words[at : at + 4], "little") for at in range(0, 64, 4)]
    state = list(start)
    for _ in range(10):
        for places in ROUND:
            quarter(state, *places)
    return b"".join((a + b & 0xFFFFFFFF).to_bytes(4, "little") for a, b in zip(state, start, strict=True))


def chacha20(key: bytes, nonce: bytes, data: bytes) -> bytes:
    blocks = (len(data) + 63) // 64
    stream = b"".join(chacha20_block(key, number, nonce) for number in range(1, blocks + 1))
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))


def poly1305(key: bytes, message: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def tag(key: bytes, nonce: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    def filled(data: bytes) -> bytes:
        return data + bytes(-len(data) % 16)

    lengths = len(aad).to_bytes(8, "little") + len(ciphertext).to_bytes(8, "little")
    return poly1305(chacha20_block(key, 0, nonce)[:32], filled(aad) + filled(ciphertext) + lengths)


def associated_data(office: str, period: str, row: bytes) -> bytes:
    out = b"kbnn-box-v1\n"
    for part in (office.encode(), period.encode(), row):
        out += len(part).to_bytes(2, "big") + part
    return out


def key_id(public: bytes) -> bytes:
    return hashlib.sha256(b"kbnn-box-key-v1\n" + public).digest()[:4]


def seal(*, ephemeral: bytes, public: bytes, aad: bytes, padded: bytes) -> bytes:
    """Seal what is padded already, with a chosen ephemeral key: padding of any kind, and the same bytes each time."""
    ephemeral_public = x25519(ephemeral, BASE)
    derived = hkdf(x25519(ephemeral, public), ephemeral_public + public, aad, 44)
    ciphertext = chacha20(derived[:32], derived[32:], padded)
    return (
        b"\x01"
        + key_id(public)
        + ephemeral_public
        + ciphertext
        + tag(derived[:32], derived[32:], ciphertext, aad)
    )


def opened(sealed: bytes, *, private: bytes, aad: bytes) -> bytes:
    """The padded body; AssertionError where the tag is wrong."""
    public, ephemeral_public = x25519(private, BASE), sealed[5:37]
    derived = hkdf(x25519(private, ephemeral_public), ephemeral_public + public, aad, 44)
    ciphertext, given = sealed[37:-16], sealed[-16:]
    assert sealed[:5] == b"\x01" + key_id(public)
    assert tag(derived[:32], derived[32:], ciphertext, aad) == given
    return chacha20(derived[:32], derived[32:], ciphertext)
