"""What Django answers when no view did: a page for people, a problem document for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from surveys.api.problems import Problem, not_found

API = "/api/"
#: A database that is away, is shutting down, takes no writes, or did not say whether it has written.
OUTAGES = (OperationalError, InterfaceError, InternalError)
#: Fields whose words stand in no page: a code from the telephone, the code of a printed stub; and every password.
UNSAID = {"code", "stub"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    return Problem(HTTPStatus.BAD_REQUEST, "unreadable", "Không đọc được lời gọi.").response()


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if not request.path.startswith(API):
        return defaults.page_not_found(request, exception)
    return not_found("Không có địa chỉ này trong API.").response()


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 when it was the database that failed, for which nobody here can be blamed and which passes; 409 when it refused
    what a form had found right: another one, or the same one, came in that very moment."""
    failure = sys.exc_info()[1]
    if isinstance(failure, OUTAGES):
        return _unavailable(request)
    if isinstance(failure, IntegrityError) and request.method == "POST" and not request.path.startswith(API):
        return _not_sent(request, "collided.html", {"kept": _kept(request)}, status=HTTPStatus.CONFLICT)
    if not request.path.startswith(API):
        return defaults.server_error(request)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(status, "failed", "Máy chủ có lỗi; chưa ghi gì. Xin báo người quản trị.").response()


def session_ended(request: HttpRequest, *, keeps: bool = True) -> HttpResponse:
    """403 to a form whose sender is not logged in any more: half an hour at the telephone costs nobody what was typed.

    ``keeps`` False: what was sent is too large to be read.
    """
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    onward = came_from.path if came_from.netloc == request.get_host() else ""
    return _not_sent(
        request, "session_ended.html", {"onward": onward, "kept": _kept(request) if keeps else []}
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403; what was typed stays where the browser itself says that the form is ours (no page of another can forge Origin)."""
    is_ours = request.META.get("HTTP_ORIGIN") == f"{request.scheme}://{request.get_host()}"
    return _not_sent(request, "403_csrf.html", {"kept": _kept(request) if is_ours else []})


def _not_sent(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: HTTPStatus = HTTPStatus.FORBIDDEN
) -> HttpResponse:
    kept = [(name, text) for name, text in context["kept"] if name != "csrfmiddlewaretoken"]
    own = context | {"kept": kept, "address": request.get_full_path()}
    response = render(request, template, own, status=status)
    response["Cache-Control"] = "no-store"
    return response


def in_words(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable:
    """Middleware. A page where Django answers a bare 405: whoever comes back to a form's own address looks for the form."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET"
        if is_bare and isinstance(response, HttpResponse) and not response.content:
            response.content = render_to_string("405.html")
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _unavailable(request: HttpRequest) -> HttpResponse:
    """503 without a look at the database. What was typed is kept in the page, so that one press sends it again."""
    if request.path.startswith(API):
        title = "Cơ sở dữ liệu đang bận; chưa rõ đã ghi hay chưa. Xin gọi lại y như vậy."
        response: HttpResponse = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", title).response()
    else:
        own = {"posted": request.method == "POST", "address": request.get_full_path(), "kept": _kept(request)}
        response = HttpResponse(render_to_string("not_done.html", own), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = "10"
    response["Cache-Control"] = "no-store"
    return response


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that may lie in a page; none where one is a secret, or a file, which no page can hold."""
    try:
        sent = [(name, text) for name, texts in request.POST.lists() for text in texts]
        whole = not request.FILES and not any("password" in name or name in UNSAID for name, _text in sent)
    except Exception:  # the body was never read to its end
        return []
    return sent if whole else []
