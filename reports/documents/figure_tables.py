"""The figures of a snapshot as tables: for a workbook and for one long list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings

from reports.arithmetic.outward_rounding import ends
from reports.arithmetic.shares import grouped
from reports.arithmetic.statistics import Interval
from reports.arithmetic.suppression import PERCENT_FROM
from reports.documents.frame import NO_FIGURE, stretch_of
from reports.exports.content import Figure, Sheet, Workbook
from reports.models import Seal
from reports.month.criteria import CriterionFigures
from reports.month.figures import ChannelRow, Figures, Group, Totals
from reports.month.snapshot import Snapshot
from reports.month.wording import about_groups, capital, long_run, not_told, of_organisations
from surveys.periods import closing_from
from surveys.vietnamese import official

LONG_RUN = "Nếu mỗi phiếu là một ý kiến riêng"
#: A heading, and the figure of a row that stands under it; the same in every table, so that columns can be compared.
Column = tuple[str, Callable[[Any], Figure]]


def _slips(name: str) -> Callable[[Any], Figure]:
    return lambda row: figure(getattr(row.participation, name), getattr(row, f"{name}_text"))


def _count(name: str) -> Callable[[Any], Figure]:
    return lambda row: figure(getattr(row, name), getattr(row, f"{name}_text"))


def _share(part: str, whole: str) -> Callable[[Any], Figure]:
    return lambda row: exact(getattr(row, f"{part}_share_text"), getattr(row, part), getattr(row, whole))


def _return_rate(row: Figures | ChannelRow) -> Figure:
    return exact(row.return_rate_text, row.participation.returned, row.participation.issued)


def _end(name: str, place: int, decimals: int) -> Callable[[Any], Figure]:
    return lambda row: end_of(getattr(row, name), place, decimals)


ISSUED: Column = ("Phát ra", _slips("issued"))
RETURNED: Column = ("Thu về", _slips("returned"))
RETURN_RATE: Column = ("Tỷ lệ thu về", _return_rate)
LONG_RUN_COLUMNS: tuple[Column, ...] = (
    (f"{LONG_RUN}: từ", _end("interval", 0, 2)),
    (f"{LONG_RUN}: đến", _end("interval", 1, 2)),
)
#: From the register alone: what cannot be told apart (`Group.is_separable`) has none of them.
OF_SLIPS: tuple[Column, ...] = (
    ISSUED,
    ("Hủy", _slips("cancelled")),
    ("Không thu về", _slips("not_returned")),
    RETURNED,
    RETURN_RATE,
)
#: Together, counters, procedures, period by period.
COLUMNS: tuple[Column, ...] = (
    *OF_SLIPS,
    ("Hợp lệ", _count("valid")),
    ("Không hợp lệ", _count("void")),
    ("Hài lòng", _count("satisfied")),
    ("Tỷ lệ hài lòng", _share("satisfied", "valid")),
    ("Không hài lòng", _count("dissatisfied")),
    ("Tỷ lệ không hài lòng", _share("dissatisfied", "valid")),
    ("Trên mọi phiếu phát ra: hài lòng từ", _end("bounds", 0, 1)),
    ("Trên mọi phiếu phát ra: hài lòng đến", _end("bounds", 1, 1)),
    *LONG_RUN_COLUMNS,
)
CRITERION_COLUMNS: tuple[Column, ...] = (
    ("Số phiếu trả lời", _count("answered")),
    ("Hài lòng", _count("satisfied")),
    ("Tỷ lệ hài lòng", _share("satisfied", "answered")),
    ("Không hài lòng", _count("dissatisfied")),
    ("Tỷ lệ không hài lòng", _share("dissatisfied", "answered")),
    *LONG_RUN_COLUMNS,
)
CHANNEL_COLUMNS: tuple[Column, ...] = (ISSUED, RETURNED, RETURN_RATE)


def workbook(month: Snapshot, *, seals: Iterable[Seal] = (), results_url: str = "") -> Workbook:
    """Every table of the snapshot. ``seals``: those of the stretch, in order, the last version of each period."""
    seals = list(seals)
    codes = ", ".join(f"{seal.period}: {seal.code} (phiên bản {seal.version})" for seal in seals)
    dated = max((seal.sealed_at for seal in seals), default=None)
    return Workbook(
        name=f"so-lieu-{month.office.code}-{stretch_of(month)}",
        title=f"Kết quả đánh giá mức độ hài lòng của khách hàng {official(month.label)}",
        office=month.office.name,
        stretch=capital(official(month.label)),
        state=capital(month.state_label),
        seal_code=codes or "Chưa niêm phong",
        sources=tuple(sources(month, results_url)),
        sheets=tuple(sheets(month)),
        dated=dated or closing_from(month.months.last, settings.SLIP_GRACE_DAY),
    )


def sources(month: Snapshot, results_url: str) -> Iterator[str]:
    yield "Phát ra, hủy, thu về: sổ phát phiếu. Hợp lệ, hài lòng, không hài lòng: phiếu đã công bố trong hòm phiếu."
    yield "Dưới 10 phiếu chỉ ghi “<10”; từ 10 đến 29 phiếu ghi số phiếu, không ghi tỷ lệ."
    yield (
        f"{LONG_RUN}: khoảng Wilson 95% của tỷ lệ lâu dài, khi cách phục vụ giữ nguyên và mỗi phiếu là một ý kiến riêng; "
        "phiếu của một tổ chức giống nhau thì khoảng rộng hơn. Phiếu thu về đã được đếm đủ, không có sai số chọn mẫu."
    )
    yield from filter(None, (of_organisations(month), long_run(month)))
    yield "Ô ghi “trên 99,9%”, “dưới 0,1%” và các ô tỷ lệ giữ số đầy đủ, chưa làm tròn; khoảng làm tròn ra ngoài."
    yield "Số liệu không dùng để xếp hạng quầy hoặc công chức."
    yield from not_told(month)
    if results_url:
        yield f"Kiểm lại tại: {results_url}"


def sheets(month: Snapshot) -> Iterator[Sheet]:
    """One table each: together, criteria, their levels, counters, procedures, channels, period by period."""
    yield Sheet(
        "tong-hop",
        "Tổng hợp",
        "Thời gian",
        _titles(COLUMNS),
        (
            (capital(official(month.totals.label)), _row(month.totals, COLUMNS)),
            *((_labelled(title, totals), _row(totals, COLUMNS)) for title, totals in month.comparisons),
        ),
    )
    yield Sheet(
        "tieu-chi",
        "Tiêu chí",
        "Tiêu chí",
        _titles(CRITERION_COLUMNS),
        tuple((each.name, _row(each, CRITERION_COLUMNS)) for each in month.criteria),
    )
    yield Sheet("muc-tra-loi", "Mức trả lời", "Tiêu chí và mức", ("Số phiếu", "Tỷ lệ"), tuple(_levels(month)))
    yield _groups("quay", "Quầy", month.counters)
    yield _groups("thu-tuc", "Thủ tục", month.procedures)
    yield Sheet(
        "cach-phat",
        "Cách phát phiếu",
        "Cách phát",
        _titles(CHANNEL_COLUMNS),
        tuple((row.name, _row(row, CHANNEL_COLUMNS)) for row in month.channels),
        ("Phiếu trong hòm không ghi cách phát, nên không có kết quả đánh giá theo cách phát.",),
    )
    yield Sheet(
        "tung-ky",
        f"Từng {month.over_time.word}",
        capital(month.over_time.word),
        _titles(COLUMNS),
        tuple(
            (official(totals.short_label), _row(totals, COLUMNS))
            for totals in month.over_time.periods
            if totals.has_slips
        ),
    )


def _labelled(title: str, totals: Totals) -> str:
    return f"{title}: {official(totals.label)}" + (f" ({totals.gap_text})" if totals.gap_text else "")


def _groups(code: str, title: str, groups: Iterable[Group]) -> Sheet:
    groups = list(groups)
    rows = tuple((group.name, _group_row(group)) for group in groups)
    return Sheet(code, title, title, _titles(COLUMNS), rows, tuple(about_groups(groups)))


def _group_row(group: Group) -> tuple[Figure, ...]:
    """As on the page: what cannot be told apart has no slips of its own, so that a nought would be false."""
    row = _row(group, COLUMNS)
    return row if group.is_separable else (*[Figure(NO_FIGURE)] * len(OF_SLIPS), *row[len(OF_SLIPS) :])


def _levels(month: Snapshot) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    for criterion in month.criteria:
        for level, n, part in criterion.level_rows:
            yield (
                f"{criterion.name}: {level.label}",
                (figure(level.n, n), exact(part, level.n, criterion.answered)),
            )


def _titles(columns: Iterable[Column]) -> tuple[str, ...]:
    return tuple(title for title, _of in columns)


def _row(row: Figures | CriterionFigures | ChannelRow, columns: Iterable[Column]) -> tuple[Figure, ...]:
    return tuple(of(row) for _title, of in columns)


def figure(number: int | None, text: str) -> Figure:
    """A count as printed, with the number where the number is what is printed: "<10" has none."""
    return Figure(text, number if number is not None and text == grouped(number) else None)


def exact(text: str, part: int | None, whole: int | None) -> Figure:
    """A share as printed, with the share itself, not rounded; no number where no share is printed: "19/20"."""
    if part is None or whole is None or whole < PERCENT_FROM:
        return Figure(text)
    return Figure(text, Decimal(part) / whole)


def end_of(interval: Interval | None, place: int, decimals: int) -> Figure:
    """One end of an interval or of bounds, rounded outwards in print and as a number alike."""
    if interval is None:
        return Figure(NO_FIGURE)
    end = ends(interval.low, interval.high, decimals)[place]
    itself = (interval.low, interval.high)[place]
    return Figure(f"{end.text}%", itself if end.number is None else end.number)
