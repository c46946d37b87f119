"""The audit trail: who changed or read what. The inspector's page; others read their part of it (docs/spec/contract.md, roles)."""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from reports.integrity.forms import TrailForm
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.models import AuditEntry
from surveys.periods import start_of

LINES_A_PAGE = 50
WORDS = dict(Action.choices)


@require_safe
def trail(request: StaffRequest) -> HttpResponse:
    """The lines that the reader may see, newest first; ``q`` in person, act or subject, ``from`` and ``to`` as days."""
    if not AuditEntry.objects.is_open_to(request.user):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "from", "to")}
    lines = AuditEntry.objects.readable_by(request.user).select_related("actor", "office").order_by("-pk")
    if asked["q"]:
        lines = lines.filter(_about(asked["q"]))
    for name, bound in (("from", "at__gte"), ("to", "at__lt")):
        if day := _day(asked[name]):
            lines = lines.filter(**{bound: start_of(day + timedelta(days=name == "to"))})
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    told = [(line, WORDS.get(line.action, line.action), _detail(line)) for line in page]
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {"page": page, "lines": told, "find": TrailForm(asked), "query": f"{query}&" if query else ""}
    return render(request, "reports/trail.html", context)


def _about(typed: str) -> Q:
    codes = [code for code, words in WORDS.items() if typed.casefold() in str(words).casefold()]
    person = Q(actor__username__icontains=typed) | Q(actor__last_name__icontains=typed)
    person |= Q(actor__first_name__icontains=typed)
    return person | Q(action__icontains=typed) | Q(action__in=codes) | Q(subject__icontains=typed)


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _detail(line: AuditEntry) -> list[tuple[str, str]]:
    try:
        told = json.loads(line.detail)
    except ValueError:
        return [("", line.detail)]
    return (
        [(name, str(value)) for name, value in told.items()] if isinstance(told, dict) else [("", str(told))]
    )
