"""What is sent by whoever is not logged in: no more than the largest ballot, whatever the address."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from kbnn_survey import refusals
from surveys.customer.decorators import is_too_large, too_large


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, behind the sessions and before the first that reads a form: a file sent to `/login` fills no memory.

    The API's calls have the same bound and an answer of their own.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_too_large(request) and not request.path.startswith(refusals.API) and not _is_logged_in(request):
            has_ended = settings.SESSION_COOKIE_NAME in request.COOKIES
            return refusals.session_ended(request, keeps=False) if has_ended else too_large()
        return get_response(request)

    return middleware


def _is_logged_in(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session
