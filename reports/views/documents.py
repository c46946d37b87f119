"""The papers and tables of a month, to be carried away. What they say comes from the snapshot; each handing-out is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports import deeds, snapshot
from reports.documents.facts import FollowUp
from reports.documents.gathering import gather, kind_of, results_url, seals_of
from reports.documents.minutes import minutes
from reports.documents.poster import poster
from reports.documents.report import report
from reports.documents.summary import summary
from reports.documents.tables import workbook
from reports.exports.content import Paper, Poster, Workbook
from reports.exports.csv import workbook_csv
from reports.exports.docx import paper_docx
from reports.exports.pdf import NoPango, paper_pdf
from reports.exports.poster import poster_pdf
from reports.exports.xlsx import workbook_xlsx
from reports.forms import as_counted
from reports.models import PaperKind
from reports.snapshot import Snapshot
from reports.views.leadership import may_see_figures, one_period
from surveys import audit
from surveys.models import Office
from surveys.periods import MonthRange, NotAPeriod, Period, parse_period, parse_range, range_of

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Content = Paper | Poster | Workbook


def minutes_of(month: Snapshot) -> Paper:
    """Raises Http404 for a range of months: minutes are made of one count."""
    if month.period is None:
        raise Http404
    return minutes(gather(month=month, kind=PaperKind.MINUTES))


def report_of(month: Snapshot) -> Paper:
    facts = gather(month=month, kind=kind_of(month))
    return report(facts) if month.period else summary(facts)


def poster_of(month: Snapshot) -> Poster:
    periods = month.months.periods(month.office.quarterly)
    done = tuple(deeds.for_poster(office=month.office, periods=periods))
    return poster(gather(month=month, kind=kind_of(month), follow_up=FollowUp(done=done)))


def figures_of(month: Snapshot) -> Workbook:
    return workbook(month, seals=seals_of(month), results_url=results_url(month))


@dataclass(frozen=True)
class Export:
    """What a file is made of, how, and as what it is sent."""

    content: Callable[[Snapshot], Content]
    write: Callable[[Content], bytes]
    media: str


EXPORTS = {
    "minutes.pdf": Export(minutes_of, paper_pdf, PDF),
    "minutes.docx": Export(minutes_of, paper_docx, DOCX),
    "report.pdf": Export(report_of, paper_pdf, PDF),
    "report.docx": Export(report_of, paper_docx, DOCX),
    "figures.xlsx": Export(figures_of, workbook_xlsx, XLSX),
    "figures.csv": Export(figures_of, workbook_csv, CSV),
    "poster.pdf": Export(poster_of, poster_pdf, PDF),
    "poster-a4.pdf": Export(poster_of, lambda content: poster_pdf(content, "A4"), PDF),
}


@require_safe
@may_see_figures
def export(request: HttpRequest, office: str, period: str, file: str) -> HttpResponse:
    """One file of an office over ``2023-05``, ``2023-Q2`` or ``2022-06..2023-06``; 503 where the text library is missing."""
    found = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
    stretch, wanted = stretch_named(period, found), EXPORTS.get(file)
    if stretch is None or wanted is None:
        raise Http404
    now = timezone.now()
    content = wanted.content(snapshot.take(office=found, stretch=stretch, now=now))
    try:
        made = wanted.write(content)
    except NoPango:
        return render(
            request, "reports/papers/no_pango.html", {"office": found, "period": period}, status=503
        )
    audit.record(action="export", now=now, actor=request.user, office=found, subject=f"{file} {period}")
    extension = file.rpartition(".")[2]
    name = f"{content.name}-a4" if file == "poster-a4.pdf" else content.name
    return HttpResponse(
        made,
        content_type=wanted.media,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{extension}"',
            "Cache-Control": "private, no-store",
        },
    )


def stretch_named(text: str, office: Office) -> Period | MonthRange | None:
    """The stretch as addresses write it, as the office counts; None when it is none."""
    first, dots, last = text.partition("..")
    try:
        months = parse_range(first, last) if dots else range_of(parse_period(first))
    except NotAPeriod:
        return None
    return one_period(as_counted(months, quarterly=office.quarterly), office)
