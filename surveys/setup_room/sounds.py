"""Whether bytes are a sound that a browser can play: its container is walked to the end, whatever the file is called.

MP3: ISO/IEC 11172-3 frames behind an ID3v2 tag (id3.org, 2.4.0 §3.1). M4A: boxes of ISO/IEC 14496-12, with a sound track.
"""

from __future__ import annotations

from collections.abc import Iterator

from surveys.models import AudioKind

FRAMES = 20  # half a second: shorter than any passage
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBITS = (
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2, 2.5
)


class NotASound(Exception):
    """Neither MP3 nor M4A, or one that breaks off."""


def kind_of(content: bytes) -> AudioKind:
    """Raises `NotASound`."""
    if content[4:8] == b"ftyp":
        return _m4a(content)
    at = _behind_tag(content)
    if sum(1 for _each in _frames(content, at)) < FRAMES:
        raise NotASound
    return AudioKind.MP3


def _behind_tag(content: bytes) -> int:
    """Where the frames begin; zeros may pad the tag."""
    at = 0
    if content[:3] == b"ID3":
        at = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=False)
        )
    while content[at : at + 1] == b"\0":
        at += 1
    return at


def _frames(content: bytes, at: int) -> Iterator[int]:
    """The length of each frame of layer III, one right behind the other, up to the end or a tag at the end."""
    while at < len(content) and content[at : at + 3] not in (b"TAG", b"APE"):
        length = _frame_length(content[at : at + 4])
        if not length or at + length > len(content):
            raise NotASound
        yield length
        at += length


def _frame_length(head: bytes) -> int:
    """In bytes; 0 where no frame begins."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or not 0 < bits < 15 or rate == 3:
        return 0
    kbits = _KBITS[version != 3][bits - 1]
    return (144 if version == 3 else 72) * kbits * 1000 // _RATES[version][rate] + (head[2] >> 1 & 1)


def _m4a(content: bytes) -> AudioKind:
    boxes = dict(_boxes(content))
    if not boxes.get(b"mdat") or b"soun" not in boxes.get(b"moov", b""):
        raise NotASound
    return AudioKind.M4A


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each box of the file; every length that is declared must be there."""
    at = 0
    while at < len(content):
        length, head = int.from_bytes(content[at : at + 4], "big"), 8
        if length == 1:
            length, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif length == 0:  # up to the end
            length = len(content) - at
        if length < head or at + length > len(content):
            raise NotASound
        yield content[at + 4 : at + 8], content[at + head : at + length]
        at += length
