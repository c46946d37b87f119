"""What happens to a sheet between the pen and the file: creases, tears, streaks, light, blur, noise, compression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.scans.forms import PX
from bench.scans.pens import Canvas

Gray = NDArray[np.uint8]
NOISE_SIDE = 4_600  # pixels; A4 at 300 dots an inch has 3.508, and as many places of it differ


@dataclass(frozen=True)
class Profile:
    """A way to make a picture. ``dots`` an inch; ``skew`` degrees; ``quality`` of JPEG, 0 for a lossless PNG."""

    name: str
    dots: tuple[int, int]
    skew: float = 2.0
    blur: tuple[float, float] = (0.35, 0.75)
    noise: tuple[float, float] = (0.8, 4.0)
    black: tuple[float, float] = (15, 70)
    white: tuple[float, float] = (225, 252)
    quality: tuple[int, int] = (75, 95)
    bilevel: bool = False
    perspective: float = 0.0
    shade: float = 0.04


PROFILES = {
    "office 200": Profile("office 200", (200, 200)),
    "office 300": Profile("office 300", (300, 300)),
    "bilevel": Profile("bilevel", (200, 300), bilevel=True, quality=(0, 0), noise=(2, 8)),
    "phone": Profile(
        "phone", (170, 210), skew=6, perspective=0.035, shade=0.35, noise=(2, 6), white=(190, 245)
    ),
    "hard": Profile(
        "hard",
        (150, 150),
        skew=8,
        blur=(0.6, 1.1),
        noise=(3, 8),
        black=(60, 110),
        white=(190, 235),
        quality=(30, 45),
    ),
}


def crease(canvas: Canvas, x1: float, y1: float, x2: float, y2: float, rng: Generator) -> None:
    """A fold from point to point (millimetres): a broken dark line with a lighter one beside it."""
    dark, wide = rng.uniform(0.05, 0.40), rng.uniform(0.2, 0.55)
    bend = rng.normal(scale=0.25, size=2)
    along = np.linspace(0, 1, 60)
    points = np.stack([x1 + (x2 - x1) * along, y1 + (y2 - y1) * along], axis=1)
    points += np.sin(np.pi * along)[:, None] * bend
    line = np.zeros(canvas.shape, np.uint8)
    for k in range(len(points) - 1):
        strength = int(np.clip(rng.normal(0.85, 0.3), 0, 1) * 255)
        ends = np.round(points[k : k + 2] * PX * 16).astype(int)
        cv2.line(line, tuple(ends[0]), tuple(ends[1]), strength, max(1, round(wide * PX)), cv2.LINE_AA, 4)
    left, top, across, down = cv2.boundingRect(line)
    if not across:
        return
    box = slice(max(top - 8, 0), top + down + 7), slice(max(left - 8, 0), left + across + 7)
    soft = cv2.GaussianBlur(line[box], (0, 0), 1.2).astype(np.float32) / 255
    bright = np.roll(soft, round(0.5 * PX), axis=0) * 0.05
    part = canvas[box].astype(np.float32)
    canvas[box] = np.clip(part * (1 - soft * dark) + 255 * bright * (1 - soft), 0, 255).astype(np.uint8)


def tear(sheet: Canvas, left: float, right: float, rng: Generator, bed: int) -> Canvas:
    """The ballot torn off at ``left`` millimetres, give or take; what is beyond the tear is the scanner's lid."""
    top = rng.uniform(-2, 2)
    edge = left + top + np.cumsum(rng.normal(scale=0.03, size=sheet.shape[0])) * 0.4
    edge = np.clip(edge, left - 2.5, left + 2.5)
    xs = np.arange(sheet.shape[1])[None, :]
    torn = np.where(xs < (edge * PX)[:, None], bed, sheet).astype(np.uint8)
    start = max(int((left - 3) * PX), 0)
    return torn[:, start : int(right * PX)]


def streak(page: Gray, x: float, rng: Generator) -> Gray:
    """Dirt on the glass: a thin line down the whole page at ``x`` of its width."""
    out = page.astype(np.float32)
    at, wide = int(x * page.shape[1]), int(rng.integers(1, 4))
    dark = rng.uniform(0.25, 0.8)
    flicker = np.clip(rng.normal(1, 0.1, size=(page.shape[0], 1)), 0.5, 1.2)
    out[:, at : at + wide] *= 1 - dark * flicker
    return np.clip(out, 0, 255).astype(np.uint8)


def scan(
    sheet: Canvas,
    profile: Profile,
    rng: Generator,
    *,
    bed: int,
    turn: int,
    auto_size: bool,
    streak_at: float | None = None,
) -> bytes:
    """The file of one sheet laid on the glass (or before the phone), turned by ``turn`` right angles."""
    dots = (
        int(rng.integers(profile.dots[0], profile.dots[1] + 1))
        if profile.dots[0] < profile.dots[1]
        else profile.dots[0]
    )
    scale = dots / 25.4
    wide, high = sheet.shape[1] / PX, sheet.shape[0] / PX
    room = (wide + 6, high + 6) if auto_size else (max(210.0, wide + 4), max(297.0, high + 4))
    size = round(room[0] * scale), round(room[1] * scale)
    source = cv2.GaussianBlur(sheet, (0, 0), max(0.3, 0.42 * PX / scale))
    page = _laid(source, profile, rng, scale=scale, size=size, bed=bed)
    page = _lit(page, profile, rng)
    if streak_at is not None:
        page = streak(page, streak_at, rng)
    page = np.ascontiguousarray(np.rot90(page, turn))
    if profile.bilevel:
        level = int(rng.integers(140, 200))
        _done, data = cv2.imencode(".png", np.where(page > level, 255, 0).astype(np.uint8))
    else:
        asked = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*profile.quality))]
        _done, data = cv2.imencode(".jpg", page, asked)
    return bytes(data)


def _laid(
    source: Canvas, profile: Profile, rng: Generator, *, scale: float, size: tuple[int, int], bed: int
) -> Gray:
    """The sheet on its bed: shifted, skewed, stretched by the feeder, curled."""
    wide, high = source.shape[1] / PX, source.shape[0] / PX
    free_x, free_y = size[0] / scale - wide, size[1] / scale - high
    at = (
        rng.uniform(0.2, 0.8) * free_x,
        rng.uniform(0.1, 0.9) * free_y if free_y < 20 else rng.uniform(2, free_y - 2),
    )
    angle = np.radians(rng.normal(scale=profile.skew / 2.2))
    stretch = 1 + rng.normal(scale=0.002, size=2)
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], float)
    spun = (
        (corners - (wide / 2, high / 2))
        * stretch
        @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    )
    laid = spun + np.array([wide / 2 + at[0], high / 2 + at[1]])
    laid += rng.uniform(-1, 1, size=(4, 2)) * profile.perspective * wide
    matrix = cv2.getPerspectiveTransform((laid * scale).astype(np.float32), (corners * PX).astype(np.float32))
    ys, xs = np.mgrid[0 : size[1] : 16, 0 : size[0] : 16].astype(np.float32)
    coarse = cv2.perspectiveTransform(np.stack([xs.ravel(), ys.ravel()], axis=1)[None], matrix)[0]
    grid = coarse.reshape(*xs.shape, 2)
    curl = cv2.resize(
        rng.normal(scale=0.12 * PX, size=(5, 4, 2)).astype(np.float32),
        xs.shape[::-1],
        interpolation=cv2.INTER_CUBIC,
    )
    full = xs.shape[1] * 16, xs.shape[0] * 16
    maps = cv2.resize(grid + curl, full, interpolation=cv2.INTER_LINEAR)[: size[1], : size[0]]
    return cv2.remap(
        source, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=bed
    )


def _lit(page: Gray, profile: Profile, rng: Generator) -> Gray:
    """Light, blur, contrast and noise of the device."""
    page = cv2.GaussianBlur(page, (0, 0), rng.uniform(*profile.blur))
    low, high = rng.uniform(*profile.black), rng.uniform(*profile.white)
    out = low + page.astype(np.float32) * ((high - low) / 255)
    shade = rng.normal(scale=profile.shade, size=(3, 3)).astype(np.float32)
    light = cv2.resize(1 - np.abs(shade), page.shape[::-1], interpolation=cv2.INTER_CUBIC)
    out *= np.clip(light, 0.35, 1.05)
    out += _noise_of(page.shape, rng) * np.float32(rng.uniform(*profile.noise))
    return np.clip(out, 0, 255, out=out).astype(np.uint8)


def _noise_of(shape: tuple[int, ...], rng: Generator) -> NDArray[np.float32]:
    """Normal noise of one device for a page: a place of one large sheet of it, because drawing it anew takes longer than reading."""
    high, wide = shape[0], shape[1]
    room = _noise()
    top, left = (
        int(rng.integers(max(whole - part, 0) + 1)) for whole, part in zip(room.shape, shape, strict=True)
    )
    part = room[top : top + high, left : left + wide]
    if part.shape == shape:
        return part
    return rng.standard_normal(size=shape, dtype=np.float32)


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(1).standard_normal(size=(NOISE_SIDE, NOISE_SIDE), dtype=np.float32)
