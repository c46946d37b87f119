"""Pictures of figures as SVG that the server draws: lengths in percent of the width, letters in the page's own size.

So one drawing fits a phone, a desk and paper, and its words stay as large as the words around it. Colours come from the
style sheet by class; what is good or bad differs by shape as well. Every number arrives printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from reports.figures import Totals
from reports.tally import grouped
from reports.variation import Course, FunnelRow

BAR = 26  # pixels
LEFT, RIGHT = 13, 95  # percent between which points over time lie
TOP, BOTTOM, HEIGHT = 14, 196, 224  # pixels
LABELS_WIDE, LABELS_NARROW = 7, 4
NOTHING = SafeString("")


def percent(part: float, whole: float = 1) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def picture(
    name: str, title: str, description: str, parts: Iterable[SafeString], *, height: int
) -> SafeString:
    """A drawing with its name and description for those who hear the page."""
    return format_html(
        '<svg class="chart" role="img" width="100%" height="{}" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(height, name, name, name, title, name, description, _joined(parts)),
    )


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _rect(kind: str, x: str, y: float, width: str, height: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', kind, x, f"{y:.1f}", width, f"{height:.1f}"
    )


def _line(kind: str, x1: str, y1: float, x2: str, y2: float) -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', kind, x1, f"{y1:.1f}", x2, f"{y2:.1f}"
    )


def _text(kind: str, x: str, y: float, words: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, x, f"{y:.1f}", words)


def _sign(kind: str, x: str, y: float) -> SafeString:
    """A point at a place given in percent: a dot, the last dot, or a diamond for a signal."""
    shape = {
        "dot": '<circle r="4.5"/>',
        "last": '<circle r="6.5"/>',
        "signal": '<path d="M0-9 9 0 0 9-9 0z"/>',
        "cross": '<path d="m-5-5 10 10m0-10-10 10"/>',
    }[kind]
    return format_html(
        '<svg class="sign sign-{}" x="{}" y="{}" overflow="visible">{}</svg>',
        kind,
        x,
        f"{y:.1f}",
        mark_safe(shape),  # noqa: S308
    )


# ── Bars on one scale ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class FlowRow:
    """One bar of the way from issued to satisfied: its name, its figure, what is missing from it, its drawing."""

    label: str
    figure: str
    beside: str
    bar: SafeString
    warns: bool = False


def flow(totals: Totals, *, is_open: bool) -> list[FlowRow]:
    """Issued, returned, valid, satisfied, all on the scale of issued. What may not be told has no bar."""
    known = totals.participation
    not_back = f"{totals.not_returned_text} {'chưa' if is_open else 'không'} thu về"
    cancelled = f", {totals.cancelled_text} huỷ" if known.cancelled else ""
    rows = [
        FlowRow("Phát ra", totals.issued_text, "", _bar(known.issued, ("issued", 0, known.issued))),
        FlowRow(
            "Thu về",
            totals.returned_text,
            f"{not_back}{cancelled}",
            _bar(known.issued, ("returned", 0, known.returned), ("silent", known.returned, known.issued)),
        ),
    ]
    if totals.valid is None:
        return [*rows, FlowRow("Hợp lệ", totals.valid_text, "", NOTHING)]
    if not totals.valid:
        waiting = _bar(known.issued, ("waiting", 0, totals.untold)) if totals.untold else NOTHING
        return [*rows, FlowRow("Hợp lệ", totals.told_text, "", waiting)]
    valid_end = totals.valid + totals.verdicts.void
    beside = f"{totals.void_text} không hợp lệ"
    if totals.untold:
        beside += f", {totals.untold_text} {'không nêu' if totals.hidden_periods else 'chưa công bố'}"
    rows.append(
        FlowRow(
            "Hợp lệ",
            totals.valid_text,
            beside,
            _bar(
                known.issued,
                ("valid", 0, totals.valid),
                ("silent", totals.valid, valid_end),
                ("waiting", valid_end, known.returned),
            ),
        )
    )
    rows.append(
        FlowRow(
            "Hài lòng mọi tiêu chí" if len(totals.criteria) != 2 else "Hài lòng cả hai tiêu chí",
            totals.satisfied_text,
            f"{totals.dissatisfied_text} không hài lòng",
            _bar(known.issued, ("good", 0, totals.satisfied), ("bad", totals.satisfied, totals.valid)),
            warns=bool(totals.dissatisfied),
        )
    )
    return rows


def _bar(whole: int, *stretches: tuple[str, int, int]) -> SafeString:
    """Stretches of a bar, each (kind, from, to). The dissatisfied stick out, however few they are."""
    parts = []
    for kind, start, end in stretches:
        if end <= start:
            continue
        x, width = percent(start, whole), percent(end - start, whole)
        if kind == "bad":
            parts += [_rect("bad", x, 0, width, BAR), _line("bad-edge", x, 0, x, BAR)]
        else:
            parts.append(_rect(kind, x, 4, width, BAR - 8))
    return format_html(
        '<svg class="chart bar" aria-hidden="true" width="100%" height="{}">{}</svg>', BAR, _joined(parts)
    )


def bounds(totals: Totals) -> SafeString:
    """How satisfied all who were asked can be, on a scale from 0 to 100%."""
    if totals.bounds is None:
        return NOTHING
    low, high = float(totals.bounds.low), float(totals.bounds.high)
    low_text, high_text = map(str, totals.bounds_shares)
    parts = [
        _line("axis", "0", 10, "100%", 10),
        _line("reach", percent(low), 10, percent(high), 10),
        _line("reach-end", percent(low), 2, percent(low), 18),
        _line("reach-end", percent(high), 2, percent(high), 18),
        _text("small start", "0", 36, "0%"),
        _text("small strong end", percent(max(0.3, min(low, 0.78))), 36, low_text),
        _text("small strong end", percent(max(0.55, high)), 36, high_text),
    ]
    return format_html(
        '<svg class="chart" aria-hidden="true" width="100%" height="42">{}</svg>', _joined(parts)
    )


def in_limits(row: FunnelRow, start: float) -> SafeString:
    """A counter's return rate within what chance allows, on a scale from ``start`` to 100%."""

    def place(n: int) -> str:
        return percent(0.04 + 0.92 * max(0.0, n / row.issued - start) / (1 - start))

    low, high, here = place(row.low), place(row.high), place(row.returned)
    width = percent(0.92 * (row.high / row.issued - max(start, row.low / row.issued)) / (1 - start))
    sign = _sign("signal" if row.is_signal else "dot", here, 12)
    parts = [
        _rect("band", low, 6, width, 12),
        _line("limit", low, 3, low, 21),
        _line("limit", high, 3, high, 21),
        sign,
    ]
    return format_html(
        '<svg class="chart funnel" aria-hidden="true" width="100%" height="24">{}</svg>', _joined(parts)
    )


def funnel_start(rows: Iterable[FunnelRow]) -> int:
    """Where the common scale of all counters starts, in tens of percent below the lowest of them."""
    lowest = min((min(row.low, row.returned) / row.issued for row in rows), default=0)
    return int(lowest * 10) * 10 if lowest < 1 else 90


# ── Over time ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Point:
    """One point over time: what stands under it, its value, its printed value, its limits."""

    label: str
    value: float
    text: str
    low: float
    high: float
    is_signal: bool = False


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` on the height of the drawing, with printed ticks."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]

    def y(self, value: float) -> float:
        return BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)


def over_time(
    name: str, title: str, description: str, points: Sequence[Point], scale: Scale, centre: float
) -> SafeString:
    """Points joined by a grey line on a grey band; a signal is a diamond and carries its value, and so does the last."""
    step = (RIGHT - LEFT) / max(1, len(points) - 1)
    xs = [LEFT + step * place for place in range(len(points))]
    parts = [
        part
        for value, words in scale.ticks
        for part in (
            _line("grid", "0", scale.y(value), "100%", scale.y(value)),
            _text("small start", "0", scale.y(value) - 4, words),
        )
    ]
    for x, point in zip(xs, points, strict=True):
        left, right = max(LEFT - 2, x - step / 2), min(RIGHT + 2, x + step / 2)
        high, low = scale.y(min(point.high, scale.high)), scale.y(max(point.low, scale.low))
        ends = f"{left:.2f}%", f"{right:.2f}%"
        parts += [
            _rect("band", ends[0], high, f"{right - left:.2f}%", low - high),
            _line("limit", ends[0], high, ends[1], high),
            _line("limit", ends[0], low, ends[1], low),
        ]
    parts.append(_line("centre", f"{LEFT - 2}%", scale.y(centre), f"{RIGHT + 2}%", scale.y(centre)))
    places = [(f"{x:.2f}%", scale.y(point.value)) for x, point in zip(xs, points, strict=True)]
    parts += [_line("course", *a, *b) for a, b in pairwise(places)]
    for place, (point, (x, y)) in enumerate(zip(points, places, strict=True)):
        is_last = place == len(points) - 1
        kind = "signal" if point.is_signal else "last" if is_last else "dot"
        parts.append(_sign(kind, x, y))
        if is_last or point.is_signal:
            parts.append(
                _text(f"small strong middle said-{kind}", x, y - 13 if y > TOP + 20 else y + 24, point.text)
            )
    parts += _labels([point.label for point in points], xs)
    return picture(name, title, description, parts, height=HEIGHT)


def _labels(labels: Sequence[str], xs: Sequence[float]) -> list[SafeString]:
    """As many as fit, counted back from the last; fewer on a narrow screen."""
    last = len(labels) - 1
    wide, narrow = (-(-len(labels) // most) for most in (LABELS_WIDE, LABELS_NARROW))
    narrow = -(-narrow // wide) * wide
    return [
        _text(
            f"small middle{'' if (last - place) % narrow == 0 else ' wide'}",
            f"{xs[place]:.2f}%",
            HEIGHT - 6,
            label,
        )
        for place, label in enumerate(labels)
        if (last - place) % wide == 0
    ]


def return_rates(course: Course) -> SafeString:
    """The return rate of each period with Laney's limits; nothing while there are too few."""
    if course.rate_chart is None:
        return NOTHING
    points = [
        Point(
            label=point.totals.short_label,
            value=point.limit.share,
            text=point.totals.return_rate_text,
            low=point.limit.low,
            high=point.limit.high,
            is_signal=point.limit.is_signal,
        )
        for point in course.rate_points
    ]
    lowest = min(min(point.low, point.value) for point in points)
    highest = max(max(point.high, point.value) for point in points)
    first, last = int(lowest * 10), min(10, int(highest * 10) + 1)
    every = 1 if last - first <= 4 else 2
    ticks = [(tens / 10, f"{tens * 10}%") for tens in range(first, last + 1, every)]
    return over_time(
        "rates",
        f"Tỷ lệ thu về từng {course.word}",
        course.rate_sentence,
        points,
        Scale(first / 10, last / 10, ticks),
        course.rate_chart.centre,
    )


def gaps(course: Course) -> SafeString:
    """How many good ballots lay between dissatisfied ones; nothing below eight of those."""
    limits = course.gap_chart
    if limits is None:
        return NOTHING
    points = [
        Point(str(place), gap, grouped(gap), limits.least, limits.upper, gap < limits.least)
        for place, gap in enumerate(course.gaps, start=1)
    ]
    top = max(limits.upper, *course.gaps) or 1
    return over_time(
        "gaps",
        "Số phiếu hài lòng giữa hai phiếu không hài lòng",
        course.gap_sentence,
        points,
        Scale(0, top, [(0, "0"), (top, grouped(round(top)))]),
        limits.centre,
    )


# ── The strip ──────────────────────────────────────────────────────────────────────────


def strip(course: Course) -> SafeString:
    """One field a period: blue without a dissatisfied ballot; orange, taller and crossed with how many; else its outline."""
    periods = with_slips(course)
    if not periods:
        return NOTHING
    width = 100 / len(periods)
    xs = [width * place for place in range(len(periods))]
    middles = [x + width / 2 for x in xs]
    parts = []
    for x, middle, row in zip(xs, middles, periods, strict=True):
        left, wide = f"{x + width * 0.04:.2f}%", f"{width * 0.92:.2f}%"
        if row not in course.told:
            parts.append(_rect("untold", left, 34, wide, 22))
        elif row.dissatisfied:
            parts += [_rect("bad", left, 26, wide, 38), _sign("cross", f"{middle:.2f}%", 45)]
            parts.append(
                _text("small strong middle said-signal", f"{middle:.2f}%", 18, row.dissatisfied_text)
            )
        else:
            parts.append(_rect("good", left, 34, wide, 22))
    parts += _strip_labels(periods, course, middles)
    return picture(
        "strip", f"Phiếu không hài lòng theo {course.word}", course.strip_sentence, parts, height=94
    )


def _strip_labels(
    periods: Sequence[Totals], course: Course, middles: Sequence[float]
) -> Iterable[SafeString]:
    """The first, the last and those with a dissatisfied ballot, as far as they do not touch."""
    last = len(periods) - 1
    edges = {0: ("start", 0.0), last: ("end", 100.0)} if last > 4 else {}
    taken: list[int] = []
    bad = (place for place, row in enumerate(periods) if row in course.told and row.dissatisfied)
    for place in (last, 0, *bad):
        if all(abs(place - other) >= len(periods) / 4.4 for other in taken):
            taken.append(place)
            side, x = edges.get(place, ("middle", middles[place]))
            yield _text(f"small {side}", f"{x:.2f}%", 86, periods[place].short_label)


def with_slips(course: Course) -> list[Totals]:
    """The periods from the first that handed out slips on."""
    first = next((place for place, row in enumerate(course.periods) if row.has_slips), len(course.periods))
    return list(course.periods[first:])
