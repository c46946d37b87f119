"""What a machine is told when its request cannot be met: RFC 9457 problem documents, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from django.http import JsonResponse

TYPE = "application/problem+json"

# Pydantic speaks English; these are the mistakes a caller of ours can make.
SENTENCES = {
    "missing": "Thiếu trường này.",
    "enum": "Giá trị không thuộc danh sách cho phép: {expected}.",
    "literal_error": "Giá trị không thuộc danh sách cho phép: {expected}.",
    "string_type": "Phải là chuỗi ký tự.",
    "string_too_long": "Dài quá {max_length} ký tự.",
    "string_too_short": "Không được để trống.",
    "string_unicode": "Có ký tự không hợp lệ.",
    "int_type": "Phải là số nguyên, ví dụ 317, không trong dấu nháy.",
    "greater_than_equal": "Phải từ {ge} trở lên.",
    "less_than_equal": "Không được quá {le}.",
    "datetime_type": "Phải là thời điểm theo ISO 8601, ví dụ 2026-11-24T09:42:00+07:00.",
    "datetime_parsing": "Phải là thời điểm theo ISO 8601, ví dụ 2026-11-24T09:42:00+07:00.",
    "datetime_from_date_parsing": "Phải là thời điểm theo ISO 8601, ví dụ 2026-11-24T09:42:00+07:00.",
    "moment_year": "Năm phải từ 2000 đến 2999.",
    "moment_zone": "Thiếu múi giờ, phải ghi như 2026-11-24T09:42:00+07:00.",
    "model_attributes_type": "Phải là một đối tượng JSON.",
    "model_type": "Phải là một đối tượng JSON.",
    "dict_type": "Phải là một đối tượng JSON.",
}


class Problem(Exception):
    """A request that cannot be met. ``errors``: field name to sentence."""

    def __init__(self, status: int, kind: str, title: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(title)
        self.status, self.kind, self.title, self.errors = status, kind, title, errors or {}

    def response(self) -> JsonResponse:
        """The document; ``type`` is a relative reference that names the kind of problem."""
        body = {"type": f"/api/v1/problems/{self.kind}", "title": self.title, "status": int(self.status)}
        if self.errors:
            body["errors"] = [{"field": field, "detail": detail} for field, detail in self.errors.items()]
        return JsonResponse(
            body, status=self.status, content_type=TYPE, json_dumps_params={"ensure_ascii": False}
        )


def invalid(errors: dict[str, str]) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "Dữ liệu gửi lên chưa đúng.", errors)


def not_found(title: str = "Không tìm thấy.") -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "not-found", title)


def from_pydantic(found: Iterable[dict]) -> Problem:
    """Field errors of a body or query that does not fit its schema."""
    errors = {}
    for error in found:
        where = [str(part) for part in error["loc"] if part not in {"body", "query", "path", "payload"}]
        context = {**error.get("ctx", {})}
        if "expected" in context:
            context["expected"] = str(context["expected"]).replace("' or '", "' hoặc '")
        sentence = SENTENCES.get(error["type"], "Giá trị không hợp lệ.")
        try:
            errors[".".join(where) or "body"] = sentence.format(**context)
        except KeyError:
            errors[".".join(where) or "body"] = "Giá trị không hợp lệ."
    return invalid(errors)
