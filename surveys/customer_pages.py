"""What all of the customer's pages share, in whichever app: language, headers, no cookie, failing closed.

They know no session, so there is no token against forged posts either: a ballot can only be forged by somebody who
holds its code. A post that names a foreign page as its origin is refused all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.multipartparser import MultiPartParserError
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.views.decorators.csrf import csrf_exempt

from surveys import audit
from surveys.audit import STAFF_CAST
from surveys.context_processors import is_pilot
from surveys.crypto import keys
from surveys.models import period_named
from surveys.periods import CampaignPeriod, Month
from surveys.reference.counters import current_minute
from surveys.skeletons import Skeleton, hole_for

#: What keeps a page from being made or a ballot from being kept: say so, and never show a receipt.
OUTAGES = (DatabaseFailure, keys.KeyMissing)
#: What Django raises at the first look into a body that is no form.
UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError)
LANGUAGES = ("vi", "en")
GZIP = GZipMiddleware(lambda request: HttpResponse())
ACCEPTS_GZIP = re.compile(r"\bgzip\b")

View = Callable[..., HttpResponse]


def customer_page(*methods: str) -> Callable[[View], View]:
    """Make a view one of the customer's pages: open to all, `?lang=en`, zipped, never stored, no referrer, no cookie.

    Other methods get 405, a post from a foreign page 403, a body that is no form 400, and a failure of database or
    keys a 503 page.
    """

    def decorate(view: View) -> View:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            with translation.override(language_of(request)):
                response = _refused(request, methods) or _closed(view, request, *args, **kwargs)
            _zip(request, response)
            response["Cache-Control"] = "no-store"
            response["Referrer-Policy"] = "no-referrer"
            return response

        return answer

    return decorate


def language_of(request: HttpRequest) -> str:
    """The language that the address asks for; Vietnamese unless it is another one of ours."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def page(template: str, context: dict | None = None, *, status: int = 200) -> HttpResponse:
    """A customer's page. Rendered without the request: no page of theirs depends on who asks."""
    always = {
        "pilot_ribbon": _ribbon(),
        "receipt_url": with_language(address_of("reports:receipt")),
        "results_url": with_language(address_of("reports:results")),
        "other_lang_url": f"?lang={other_language()}",
    }
    return HttpResponse(render_to_string(template, always | (context or {})), status=status)


#: What may go into a hole: addresses, signed fields and receipts, none of which needs escaping.
HARMLESS = re.compile(r"[A-Za-z0-9:_./?=-]*")
MOST_SKELETONS = 512
_skeletons: dict[tuple, Skeleton] = {}


class FilledPage(HttpResponse):
    """A skeleton with its holes filled; `zipped` is the same page compressed, at hardly any cost."""

    def __init__(self, skeleton: Skeleton, holes: dict[str, str]) -> None:
        super().__init__(skeleton.filled(holes))
        self.skeleton, self.holes = skeleton, holes

    def zipped(self) -> bytes:
        return self.skeleton.zipped(self.holes, self.content)


def filled_page(
    template: str, *, key: tuple, context: Callable[[], dict], holes: dict[str, str]
) -> HttpResponse:
    """A page that is the same for every customer of one `key` but for its `holes` (context name to harmless text).

    Rendered once a minute, process, key and language: rendering is most of what opening a ballot costs.
    """
    if not all(HARMLESS.fullmatch(text) for text in holes.values()):
        raise ValueError("a hole takes harmless text only")
    full_key = (template, translation.get_language(), key, current_minute())
    if full_key not in _skeletons:
        if len(_skeletons) >= MOST_SKELETONS:
            _skeletons.clear()
        marks = {name: hole_for(name) for name in holes}
        _skeletons[full_key] = Skeleton(page(template, context() | marks).content.decode())
    return FilledPage(_skeletons[full_key], holes)


def forget_skeletons() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _skeletons.clear()


def with_language(address: str) -> str:
    """The address in the language of the page that is being made; '' stays ''."""
    return f"{address}?lang=en" if address and translation.get_language() == "en" else address


def address_of(name: str) -> str:
    """The address of a page of the other app, or '' where that app is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def period_label(period: str) -> str:
    """A period as it reads in a sentence: tháng 6/2023, quý II/2023; June 2023, quarter 2 of 2023."""
    parsed = period_named(period)
    if isinstance(parsed, CampaignPeriod):
        return parsed.label if translation.get_language() != "en" else f"the survey {parsed.name}"
    if translation.get_language() != "en":
        return parsed.label
    if isinstance(parsed, Month):
        return date_format(parsed.first_day, "F Y")
    return f"quarter {parsed.quarter} of {parsed.year}"


def other_language() -> str:
    return "vi" if translation.get_language() == "en" else "en"


def is_foreign(*, site: str, origin: str, own: set[str]) -> bool:
    """Whether a browser says that another site's page sent the form. Pure: two headers and our own origins.

    `Origin: null` is our own form: for a page under `no-referrer` browsers send nothing better.
    """
    return site == "cross-site" or origin not in own | {"", "null"}


def is_staff(request: HttpRequest) -> bool:
    """Whether a member of staff is logged in; a browser without the cookie costs no look at the session."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def notes_staff(view: View) -> View:
    """Write down that a member of staff sent a ballot from the own session, before the view refuses it (S0).

    The code is not looked at: the line tells the inspector who tried, and nothing of any slip.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST" and is_staff(request):
            box = request.user.office.sealing_office if request.user.office_id else None
            audit.record(action=STAFF_CAST, now=timezone.now(), actor=request.user, office=box)
        return view(request, *args, **kwargs)

    return answer


def is_too_large(request: HttpRequest) -> bool:
    """Whether the announced body passes the limit; told from its head, before a byte of it is read."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def too_large() -> HttpResponse:
    """413 for a page without a ballot; the ballot's own says what became of it."""
    return HttpResponse(render_to_string("413.html"), status=413)


def unavailable() -> HttpResponse:
    """503, made without asking the database anything."""
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "10"
    return response


def _refused(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    if request.method not in methods:
        return HttpResponseNotAllowed(methods)
    if request.method == "POST" and _is_foreign(request):
        return HttpResponse(render_to_string("surveys/public/foreign.html"), status=403)
    return None


def _is_foreign(request: HttpRequest) -> bool:
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    site, origin = request.META.get("HTTP_SEC_FETCH_SITE", ""), request.META.get("HTTP_ORIGIN", "")
    return is_foreign(site=site, origin=origin, own=own)


def _closed(view: View, request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """The view's answer, or the page that says that nothing was kept."""
    try:
        return view(request, *args, **kwargs)
    except OUTAGES:
        return unavailable()
    except UNREADABLE:
        return HttpResponse(render_to_string("400.html"), status=400)


def _zip(request: HttpRequest, response: HttpResponse) -> None:
    """Compress the answer for a browser that takes it so."""
    if isinstance(response, FilledPage) and ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response.content = response.zipped()
        response["Content-Encoding"], response["Vary"] = "gzip", "Accept-Encoding"
    else:
        GZIP.process_response(request, response)


def _ribbon() -> bool:
    """Whether the figures illustrate; a page that tells of an outage is made without the database's answer."""
    try:
        return is_pilot()
    except DatabaseFailure:
        return False
