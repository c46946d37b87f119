"""Whether two pictures show the same page or the same sheet of paper.

Both answers live only as long as the pictures of the pile and under its key: no trace of a handwriting is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.ballots import Seen
from surveys.paper.scans.reference import pixels
from surveys.paper.scans.thresholds import (
    ALIKE,
    BLUR,
    HEAVY,
    LEAST_INK,
    SCALE,
)
from surveys.printing.scan_marks import BOX

Gray = NDArray[np.uint8]
CELL = 2  # pixels of the ballot's frame in one cell of a signature: a quarter of a millimetre


def page_digest(gray: Gray, key: bytes) -> str:
    """The same for the same picture, whatever file it came in; tells nothing without the pile's key."""
    return blake2b(repr(gray.shape).encode() + gray.tobytes(), key=key, digest_size=16).hexdigest()


def signature(seen: Seen) -> bytes:
    """The pen strokes in the boxes of a ballot, each from its own box's corner and a little blurred, one byte a cell of a
    quarter of a millimetre; b'' where there are too few to compare."""
    if seen.ink is None:
        return b""
    side = round(BOX * SCALE / CELL)
    cells = np.zeros((len(seen.places), side, side), np.uint8)
    for cell, ((row, number), rect) in zip(cells, sorted(seen.places.items()), strict=True):
        box = seen.ink.mask[pixels(rect, seen.ink.mask.shape)]
        if box.size and seen.measures[row].boxes[number].fill < HEAVY:  # one filled box is like another
            small = cv2.resize(box, (side, side), interpolation=cv2.INTER_AREA)
            cell[:] = cv2.GaussianBlur(small, (0, 0), BLUR)
    is_enough = cells.sum() >= LEAST_INK * 255 * (SCALE / CELL) ** 2
    return cells.tobytes() if is_enough else b""


def same_sheets(signatures: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs of ballots whose strokes are more alike than two hands make them: probably one sheet scanned twice."""
    rows = {k: np.frombuffer(each, np.uint8).astype(np.float32) for k, each in enumerate(signatures) if each}
    pairs: list[tuple[int, int]] = []
    for size in {row.size for row in rows.values()}:
        places = [k for k, row in rows.items() if row.size == size]
        table = np.stack([_normal(rows[k]) for k in places])
        close = np.argwhere(np.triu(table @ table.T, k=1) >= ALIKE)
        pairs += [(places[int(one)], places[int(other)]) for one, other in close]
    return sorted(pairs)


def _normal(row: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = row - row.mean()
    return np.asarray(middle / max(float(np.linalg.norm(middle)), 1e-6), dtype=np.float32)
