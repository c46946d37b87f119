"""Every file of a stretch: what it is made of, how it is written, and as what it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from reports.documents.figure_tables import workbook
from reports.documents.gathering import carrying, gather, kind_of, results_url, seals_of
from reports.documents.material import FollowUp
from reports.documents.minutes import minutes
from reports.documents.poster import poster
from reports.documents.report import report
from reports.documents.summary import summary
from reports.exports.content import Document, Poster, Workbook
from reports.exports.csv import workbook_csv
from reports.exports.docx import document_docx
from reports.exports.pdf import document_pdf
from reports.exports.poster_pdf import poster_pdf
from reports.exports.xlsx import workbook_xlsx
from reports.follow_up import actions_taken
from reports.models import PaperKind
from reports.month.snapshot import Snapshot

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Content = Document | Poster | Workbook


class NotOfSeveralPeriods(Exception):
    """Minutes are made of one count, never of a range of periods."""


def minutes_of(month: Snapshot) -> Document:
    if month.period is None:
        raise NotOfSeveralPeriods
    return minutes(gather(month=month, kind=PaperKind.MINUTES))


def report_of(month: Snapshot) -> Document:
    facts = gather(month=month, kind=kind_of(month))
    return report(facts) if month.period else summary(facts)


def carrying_report_of(month: Snapshot) -> Document:
    """The same with the sealed lists inside; a file of Word cannot carry them, and so never reads them."""
    facts = gather(month=month, kind=kind_of(month))
    return report(carrying(facts)) if month.period else summary(facts)


def poster_of(month: Snapshot) -> Poster:
    periods = month.months.periods(month.office.quarterly)
    done = tuple(actions_taken.for_poster(office=month.office, periods=periods))
    return poster(gather(month=month, kind=kind_of(month), follow_up=FollowUp(done=done)))


def figures_of(month: Snapshot) -> Workbook:
    return workbook(month, seals=seals_of(month), results_url=results_url(month))


#: What one file is written from.
Made = TypeVar("Made", bound=Content)


@dataclass(frozen=True)
class Export(Generic[Made]):
    """``papers``: the kinds whose number and date stand in the file."""

    content: Callable[[Snapshot], Made]
    write: Callable[[Made], bytes]
    media: str
    papers: tuple[PaperKind, ...] = ()


_MINUTES = (PaperKind.MINUTES,)
_REPORT = (PaperKind.REPORT, PaperKind.MINUTES)  # it names the minutes among its bases
EXPORTS: dict[str, Export[Any]] = {
    "minutes.pdf": Export(minutes_of, document_pdf, PDF, _MINUTES),
    "minutes.docx": Export(minutes_of, document_docx, DOCX, _MINUTES),
    "report.pdf": Export(carrying_report_of, document_pdf, PDF, _REPORT),
    "report.docx": Export(report_of, document_docx, DOCX, _REPORT),
    "figures.xlsx": Export(figures_of, workbook_xlsx, XLSX),
    "figures.csv": Export(figures_of, workbook_csv, CSV),
    "poster.pdf": Export(poster_of, poster_pdf, PDF),
    "poster-a4.pdf": Export(poster_of, lambda content: poster_pdf(content, "A4"), PDF),
}


def filename(name: str, content: Content) -> str:
    """What a file is called where it is saved."""
    stem = f"{content.name}-a4" if name == "poster-a4.pdf" else content.name
    return f"{stem}.{name.rpartition('.')[2]}"
