"""What a person is shown of a ballot: a row, the comment; never the stub, never more of the page than is asked about."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.ballots import Seen
from surveys.paper.scans.reference import Reference, pixels
from surveys.paper.scans.words import words_above
from surveys.printing.scan_marks import WIDTH, Rect

QUALITY = 82
AROUND = 3.0  # mm above and below a row
LONGEST_PREVIEW = 900


@dataclass(frozen=True)
class Crops:
    """JPEG pictures: one for each row, and the comment's where something stands there."""

    rows: tuple[bytes, ...]
    comment: bytes = b""


def place_of(reference: Reference, number: int) -> Rect:
    """What is shown of a row: with the words over it, its criterion's or its head, because they may be struck out."""
    row = reference.form.rows[number].rect
    top = min(row.y - AROUND, words_above(reference, number)[0])
    return Rect(0, top, WIDTH, row.bottom + AROUND - top)


def crops_of(seen: Seen) -> Crops:
    if seen.reference is None:
        return Crops(())
    form = seen.reference.form
    rows = tuple(
        _jpeg(seen.flat[pixels(place_of(seen.reference, row), seen.flat.shape)])
        for row in range(len(form.rows))
    )
    comment = seen.flat[pixels(form.comment.grown(2.0), seen.flat.shape)]
    return Crops(rows, _jpeg(comment) if seen.reading.comment else b"")


def preview(gray: NDArray[np.uint8]) -> bytes:
    """A whole page, small: only of a page on which no ballot was read, so that a person sees what it is."""
    shrink = min(1.0, LONGEST_PREVIEW / max(gray.shape))
    return _jpeg(
        np.asarray(cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    )


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    _done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()
