"""Handwriting by the strokes of a script font."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from bench.scans.forms import PX
from bench.scans.pens import Canvas
from bench.scans.rows import any_pen

LETTERS = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX


def written(c: Canvas, words: str, x: float, y: float, wide: float, rng: Generator) -> None:
    """Handwriting by the strokes of a script font, with accents left out, slanted and shaken."""
    plain = (
        words.replace("ô", "o")
        .replace("ư", "u")
        .replace("ợ", "o")
        .replace("é", "e")
        .replace("ố", "o")
        .replace("ó", "o")
    )
    plain = plain.replace("đ", "d").replace("ú", "u")
    (long, _high), _base = cv2.getTextSize(plain, LETTERS, 1.0, 1)
    scale = wide * PX / max(long, 1)
    pen = any_pen(rng)
    size = int(wide * PX * 1.6), int(wide * PX * 1.2)
    ink = np.zeros((size[1], size[0]), np.uint8)
    cv2.putText(
        ink,
        plain,
        (int(size[0] * 0.15), int(size[1] * 0.6)),
        LETTERS,
        scale,
        255,
        max(2, round(pen.width * PX)),
        cv2.LINE_AA,
    )
    if words != plain:
        cv2.putText(
            ink, "^", (int(size[0] * 0.45), int(size[1] * 0.42)), LETTERS, scale * 0.6, 255, 3, cv2.LINE_AA
        )
    slant = np.array([[1, -0.2 + rng.normal(scale=0.1), 0], [rng.normal(scale=0.05), 1, 0]], np.float32)
    ink = cv2.warpAffine(ink, slant, size)
    top, left = round(y * PX - size[1] * 0.5), round(x * PX - size[0] * 0.12)
    part = c[max(top, 0) : top + size[1], max(left, 0) : left + size[0]]
    cover = ink[: part.shape[0], : part.shape[1]].astype(np.float32) / 255 * pen.cover
    part[:] = np.minimum(part, part * (1 - cover) + pen.gray * cover).astype(np.uint8)
