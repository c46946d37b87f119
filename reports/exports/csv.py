"""Figures as one long list, a line a figure: for any program, and for spreadsheets without a live formula in it."""

from __future__ import annotations

from io import StringIO

from defusedcsv import csv

from reports.exports.content import Workbook, cleaned

COLUMNS = ("don_vi", "thoi_gian", "tinh_trang", "ma_niem_phong", "bang", "dong", "chi_tieu", "so", "chu_in")


def workbook_csv(book: Workbook) -> bytes:
    """UTF-8 with a mark at its head, which spreadsheets need to read Vietnamese.

    ``so`` is the number with a decimal point, empty where no number is told; ``chu_in`` is what is printed.
    """
    book = cleaned(book)
    out = StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for sheet in book.sheets:
        for name, figures in sheet.rows:
            for title, figure in zip(sheet.columns, figures, strict=True):
                number = "" if figure.number is None else str(figure.number)
                lines.writerow(
                    (
                        book.office,
                        book.stretch,
                        book.state,
                        book.seal_code,
                        sheet.title,
                        name,
                        title,
                        number,
                        figure.text,
                    )
                )
    return out.getvalue().encode("utf-8-sig")
