"""A second generator, drawn another way throughout: the grader must not know one hand only.

The form is rendered in colour at 300 dpi; strokes are Catmull-Rom splines whose ink pools where the pen slows down, in blue, black or
red; the sheet is laid by a projective picture transform; light falls off from a corner; the camera's noise is of two scales.
Nothing of `pens`, `strokes` and `paper` is used. It draws one ballot a page, in fewer styles.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pypdfium2
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from bench.scans.forms import KINDS, SHARES, load
from bench.scans.heads import OverHead, contradicted
from bench.scans.paper import Profile
from bench.scans.rows import Truth
from bench.scans.sheets import Sheet, row_at
from bench.scans.styles import BY_NAME
from surveys.printing.scan_marks import STUB, WIDTH, BallotForm

DOTS = 300
MM = DOTS / 25.4
INKS = ((24, 38, 130), (20, 24, 30), (30, 30, 42), (60, 80, 170), (150, 30, 36), (96, 96, 100))
Points = NDArray[np.float64]
#: style of `styles` → share; 'unclear' ones are told by the grader's own list.
SHARES_OF_STYLES = {
    "cross": 30,
    "tick": 26,
    "slash": 8,
    "V": 8,
    "filled": 5,
    "blank": 4,
    "double": 3,
    "scratched out": 3,
    "ringed cross": 3,
    "mark struck through": 3,
    "mark and its word struck out": 3,
    "ring round the box": 2,
    "cross beside the box": 2,
}


def invent(rng: Generator, profile: Profile, **_facts) -> Sheet:
    """One ballot, marked and photographed. ``profile`` gives its name and whether it is a photograph."""
    name = str(rng.choice([kind[0] for kind in KINDS], p=SHARES))
    blank = load(name)
    form = BallotForm.from_json(blank.geometry)
    page = pypdfium2.PdfDocument(blank.pdf)[0].render(scale=DOTS / 72).to_pil().convert("RGB")
    names, shares = zip(*SHARES_OF_STYLES.items(), strict=True)
    truths, over = [], []
    for number, place in enumerate(form.rows):
        style = str(rng.choice(names, p=np.array(shares) / sum(shares)))
        at = int(rng.integers(len(place.boxes)))
        row = row_at(form, number)
        _mark(page, row, at, style, rng)
        if BY_NAME[style].over_word and not row.words_beside:
            over.append(OverHead(number, at, BY_NAME[style]))
        known = style in {"cross", "tick", "slash", "V", "filled"}
        truths.append(Truth(style, place.boxes[at].level if known else None, folded=False))
    edges = (STUB, 0.0, STUB + WIDTH, form.height)
    sheet = page.crop(tuple(round(each * MM) for each in edges))
    told = contradicted(truths, over, form)
    return Sheet(name, "", profile.name, _picture(sheet, rng, photo=profile.perspective > 0), (told,))


def _mark(page: Image.Image, row, at: int, style: str, rng: Generator) -> None:
    x, y = row.boxes[at]
    pen = _Pen(page, rng)
    mark = str(rng.choice(["cross", "tick", "slash", "V"]))
    match style:
        case "blank":
            return
        case "ring round the box":
            pen.ring(x + 4, y + 4, rng.uniform(5.5, 6.8))
            return
        case "cross beside the box":
            pen.mark("cross", x - rng.uniform(8.5, 10), y, 0.6)
            return
        case "double":
            other = int(rng.choice([k for k in range(len(row.boxes)) if k != at]))
            pen.mark(mark, *row.boxes[other])
            pen.mark(mark, x, y)
        case "scratched out":
            pen.mark(mark, x, y)
            pen.zigzag(x - 0.8, y - 0.4, 9.6, 8.8, int(rng.integers(7, 11)))
        case "filled":
            pen.zigzag(x + 1.0, y + 1.0, 6.0, 6.0, 15)
        case "ringed cross":
            pen.mark("cross", x, y, 0.85)
            pen.ring(x + 4, y + 4, rng.uniform(3.3, 6.4))
        case "mark struck through":
            pen.mark(mark, x, y)
            pen.stroke([(x - 3, y + rng.uniform(3, 5)), (x + 4, y + 4), (x + 11, y + rng.uniform(3, 5))])
        case "mark and its word struck out":
            pen.mark(mark, x, y)
            left, middle = (x + 12, y + 4) if row.words_beside else (x - 2.5, row.head)
            pen.stroke([(left, middle), (left + 7, middle + rng.normal(scale=0.3)), (left + 13, middle)])
        case _:
            pen.mark(style, x, y)


class _Pen:
    """One pen in one hand: colour, width, tremor."""

    def __init__(self, page: Image.Image, rng: Generator) -> None:
        self.draw, self.rng = ImageDraw.Draw(page), rng
        self.ink = INKS[int(rng.integers(len(INKS)))]
        self.width, self.tremor = rng.uniform(0.4, 0.8), rng.uniform(0.05, 0.18)

    def mark(self, kind: str, x: float, y: float, size: float = 1.0) -> None:
        low, high = 4 - 2.9 * size, 4 + 2.9 * size
        shapes = {
            "cross": [[(low, low), (4.1, 4), (high, high)], [(high, low), (4, 4.1), (low, high)]],
            "tick": [[(low, 4), (3.4, high), (4.6, 4.4), (high + self.rng.uniform(0, 1.6), low - 0.4)]],
            "slash": [[(low, high), (4, 4), (high, low)]],
            "V": [[(low, low), (4, high), (high, low)]],
        }
        for shape in shapes[kind]:
            self.stroke([(x + px, y + py) for px, py in shape])

    def ring(self, x: float, y: float, radius: float) -> None:
        turns = np.linspace(0, 2 * np.pi + 0.4, 14) + self.rng.uniform(0, 6)
        self.stroke([(x + radius * np.cos(a), y + radius * np.sin(a)) for a in turns])

    def zigzag(self, x: float, y: float, wide: float, high: float, lines: int) -> None:
        self.stroke([(x + wide * (k % 2), y + high * k / (lines - 1)) for k in range(lines)])

    def stroke(self, corners) -> None:
        line = _spline(np.array(corners, float) + self.rng.normal(scale=self.tremor, size=(len(corners), 2)))
        speed = np.linalg.norm(np.gradient(line, axis=0), axis=1)
        pooled = self.width * (0.8 + 0.5 * np.exp(-speed / max(float(np.median(speed)), 1e-6)))
        for (x, y), wide in zip(line * MM, pooled * MM / 2, strict=True):
            self.draw.ellipse((x - wide, y - wide, x + wide, y + wide), fill=self.ink)


def _spline(corners: Points) -> Points:
    """Catmull-Rom through the corners, 40 points a piece."""
    padded = np.concatenate([corners[:1], corners, corners[-1:]])
    t = np.linspace(0, 1, 40)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    return np.concatenate(pieces)


def _picture(sheet: Image.Image, rng: Generator, *, photo: bool) -> bytes:
    """The sheet on a desk or a scanner's bed, as a JPEG."""
    wide, high = sheet.width + round(30 * MM), sheet.height + round(30 * MM)
    bed = Image.new("RGB", (wide, high), (172, 160, 148) if photo else (244, 244, 242))
    bed.paste(sheet, (round(rng.uniform(4, 26) * MM), round(rng.uniform(4, 26) * MM)))
    bend = (0.03 if photo else 0.004) * wide
    corners = [(0, 0), (wide, 0), (wide, high), (0, high)]
    seen = [(x + rng.uniform(-bend, bend), y + rng.uniform(-bend, bend)) for x, y in corners]
    scale = rng.uniform(190, 230) / DOTS
    size = round(wide * scale), round(high * scale)
    target = [(x * scale, y * scale) for x, y in corners]
    bed = bed.filter(ImageFilter.GaussianBlur(0.42 / scale))
    out = bed.transform(
        size, Image.Transform.PERSPECTIVE, _projective(target, seen), Image.Resampling.BICUBIC
    )
    out = out.rotate(rng.normal(scale=2.5 if photo else 0.8), fillcolor=bed.getpixel((1, 1)), resample=3)
    light = np.asarray(out, np.float32)
    ys, xs = np.mgrid[0 : light.shape[0], 0 : light.shape[1]].astype(np.float32)
    away = np.hypot(xs / light.shape[1] - rng.random(), ys / light.shape[0] - rng.random())
    light *= (1 - (0.28 if photo else 0.05) * away[..., None] ** 2) * rng.uniform(0.9, 1.0)
    light += rng.normal(scale=rng.uniform(1, 4), size=light.shape)
    coarse = rng.normal(scale=2.0, size=(light.shape[0] // 8 + 1, light.shape[1] // 8 + 1))
    light += np.kron(coarse, np.ones((8, 8)))[: light.shape[0], : light.shape[1], None]
    file = BytesIO()
    Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).save(
        file, "JPEG", quality=int(rng.integers(72, 93))
    )
    return file.getvalue()


def _projective(target, source) -> list[float]:
    """The eight figures of the transform that takes each target point to its source point."""
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return list(np.linalg.solve(np.array(rows), np.array(right)))
