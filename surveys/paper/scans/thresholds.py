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
SKEWED_SIDES = 1.25  # opposite sides of a ballot differ by less
MARK_RESIDUAL = 0.8  # mm that a corner of a mark may lie off the place it should have
LEAST_MARKS = 3  # of four corner marks
OURS = 0.42  # least correlation with the blank form (research: ours 0,66–0,99)
SURE = 0.75  # below it another way to register is tried
ZONE = 0.50  # least correlation of each printed zone: below it something lies over it or it is another form
HEAD = 0.70  # least correlation of the head with the office, where no code is read
PAGE_EDGE = 0.015  # of a page's sides, where scanners leave shadows
OVERLAPPING = 0.03  # of a ballot's area that two ballots may share on paper that lies flat
MOST_FORMS_BY_PRINT = 4  # that a page without marks is compared with
PAPER_OUTSIDE = 12  # pieces of ink of a letter's size on paper beside the ballots: another sheet shows

OUTSIDE_LETTER = (1.0, 10.0)  # mm of such a piece
OUTSIDE_DARK, OUTSIDE_PAPER = 0.7, 0.6  # of the paper round it, and that of the ballots' own paper
MARK_LEAST_SIDE, MARK_MOST_SIDE = 0.03, 0.5  # of the page: outline of a corner mark
MARK_CORRECTED = 0.4  # of the code's own bits that may be mended
SAME_PLACE = 15.0  # mm within which two marks that belong together expect the ballot's middle
SAME_BALLOT = 20.0  # mm within which marks and print find one ballot
SHRUNK_BELOW = 0.85  # a page of more dots than the ballot's frame is averaged first
SIFT_RATIO, SIFT_INLIERS, SIFT_PIXELS = 0.75, 12, 8.0
SIFT_SIZE = 0.5  # features are looked for on a picture of half the size
STUB_ALIKE = 0.5  # correlation of a stub's words from which it still hangs there
CODE_AREA_X, CODE_AREA_Y = 118.0, 55.0  # mm: the code lies right of and below this on every form

# --- light ------------------------------------------------------------------------------------------------------------
PAPER_WINDOW = 13.5  # mm; larger than a filled box, smaller than a shadow
INK_OF_BLACK = 0.22  # ink: darker than this share of the print's black …
INK_LEAST = 0.10  # … and than this …
INK_SIGMAS = 4.0  # … and than the paper's noise by so many standard deviations
FAINT = 0.45  # of the threshold of ink
ROUGH = 0.03  # noise of the paper from which the picture is smoothed more (dither)
PRINT_REACH = 0.5  # mm round the form's own print in which ink does not count

PRINT_BLACK = 96  # darkness of 255 from which the blank form's own pixel is print
PRINT_CORE, PRINT_GRAY = 200, 40  # … black to its middle, and its gray rim
LETTER = 6.5  # mm: a larger piece of print is a frame or a rule
LEAST_PIECE = 4  # pixels of a piece of ink

# --- fitting -----------------------------------------------------------------------------------------------------------
ROW_SEARCH, BOX_SEARCH = 2.4, 0.9  # mm that a row, then a box, may lie off
OUTLINE_SIDE = 0.55  # share of each side of a box's outline that must be seen

OUTLINE_DARK = 0.35  # of the print's black
ROUND_BOX = 1.6  # mm of the form round a box that is looked for with it
OUTLINE = 0.42  # mm, the width of a box's outline
COARSE = 4  # the whole ballot is compared at a quarter of its size
AROUND_ROW = 2.0  # mm of print above and below a row that lies off as the row does
TEXT_LEFT = 8.0  # mm: left and right of the tables
HEAD_ROOM = 11.0  # mm over a row in which its head, or the words of its criterion, stand
TEXT_SEARCH, PART_SEARCH = (
    0.6,
    0.3,
)  # mm that words may lie off from their row, and a part of them from the line

# --- lines that are no marks ------------------------------------------------------------------------------------------
LINE_SHARE = 0.5  # of the ballot's width or height: a crease

LINES_HALVED = 2  # lines are looked for at half the size
LINE_GRAY = 100  # of 255: ink there
LINE_STEEPEST = 12.0  # degrees off the ballot's own directions
MOST_LINES = 60  # candidates that are looked at, the strongest first
LINE_SEEN, LINE_OPEN = 0.55, 0.3  # of a line's unprinted length that is dark; of its length that is unprinted
LINE_REACH = 0.7  # mm to each side that is taken out with a line
LINES_APART = 1.2  # mm between two lines
STREAK_ANGLE = 0.35  # degrees off the page's own sides: a streak follows the scanner's carriage
STREAK_STAYS = 0.5  # mm within which a streak stays from page to page
STREAK_PAGES = 3
STREAK_SHARE_OF_PAGES = 0.6  # of the pages from the first to the last that has it

# --- a box --------------------------------------------------------------------------------------------------------------
INSIDE = 1.0  # mm in from the outline: where fill and extent are measured
NEAR = 2.2  # mm round the outline: where a mark strays to
EMPTY_FILL, EMPTY_EXTENT, EMPTY_FAINT = 0.004, 0.9, 1.0
MARKED_FILL, MARKED_EXTENT = 0.025, 2.7
HEAVY = 0.50
FILLED, FULL = (
    0.62,
    0.85,
)  # so much ink inside that no letters show in it; and no ring either: filled boxes had 1,0
OUTSIDE_MARKED, OUTSIDE_HEAVY, OUTSIDE_EMPTY = 0.20, 0.22, 0.015
DENSE, TAILS = 0.35, 3  # so much ink inside and so many strokes that leave the box: scratched out
BLANK_OUTSIDE, BLANK_STRAY = 0.012, 1.3
STRAY = 0.8  # mm of a piece of ink in the row that belongs to no mark; 1.128 clear marks had none, nor such as LOOSE and EMPTY_REACH bound
MARK_REACH = 6.5  # mm that the tail of a tick may leave its box
CROSSINGS = 4  # strokes that one scan line crosses: a word or a scribble, no cross or tick
WORD_BAND = (0.6, 4.2)  # mm of such scan lines in a box: letters; a scribble has more, a cross less
LOOP = 1.2  # mm² of a round hole in a mark: a letter, a ring or a nought
HOLLOW, HOLLOW_FILL = (
    0.16,
    0.42,
)  # of the triangle round a mark that it leaves free: ticks and Vs at most 0,13, a ring left open from 0,19, 99 of 100 from 0,24; a marker's tick has more ink
FLAT = 0.45  # of its length that a mark is tall at least: a word in a box is lower
PIECES = 1  # separate strokes of a letter's size inside one box: clear marks had one (259 of 259)
LOOSE = 0.7  # mm of ink that touches a marked box from outside and is no tail of its mark
STRUCK = 0.25  # mm² of ink on the words of a level, a head or a criterion; 99 of 100 of 1.196 clear marks: 0, 0,05, 0,17
STRUCK_OWN = 0.1  # … and on the word over the marked column, where a word over another one is struck
ALONG_WORDS = (
    0.2,
    0.7,
)  # mm that the middle of a stroke through a word lies below and above the ends of its letters
FLAT_STROKE = 1.7  # mm high at most; rings and crosses have higher pieces, or such as lie off the letters
HEAD_FRAME = 0.9  # of a line of pixels that is print: the frame over a head
STRUCK_ALONG = 18.0  # mm of a line of words that are looked at as one
FLAT_ANGLE = 20.0  # degrees off level within which a stroke is no tail of a mark …
UPRIGHT_ANGLE = 12.0  # … and off upright
LEVEL = 1.8  # mm of such a stroke that leaves a marked box
MIDDLE_OF_SIDE = 0.65  # of half a side: a tail that leaves a box there is none of a cross's
SPILLED = 0.25  # mm of ink just outside an outline, its corners left out: 1.120 of 1.128 clear marks had none
ALONG = 0.9  # mm of ink along the middle of two sides: a ring on the outline; ticks and crosses at most 0,75
ALONG_THREE = 0.2  # mm of ink along the middles of three sides: a fine ring on the outline had 0,25 or more, 175 of 176 clear marks none
LINE_MOSTLY = 75  # a crease is as dark as three of four of its places are at most
LINE_DARKER = 1.15  # times as dark as a crease: ink on it
AROUND = 0.2  # of the directions from a marked box in which ink lies near it: a ring
RINGED = 0.6  # of the directions in which ink lies in the box near its outline: a ring or a nought; clear marks but markers to 0,56 …
RINGED_FILLED = 0.8  # … and of a mark that nearly fills its box: 43 of 44 of a marker at most 0,78
EMPTY_REACH = 0.3  # mm that ink touching an empty box may stand off it

LETTER_PIECE = 0.7  # mm: a smaller piece inside a box is a speck of a broken stroke
ACROSS = 3.0  # mm that a stroke may go on behind an outline that hides it
RIM = 3  # pixels inside that hidden part in which a stroke must show to go on outside
OPEN_RING, ROUND_HOLE = 1.0, 0.55  # mm of a ring that may be open; 4πA/P² of a letter's hole
MIDDLE_LINE = 0.5  # of the half of a stroke's width: deeper in the ink is its middle line
BAY, BAYS = 0.8, 2  # mm deep; an open ring or a hook has one, a cross four
ROUND_WORD = 1.0  # mm round letters in which a stroke over them goes on
FINE = 5  # pixels round print in which a stroke over a word is not told from it
SLENDER, BROAD = 2.0, 1.3  # times as long as wide, and mm: a stroke of a pen; a marker's end is a blot
SPILL_SIDE = (0.5, 0.75)  # mm outside an outline's middle
SPILL_CORNER = 1.75  # mm of its ends that are left out: there crosses and ticks leave a box
BEYOND = 4.0  # mm outside within which paper is looked for behind a crease
SPILL_INK = 0.15  # of black; 2.594 empty boxes had at most 0,14 there
ALONG_SIDE, ALONG_HALF = (0.375, 0.75), 1.5  # mm inside an outline's middle, and to both sides of the side's
ALONG_INK = 0.2  # of black
SECTORS, SECTOR_INK = 36, 3  # directions, and pixels of ink that count in one
FROM_MIDDLE = 2.4  # mm from a box's middle from which ink is near its outline

# --- the rest of a ballot ---------------------------------------------------------------------------------------------
WRITING = 3.0  # mm of a piece of ink where nothing should be written
THIN = 0.22  # mm thick: slivers of frames, letters and creases that lie off their place have 0,12–0,19, a pen 0,35
SLIVER, HUGGING = (
    0.30,
    0.8,
)  # mm thick, and share of its length at the edge of print: slivers up to 0,26, a pen's strokes from 0,3 leave it
COMMENT_PIECES, COMMENT_EXTENT = 2, 1.5
COMMENT_REACH = 4.0  # mm that handwriting leaves its place

# --- two pictures of one sheet -----------------------------------------------------------------------------------------
ALIKE = 0.98  # correlation of the pen strokes in the boxes of two ballots: one sheet twice from 0,982 (faint pencil from 0,93), two sheets marked alike at most 0,977
BLUR = 1.0  # cells of a quarter of a millimetre by which they are blurred before
LEAST_INK = 3.0  # mm² of ink below which two ballots cannot be compared


def version() -> str:
    """The name of this set of figures: a digest of all of them."""
    figures = sorted((name, value) for name, value in globals().items() if name.isupper())
    return sha256(repr(figures).encode()).hexdigest()[:8]
