"""Drawings as plain shapes in millimetres: to SVG with attributes only for PDF, to PNG for DOCX. Black, grey, white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import segno
from django.conf import settings

FONTS = Path(settings.BASE_DIR) / "static" / "fonts" / "liberation"
FAMILY = "Liberation Serif"
POINT = 25.4 / 72
PNG_DPI = 300
BESIDE_NAME = 5  # millimetres between two names under their signatures: an em of 13 points
QR_QUIET = 4
QR_PIXELS = 6  # a module in PNG; finer ones are resampled by word processors and scan no longer


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    fill: str = "#ffffff"
    line: float = 0.0


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    width: float = 0.25


@dataclass(frozen=True)
class Words:
    """Text at its baseline; ``anchor`` is start, middle or end."""

    x: float
    y: float
    text: str
    size: float = 8  # points
    bold: bool = False
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    shapes: tuple[Rect | Line | Words, ...]


# ── SVG ────────────────────────────────────────────────────────────────────────────────


def svg(drawing: Drawing, said: str) -> str:
    """``said`` is the alternative text: WeasyPrint takes it from the drawing's own title."""
    inside = "".join(map(_svg, drawing.shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width}mm" height="{drawing.height}mm" '
        f'viewBox="0 0 {drawing.width} {drawing.height}"><title>{escape(said)}</title>{inside}</svg>'
    )


def _svg(shape: Rect | Line | Words) -> str:
    if isinstance(shape, Rect):
        line = f' stroke="#000000" stroke-width="{shape.line}"' if shape.line else ""
        return (
            f'<rect x="{shape.x:.3f}" y="{shape.y:.3f}" width="{shape.width:.3f}" height="{shape.height:.3f}" '
            f'fill="{shape.fill}"{line}/>'
        )
    if isinstance(shape, Line):
        return (
            f'<line x1="{shape.x1:.3f}" y1="{shape.y1:.3f}" x2="{shape.x2:.3f}" y2="{shape.y2:.3f}" '
            f'stroke="#000000" stroke-width="{shape.width}"/>'
        )
    weight = ' font-weight="bold"' if shape.bold else ""
    return (
        f'<text x="{shape.x:.3f}" y="{shape.y:.3f}" font-family={quoteattr(FAMILY)} '
        f'font-size="{shape.size * POINT:.3f}"{weight} text-anchor="{shape.anchor}" fill="#000000">'
        f"{escape(shape.text)}</text>"
    )


# ── PNG ────────────────────────────────────────────────────────────────────────────────


def png(drawing: Drawing) -> bytes:
    from PIL import Image, ImageDraw

    scale = PNG_DPI / 25.4
    picture = Image.new("L", (round(drawing.width * scale), round(drawing.height * scale)), 255)
    pen = ImageDraw.Draw(picture)
    for shape in drawing.shapes:
        if isinstance(shape, Rect):
            box = [shape.x, shape.y, shape.x + shape.width, shape.y + shape.height]
            outline = 0 if shape.line else None
            pen.rectangle(
                [round(end * scale) for end in box],
                _grey(shape.fill),
                outline,
                max(1, round(shape.line * scale)),
            )
        elif isinstance(shape, Line):
            ends = [round(end * scale) for end in (shape.x1, shape.y1, shape.x2, shape.y2)]
            pen.line(ends, 0, max(1, round(shape.width * scale)))
        else:
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            font = _font(shape.bold, False, shape.size * POINT * scale)
            pen.text((shape.x * scale, shape.y * scale), shape.text, 0, font, anchor)
    file = BytesIO()
    picture.save(file, "PNG", dpi=(PNG_DPI, PNG_DPI))
    return file.getvalue()


def _grey(colour: str) -> int:
    return int(colour[1:3], 16)


@cache
def _font(bold: bool, italic: bool, size: float):
    from PIL import ImageFont

    style = {(0, 0): "Regular", (1, 0): "Bold", (0, 1): "Italic", (1, 1): "BoldItalic"}[bold, italic]
    return ImageFont.truetype(FONTS / f"LiberationSerif-{style}.ttf", size)


def width_of(text: str, points: float, *, bold: bool = False) -> float:
    """The width of a line in millimetres; Times New Roman is as wide as its twin."""
    return _font(bold, False, 200).getlength(text) * points / 200 * POINT


def in_rows(texts: Sequence[str], points: float, room: float, *, gap: float) -> tuple[tuple[str, ...], ...]:
    """The bold texts beside each other, in order, in as few rows as the room has; a longer one has a row for itself.

    ``room`` and the ``gap`` between two texts in millimetres.
    """
    rows: list[list[str]] = []
    left = 0.0
    for text in texts:
        width = width_of(text, points, bold=True)
        if rows and width + gap <= left:
            rows[-1].append(text)
            left -= width + gap
        else:
            rows.append([text])
            left = room - width
    return tuple(map(tuple, rows))


# ── QR ─────────────────────────────────────────────────────────────────────────────────


def qr_svg(address: str) -> str:
    """An inline drawing that fills its box, quiet zone included."""
    code = segno.make_qr(address, error="m", boost_error=False)
    modules, side = [], code.symbol_size(border=QR_QUIET)[0]
    for y, row in enumerate(code.matrix_iter(border=QR_QUIET)):
        modules += [f"M{x} {y}h1v1h-1z" for x, dark in enumerate(row) if dark]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" viewBox="0 0 {side} {side}">'
        f"<title>{escape(f'Mã QR: {address}')}</title>"
        f'<path d="{"".join(modules)}" fill="#000000"/></svg>'
    )


def qr_png(address: str) -> bytes:
    file = BytesIO()
    segno.make_qr(address, error="m", boost_error=False).save(
        file, kind="png", scale=QR_PIXELS, border=QR_QUIET
    )
    return file.getvalue()
