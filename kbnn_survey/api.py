"""The interface for machines: joins what surveys takes in with what reports says, and speaks in problem documents."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from reports.api import router as reports_router
from surveys.api.auth import KeyAuth
from surveys.api.problems import TYPE, Problem, from_pydantic, not_found
from surveys.api.transactions import router as surveys_router
from surveys.crypto.keys import KeyMissing

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class Api(NinjaAPI):
    """Every operation may answer with a problem; the document says so once for all."""

    def get_openapi_schema(self, *args, **kwargs):
        document = super().get_openapi_schema(*args, **kwargs)
        content = {TYPE: {"schema": PROBLEM}}
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"]["4XX"] = {
                    "description": "Không làm được: lỗi của lời gọi.",
                    "content": content,
                }
                operation["responses"]["503"] = {
                    "description": "Chưa ghi được, xin thử lại.",
                    "content": content,
                }
        return document


api = Api(
    title="Phiếu hài lòng",
    version="1",
    description="Ghi giao dịch, nhận địa chỉ phiếu; đọc số liệu tháng. Lỗi trả về theo RFC 9457, tiếng Việt.",
    docs_url=None,
    auth=KeyAuth(),
    urls_namespace="api",
)
api.add_router("", surveys_router)
api.add_router("", reports_router)


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(ValidationError)
def on_misfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return from_pydantic(error.errors).response()


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = Problem(
        HTTPStatus.UNAUTHORIZED, "unauthorized", "Thiếu khoá API hoặc khoá không dùng được."
    ).response()
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def on_wrong_json(request: HttpRequest, error: HttpError) -> HttpResponse:
    return Problem(
        error.status_code, "unreadable", "Không đọc được nội dung gửi lên: phải là JSON đúng cú pháp."
    ).response()


@api.exception_handler(RequestDataTooBig)
def on_too_much(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "Nội dung gửi lên quá 64 kB.").response()


@api.exception_handler(KeyMissing)
def on_missing_key(request: HttpRequest, error: KeyMissing) -> HttpResponse:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "not-saved", "Chưa ghi được, xin thử lại.").response()


def _door(view: Callable) -> Callable:
    """Machines bring a key, not a session; a wrong verb gets a problem document, too."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            refusal = Problem(
                HTTPStatus.METHOD_NOT_ALLOWED, "wrong-method", "Địa chỉ này không nhận cách gọi đó."
            ).response()
            refusal["Allow"] = response.headers.get("Allow", "")
            return refusal
        return response

    return login_not_required(csrf_exempt(answer))


@login_not_required
@csrf_exempt
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    return not_found("Không có địa chỉ này trong API.").response()


patterns, app_name, namespace = api.urls
for pattern in patterns:
    if pattern.callback is not None:
        pattern.callback = _door(pattern.callback)
urls = ([*patterns, path("<path:rest>", nowhere)], app_name, namespace)
