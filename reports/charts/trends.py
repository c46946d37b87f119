"""Pictures over time: return rates, the gaps between dissatisfied ballots, the strip of periods.

Months of the old paper books stand among the others as hollow squares joined by dots: they are drawn, and nothing more.
Limits, centre lines and signals come from the course, which does not know them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.arithmetic.shares import grouped
from reports.charts.shapes import NOTHING, joined, line, picture, rect, sign, text
from reports.month.control_limits import LEAST_GAPS, Course, RatePoint
from reports.month.figures import Totals
from reports.past_months.printed import Shows, told_of

LEFT, RIGHT = 13, 95  # percent between which points over time lie
TOP, BOTTOM, HEIGHT = 14, 196, 224  # pixels
LABELS_WIDE, LABELS_NARROW = 7, 4


@dataclass(frozen=True)
class Point:
    """One point over time: what stands under it, its value, its printed value, its limits if it has any."""

    label: str
    value: float
    text: str
    limits: tuple[float, float] | None = None
    is_signal: bool = False
    is_past: bool = False
    is_pale: bool = False  # of the reference period: drawn, not judged

    @property
    def reach(self) -> tuple[float, ...]:
        return (self.value, *(self.limits or ()))


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` on the height of the drawing, with printed ticks."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]

    def y(self, value: float) -> float:
        return BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)


def over_time(
    name: str, title: str, description: str, points: Sequence[Point], scale: Scale, centre: float | None
) -> SafeString:
    """Points joined by a grey line on a grey band; a signal is a diamond and carries its value, and so does the last."""
    step = (RIGHT - LEFT) / max(1, len(points) - 1)
    xs = [LEFT + step * place for place in range(len(points))]
    parts = [
        part
        for value, words in scale.ticks
        for part in (
            line("grid", "0", scale.y(value), "100%", scale.y(value)),
            text("small start", "0", scale.y(value) - 4, words),
        )
    ]
    for x, point in zip(xs, points, strict=True):
        parts += _band(x, step, point.limits, scale) if point.limits else []
    if centre is not None:
        parts.append(line("centre", *_ends_of_centre(points, xs, step, scale.y(centre))))
    places = [(f"{x:.2f}%", scale.y(point.value)) for x, point in zip(xs, points, strict=True)]
    for (one, a), (other, b) in pairwise(zip(points, places, strict=True)):
        parts.append(line("past-course" if one.is_past or other.is_past else "course", *a, *b))
    parts += _points(points, places)
    parts += _labels([point.label for point in points], xs)
    return picture(name, title, description, parts, height=HEIGHT)


def _band(x: float, step: float, limits: tuple[float, float], scale: Scale) -> list[SafeString]:
    left, right = max(LEFT - 2, x - step / 2), min(RIGHT + 2, x + step / 2)
    low, high = scale.y(max(limits[0], scale.low)), scale.y(min(limits[1], scale.high))
    ends = f"{left:.2f}%", f"{right:.2f}%"
    return [
        rect("band", ends[0], high, f"{right - left:.2f}%", low - high),
        line("limit", ends[0], high, ends[1], high),
        line("limit", ends[0], low, ends[1], low),
    ]


def _ends_of_centre(
    points: Sequence[Point], xs: Sequence[float], step: float, y: float
) -> tuple[str, float, str, float]:
    """From the first to the last of the points that it was computed from."""
    own = [x for x, point in zip(xs, points, strict=True) if not point.is_past]
    start = f"{LEFT - 2}%" if own[0] == xs[0] else f"{own[0] - step / 2:.2f}%"
    end = f"{RIGHT + 2}%" if own[-1] == xs[-1] else f"{own[-1] + step / 2:.2f}%"
    return start, y, end, y


def _points(points: Sequence[Point], places: Sequence[tuple[str, float]]) -> list[SafeString]:
    own = [place for place, point in enumerate(points) if not point.is_past]
    last = own[-1] if own else len(points) - 1
    parts = []
    for place, (point, (x, y)) in enumerate(zip(points, places, strict=True)):
        kind = (
            "signal" if point.is_signal else "last" if place == last else "pale" if point.is_pale else "dot"
        )
        parts.append(sign("past" if point.is_past else kind, x, y))
        if place == last or point.is_signal:
            parts.append(
                text(f"small strong middle said-{kind}", x, y - 13 if y > TOP + 20 else y + 24, point.text)
            )
    return parts


def _labels(labels: Sequence[str], xs: Sequence[float]) -> list[SafeString]:
    """As many as fit, counted back from the last; fewer on a narrow screen."""
    last = len(labels) - 1
    wide, narrow = (-(-len(labels) // most) for most in (LABELS_WIDE, LABELS_NARROW))
    narrow = -(-narrow // wide) * wide
    return [
        text(
            f"small middle{'' if (last - place) % narrow == 0 else ' wide'}",
            f"{xs[place]:.2f}%",
            HEIGHT - 6,
            label,
        )
        for place, label in enumerate(labels)
        if (last - place) % wide == 0
    ]


def return_rates(course: Course, past: Sequence[Shows] = ()) -> SafeString:
    """The return rate of each closed period, with limits where it is judged; nothing with fewer than two points."""
    points = _rate_points(course, past)
    if len(points) < 2:
        return NOTHING
    lowest = min(min(point.reach) for point in points)
    highest = max(max(point.reach) for point in points)
    last = min(10, int(highest * 10) + 1)
    first = min(int(lowest * 10), last - 1)  # where all came back every time
    every = 1 if last - first <= 4 else 2
    ticks = [(tens / 10, f"{tens * 10}%") for tens in range(first, last + 1, every)]
    return over_time(
        "rates",
        f"Tỷ lệ thu về từng {course.word}",
        f"{course.rate_sentence} {told_of(past, 'rate')}".strip(),
        points,
        Scale(first / 10, last / 10, ticks),
        float(course.return_baseline.theta) if course.has_limits else None,
    )


def _rate_points(course: Course, past: Sequence[Shows]) -> list[Point]:
    """In order of time."""
    found = [(point.totals.months, _rate_point(point)) for point in course.rate_points]
    found += [
        (book.months, Point(book.label, book.returned_share, book.rate, is_past=True))
        for book in past
        if book.returned_share is not None
    ]
    return [point for _months, point in sorted(found, key=lambda each: each[0].first)]


def _rate_point(point: RatePoint) -> Point:
    row, rate = point.totals, point.rate
    known = row.participation
    limits = (rate.low / rate.issued, rate.high / rate.issued) if rate else None
    share, text = known.returned / known.issued, row.return_rate_text
    return Point(row.short_label, share, text, limits, point.is_signal, is_pale=rate is None)


def gaps(course: Course) -> SafeString:
    """How many good ballots lay between dissatisfied ones, the latest of them; a drawing without limits, from eight on."""
    if len(course.gaps) < LEAST_GAPS:
        return NOTHING
    points = [Point(str(place), gap, grouped(gap)) for place, gap in course.drawn_gaps]
    top = max(point.value for point in points) or 1
    return over_time(
        "gaps",
        "Số phiếu hài lòng giữa hai phiếu không hài lòng",
        course.gap_words,
        points,
        Scale(0, top, [(0, "0"), (top, grouped(round(top)))]),
        None,
    )


# ── The strip ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Field:
    """One field of the strip; ``bad`` is None where no count may be told or none is known."""

    label: str
    bad: int | None
    text: str
    is_past: bool = False


def strip(course: Course, past: Sequence[Shows] = ()) -> SafeString:
    """One field a period: blue without a dissatisfied ballot; orange, taller and crossed with how many; else its outline.

    Of the old books the same, hollow.
    """
    fields = _fields(course, past)
    if not fields:
        return NOTHING
    width = 100 / len(fields)
    xs = [width * place for place in range(len(fields))]
    middles = [x + width / 2 for x in xs]
    parts = []
    for x, middle, field in zip(xs, middles, fields, strict=True):
        left, wide, at = f"{x + width * 0.04:.2f}%", f"{width * 0.92:.2f}%", f"{middle:.2f}%"
        if field.bad is None:
            parts.append(rect("untold", left, 34, wide, 22))
        elif field.bad:
            kind, cross, said = (
                ("past-field", "past-cross", "past") if field.is_past else ("bad", "cross", "signal")
            )
            parts += [rect(kind, left, 26, wide, 38), sign(cross, at, 45)]
            parts.append(text(f"small strong middle said-{said}", at, 18, field.text))
        else:
            parts.append(rect("past-field" if field.is_past else "good", left, 34, wide, 22))
    parts += _strip_labels(fields, middles)
    return picture(
        "strip",
        f"Phiếu không hài lòng theo {course.word}",
        f"{course.strip_sentence} {course.judged_words} {told_of(past, 'dissatisfied')}".strip(),
        parts,
        height=94,
    )


def _fields(course: Course, past: Sequence[Shows]) -> list[Field]:
    """From the first period that handed out slips or stands in the old books to the last."""
    books = {book.months: book for book in past}
    known = [place for place, row in enumerate(course.periods) if row.has_slips or row.months in books]
    shown = course.periods[known[0] : known[-1] + 1] if known else ()
    return [_field(row, course, books.get(row.months)) for row in shown]


def _field(row: Totals, course: Course, book: Shows | None) -> Field:
    if book:
        return Field(book.label, book.bad, book.dissatisfied, is_past=True)
    is_told = row in course.told
    return Field(row.short_label, row.dissatisfied if is_told else None, row.dissatisfied_text)


def _strip_labels(fields: Sequence[Field], middles: Sequence[float]) -> Iterable[SafeString]:
    """The first, the last and those with a dissatisfied ballot, as far as they do not touch."""
    last = len(fields) - 1
    edges = {0: ("start", 0.0), last: ("end", 100.0)} if last > 4 else {}
    taken: list[int] = []
    bad = (place for place, field in enumerate(fields) if field.bad)
    for place in (last, 0, *bad):
        if all(abs(place - other) >= len(fields) / 4.4 for other in taken):
            taken.append(place)
            side, x = edges.get(place, ("middle", middles[place]))
            yield text(f"small {side}", f"{x:.2f}%", 86, fields[place].label)


def with_slips(course: Course) -> list[Totals]:
    """The periods from the first that handed out slips to the last."""
    known = [place for place, row in enumerate(course.periods) if row.has_slips]
    return list(course.periods[known[0] : known[-1] + 1]) if known else []


def past_key() -> SafeString:
    """The sign of the old books as it stands in a legend."""
    parts = [line("past-course", "0", 9, "100%", 9), sign("past", "50%", 9)]
    return format_html(
        '<svg class="chart chart-key" aria-hidden="true" width="44" height="18">{}</svg>', joined(parts)
    )
