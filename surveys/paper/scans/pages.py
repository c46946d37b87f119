"""Files of scans opened one page at a time, within bounds that are checked before anything is decoded.

A file's kind is told by its first bytes. Nothing of its name or metadata is kept. A page is a gray picture of 8 bits; its
longer side has at most `LONGEST` pixels, about 200 dots an inch for A4.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from surveys.paper.scans.errors import FileProblem, FileRefused, PageProblem, PageRefused
from surveys.paper.scans.file_kinds import MOST_BYTES, kind_of

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

Gray = NDArray[np.uint8]

MOST_PAGES = 600
MOST_PIXELS = 60_000_000  # A4 at 600 dots an inch has 35 million
MOST_POINTS = 14_400.0  # the longest side that PDF knows (ISO 32000-1, annex C)
LONGEST = 2_400
SHORTEST = 500  # a ballot of 150 mm with fewer pixels has under 85 dots an inch
DOTS = 200 / 72  # pixels a point
PILLOW_KINDS = ("JPEG", "PNG", "TIFF")


@dataclass(frozen=True)
class Page:
    """``bilevel``: black and white only, so that faint pencil may be lost."""

    gray: Gray
    bilevel: bool


class Pages(Protocol):
    """An open file. ``page`` raises `PageRefused`; the others are not touched by it."""

    count: int

    def page(self, number: int) -> Page: ...

    def close(self) -> None: ...


def open_pages(data: bytes) -> Pages:
    """Open a file of scans; its pages are decoded when they are asked for. Raises `FileRefused`."""
    if len(data) > MOST_BYTES:
        raise FileRefused(FileProblem.TOO_BIG)
    match kind_of(data):
        case "PDF":
            return PdfPages(data)
        case "JPEG" | "PNG" | "TIFF":
            return PicturePages(data)
    raise FileRefused(FileProblem.NOT_A_SCAN)


class PdfPages:
    """Only rendered: scripts, links, forms and attachments are not touched."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        try:
            self._document: PdfDocument = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            is_locked = "password" in str(error).lower() or "security" in str(error).lower()
            raise FileRefused(FileProblem.ENCRYPTED if is_locked else FileProblem.BROKEN) from error
        self.count = len(self._document)
        _check_count(self.count)

    def page(self, number: int) -> Page:
        import pypdfium2

        try:
            page = self._document[number]
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise PageRefused(PageProblem.UNREADABLE) from error
        try:
            return self._rendered(page)
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
            raise PageRefused(PageProblem.UNREADABLE) from error
        finally:
            page.close()

    def close(self) -> None:
        self._document.close()

    def _rendered(self, page: PdfPage) -> Page:
        width, height = page.get_size()
        if not 0 < min(width, height) <= max(width, height) <= MOST_POINTS:
            raise PageRefused(PageProblem.UNREADABLE)
        sizes, bilevel = _pictures(page)
        largest = max((max(size) for size in sizes), default=0)
        aimed = min(LONGEST, max(DOTS * max(width, height), largest))
        bitmap = page.render(scale=aimed / max(width, height), grayscale=True, may_draw_forms=False)
        gray = _gray(bitmap.to_numpy())
        bitmap.close()
        if sizes and gray.min() == 255 and not _decodes(page):
            raise PageRefused(PageProblem.UNREADABLE)
        return Page(_fitted(gray), bilevel=bilevel or _is_bilevel(gray))


def _pictures(page: PdfPage) -> tuple[list[tuple[int, int]], bool]:
    """Declared sizes of the pictures on a page, read without decoding, and whether all are black and white."""
    import pypdfium2.raw as pdfium

    sizes, depths = [], []
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        size = picture.get_px_size()
        if size[0] * size[1] > MOST_PIXELS:
            raise PageRefused(PageProblem.TOO_MANY_PIXELS)
        sizes.append(size)
        depths.append(picture.get_metadata().bits_per_pixel)
    if sum(width * height for width, height in sizes) > 2 * MOST_PIXELS:
        raise PageRefused(PageProblem.TOO_MANY_PIXELS)
    return sizes, bool(depths) and set(depths) == {1}


def _decodes(page: PdfPage) -> bool:
    """Whether the pictures of a page that came out white can be decoded: the engine says nothing when one cannot."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            picture.get_bitmap(render=False).close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return False
    return True


class PicturePages:
    """JPEG, PNG, or the frames of a TIFF."""

    def __init__(self, data: bytes) -> None:
        self._picture: Image.Image
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # other libraries of the product allow it
        try:
            with _strict():
                self._picture = Image.open(BytesIO(data), formats=PILLOW_KINDS)
                self.count = self._frames()
        except FileRefused:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            self.count, self._picture = 1, Image.new("L", (1, 1))
            raise FileRefused(FileProblem.TOO_BIG) from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as error:
            raise FileRefused(FileProblem.BROKEN) from error
        _check_count(self.count)

    def _frames(self) -> int:
        """How many frames; a chain of more than are allowed is not walked to its end."""
        if self._picture.format != "TIFF":
            return 1
        count = 1
        while count <= MOST_PAGES:
            try:
                self._picture.seek(count)
            except EOFError:
                break
            count += 1
        self._picture.seek(0)
        return count

    def page(self, number: int) -> Page:
        try:
            with _strict():
                if self.count > 1:
                    self._picture.seek(number)
                return self._decoded()
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise PageRefused(PageProblem.TOO_MANY_PIXELS) from error
        except PageRefused:
            raise
        except Exception as error:  # Pillow's decoders raise whatever they stumble upon
            raise PageRefused(PageProblem.UNREADABLE) from error

    def _decoded(self) -> Page:
        picture = self._picture
        if picture.size[0] * picture.size[1] > MOST_PIXELS:
            raise PageRefused(PageProblem.TOO_MANY_PIXELS)
        bilevel = picture.mode == "1"
        if picture.format == "JPEG":
            picture.draft("L", (LONGEST, LONGEST))
        gray = _gray(np.asarray(_as_gray(picture)))
        return Page(_fitted(gray), bilevel=bilevel or _is_bilevel(gray))

    def close(self) -> None:
        self._picture.close()


def _as_gray(picture: Image.Image) -> Image.Image:
    """On white paper, the right way up where the camera says so."""
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I;16") or turned.mode in {"I", "F"}:
        values = np.asarray(turned, dtype=np.float32)
        return Image.fromarray(
            np.clip(values / 257 if values.max() > 255 else values, 0, 255).astype(np.uint8)
        )
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        clear = turned.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("L")
    return turned.convert("L")


def _strict() -> warnings.catch_warnings:
    """A picture that Pillow only warns about is refused."""
    return warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning)


def _check_count(count: int) -> None:
    if count < 1:
        raise FileRefused(FileProblem.NO_PAGES)
    if count > MOST_PAGES:
        raise FileRefused(FileProblem.TOO_MANY_PAGES)


def _gray(pixels: NDArray) -> Gray:
    flat = pixels[:, :, 0] if pixels.ndim == 3 else pixels
    return np.ascontiguousarray(flat, dtype=np.uint8)


def _fitted(gray: Gray) -> Gray:
    height, width = gray.shape
    if max(height, width) < SHORTEST:
        raise PageRefused(PageProblem.TOO_SMALL)
    shrink = LONGEST / max(height, width)
    if shrink >= 1:
        return gray
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _is_bilevel(gray: Gray) -> bool:
    """Whether nearly all pixels are black or white, as of a fax that was wrapped in a gray picture."""
    shares = np.bincount(gray[::7, ::7].ravel(), minlength=256) / gray[::7, ::7].size
    return bool(shares[:3].sum() + shares[253:].sum() > 0.995)
