"""The published standings of campaigns, for everybody: pages, files, and the means to redo them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse

from reports.documents.catalogue import CSV, DOCX, PDF, XLSX
from reports.exports.csv import workbook_csv
from reports.exports.docx import document_docx
from reports.exports.pdf import NoPango, document_pdf
from reports.exports.xlsx import workbook_xlsx
from reports.models import PastResult, Seal, Standing
from reports.publication import folder as publication_folder
from reports.publication.responses import published_file
from reports.standings import history, pages, tables
from reports.standings.report import report as standing_report
from surveys.customer.decorators import public_page
from surveys.customer.kept_pages import kept_page
from surveys.customer.rendering import page
from surveys.models import Office

TEXT = "text/plain; charset=utf-8"
PUBLIC = {"base_template": "public_base.html", "here": "results"}


@public_page("GET", "HEAD")
def index(request: HttpRequest) -> HttpResponse:
    """The campaigns with published standings, and results of before that were typed in."""
    return kept_page("campaigns", make=_index)


def _index() -> HttpResponse:
    latest = {standing.campaign_id: standing for standing in _published().order_by("version")}
    own = {"campaigns": [pages.frame(standing) for standing in latest.values()]}
    past = PastResult.objects.select_related("office")
    return page("reports/public/campaign/index.html", PUBLIC | own | {"past": past})


@public_page("GET", "HEAD")
def table(request: HttpRequest, campaign: str) -> HttpResponse:
    """Every unit with score, place and interval; one of them chosen by ``?unit=``."""
    return _kept("table", request, campaign, _table)


def _table(request: HttpRequest, standing: Standing) -> HttpResponse:
    chosen = request.GET.get("unit") or _own_unit(standing)
    facts = pages.page_of(
        standing, chosen=chosen, q=request.GET.get("q", "")[:80], only=request.GET.get("only", pages.ALL)
    )
    return page("reports/public/campaign/table.html", PUBLIC | facts | {"versions": _versions(standing)})


@public_page("GET", "HEAD")
def unit(request: HttpRequest, campaign: str, office: str) -> HttpResponse:
    """One unit's own page."""
    return _kept("unit", request, campaign, lambda _request, standing: _unit(standing, office), office)


def _unit(standing: Standing, office: str) -> HttpResponse:
    facts = pages.unit_page(standing, office)
    if facts is None:
        raise Http404
    line = history.line_of(Office.objects.get(code=office))
    return page("reports/public/campaign/unit.html", PUBLIC | facts | {"line": line})


@public_page("GET", "HEAD")
def document(request: HttpRequest, campaign: str) -> HttpResponse:
    return _kept("standings.json", request, campaign, _document)


def _document(_request: HttpRequest, standing: Standing) -> HttpResponse:
    return JsonResponse(standing.document, json_dumps_params={"ensure_ascii": False, "indent": 1})


@public_page("GET", "HEAD")
def csv(request: HttpRequest, campaign: str) -> HttpResponse:
    return _kept("standings.csv", request, campaign, _csv)


def _csv(_request: HttpRequest, standing: Standing) -> HttpResponse:
    name = f"xep-hang-{standing.campaign.slug}.csv"
    return _attached(workbook_csv(tables.workbook(standing)), CSV, name)


@public_page("GET", "HEAD")
def xlsx(request: HttpRequest, campaign: str) -> HttpResponse:
    return _kept("standings.xlsx", request, campaign, _xlsx)


def _xlsx(_request: HttpRequest, standing: Standing) -> HttpResponse:
    name = f"xep-hang-{standing.campaign.slug}.xlsx"
    return _attached(workbook_xlsx(tables.workbook(standing)), XLSX, name)


@public_page("GET", "HEAD")
def report_pdf(request: HttpRequest, campaign: str) -> HttpResponse:
    """The report in the layout of Nghị định 30/2020/NĐ-CP; 404 where the text library is missing."""
    return _kept("report.pdf", request, campaign, _report_pdf)


def _report_pdf(_request: HttpRequest, standing: Standing) -> HttpResponse:
    document = standing_report(standing)
    try:
        return _attached(document_pdf(document), PDF, f"{document.name}.pdf")
    except NoPango:
        raise Http404 from None


@public_page("GET", "HEAD")
def report_docx(request: HttpRequest, campaign: str) -> HttpResponse:
    """The same report for a word processor."""
    return _kept("report.docx", request, campaign, _report_docx)


def _report_docx(_request: HttpRequest, standing: Standing) -> HttpResponse:
    document = standing_report(standing)
    return _attached(document_docx(document), DOCX, f"{document.name}.docx")


@public_page("GET", "HEAD")
def file(request: HttpRequest, campaign: str, name: str, version: str = "") -> FileResponse:
    """standing.txt as it was signed, or the script that ranks again."""
    standing = find(campaign)
    return published_file(
        publication_folder.default_root() / "c" / standing.campaign.slug / version / name, TEXT
    )


@public_page("GET", "HEAD")
def evidence(request: HttpRequest, campaign: str, office: str, name: str, version: str = "") -> FileResponse:
    """A file of one unit's evidence, byte for byte as it was laid out."""
    standing = find(campaign)
    folder = publication_folder.default_root() / "c" / standing.campaign.slug / office / version
    return published_file(folder / name, CSV if name.endswith(".csv") else TEXT)


def _kept(
    name: str,
    request: HttpRequest,
    campaign: str,
    make: Callable[[HttpRequest, Standing], HttpResponse],
    *parts: str,
) -> HttpResponse:
    """The answer of one address below a campaign, which nothing but its own query changes."""
    key = ("campaign", name, campaign, *parts, request.META.get("QUERY_STRING", ""))
    return kept_page(*key, make=lambda: make(request, find(campaign)))


def find(campaign: str) -> Standing:
    """The latest published version."""
    standing = _published().filter(campaign__slug=campaign).order_by("version").last()
    if standing is None:
        raise Http404
    return standing


def _published():
    return Standing.objects.filter(publication__isnull=False).select_related("campaign", "first", "second")


def _versions(standing: Standing) -> list[Standing]:
    return list(_published().filter(campaign=standing.campaign).order_by("version"))


def _own_unit(standing: Standing) -> str:
    """The one unit whose months are sealed here as well; '' when there are none or several."""
    months = Seal.objects.filter(office__campaign_units__campaign=standing.campaign).exclude(
        period__startswith=standing.campaign.slug
    )
    codes = months.order_by().values_list("office__code", flat=True).distinct()[:2]
    return codes[0] if len(codes) == 1 else ""


def _attached(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
