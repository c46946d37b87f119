"""The blank form as the product prints it: what is print on a ballot and is therefore no mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from surveys.paper.scans.errors import FileProblem, FileRefused
from surveys.paper.scans.thresholds import (
    FINE,
    LETTER,
    PRINT_BLACK,
    PRINT_CORE,
    PRINT_GRAY,
    PRINT_REACH,
    ROUND_WORD,
    SCALE,
)
from surveys.printing.scan_marks import STUB, WIDTH, BallotForm, Rect

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Slices = tuple[slice, slice]
POINTS = 72 / 25.4  # a millimetre


@dataclass(frozen=True, eq=False)
class Reference:
    """``darkness``: the blank ballot in its own frame, 0 white to 255 black; ``stub``: the same of the stub beside it."""

    form: BallotForm
    darkness: Gray
    stub: Gray
    _round_words: dict[Rect, tuple[Mask, Mask]] = field(default_factory=dict, init=False, repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        return self.darkness.shape[0], self.darkness.shape[1]

    @cached_property
    def core(self) -> Gray:
        """Where the print is black to its middle: how dark a page's print is, is measured there."""
        return np.asarray((self.darkness > PRINT_CORE) * np.uint8(255), dtype=np.uint8)

    @cached_property
    def printed(self) -> Gray:
        """Print with what lies around it: ink here is not told from print."""
        return grown(np.asarray((self.darkness > PRINT_BLACK) * np.uint8(255), dtype=np.uint8), PRINT_REACH)

    @cached_property
    def letters(self) -> Gray:
        """The print without frames and rules: pieces no larger than a letter."""
        mask = np.asarray((self.darkness > PRINT_BLACK) * np.uint8(255), dtype=np.uint8)
        count, labels, stats, _middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
        sides = stats[:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
        small = sides < LETTER * SCALE
        small[0] = False
        return np.asarray(small[labels] * np.uint8(255), dtype=np.uint8)

    def round_words(self, rect: Rect) -> tuple[Mask, Mask]:
        """Of a place with words: the paper between their letters, closer to them than `printed` leaves, and that round them.

        Kept, because the same places are asked for on every ballot."""
        if rect not in self._round_words:
            here = pixels(rect, self.shape)
            letters = self.letters[here]
            gray = np.asarray(self.darkness[here] > PRINT_GRAY, dtype=np.uint8)
            print_near = cv2.dilate(gray, np.ones((FINE, FINE), np.uint8)) > 0
            between = (grown(letters, PRINT_REACH) > 0) & ~print_near
            near = (grown(letters, ROUND_WORD) > 0) & (self.printed[here] == 0)
            self._round_words[rect] = between, near
        return self._round_words[rect]

    @cached_property
    def half(self) -> Gray:
        """The darkness at half its size: where a row is first looked for."""
        return halved(self.darkness)

    @cached_property
    def near_print(self) -> Gray:
        """Print with more around it: where a page is compared with the form, whatever is written elsewhere."""
        return grown(self.printed, 1.0)

    @cached_property
    def paper(self) -> Gray:
        """Unprinted paper that nobody has a reason to write on: the margins between the corner marks."""
        mask = np.zeros(self.shape, np.uint8)
        height = self.form.height
        for rect in (Rect(2, 20, 3, height - 40), Rect(WIDTH - 5, 20, 3, height - 40)):
            mask[pixels(rect, self.shape)] = 255
        return np.asarray(np.where(self.printed > 0, 0, mask), dtype=np.uint8)


def read_reference(pdf: bytes, form: BallotForm) -> Reference:
    """Render the first page of a pad of this form. Raises `FileRefused`."""
    ballot, stub = render_blank(pdf, form.height)
    return Reference(form, ballot, stub)


def render_blank(pdf: bytes, height: float) -> tuple[Gray, Gray]:
    """Darkness of the first page's upper ballot and of its stub. Raises `FileRefused`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
        bitmap = document[0].render(scale=SCALE / POINTS, grayscale=True)
    except pypdfium2.PdfiumError as error:
        raise FileRefused(FileProblem.BROKEN) from error
    page = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    bitmap.close()
    document.close()
    tear, high, wide = round(STUB * SCALE), round(height * SCALE), round(WIDTH * SCALE)
    dark = np.full((high, tear + wide), 0, np.uint8)
    part = 255 - page[:high, : tear + wide]
    dark[: part.shape[0], : part.shape[1]] = part
    return np.ascontiguousarray(dark[:, tear:]), np.ascontiguousarray(dark[:, :tear])


def pixels(rect: Rect, shape: tuple[int, ...]) -> Slices:
    """A place on the ballot as slices of its frame, cut off at the edges."""
    top, bottom = (min(max(round(each * SCALE), 0), shape[0]) for each in (rect.y, rect.bottom))
    left, right = (min(max(round(each * SCALE), 0), shape[1]) for each in (rect.x, rect.right))
    return slice(top, bottom), slice(left, right)


def halved(gray: Gray) -> Gray:
    return np.asarray(cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def grown(mask: Gray, by: float) -> Gray:
    """A mask with ``by`` millimetres more on all sides."""
    side = 2 * round(by * SCALE) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(mask, kernel), dtype=np.uint8)
