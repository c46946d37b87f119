"""The floor: one Django view behind the middleware of a new project, with a template of ten thousand bytes and no database."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

ADDRESS = "/bare"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
LINES, WORDS = 100, "x" * 72
#: A hundred rows of a hundred bytes, one word of each from the view.
TEMPLATE = (
    "<!doctype html><title>{{ title }}</title><table>{% for word in words %}<tr><td>"
    f"{WORDS}</td><td>{{{{ word }}}}</td></tr>{{% endfor %}}</table>"
)

_template = engines["django"].from_string(TEMPLATE)


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_template.render({"title": "Floor", "words": [f"w{n}" for n in range(LINES)]}))


urlpatterns = [path("bare", bare)]
