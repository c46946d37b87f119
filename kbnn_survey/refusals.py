"""What Django answers when no view did: a page for people, a problem document for machines."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from surveys.api.problems import Problem, not_found

API = "/api/"


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
    """500."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(status, "failed", "Máy chủ có lỗi; chưa ghi gì. Xin báo người quản trị.").response()
