"""The floor of `bench.pages`: one view, one template, no database."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from bench.pages import FLOOR_TEMPLATE, LINES

_TEMPLATE = engines["django"].from_string(FLOOR_TEMPLATE)


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    lines = [{"label": f"line {n}", "issued": n, "returned": n, "share": "99,9%"} for n in range(LINES)]
    return HttpResponse(_TEMPLATE.render({"title": "Floor", "lines": lines}))


urlpatterns = [path("bare", bare)]
