"""A page that is the same for everybody but for a few holes, kept compressed (RFC 1951 and 1952). Pure.

What goes into a hole is stored beside the compressed pieces, not compressed with them: it costs nothing, and the length
of a page tells nothing about what its holes hold (the attack that made compressed secrets readable, BREACH, needs that).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping

# Method 8, no name, no time, unknown system.
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_EMPTY_LAST_BLOCK = b"\x01\x00\x00\xff\xff"
_MARK = re.compile(r"-hole-([a-z_]+)-")


def hole_for(name: str) -> str:
    """What stands in a rendered page where the text of that name goes."""
    return f"-hole-{name}-"


class Skeleton:
    """A rendered page, taken apart at its holes; any number of holes, each any number of times."""

    def __init__(self, html: str) -> None:
        pieces = _MARK.split(html)
        self.names = pieces[1::2]
        self.plain = [piece.encode() for piece in pieces[::2]]
        self.deflated = [_deflated(piece) for piece in self.plain]

    def filled(self, holes: Mapping[str, str]) -> bytes:
        """The page with its holes filled. Raises KeyError when one is missing."""
        return b"".join(_woven(self.plain, [holes[name].encode() for name in self.names]))

    def zipped(self, holes: Mapping[str, str], page: bytes) -> bytes:
        """`page`, which `filled` made of the same holes, as a gzip file; each hole shorter than 65.536 bytes."""
        body = _woven(self.deflated, [_stored(holes[name].encode()) for name in self.names])
        tail = struct.pack("<LL", zlib.crc32(page), len(page))
        return b"".join([_GZIP_HEAD, *body, _EMPTY_LAST_BLOCK, tail])


def _woven(pieces: list[bytes], between: list[bytes]) -> list[bytes]:
    woven = [b""] * (len(pieces) + len(between))
    woven[::2], woven[1::2] = pieces, between
    return woven


def _deflated(piece: bytes) -> bytes:
    """Compressed blocks that end on a byte's border and refer to nothing before them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(text: bytes) -> bytes:
    """One block that is not compressed and not the last."""
    return b"\x00" + struct.pack("<HH", len(text), len(text) ^ 0xFFFF) + text
