"""Every surface of one stretch of the pilot's year held against its rows (`tests.reports.pilot.recount`)."""

from __future__ import annotations

from datetime import datetime

from django.test import Client

from reports.documents.catalogue import EXPORTS
from reports.month import snapshot
from surveys.choices import SlipChannel
from surveys.models import Counter, Office, Procedure
from surveys.periods import Month, MonthRange
from tests.reports.pilot import published, recount
from tests.reports.pilot.recount import Rows

OF_COUNTERS = {
    "Phát ra": "Phát ra",
    "Thu về": "Thu về",
    "Tỷ lệ thu về": "Tỷ lệ thu về",
    "Hợp lệ": "Hợp lệ",
    "Hài lòng": "Tỷ lệ hài lòng",
}
OF_PERIODS = {
    **OF_COUNTERS,
    "Hài lòng": "Hài lòng",
    "Không hài lòng": "Không hài lòng",
    "Tỷ lệ hài lòng": "Tỷ lệ hài lòng",
}
#: Columns of the report's table of counters and procedures, after number and name.
OF_REPORT = (
    "Phát ra",
    "Thu về",
    "Tỷ lệ thu về",
    "Hài lòng",
    "Tỷ lệ hài lòng",
    "Không hài lòng",
    "Tỷ lệ không hài lòng",
)


def count_again(office: Office, rows: Rows, named: str, reader: Client, *, now: datetime, pdf: bool) -> int:
    """Hold every cell of a stretch; how many were held. ``pdf``: its text as well, which takes seconds to make."""
    first, _dots, last = named.partition("..")
    months = MonthRange(*(Month(*map(int, each.split("-"))) for each in (first, last or first)))
    month = snapshot.take(office=office, stretch=months if last else months.first, now=now)
    csv, xlsx, docx = (_written(name, month) for name in ("figures.csv", "figures.xlsx", "report.docx"))
    cells = recount.of_csv(csv)
    held = recount.same(cells, recount.of_xlsx(xlsx))
    held += _against_rows(cells, rows, months, is_period=not last)
    held += published.of_other_tables(cells, rows, months)
    held += _on_the_page(cells, reader, office, months)
    held += _in_the_report(cells, [*recount.of_docx(docx, "Theo quầy")])
    held += 0 if last else _in_the_minutes(_written("minutes.docx", month), rows, str(months.first))
    if pdf:
        held += _in_the_text(cells, recount.of_pdf(_written("report.pdf", month)))
    return held


def _written(name: str, month: snapshot.Snapshot) -> bytes:
    return EXPORTS[name].write(EXPORTS[name].content(month))


def _against_rows(cells, rows: Rows, months: MonthRange, *, is_period: bool) -> int:
    """Totals, every period and every way of handing out; counters and procedures: their slips, and of one period all."""
    inside = {str(month) for month in months}
    [whole, *_others] = dict.fromkeys(name for table, name, _column in cells if table == "Tổng hợp")
    held = recount.check(cells, "Tổng hợp", whole, rows.tally(inside.__contains__))
    for name in dict.fromkeys(name for table, name, _column in cells if table == "Từng tháng"):
        number, year = name.split("/")
        period = f"{year}-{int(number):02}"
        held += recount.check(cells, "Từng tháng", name, rows.tally(period.__eq__))
    for table, place, model, label in (("Quầy", 1, Counter, "name"), ("Thủ tục", 2, Procedure, "short_name")):
        codes = dict(model.objects.values_list(label, "code"))
        for name in dict.fromkeys(name for sheet, name, _column in cells if sheet == table):
            if name not in codes:  # what cannot be told apart has no slips of its own
                continue
            truth = rows.tally(inside.__contains__, place, name, codes[name])
            own = {key: value for key, value in cells.items() if is_period or key[2] in SLIPS}
            held += recount.check(own, table, name, truth)
    return held


SLIPS = {*recount.OF_SLIPS, "Tỷ lệ thu về"}


def _on_the_page(cells, reader: Client, office: Office, months: MonthRange) -> int:
    found = reader.get(f"/reports/{office.code}/?from={months.first}&to={months.last}")
    assert found.status_code == 200
    held = 0
    for table, heading in (("Quầy", "counters"), ("Thủ tục", "procedures")):
        page = recount.of_page(found.content, heading)
        names = dict.fromkeys(name for name, _column in page)
        held += recount.printed_alike(cells, table, page, OF_COUNTERS, names)
    page = recount.of_page(found.content, "channels")
    ways = {title: title for title in ("Phát ra", "Thu về", "Tỷ lệ thu về")}
    held += recount.printed_alike(cells, "Cách phát phiếu", page, ways, {name for name, _column in page})
    page = recount.of_page(found.content, "comparison")
    [shown, *_others] = dict.fromkeys(name for name, _column in page)
    [whole, *_others] = dict.fromkeys(name for table, name, _column in cells if table == "Tổng hợp")
    for title, column in OF_PERIODS.items():
        assert page[shown, title] == cells["Tổng hợp", whole, column][1], (title, shown)
    return held + len(OF_PERIODS)


def _in_the_report(cells, rows: list[list[str]]) -> int:
    """The table of counters and procedures in the report as Word."""
    table, held = "", 0
    for _place, name, *figures in rows:
        table = {"Theo quầy": "Quầy", "Theo thủ tục hành chính": "Thủ tục", "Tổng số": ""}.get(name, table)
        if not table or (table, name, "Phát ra") not in cells:
            continue
        for column, shown in zip(OF_REPORT, figures, strict=True):
            number, printed = cells[table, name, column]
            assert shown == printed or not number, (name, column, shown, printed)
            held += 1
    return held


def _in_the_minutes(docx: bytes, rows: Rows, period: str) -> int:
    """Table 1 of the minutes as Word: every way of handing out, and all of them together."""
    [head, *lines] = recount.of_docx(docx, "Nội dung")
    channels = {str(channel.label): channel for channel in SlipChannel}
    held = 0
    for at, name in enumerate(head[2:], start=2):
        truth = recount.of_slips(rows, period.__eq__, channels.get(name))
        for line in lines:
            if line[1] in recount.OF_SLIPS:
                assert line[at] == f"{getattr(truth, recount.OF_SLIPS[line[1]]):,}".replace(",", "."), (
                    name,
                    line,
                )
                held += 1
    return held


def _in_the_text(cells, text: str) -> int:
    """Each counter's line of the PDF, figure by figure in the order of the table."""
    held = 0
    for name in dict.fromkeys(name for table, name, _column in cells if table == "Quầy"):
        figures = [cells["Quầy", name, column][1] for column in OF_REPORT]
        if all(cells["Quầy", name, column][0] for column in OF_REPORT):
            assert " ".join((name, *figures)) in text, (name, figures)
            held += len(figures)
    return held
