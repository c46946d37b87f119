"""Addresses with a NUL in them are refused before any view: PostgreSQL takes none in a text, so each lookup would break."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


def refused(get_response: Callable) -> Callable:
    """Middleware. What is posted needs none of it: Django's own fields refuse a NUL with a sentence."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        return get_response(request)

    return middleware
