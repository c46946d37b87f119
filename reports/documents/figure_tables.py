"""The figures of a snapshot as tables: for a workbook and for one long list. Numbers are read back from what is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.conf import settings

from reports.documents.frame import stretch_of
from reports.exports.content import Figure, Sheet, Workbook
from reports.models import Seal
from reports.month.criteria import CriterionFigures
from reports.month.figures import Figures, Group, Totals
from reports.month.snapshot import Snapshot
from reports.month.wording import about_groups, capital, not_told
from surveys.periods import closing_from
from surveys.vietnamese import official

#: Heading and where its printed string stands; the same in every table, so that columns can be compared.
COLUMNS = (
    ("Phát ra", "issued_text"),
    ("Hủy", "cancelled_text"),
    ("Không thu về", "not_returned_text"),
    ("Thu về", "returned_text"),
    ("Tỷ lệ thu về", "return_rate_text"),
    ("Hợp lệ", "valid_text"),
    ("Không hợp lệ", "void_text"),
    ("Hài lòng", "satisfied_text"),
    ("Tỷ lệ hài lòng", "satisfied_share_text"),
    ("Không hài lòng", "dissatisfied_text"),
    ("Tỷ lệ không hài lòng", "dissatisfied_share_text"),
    ("Khoảng tin cậy 95%", "interval_text"),
)
CRITERION_COLUMNS = (
    ("Số phiếu trả lời", "answered_text"),
    ("Hài lòng", "satisfied_text"),
    ("Tỷ lệ hài lòng", "satisfied_share_text"),
    ("Không hài lòng", "dissatisfied_text"),
    ("Tỷ lệ không hài lòng", "dissatisfied_share_text"),
    ("Khoảng tin cậy 95%", "interval_text"),
)
CHANNEL_COLUMNS = (COLUMNS[0], COLUMNS[3], COLUMNS[4])
_COUNT = re.compile(r"\d{1,3}(\.\d{3})*")
_SHARE = re.compile(r"(\d{1,3})(?:,(\d+))?%")


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
    rows = tuple((group.name, _row(group, COLUMNS)) for group in groups)
    return Sheet(code, title, title, _titles(COLUMNS), rows, tuple(about_groups(groups)))


def _levels(month: Snapshot) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    for criterion in month.criteria:
        for level, n, part in criterion.level_rows:
            yield f"{criterion.name}: {level.label}", (figure(n), figure(part))


def _titles(columns: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(title for title, _name in columns)


def _row(row: Figures | CriterionFigures, columns: Iterable[tuple[str, str]]) -> tuple[Figure, ...]:
    return tuple(figure(getattr(row, name)) for _title, name in columns)


def figure(text: str) -> Figure:
    """What is printed with the number it is, so that the two can never differ; "19/20" and "<10" are no numbers."""
    if _COUNT.fullmatch(text):
        return Figure(text, int(text.replace(".", "")))
    if found := _SHARE.fullmatch(text):
        return Figure(text, Decimal(f"{found[1]}.{found[2] or 0}") / 100)
    return Figure(text)
