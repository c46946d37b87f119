"""Published figures and evidence, for everybody. Public views import no staff view."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from reports.month import snapshot
from reports.publication import folder, silent
from reports.publication.bundle import bundle
from reports.publication.responses import published_file
from reports.results import files, language, pages, published, recounting
from reports.results.published import PublishedPeriod
from reports.standings import history
from surveys.customer.decorators import customer_page, public_page
from surveys.customer.kept_pages import kept_page
from surveys.customer.rendering import page, with_language
from surveys.models import Office
from surveys.periods import NotAPeriod
from surveys.setup import trying

TEXT, CSV = "text/plain; charset=utf-8", "text/csv; charset=utf-8"
#: Seconds that a sealed period may be shown without asking again: a correction is seen that much later.
SEALED_FOR = 300
PUBLIC = {"base_template": "public_base.html", "here": "results"}


@customer_page("GET", "HEAD")
def front(request: HttpRequest) -> HttpResponse:
    """The front page with the published months of the one office, or the offices that publish."""
    context = {"promise_group": settings.MIX_GROUP, "here": "home"}
    if tried := trying.panel(request):
        response = page("home.html", {**context, **_listed(), **tried})
        # Its forms have a token, and a page that names no origin would be refused with it.
        response["Referrer-Policy"] = "same-origin"
        return response
    return kept_page(*_state("front"), make=lambda: page("home.html", {**context, **_listed()}))


@public_page("GET", "HEAD")
def index(request: HttpRequest) -> HttpResponse:
    """Who publishes what, and how anybody can check it."""
    return kept_page(*_state("index"), make=_index)


def _index() -> HttpResponse:
    context = {**PUBLIC, "licence": files.LICENCE, **_listed(with_deeds=True)}
    return page("reports/public/results/index.html", context)


@public_page("GET", "HEAD")
def office(request: HttpRequest, office: str) -> HttpResponse:
    """The published periods of one office, from … to …"""
    key = (*_state("office", office), request.META.get("QUERY_STRING", ""))
    return kept_page(*key, make=lambda: _office(request, office))


def _office(request: HttpRequest, office: str) -> HttpResponse:
    found = get_object_or_404(Office.objects.sealing(), code=office)
    periods = published.published(found)
    if not periods:
        raise Http404
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    try:
        months = published.stretch_of(periods, *asked)
    except NotAPeriod as error:
        raise Http404 from error
    context = pages.months_table(periods, months, root=_address(found.code))
    own = {
        "office_name": language.office_name(found),
        "label": language.stretch_label(months),
        "sentences": pages.sentences(context["totals"]),
        "first": months.first.short_label,
        "last": months.last.short_label,
        "deeds": pages.deeds_table(periods, months, root=_address(found.code)),
        "line": history.line_of(found),
        "campaigns_url": _campaigns(),
        "licence": files.LICENCE,
    }
    return page(
        "reports/public/results/office.html",
        {**PUBLIC, **context, **own, "live": True, "other_lang_url": _other_language(request)},
    )


@public_page("GET", "HEAD", keep=SEALED_FOR)
def period(request: HttpRequest, office: str, period: str) -> HttpResponse:
    """One sealed period: figures, seal, and everything needed to count it again."""
    return _kept("period", office, period, _period)


def _period(one: PublishedPeriod) -> HttpResponse:
    now = timezone.now()
    taken = snapshot.take_sealed(office=one.office, period=one.period, now=now)
    facts = pages.period_facts(one, taken, now=now)
    facts["recount_url"] = with_language("recount")
    return page("reports/public/results/period.html", {**PUBLIC, **facts, "live": True})


@public_page("GET", "HEAD", keep=SEALED_FOR)
def recount(request: HttpRequest, office: str, period: str) -> HttpResponse:
    """The period counted again by the reader's browser, or on the reader's machine."""
    return _kept("recount", office, period, _recount)


def _recount(one: PublishedPeriod) -> HttpResponse:
    facts = recounting.recount_facts(one, root=folder.default_root())
    return page("reports/public/results/recount.html", {**PUBLIC, **facts, "month_url": with_language("./")})


@public_page("GET", "HEAD", keep=SEALED_FOR)
def evidence_zip(request: HttpRequest, office: str, period: str) -> HttpResponse:
    """Evidence, keys, verifier and its command as one file."""
    one = _one(office, period)
    try:
        content = bundle(root=folder.default_root(), folder=one.folder, office=office, period=period)
    except OSError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{office}-{period}.zip"'
    return response


@public_page("GET", "HEAD", keep=SEALED_FOR)
def figures_json(request: HttpRequest, office: str, period: str) -> HttpResponse:
    return _kept("figures.json", office, period, _figures_json)


def _figures_json(one: PublishedPeriod) -> HttpResponse:
    document = files.document(one, pages.take(one, now=timezone.now()))
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})


@public_page("GET", "HEAD", keep=SEALED_FOR)
def figures_csv(request: HttpRequest, office: str, period: str) -> HttpResponse:
    return _kept("figures.csv", office, period, _figures_csv)


def _figures_csv(one: PublishedPeriod) -> HttpResponse:
    response = HttpResponse(files.table(pages.take(one, now=timezone.now())), content_type=CSV)
    name = f"{one.office.code}-{one.period}-figures.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page("GET", "HEAD", keep=SEALED_FOR)
def evidence(request: HttpRequest, office: str, period: str, name: str, version: str = "") -> FileResponse:
    """A file of the evidence, byte for byte as it was laid out."""
    one = _one(office, period)
    return published_file(one.folder / version / name, CSV if name.endswith(".csv") else TEXT)


@public_page("GET", "HEAD", keep=SEALED_FOR)
def follow_up(request: HttpRequest, office: str, period: str, name: str) -> FileResponse:
    """Commitment and result of the follow-up of the silent, and what checks them."""
    place = silent.folder_of(folder.default_root(), office, period)
    return published_file(place / name, CSV if name.endswith(".csv") else TEXT)


@public_page("GET", "HEAD", keep=SEALED_FOR)
def tool(request: HttpRequest, name: str) -> FileResponse:
    """The public keys, or the verifier."""
    return published_file(folder.default_root() / name, TEXT)


def _one(office: str, period: str) -> PublishedPeriod:
    found = get_object_or_404(Office.objects.sealing(), code=office)
    for one in published.published(found, period=period):
        return one
    raise Http404


def _state(name: str, *parts: str) -> tuple:
    """What a kept page of the published tree depends on beside the rows; ``parts``: its address, the office first."""
    return ("results", name, *parts, *folder.state_of(folder.default_root(), *parts[:1]))


def _kept(
    name: str, office: str, period: str, make: Callable[[PublishedPeriod], HttpResponse]
) -> HttpResponse:
    return kept_page(*_state(name, office, period), make=lambda: make(_one(office, period)))


def _listed(*, with_deeds: bool = False) -> dict:
    """The months of the one office that publishes; of several offices, each with its last period."""
    last = published.last_published()
    if len(last) != 1:
        return {
            "campaigns_url": _campaigns(),
            "months": [],
            "offices": [
                {
                    "name": language.office_name(one.office),
                    "url": with_language(_address(one.office.code)),
                    "last": pages.period_label(str(one.period)),
                }
                for one in last
            ],
        }
    periods = published.published(last[0].office)
    months = published.stretch_of(periods, "", "")
    root = _address(periods[0].office.code)
    table = pages.months_table(periods, months, root=root)
    deeds = pages.deeds_table(periods, months, root=root) if with_deeds else []
    for each in [*table["months"], *deeds]:
        each["url"] = with_language(each["url"])
    own = {"months": table["months"], "total": table["total"], "deeds": deeds}
    return own | {"campaigns_url": _campaigns()}


def _campaigns() -> str:
    """Where the results of campaigns stand; '' while there are none."""
    return with_language(reverse("reports:campaigns_public")) if history.are_published() else ""


def _address(office: str) -> str:
    return reverse("reports:results_office", kwargs={"office": office})


def _other_language(request: HttpRequest) -> str:
    """The same stretch in the other language."""
    query = request.GET.copy()
    query["lang"] = "vi" if query.get("lang") == "en" else "en"
    return f"?{query.urlencode()}"
