"""What all of the customer's pages share, in whichever app: language, headers, no cookie, failing closed.

They know no session, so there is no token against forged posts either: a ballot can only be forged by somebody who
holds its code. A post that names a foreign page as its origin is refused all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from surveys import audit
from surveys.accounts.requests import staff_of
from surveys.audit import Action
from surveys.crypto import keys
from surveys.customer.cached_pages import ZippedPage, etag_of
from surveys.customer.rendering import language_of, page
from surveys.database.replication import NotReplicated

#: What keeps a page from being made or a ballot from being kept: say so, and never show a receipt.
OUTAGES = (DatabaseFailure, keys.KeyMissing)
#: What Django raises at the first look into a body that is no form.
UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError)
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
            response = _answered(view, methods, request, *args, **kwargs)
            _zip(request, response)
            response["Cache-Control"] = "no-store"
            response.headers.setdefault("Referrer-Policy", "no-referrer")
            return response

        answer.is_for_everybody = True  # type: ignore[attr-defined]  # a function's own mark
        return answer

    return decorate


def public_page(*methods: str, keep: int = 0) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Make a view one of the published pages: as a customer's page, but whoever has it already need not fetch it again.

    Every answer has an ETag, and a request that names it gets 304 (RFC 9110 §13). ``keep``: so many seconds browsers and
    proxies may show it without asking; 0: they ask each time. Only for what says the same to everybody and where nobody
    types a code: a page that may be kept can be brought back with what was typed into it.
    """
    lifetime = f"public, max-age={keep}" if keep else "public, no-cache"

    def decorate(view: Callable[..., HttpResponseBase]) -> View:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            # A file streams: it has its ETag, and is not zipped.
            response = _answered(view, methods, request, *args, **kwargs)  # type: ignore[arg-type]
            if response.status_code == 200:
                response["Cache-Control"] = lifetime
                response = _unless_known(request, response)
            else:
                response["Cache-Control"] = "no-store"
            if response.status_code != 304:
                _zip(request, response)
            response["Referrer-Policy"] = "no-referrer"
            return response

        answer.is_for_everybody = True  # type: ignore[attr-defined]  # a function's own mark
        return answer

    return decorate


def _answered(view: View, methods: tuple[str, ...], request: HttpRequest, *args, **kwargs) -> HttpResponse:
    with _speaking(language_of(request)):
        return _refused(request, methods) or _closed(view, request, *args, **kwargs)


def _speaking(language: str) -> AbstractContextManager[None]:
    """What is made inside is in that language; nothing is to be done where the thread speaks it already."""
    return nullcontext() if translation.get_language() == language else translation.override(language)


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, or 304 without a body when the request names its ETag. A file that is sent in parts brings its own."""
    if not response.has_header("ETag"):
        known = response.etag if isinstance(response, ZippedPage) else ""
        response["ETag"] = known or etag_of(response.content)
    patch_vary_headers(response, ("Accept-Encoding",))
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    if answer is None or answer is response:
        return response
    response.close()
    return answer


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
            by = staff_of(request)
            audit.record(
                action=Action.STAFF_CAST_REFUSED, now=timezone.now(), actor=by, office=by.sealing_office
            )
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


def not_saved(request: HttpRequest, action: str, outage: BaseException) -> HttpResponse:
    """503 with everything that was sent, ready to be sent again to ``action``; asks the database nothing."""
    kept = (
        []
        if is_too_large(request)
        else [(name, text) for name, texts in request.POST.lists() for text in texts]
    )
    own = {"action": action, "hidden": [], "kept": kept, "unknown": isinstance(outage, NotReplicated)}
    response = page("surveys/public/not_saved.html", own | {"other_lang_url": ""}, status=503)
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
    if isinstance(response, ZippedPage):
        patch_vary_headers(response, ("Accept-Encoding",))
        zips = ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if zips and (zipped := response.zipped()):
            response.content = zipped
            response["Content-Encoding"] = "gzip"
            if response.has_header("ETag"):  # RFC 9110 §8.8.3.3: other bytes, hence no longer the strong one
                response["ETag"] = f"W/{response['ETag']}"
    elif not response["Content-Type"].startswith("audio/"):  # packed already, and asked for in parts
        GZIP.process_response(request, response)
