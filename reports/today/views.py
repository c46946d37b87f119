"""The first page of counting team, leadership, inspectors and administrators: what waits for them today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.today.jobs import coming, jobs_of
from surveys.accounts import missing_of
from surveys.accounts.requests import StaffRequest
from surveys.choices import Role
from surveys.periods import local_day


@require_safe
@never_cache
def today(request: StaffRequest) -> HttpResponse:
    """A teller's day is the console's queue; whoever lacks a role or office reads so."""
    if request.user.has_role(Role.TELLER) or missing_of(request.user):
        return redirect("account_landing")
    now = timezone.now()
    jobs = jobs_of(request.user, now=now)
    context: dict[str, object] = {
        "first": jobs[0] if jobs else None,
        "rest": jobs[1:],
        "today": local_day(now),
    }
    if not jobs:
        context["coming"] = coming(request.user, now=now)
    return render(request, "reports/today/today.html", context)
