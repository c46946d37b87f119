"""One invented sheet: a form, what was marked on it and meant, and the file that a scanner made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from bench.scans import heads, paper, strokes
from bench.scans.forms import KINDS, PX, SHARES, Blank, load
from bench.scans.handwriting import written
from bench.scans.paper import Profile
from bench.scans.pens import Canvas, draw, wobble
from bench.scans.rows import Row, Style, Truth, any_pen
from bench.scans.styles import BY_NAME, GESTURES, LINE_DOWN, STYLES
from surveys.printing.scan_marks import STUB, WIDTH, BallotForm

BEDS = (255, 252, 246, 235)
#: What else is with a sheet, with its share; 'plain' is the rest.
TROUBLES = {
    "overlap": 0.012,
    "untorn": 0.01,
    "foreign": 0.01,
    "reversed": 0.008,
    "cut off": 0.006,
    "signed": 0.012,
    "streak": 0.02,
}


@dataclass(frozen=True)
class Sheet:
    """``ballots``: the truths of each ballot by the middle of its place from the upper left, in drawing order."""

    form: str
    trouble: str
    profile: str
    data: bytes
    ballots: tuple[tuple[Truth, ...], ...]


def invent(
    rng: Generator,
    profile: Profile,
    *,
    styles: Sequence[Style] = STYLES,
    kind: str = "",
    trouble: str | None = None,
) -> Sheet:
    """Draw a sheet. The same generator state gives the same sheet."""
    name = kind or str(rng.choice([each[0] for each in KINDS], p=SHARES))
    trouble = _trouble(rng) if trouble is None else trouble
    if trouble in {"foreign", "reversed"}:
        name = trouble
    blank = load(name)
    form = BallotForm.from_json(blank.geometry)
    count = 2 if form.height < 200 and trouble not in {"untorn", "overlap"} and rng.random() < 0.2 else 1
    canvas, truths = _drawn(blank, form, count, rng, styles)
    if trouble == "signed":
        written(
            canvas, "Nguyen Van An", STUB + rng.uniform(20, 60), rng.uniform(22, 34), rng.uniform(25, 40), rng
        )
    bed = int(rng.choice(BEDS))
    tall = form.height * count
    sheet = (
        canvas[: int(tall * PX)]
        if trouble == "untorn"
        else paper.tear(canvas[: int(tall * PX)], STUB, STUB + WIDTH, rng, bed)
    )
    if trouble == "overlap":
        sheet = _overlapped(sheet, blank, form, rng, styles, bed)
    if trouble == "cut off":
        sheet = sheet[: int(sheet.shape[0] * rng.uniform(0.4, 0.6))]
    data = paper.scan(
        sheet,
        profile,
        rng,
        bed=bed,
        turn=int(rng.choice([0, 0, 0, 1, 2, 2, 3])),
        auto_size=bool(rng.random() < 0.5),
        streak_at=float(rng.uniform(0.1, 0.9)) if trouble == "streak" else None,
    )
    return Sheet(name, trouble, profile.name, data, tuple(truths))


def _trouble(rng: Generator) -> str:
    drawn = rng.random()
    for name, share in TROUBLES.items():
        drawn -= share
        if drawn < 0:
            return name
    return ""


def _drawn(
    blank: Blank, form: BallotForm, count: int, rng: Generator, styles: Sequence[Style]
) -> tuple[Canvas, list[tuple[Truth, ...]]]:
    canvas = blank.page.copy()
    truths = []
    for number in range(count):
        top = number * form.height
        folds = _folds(canvas, form, top, rng)
        gesture = next((each for each in GESTURES if rng.random() < each.share), None)
        if gesture is None or styles is not STYLES:
            truths.append(_row_by_row(canvas, form, top, rng, styles, folds))
        else:
            truths.append(_over_rows(canvas, form, top, rng, gesture, folds))
        if rng.random() < 0.2:
            _comment(canvas, form, top, rng)
    return canvas, truths


def _row_by_row(
    canvas: Canvas,
    form: BallotForm,
    top: float,
    rng: Generator,
    styles: Sequence[Style],
    folds: list[tuple[str, float]],
) -> tuple[Truth, ...]:
    """Each row marked in a style of its own, and what the heads of their tables then say of the others."""
    truths, over = [], []
    for number in range(len(form.rows)):
        row = row_at(form, number, top)
        before = heads.band(canvas, row).copy()
        truths.append(_mark(canvas, form, number, top, rng, styles, folds))
        style = BY_NAME[truths[-1].style]
        if style.over_word and not row.words_beside:
            column = heads.column_of(before, canvas, row)
            over += [heads.OverHead(number, column, style)] if column is not None else []
    return heads.contradicted(truths, over, form)


def _over_rows(
    canvas: Canvas,
    form: BallotForm,
    top: float,
    rng: Generator,
    gesture: Style,
    folds: list[tuple[str, float]],
) -> tuple[Truth, ...]:
    """One gesture over all rows: a line down a column instead of marks, or marks crossed out together."""
    rows = [row_at(form, number, top) for number in range(len(form.rows))]
    at = int(rng.integers(len(rows[0].boxes)))
    if gesture.name == LINE_DOWN:
        x = rows[0].boxes[at][0] + 4
        ends = [(x, rows[0].boxes[at][1] + rng.uniform(0, 3)), (x, rows[-1].boxes[at][1] + rng.uniform(5, 8))]
        draw(canvas, [wobble(ends, rng)], any_pen(rng), rng)
        return tuple(Truth(gesture.name, place.boxes[at].level, folded=bool(folds)) for place in form.rows)
    for row in rows:
        draw(canvas, strokes.simple(rng, *row.boxes[at]), any_pen(rng), rng)
    left, right = rows[0].boxes[0][0] - rng.uniform(0, 8), rows[0].boxes[-1][0] + 8 + rng.uniform(0, 8)
    high, low = rows[0].boxes[0][1] - rng.uniform(0, 6), rows[-1].boxes[0][1] + 8 + rng.uniform(0, 6)
    lines = [wobble([(left, high), (right, low)], rng), wobble([(right, high), (left, low)], rng)]
    draw(canvas, lines, any_pen(rng), rng)
    return tuple(Truth(gesture.name, None, folded=bool(folds)) for _place in form.rows)


def _folds(canvas: Canvas, form: BallotForm, top: float, rng: Generator) -> list[tuple[str, float]]:
    """Creases of a ballot folded once or twice; (direction, place) of each."""
    folds = []
    right, middle = STUB + WIDTH, top + form.height / 2
    if rng.random() < 0.6:
        y = middle + rng.normal(scale=1.5)
        paper.crease(canvas, STUB, y + rng.normal(scale=0.5), right, y + rng.normal(scale=0.5), rng)
        folds.append(("across", y - top))
    if rng.random() < 0.12:
        x = STUB + WIDTH / 2 + rng.normal(scale=1.5)
        paper.crease(
            canvas, x + rng.normal(scale=0.5), top, x + rng.normal(scale=0.5), top + form.height, rng
        )
        folds.append(("down", x - STUB))
    if rng.random() < 0.04:
        y = top + rng.uniform(30, form.height - 30)
        paper.crease(canvas, STUB, y + rng.normal(scale=2), right, y + rng.normal(scale=2), rng)
        folds.append(("across", y - top))
    return folds


def _mark(
    canvas: Canvas,
    form: BallotForm,
    number: int,
    top: float,
    rng: Generator,
    styles: Sequence[Style],
    folds: list[tuple[str, float]],
) -> Truth:
    place = form.rows[number]
    style = styles[int(rng.choice(len(styles), p=_weights(styles)))]
    at = int(rng.choice(len(place.boxes), p=_levels(len(place.boxes))))
    style.draw(canvas, row_at(form, number, top), at, rng)
    level = place.boxes[at].level if style.means == "that" else None
    is_over = any(
        (direction == "across" and place.rect.y - 1 < where < place.rect.bottom + 1)
        or (direction == "down" and any(box.rect.x - 1 < where < box.rect.right + 1 for box in place.boxes))
        for direction, where in folds
    )
    return Truth(style.name, level, is_over)


def row_at(form: BallotForm, number: int, top: float = 0.0) -> Row:
    """A row of the ballot whose upper edge lies at ``top`` millimetres of the canvas."""
    place = form.rows[number]
    lefts = [box.rect.x for box in place.boxes]
    cell = lefts[1] - lefts[0]
    beside = place.rect.x < 20
    return Row(
        boxes=tuple((STUB + box.rect.x, top + box.rect.y) for box in place.boxes),
        ends=tuple(STUB + min(left + cell - (0 if not beside else 6), place.rect.right) for left in lefts),
        top=top + place.rect.y,
        height=place.rect.h,
        words_beside=beside,
        head=top + head_of(form, number),
        text=text_of(form, number, beside=beside, top=top),
    )


def head_of(form: BallotForm, number: int) -> float:
    """The middle of the line with the levels' words over the group of rows that this one belongs to."""
    return form.rows[heads.first_of_table(form, number)].rect.y - 3.4


def text_of(form: BallotForm, number: int, *, beside: bool, top: float = 0.0) -> tuple[float, float]:
    """The left end and middle height of a line of the criterion's words, left of the row or over it."""
    place = form.rows[number].rect
    return STUB + 10, top + (place.y - 4.2 if beside else place.y + place.h / 2 - 2.2)


def _weights(styles: Sequence[Style]) -> list[float]:
    total = sum(style.share for style in styles)
    return [style.share / total for style in styles]


def _levels(count: int) -> list[float]:
    """Most customers are satisfied, but every box is marked often enough to be tested."""
    rest = 0.45 / (count - 1)
    return [0.55, *([rest] * (count - 1))]


def _comment(canvas: Canvas, form: BallotForm, top: float, rng: Generator) -> None:
    place = form.comment
    for line in range(int(rng.integers(1, 3))):
        y = top + place.y + 8 + line * 8.5
        if y < top + place.bottom:
            written(
                canvas,
                "Cam on can bo rat nhiet tinh",
                STUB + place.x + rng.uniform(0, 15),
                y,
                rng.uniform(50, 80),
                rng,
            )


def _overlapped(
    sheet: Canvas, blank: Blank, form: BallotForm, rng: Generator, styles: Sequence[Style], bed: int
) -> Canvas:
    """Another ballot lies over the first one, which sticks out at one side."""
    other, _truths = _drawn(blank, form, 1, rng, styles)
    other = paper.tear(other[: int(form.height * PX)], STUB, STUB + WIDTH, rng, bed)
    shift = int(rng.uniform(8, 60) * PX), int(rng.uniform(-25, 25) * PX)
    high, wide = sheet.shape[0] + abs(shift[1]), sheet.shape[1] + shift[0]
    both = np.full((high, wide), bed, np.uint8)
    down = max(-shift[1], 0)
    both[down : down + sheet.shape[0], : sheet.shape[1]] = sheet
    down = max(shift[1], 0)
    both[down : down + other.shape[0], shift[0] : shift[0] + other.shape[1]] = other
    return both
