"""How dark each place of a ballot is against the paper around it, whatever the light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.reference import Reference
from surveys.paper.scans.thresholds import (
    FAINT,
    INK_LEAST,
    INK_OF_BLACK,
    INK_SIGMAS,
    PAPER_WINDOW,
    ROUGH,
    SCALE,
)

Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class Levels:
    """Darkness of 255: of the print, and from which on there is ink, or faint ink. ``noise`` is the paper's, of 1."""

    black: float
    ink: float
    faint: float
    noise: float


def darkness_of(gray: Gray) -> Gray:
    """0 for paper, 255 for black: the picture over its paper, found by closing what is smaller than a shadow."""
    small = cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    side = round(PAPER_WINDOW * SCALE / 4) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (side, side)))
    paper = cv2.resize(cv2.medianBlur(closed, 9), gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    flat = cv2.divide(gray, np.maximum(paper, 1), scale=255)
    return np.asarray(cv2.bitwise_not(flat), dtype=np.uint8)


def settle(dark: Gray, reference: Reference, *, bilevel: bool) -> tuple[Gray, Levels]:
    """The darkness, smoothed where its paper is rough, and its thresholds."""
    if bilevel:
        dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), 0.8), dtype=np.uint8)
    noise = _noise(dark, reference)
    if noise > ROUGH:
        dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), 1.2), dtype=np.uint8)
        noise = _noise(dark, reference)
    core = dark[reference.core > 0]
    black = float(np.percentile(core, 75)) if core.size else 0.0
    offset, sigma = _paper(dark, reference)
    ink = max(INK_OF_BLACK * black, INK_LEAST * 255, offset + INK_SIGMAS * sigma)
    return dark, Levels(black=black, ink=ink, faint=max(FAINT * ink, offset + 3 * sigma), noise=noise)


def _noise(dark: Gray, reference: Reference) -> float:
    return _paper(dark, reference)[1] / 255


def _paper(dark: Gray, reference: Reference) -> tuple[float, float]:
    """Darkness of unprinted paper and its spread, both robust against what somebody wrote there."""
    values = dark[reference.paper > 0].astype(np.float32)
    if not values.size:
        return 0.0, 0.0
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(values - middle)))
