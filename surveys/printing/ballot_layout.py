"""The paper ballot, laid out to the tenth of a millimetre: what is drawn, and where a machine finds the boxes.

Rules (docs/spec/research/paper-scanning.md §3): boxes 8 × 8 mm in equal cells; no box where a ballot folded in half
has its crease, in either direction; corner marks and code with white around them; the comment well below the last row.
Up to two levels and three criteria the words stand beside their boxes, otherwise above them, in the head of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import segno

from surveys.printing.scan_marks import (
    BOX,
    CODE_MODULE,
    CODE_QUIET,
    CODE_SIDE,
    CODE_VERSION,
    HALF,
    MARK,
    MARK_CELLS,
    WHOLE,
    WIDTH,
    BallotForm,
    BoxPlace,
    Rect,
    RowPlace,
    form_code,
    mark_places,
)
from surveys.printing.type_metrics import POINT, Face, width, wrap

LAYOUT = 1  # goes into the digest of the code: another layout is another form
LEFT, RIGHT = 7.0, WIDTH - 7.0
BETWEEN_MARKS = Rect(15, 4.5, WIDTH - 30, 9.5)  # x and width of the text beside the corner marks
FOLD_REACH = 4.5  # a crease wanders this far from the middle
ROW = 12.0
FRAME, BOX_LINE = 0.25, 1.2 * POINT
LEADING = 1.22
CELL_PAD = 2.5
BASE_LINE = 0.8375  # of a line one em high, from its top: Liberation Serif rises 0.891 and falls 0.216
#: Width of the words' column by number of levels: the upright crease passes between two boxes.
TEXT_COLUMN = {2: 66.0, 3: 66.0, 4: 51.0, 5: 52.0}
COMMENT_RULES, COMMENT_STEP = 3, 8.5
CODE_PLACE = CODE_SIDE + 2 * CODE_QUIET


class DoesNotFit(Exception):
    """Too many criteria, or too long ones, for a ballot on one page."""


@dataclass(frozen=True)
class CriterionText:
    code: str
    text: str
    levels: tuple[tuple[int, str], ...]  # (value, words), in the order of the page


@dataclass(frozen=True)
class BallotText:
    """All words of a ballot. ``office_lines``: (words, bold); ``criterion`` heads their column."""

    version: int
    office: str
    office_lines: tuple[tuple[str, bool], ...]
    period: str
    title: str
    how: tuple[str, ...]
    criterion: str
    criteria: tuple[CriterionText, ...]
    comment: str
    notes: str


@dataclass(frozen=True)
class Text:
    """A line of text; ``x``, ``y`` is its anchor on the base line."""

    x: float
    y: float
    size: float
    face: Face
    anchor: str
    words: str

    @property
    def top(self) -> float:
        """Where a line of this text begins that is exactly as high as its letters."""
        return self.y - BASE_LINE * self.size

    @property
    def left(self) -> float:
        return self.x - {"start": 0, "middle": WIDTH / 2, "end": WIDTH}[self.anchor]

    @property
    def align(self) -> str:
        return {"start": "left", "middle": "center", "end": "right"}[self.anchor]

    @property
    def weight(self) -> str:
        return "bold" if self.face is Face.BOLD else "normal"

    @property
    def style(self) -> str:
        return "italic" if self.face is Face.ITALIC else "normal"


@dataclass(frozen=True)
class Drawing:
    """Black on white: ``frames`` are outlines (rect, line width), ``solids`` filled, ``rules`` thin lines from end to end."""

    height: float
    frames: tuple[tuple[Rect, float], ...]
    solids: tuple[Rect, ...]
    rules: tuple[tuple[float, float, float, float], ...]
    texts: tuple[Text, ...]

    @cached_property
    def outlines(self) -> tuple[tuple[float, str], ...]:
        """(line width, SVG path): one path for all outlines of a width, which is set far faster than each alone."""
        widths = sorted({line for _rect, line in self.frames})
        return tuple((line, _path(rect for rect, each in self.frames if each == line)) for line in widths)

    @cached_property
    def filled(self) -> str:
        return _path(self.solids)

    @property
    def is_half(self) -> bool:
        return self.height == HALF


@dataclass(frozen=True)
class Ballot:
    form: BallotForm
    drawing: Drawing


def _path(rects: Iterable[Rect]) -> str:
    return "".join(f"M{r.x:.3f} {r.y:.3f}h{r.w:.3f}v{r.h:.3f}h-{r.w:.3f}z" for r in rects)


def lay_out(content: BallotText) -> Ballot:
    """The ballot on half a page, or on a whole one where it needs it. Raises `DoesNotFit`."""
    beside = len(content.criteria) <= 3 and all(map(_words_fit_beside, content.criteria))
    for height in (HALF, WHOLE):
        for in_blocks in (True, False) if beside else (False,):
            page = _Page(height, content, in_blocks=in_blocks)
            if page.fits:
                return page.ballot()
    raise DoesNotFit


def _wide(levels: Sequence[tuple[int, str]]) -> float:
    return TEXT_COLUMN.get(len(levels), 40.0)


class _Page:
    """A ballot being laid out from the top down; ``y`` is where the next thing goes."""

    def __init__(self, height: float, content: BallotText, *, in_blocks: bool) -> None:
        self.height, self.content, self.in_blocks = height, content, in_blocks
        self.frames: list[tuple[Rect, float]] = []
        self.rules: list[tuple[float, float, float, float]] = []
        self.texts: list[Text] = []
        self.rows: list[RowPlace] = []
        self.y = BETWEEN_MARKS.y
        self._head()
        first = len(self.rows), len(self.frames), len(self.texts), self.y
        self._criteria(gap=3.5)
        if slack := self._slack_above_fold():
            del self.rows[first[0] :], self.frames[first[1] :], self.texts[first[2] :]
            self.y = first[3]
            self._criteria(gap=3.5 + slack)
        self._foot()

    # --- what stands above and below the criteria ------------------------------------------------------------------
    def _head(self) -> None:
        period = width(self.content.period, Face.REGULAR, 9)
        self._text(BETWEEN_MARKS.right, self.y + 3.5, 9, Face.REGULAR, self.content.period, "end")
        for words, bold in self.content.office_lines:
            face = Face.BOLD if bold else Face.REGULAR
            self._lines(words, 10, face, Rect(15, self.y, BETWEEN_MARKS.w - period - 5, 0), "start")
        self.y = max(self.y, BETWEEN_MARKS.bottom) + 1.5
        self._lines(self.content.title, 14, Face.BOLD, Rect(LEFT, self.y, RIGHT - LEFT, 0), "middle")
        self.y += 1
        for sentence in self.content.how:
            self._lines(sentence, 11, Face.ITALIC, Rect(LEFT, self.y, RIGHT - LEFT, 0), "middle")
        for x in (2.0, RIGHT + 1.0):
            self.rules.append((x, self.height / 2, x + 3.5, self.height / 2))

    def _foot(self) -> None:
        """The comment, the code at its right end, and the notes between the lower corner marks."""
        notes = wrap(self.content.notes, Face.REGULAR, 9, BETWEEN_MARKS.w)
        below = self.height - 5.5 - len(notes) * 9 * POINT * LEADING
        top = self.y + 5.5
        right = RIGHT - CODE_PLACE - 1
        self._text(LEFT, top + 3.5, 11, Face.REGULAR, self.content.comment, "start")
        end = top + 5.0
        for _each in range(COMMENT_RULES if self.height == HALF else 2 * COMMENT_RULES):
            if end + COMMENT_STEP <= below - 1.5:
                end += COMMENT_STEP
                self.rules.append((LEFT, end, right, end))
        self.qr = Rect(RIGHT - CODE_PLACE + CODE_QUIET, end - CODE_SIDE - CODE_QUIET, CODE_SIDE, CODE_SIDE)
        self.comment = Rect(LEFT, top, right - LEFT, end - top)
        self.y = below
        self._lines(self.content.notes, 9, Face.REGULAR, Rect(15, below, BETWEEN_MARKS.w, 0), "start")
        self.fits = end > top + 5.0 and self.qr.y >= top and end <= below

    # --- the criteria --------------------------------------------------------------------------------------------------
    def _criteria(self, gap: float) -> None:
        criteria = self.content.criteria
        if self.in_blocks:
            for number, criterion in enumerate(criteria, 1):
                self.y += gap
                self._block(number, criterion)
            return
        numbered = list(enumerate(criteria, 1))
        for levels, group in groupby(numbered, key=lambda each: each[1].levels):
            self.y += 3.5
            self._table(levels, list(group))

    def _slack_above_fold(self) -> float:
        """How much wider the gaps above the crease may be, so that it does not lie in one empty strip."""
        tables = [rect for rect, line in self.frames if line == FRAME and rect.h > ROW]
        above = [rect for rect in tables if rect.bottom < self.height / 2]
        below = [rect for rect in tables if rect.bottom > self.height / 2]
        if not above or not below or below[0].w != above[0].w:
            return 0
        return max(0.0, below[0].y - above[-1].bottom - 3.5) / (len(above) + 1)

    def _block(self, number: int, criterion: CriterionText) -> None:
        """The criterion over its two cells, each a box with its word beside it."""
        title = f"{number}. {criterion.text}"
        lines = wrap(title, Face.BOLD, 11, RIGHT - LEFT - 2 * CELL_PAD)
        head = 3.3 + len(lines) * 11 * POINT * LEADING
        top = self._off_the_fold(self.y, head + (ROW - BOX) / 2)
        self.y = top + 1.5
        self._lines(
            title, 11, Face.BOLD, Rect(LEFT + CELL_PAD, self.y, RIGHT - LEFT - 2 * CELL_PAD, 0), "start"
        )
        row = Rect(LEFT, top + head, RIGHT - LEFT, ROW)
        self.frames += [(Rect(LEFT, top, RIGHT - LEFT, head + ROW), FRAME)]
        cell = row.w / 2
        boxes = []
        for place, (value, words) in enumerate(criterion.levels):
            left = row.x + place * cell
            self.frames.append((Rect(left, row.y, cell, ROW), FRAME))
            box = Rect(left + _inset(criterion, cell), row.y + (ROW - BOX) / 2, BOX, BOX)
            self._words_beside(words, Rect(box.right + 4, row.y, left + cell - box.right - 5, ROW))
            boxes.append(self._box(value, box))
        self.rows.append(RowPlace(criterion.code, row, tuple(boxes)))
        self.y = row.bottom

    def _words_beside(self, words: str, room: Rect) -> None:
        lines = wrap(words, Face.BOLD, 11, room.w)
        self.y = room.y + room.h / 2 - len(lines) * 11 * POINT * LEADING / 2
        self._lines(words, 11, Face.BOLD, room, "start")

    def _table(self, levels: tuple[tuple[int, str], ...], criteria: list[tuple[int, CriterionText]]) -> None:
        """Criteria that share their levels; the head with the words is printed again below the crease."""
        for place, (number, criterion) in enumerate(criteria):
            lines = wrap(f"{number}. {criterion.text}", Face.REGULAR, 10, _wide(levels) - 2 * CELL_PAD)
            tall = max(ROW, 2.6 + len(lines) * 10 * POINT * LEADING)
            to_box = (tall - BOX) / 2
            if place == 0 or self._off_the_fold(self.y, to_box) != self.y:
                head = self._head_height(levels)
                self.y = self._off_the_fold(self.y + (3.5 if place else 0), head + to_box)
                self._table_head(levels, head)
            self._table_row(levels, criterion.code, lines, tall)

    def _head_height(self, levels: tuple[tuple[int, str], ...]) -> float:
        cell = (RIGHT - LEFT - _wide(levels)) / len(levels)
        most = max(len(wrap(words, Face.BOLD, 9.5, cell - 1.5)) for _value, words in levels)
        return 2.4 + most * 9.5 * POINT * LEADING

    def _table_head(self, levels: tuple[tuple[int, str], ...], head: float) -> None:
        top, cell = self.y, (RIGHT - LEFT - _wide(levels)) / len(levels)
        self.frames.append((Rect(LEFT, top, _wide(levels), head), FRAME))
        self._text(LEFT + CELL_PAD, top + head / 2 + 1.2, 9.5, Face.BOLD, self.content.criterion, "start")
        for place, (_value, words) in enumerate(levels):
            room = Rect(LEFT + _wide(levels) + place * cell, top, cell, head)
            self.frames.append((room, FRAME))
            lines = wrap(words, Face.BOLD, 9.5, cell - 1.5)
            self.y = top + (head - len(lines) * 9.5 * POINT * LEADING) / 2
            self._lines(words, 9.5, Face.BOLD, Rect(room.x + 0.75, 0, cell - 1.5, 0), "middle")
        self.y = top + head

    def _table_row(
        self, levels: tuple[tuple[int, str], ...], code: str, lines: Sequence[str], tall: float
    ) -> None:
        top, cell = self.y, (RIGHT - LEFT - _wide(levels)) / len(levels)
        words = Rect(LEFT, top, _wide(levels), tall)
        self.frames.append((words, FRAME))
        self.y = top + (tall - len(lines) * 10 * POINT * LEADING) / 2
        self._lines(
            " ".join(lines), 10, Face.REGULAR, Rect(LEFT + CELL_PAD, 0, words.w - 2 * CELL_PAD, 0), "start"
        )
        boxes = []
        for place, (value, _words) in enumerate(levels):
            room = Rect(words.right + place * cell, top, cell, tall)
            self.frames.append((room, FRAME))
            boxes.append(self._box(value, Rect(room.x + (cell - BOX) / 2, top + (tall - BOX) / 2, BOX, BOX)))
        self.rows.append(RowPlace(code, Rect(words.right, top, RIGHT - words.right, tall), tuple(boxes)))
        self.y = top + tall

    # --- pieces --------------------------------------------------------------------------------------------------------
    def _off_the_fold(self, top: float, to_box: float) -> float:
        """``top``, or so much lower that the box ``to_box`` beneath it lies below the crease."""
        fold = self.height / 2
        box = top + to_box
        return (
            top if box + BOX <= fold - FOLD_REACH or box >= fold + FOLD_REACH else fold + FOLD_REACH - to_box
        )

    def _box(self, level: int, rect: Rect) -> BoxPlace:
        self.frames.append((rect, BOX_LINE))
        return BoxPlace(level, rect)

    def _text(self, x: float, y: float, points: float, face: Face, words: str, anchor: str) -> None:
        self.texts.append(Text(x, y, points * POINT, face, anchor, words))

    def _lines(self, words: str, points: float, face: Face, room: Rect, anchor: str) -> None:
        """Text from ``self.y`` down, broken to the room's width."""
        x = {"start": room.x, "middle": room.x + room.w / 2, "end": room.right}[anchor]
        for line in wrap(words, face, points, room.w):
            self._text(x, self.y + points * POINT * 0.92, points, face, line, anchor)
            self.y += points * POINT * LEADING

    def ballot(self) -> Ballot:
        content = repr((LAYOUT, self.height, self.content.criteria, self.rows))
        code = form_code(version=self.content.version, office=self.content.office, content=content)
        form = BallotForm(code, self.height, tuple(self.rows), self.comment, self.qr)
        solids = (*_marks(self.height), *_code(code, self.qr))
        return Ballot(
            form, Drawing(self.height, tuple(self.frames), solids, tuple(self.rules), tuple(self.texts))
        )


def _inset(criterion: CriterionText, cell: float) -> float:
    """From a cell's left edge to its box: the widest word is centred with its box, the same in every cell."""
    widest = max(width(words, Face.BOLD, 11) for _value, words in criterion.levels)
    return min(14.0, max(3.0, (cell - BOX - 4 - widest) / 2))


def _words_fit_beside(criterion: CriterionText) -> bool:
    room = (RIGHT - LEFT) / 2 - 3 - BOX - 5
    return len(criterion.levels) == 2 and all(
        len(wrap(words, Face.BOLD, 11, room)) <= 2 for _value, words in criterion.levels
    )


def _marks(height: float) -> Iterator[Rect]:
    cell = MARK / 6
    for place, rows in zip(mark_places(height), MARK_CELLS, strict=True):
        border = "000000"
        yield from _runs((border, *(f"0{row}0" for row in rows), border), "0", place, cell)


def _code(code: str, place: Rect) -> Iterator[Rect]:
    drawn = segno.make_qr(code, error="m", version=CODE_VERSION, mode="alphanumeric", boost_error=False)
    yield from _runs(drawn.matrix, 1, place, CODE_MODULE)


def _runs(lines: Iterable[Sequence], dark: object, place: Rect, cell: float) -> Iterator[Rect]:
    """The dark cells of a pattern whose first stands at ``place``, each run of a line as one piece."""
    for down, line in enumerate(lines):
        start = 0
        for value, run in groupby(line):
            length = len(list(run))
            if value == dark:
                yield Rect(place.x + start * cell, place.y + down * cell, length * cell, cell)
            start += length
