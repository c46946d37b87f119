"""What is drawn over a table's head, told by the shape and place of each piece of ink."""

import numpy as np
import pytest

from surveys.paper.scans.darkness import Levels
from surveys.paper.scans.fitting import Fit
from surveys.paper.scans.ink import Ink
from surveys.paper.scans.reference import pixels
from surveys.paper.scans.words import Words
from surveys.printing.scan_marks import Rect
from tests.surveys.paper.scans.drawing import reference


def is_along(wide: float, high: float, below: float = 0.0) -> bool:
    """Whether a piece of ink is a stroke along the word over the grid's third column; ``below``: millimetres under the word's middle."""
    form = reference("grid")
    place = form.form.rows[0]
    x, y = place.boxes[2].rect.x + 4, place.rect.y - 3.4 + below
    faint = np.zeros(form.shape, np.uint8)
    faint[pixels(Rect(x - wide / 2, y - high / 2, wide, high), form.shape)] = 255
    none = np.zeros(form.shape, np.uint8)
    ink = Ink(none, faint, none, form.printed, none.astype(np.int32), (), none)
    levels = Levels(black=200, ink=60, faint=27, noise=0.01)
    return Words(none, ink, levels, form, [Fit((0, 0), 1.0)] * len(form.form.rows)).head(0).is_along


def test_a_flat_piece_among_the_letters_is_a_stroke_along_them():
    assert is_along(6.0, 0.6)


@pytest.mark.parametrize(
    ("wide", "high", "below"),
    [
        (0.6, 4.4, 0.0),  # the side of a ring
        (2.0, 2.2, 0.0),  # the end of a cross
        (6.0, 0.6, 2.4),  # a line under the word
        (6.0, 0.6, -3.0),  # the upper part of a ring
    ],
)
def test_what_is_high_or_lies_off_the_letters_is_none(wide, high, below):
    assert not is_along(wide, high, below)


def test_a_speck_and_a_sliver_of_print_say_nothing():
    assert is_along(0.4, 0.4, 2.4)
    assert is_along(6.0, 0.15, 2.4)
