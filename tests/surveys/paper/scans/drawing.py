"""Ballots drawn for a test: the product's own print, marked with the strokes of the bench, as a file of a scanner."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from bench.scans import forms, styles
from bench.scans.forms import PX, TWO, Blank
from bench.scans.paper import PROFILES, scan
from bench.scans.sheets import row_at
from surveys.paper.scans.pages import open_pages
from surveys.paper.scans.reading import read_page
from surveys.paper.scans.reference import Reference, read_reference
from surveys.printing.scan_marks import STUB, WIDTH, BallotForm

OFFICE = PROFILES["office 200"]
BED = 252


@cache
def blank(name: str = "test-2x2") -> Blank:
    """Two criteria of two levels; `foreign` is another office's, `reversed` has its levels the other way round."""
    match name:
        case "foreign":
            return forms.make("test-foreign", TWO, 2, office="SON-LA", title="KBNN Sơn La")
        case "reversed":
            return forms.make("test-reversed", tuple(reversed(TWO)), 2)
        case "grid":
            return forms.make("test-3x4", forms.THREE, 4)
        case "whole":
            return forms.make("test-5x10", forms.FIVE, 10)
    return forms.make(name, TWO, 2)


@cache
def reference(name: str = "test-2x2") -> Reference:
    return read_reference(blank(name).pdf, BallotForm.from_json(blank(name).geometry))


class Ballot:
    """A page of the pad; ``mark`` draws into a row of its upper ballot, ``file`` makes a scan of it."""

    def __init__(self, name: str = "test-2x2", *, seed: int = 1) -> None:
        self.form = BallotForm.from_json(blank(name).geometry)
        self.canvas = blank(name).page.copy()
        self.rng = np.random.default_rng(seed)

    def mark(self, row: int, box: int, style: str = "cross") -> Ballot:
        drawn = row_at(self.form, row)
        next(each for each in styles.STYLES if each.name == style).draw(self.canvas, drawn, box, self.rng)
        return self

    def paper(self, *, untorn: bool = False, ballots: int = 1) -> np.ndarray:
        high = int(self.form.height * ballots * PX)
        return self.canvas[:high, 0 if untorn else int(STUB * PX) : int((STUB + WIDTH) * PX)].copy()

    def file(
        self, *, turn: int = 0, profile=OFFICE, untorn: bool = False, ballots: int = 1, streak_at=None
    ) -> bytes:
        """A file of this ballot, or of both of the page."""
        return scanned(
            self.paper(untorn=untorn, ballots=ballots),
            self.rng,
            turn=turn,
            profile=profile,
            streak_at=streak_at,
        )


def scanned(paper: np.ndarray, rng, *, turn: int = 0, profile=OFFICE, streak_at=None) -> bytes:
    return scan(paper, profile, rng, bed=BED, turn=turn, auto_size=False, streak_at=streak_at)


def read(data: bytes, *forms_known: str):
    """(PageReading, ballots as seen) of the first page."""
    known = [reference(name) for name in forms_known or ("test-2x2",)]
    return read_page(open_pages(data).page(0), known)


def levels(reading) -> list[list[int | None]]:
    return [[row.level for row in ballot.rows] for ballot in reading.ballots]


def as_pdf(*files: bytes) -> bytes:
    """Pictures as the pages of a PDF, as a scanner writes it."""
    pictures = [Image.open(BytesIO(each)).convert("L") for each in files]
    out = BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=200)
    return out.getvalue()


def as_tiff(*files: bytes) -> bytes:
    pictures = [Image.open(BytesIO(each)).convert("L") for each in files]
    out = BytesIO()
    pictures[0].save(out, "TIFF", save_all=True, append_images=pictures[1:], compression="tiff_lzw")
    return out.getvalue()


def white(high: int = 2339, wide: int = 1654) -> bytes:
    """The empty back of a sheet."""
    noise = np.random.default_rng(3).normal(246, 1.5, size=(high, wide))
    _done, data = cv2.imencode(".jpg", np.clip(noise, 0, 255).astype(np.uint8))
    return bytes(data)
