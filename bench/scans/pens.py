"""Pens: strokes as lines of points in millimetres, drawn with the unevenness of a hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.scans.forms import PX

Canvas = NDArray[np.uint8]
Stroke = NDArray[np.float64]  # (n, 2), millimetres


@dataclass(frozen=True)
class Pen:
    """``width`` in millimetres, ``gray`` of the line (0 black), ``cover`` how much of the paper it covers."""

    width: float
    gray: float
    cover: float
    skips: float = 0.0


def ball_pen(rng: Generator) -> Pen:
    return Pen(
        rng.uniform(0.35, 0.75), rng.uniform(20, 110), rng.uniform(0.75, 1.0), rng.choice([0, 0, 0, 0.05])
    )


def pencil(rng: Generator) -> Pen:
    return Pen(rng.uniform(0.5, 0.9), rng.uniform(95, 150), rng.uniform(0.55, 0.85), 0.03)


def faint_pencil(rng: Generator) -> Pen:
    return Pen(rng.uniform(0.4, 0.8), rng.uniform(150, 195), rng.uniform(0.4, 0.7), 0.08)


def marker(rng: Generator) -> Pen:
    return Pen(rng.uniform(1.4, 2.6), rng.uniform(15, 110), rng.uniform(0.85, 1.0))


def draw(canvas: Canvas, strokes: Sequence[Stroke], pen: Pen, rng: Generator) -> None:
    """Onto a gray page of `PX` pixels a millimetre."""
    if not strokes:
        return
    points = np.concatenate(strokes)
    margin = pen.width + 1
    left, top = np.floor((points.min(axis=0) - margin) * PX).astype(int)
    right, bottom = np.ceil((points.max(axis=0) + margin) * PX).astype(int)
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, canvas.shape[1]), min(bottom, canvas.shape[0])
    if right - left < 2 or bottom - top < 2:
        return
    cover = np.zeros((bottom - top, right - left), np.float32)
    for stroke in strokes:
        np.maximum(cover, _line(cover.shape, (stroke * PX) - (left, top), pen, rng), out=cover)
    part = canvas[top:bottom, left:right].astype(np.float32)
    inked = np.minimum(part, part * (1 - cover * pen.cover) + pen.gray * cover * pen.cover)
    canvas[top:bottom, left:right] = np.clip(inked, 0, 255).astype(np.uint8)


def _line(shape: tuple[int, ...], points: Stroke, pen: Pen, rng: Generator) -> NDArray[np.float32]:
    """One stroke as cover 0 to 1, thicker and thinner as it goes, with gaps where the pen skips."""
    smooth = _resampled(points, step=2.0)
    pressure = (
        1
        + 0.18 * np.convolve(rng.normal(size=len(smooth) + 20), np.ones(21) / 21, "valid")[: len(smooth)] * 4
    )
    line = np.zeros(shape, np.uint8)
    for k in range(len(smooth) - 1):
        if pen.skips and rng.random() < pen.skips:
            continue
        ends = np.round(smooth[k : k + 2] * 16).astype(int)
        thick = max(1, round(pen.width * PX * float(np.clip(pressure[k], 0.6, 1.5))))
        cv2.line(line, tuple(ends[0]), tuple(ends[1]), 255, thick, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(line, (0, 0), 0.7).astype(np.float32) / 255


def _resampled(points: Stroke, step: float) -> Stroke:
    if len(points) < 2:
        return np.repeat(points, 2, axis=0) + np.array([[0, 0], [0.5, 0.5]])
    gaps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    far = np.concatenate([[0], np.cumsum(np.maximum(gaps, 1e-6))])
    at = np.linspace(0, far[-1], max(3, int(far[-1] / step)))
    return np.stack([np.interp(at, far, points[:, axis]) for axis in (0, 1)], axis=1)


def wobble(points: Sequence[tuple[float, float]], rng: Generator, *, by: float = 0.25) -> Stroke:
    """A hand's line through these points: bent and shaken a little."""
    corners = np.array(points, float) + rng.normal(scale=by * 0.6, size=(len(points), 2))
    line = _resampled(corners, step=0.4)
    bend = rng.normal(scale=by, size=2) * np.sin(np.linspace(0, np.pi, len(line)))[:, None]
    shake = np.stack(
        [np.convolve(rng.normal(size=len(line) + 6), np.ones(7) / 7, "valid") for _ in (0, 1)], axis=1
    )
    return line + bend + 0.12 * by * shake[: len(line)]
