"""The public figures as JSON and CSV."""

from __future__ import annotations

import csv
import io

from reports.arithmetic.suppression import Shown
from reports.month.figures import Figures
from reports.month.snapshot import SEALED, Snapshot
from reports.results.published import PublishedPeriod
from surveys.spreadsheets.delimited import defused

LICENCE = "CC BY 4.0"


CSV_HEAD = (
    *("Nhóm", "Mã", "Tên", "Phát ra", "Hủy", "Hết hạn", "Thu về", "Phiếu giấy"),
    *("Hợp lệ", "Không hợp lệ", "Hài lòng", "Không hài lòng"),
)


def document(one: PublishedPeriod, taken: Snapshot) -> dict:
    """``figures.json``: the interface's document of the month, the versions, and the licence."""
    versions = [
        {
            "version": seal.version,
            "seal_code": seal.code,
            "sealed_at": seal.sealed_at.isoformat(),
            "reason": seal.reason,
        }
        for seal in one.versions
    ]
    return {
        **taken.as_api(),
        "state": SEALED,
        "seal_code": one.seal.code,
        "versions": versions,
        "licence": LICENCE,
    }


def table(taken: Snapshot) -> str:
    """``figures.csv``: one line for the office, each counter and each procedure; a hidden figure is told as such."""
    out = io.StringIO()
    out.write("\ufeff")  # else Excel takes Vietnamese for something else
    writer = csv.writer(out)
    writer.writerow(CSV_HEAD)
    office = taken.office
    lines: list[tuple[str, str, str, Figures]] = [("Đơn vị", office.code, office.name, taken.totals)]
    lines += [("Quầy", each.code, each.name, each) for each in taken.counters]
    lines += [("Thủ tục", each.code, each.name, each) for each in taken.procedures]
    for kind, code, name, figures in lines:
        writer.writerow([kind, defused(code), defused(name), *_numbers(figures)])
    return out.getvalue()


def _numbers(figures: Figures) -> list:
    known = figures.participation
    unopened = figures.shown is Shown.EMPTY and known.returned > 0
    told = [
        figures.reason_text if unopened else text if value is None else value
        for value, text in (
            (figures.valid, figures.valid_text),
            (figures.verdicts and figures.verdicts.void, figures.void_text),
            (figures.satisfied, figures.satisfied_text),
            (figures.dissatisfied, figures.dissatisfied_text),
        )
    ]
    return [known.issued, known.cancelled, known.expired, known.returned, known.paper, *told]
