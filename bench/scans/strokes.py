"""The strokes of a hand: crosses, ticks, scribbles and rings as lines in millimetres. ``x``, ``y``: upper left corner of a box of 8 mm."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from bench.scans.pens import Stroke, wobble


def cross(x: float, y: float, size: float, rng: Generator) -> list[Stroke]:
    low, high = 4 - size / 2, 4 + size / 2
    return [
        wobble([(x + low, y + low), (x + high, y + high)], rng),
        wobble([(x + high, y + low), (x + low, y + high)], rng),
    ]


def tick(x: float, y: float, rng: Generator) -> list[Stroke]:
    tail = rng.uniform(0, 3.0)
    start = (x + rng.uniform(1, 2.2), y + rng.uniform(3.2, 4.8))
    turn = (x + rng.uniform(3, 4), y + rng.uniform(6, 7.2))
    end = (x + rng.uniform(6.2, 7.5) + tail * 0.8, y + rng.uniform(0.5, 2) - tail)
    return [wobble([start, turn, end], rng)]


def v(x: float, y: float, rng: Generator) -> list[Stroke]:
    return [
        wobble(
            [
                (x + rng.uniform(1, 2), y + rng.uniform(1, 2)),
                (x + 4, y + 6.8),
                (x + rng.uniform(6, 7), y + 1.2),
            ],
            rng,
        )
    ]


def slash(x: float, y: float, rng: Generator) -> list[Stroke]:
    ends = (
        [(x + 1.3, y + 6.6), (x + 6.7, y + 1.4)]
        if rng.random() < 0.75
        else [(x + 1.4, y + 1.4), (x + 6.6, y + 6.6)]
    )
    return [wobble(ends, rng)]


def scribble(x: float, y: float, rng: Generator, *, rows: int, reach: float) -> list[Stroke]:
    """Back and forth across the box."""
    points = []
    for k in range(rows):
        along = 0.8 + 6.4 * k / (rows - 1) - reach * (1 - 2 * k / (rows - 1)) * 0.3
        points.append(
            (0.8 - reach + rng.uniform(-0.3, 0.5), along)
            if k % 2
            else (7.2 + reach - rng.uniform(-0.3, 0.5), along)
        )
    turn = rng.uniform(-0.7, 0.7)
    middle = np.array(points) - 4
    spun = middle @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) + 4
    return [wobble([(x + px, y + py) for px, py in spun], rng, by=0.2)]


def filled(x: float, y: float, rng: Generator) -> list[Stroke]:
    lines = []
    for k in range(11):
        at = 1.0 + k * 0.6 + rng.normal(scale=0.08)
        lines.append(
            wobble(
                [(x + 1 + rng.normal(scale=0.25), y + at), (x + 7 + rng.normal(scale=0.25), y + at)],
                rng,
                by=0.1,
            )
        )
    return lines


def ring(cx: float, cy: float, wide: float, high: float, rng: Generator) -> list[Stroke]:
    start = rng.uniform(0, 2 * np.pi)
    turns = np.linspace(start, start + 2 * np.pi * rng.uniform(0.95, 1.1), 40)
    grow = np.linspace(0.95, 1.08, 40)
    return [np.stack([cx + wide / 2 * grow * np.cos(turns), cy + high / 2 * grow * np.sin(turns)], axis=1)]


def arc(cx: float, cy: float, wide: float, high: float, turn: float, rng: Generator) -> Stroke:
    """A part ``turn`` (of 1) of a ring, open anywhere."""
    start = rng.uniform(0, 2 * np.pi)
    turns = np.linspace(start, start + 2 * np.pi * turn, 40)
    line = np.stack([cx + wide / 2 * np.cos(turns), cy + high / 2 * np.sin(turns)], axis=1)
    return wobble([(float(px), float(py)) for px, py in line[::6]], rng, by=0.12)


def simple(rng: Generator, x: float, y: float) -> list[Stroke]:
    kind = rng.integers(4)
    if kind == 0:
        return cross(x, y, rng.uniform(4.5, 7.0), rng)
    return (tick, v, slash)[kind - 1](x, y, rng)
