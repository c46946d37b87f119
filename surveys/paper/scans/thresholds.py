"""Every figure that decides what the machine says of a mark, in one place, with what it rests on.

A ballot is looked at in its own frame of `SCALE` pixels a millimetre. Shares are of the area named, lengths millimetres.
The figures were set on sheets of the calibration seeds of `bench/scans` and frozen before the graded run; docs/scans.md has
its tables. `version()` changes with any of them, is kept with every reading and printed in the minutes.
"""

from __future__ import annotations

from hashlib import sha256

SCALE = 8  # pixels a millimetre, 203 dots an inch: about what a 200 dpi scan has

# --- is it a page, and one of ours ------------------------------------------------------------------------------------
DARK_PIXEL = 200  # gray below which a pixel counts for an empty page; fixed, because a floating one finds ink on any page
EMPTY_PAGE = 0.0007  # most dark pixels of an empty back
LEAST_SCALE, MOST_SCALE = (
    0.90,
    1.05,
)  # print scale where the picture says its dots an inch ("fit to page" is 0.96–1.00)
SKEWED_SIDES = 1.25  # opposite sides of a ballot differ by less
MARK_RESIDUAL = 0.8  # mm that a corner of a mark may lie off the place it should have
LEAST_MARKS = 3  # of four corner marks
OURS = 0.42  # least correlation with the blank form (research: ours 0,66–0,99)
SURE = 0.75  # below it another way to register is tried
ZONE = 0.50  # least correlation of each printed zone: below it something lies over it or it is another form
HEAD = 0.70  # least correlation of the head with the office, where no code is read
PAPER_OUTSIDE = 12  # pieces of ink of a letter's size on paper beside the ballots: another sheet shows

# --- light ------------------------------------------------------------------------------------------------------------
PAPER_WINDOW = 13.5  # mm; larger than a filled box, smaller than a shadow
INK_OF_BLACK = 0.22  # ink: darker than this share of the print's black …
INK_LEAST = 0.10  # … and than this …
INK_SIGMAS = 4.0  # … and than the paper's noise by so many standard deviations
FAINT = 0.45  # of the threshold of ink
ROUGH = 0.03  # noise of the paper from which the picture is smoothed more (dither)
PRINT_REACH = 0.5  # mm round the form's own print in which ink does not count

# --- fitting -----------------------------------------------------------------------------------------------------------
ROW_SEARCH, BOX_SEARCH = 2.4, 0.9  # mm that a row, then a box, may lie off
OUTLINE_SIDE = 0.55  # share of each side of a box's outline that must be seen

# --- lines that are no marks ------------------------------------------------------------------------------------------
LINE_SHARE = 0.5  # of the ballot's width or height: a crease
STREAK_SHARE = 0.40  # of the picture's side: dirt on the glass
LINE_GONE = 0.55  # of a box under lines: nothing is said of it

# --- a box --------------------------------------------------------------------------------------------------------------
INSIDE = 1.0  # mm in from the outline: where fill and extent are measured
NEAR = 2.2  # mm round the outline: where a mark strays to
EMPTY_FILL, EMPTY_EXTENT, EMPTY_FAINT = 0.004, 0.9, 2.0
MARKED_FILL, MARKED_EXTENT = 0.025, 2.7
HEAVY = 0.50
FILLED = (
    0.62  # so much ink inside that neither letters nor a ring show in it, and that leaves the box nowhere
)
OUTSIDE_MARKED, OUTSIDE_HEAVY, OUTSIDE_EMPTY = 0.20, 0.22, 0.06
DENSE, TAILS = 0.35, 3  # so much ink inside and so many strokes that leave the box: scratched out
BLANK_OUTSIDE, BLANK_STRAY = 0.012, 1.3
STRAY = 2.5  # mm of a piece of ink in the row that belongs to no mark
MARK_REACH = 6.5  # mm that the tail of a tick may leave its box
CROSSINGS = 4  # strokes that one scan line crosses: a word or a scribble, no cross or tick
WORD_BAND = (0.6, 4.2)  # mm of such scan lines in a box: letters; a scribble has more, a cross less
LOOP = 1.2  # mm² of a round hole in a mark: a letter, a ring or a nought
FLAT = 0.45  # of its length that a mark is tall at least: a word in a box is lower
PIECES = 1  # separate strokes of a letter's size inside one box: clear marks had one (259 of 259)
LOOSE = 1.5  # mm of ink that touches a marked box from outside and is no tail of its mark
STRUCK = (
    0.35  # mm² of ink on the words of a level, a head or a criterion; 341 clear marks: at most 0, 0.30, 0.17
)
STRUCK_ALONG = 18.0  # mm of a line of words that are looked at as one
FLAT_ANGLE = 20.0  # degrees off level within which a stroke is no tail of a mark …
UPRIGHT_ANGLE = 12.0  # … and off upright
LEVEL = 1.8  # mm of such a stroke that leaves a marked box
HEMMED = 0.04  # mm that the outline of a marked box is thicker on all its sides: a ring on the outline
LINE_DARKER = 1.6  # times as dark as a crease: ink on it
AROUND = 0.3  # of the directions from a marked box in which ink lies near it: a ring
EMPTY_REACH = 1.0  # mm that ink touching an empty box may stand off it

# --- two pictures of one sheet -----------------------------------------------------------------------------------------
ALIKE = 0.96  # correlation of the pen strokes of two ballots: one sheet twice 0,99, six crosses of one hand at most 0,90


def version() -> str:
    """The name of this set of figures: a digest of all of them."""
    figures = sorted((name, value) for name, value in globals().items() if name.isupper())
    return sha256(repr(figures).encode()).hexdigest()[:8]
