"""Days that differ from Monday to Friday: holidays, and weekend days worked in exchange. They hold for every office."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.admin.base import keeps_shared_rows
from surveys.audit import Action
from surveys.models import CalendarDay
from surveys.periods import local_day
from surveys.setup_room.forms import CalendarDayForm
from surveys.setup_room.pages import may_administer, show
from surveys.vietnamese import short_date


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def index(request: StaffRequest) -> HttpResponse:
    """The days of one year (``year``, else this one); sent, a day is added."""
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """What was entered by mistake becomes what it was without: a weekday is worked, a Saturday is not."""
    return _page(request, get_object_or_404(CalendarDay, pk=pk))


def _page(request: StaffRequest, day: CalendarDay | None) -> HttpResponse:
    may_change = keeps_shared_rows(request.user)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = CalendarDayForm(request.POST or None, instance=day)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record(
            action=Action.CALENDAR_CHANGED if day else Action.CALENDAR_ADDED,
            actor=request.user,
            now=timezone.now(),
            subject=str(form.instance),
            works=form.instance.works,
            note=form.instance.note,
        )
        messages.success(request, _("Đã lưu ngày %(day)s.") % {"day": short_date(form.instance.day)})
        address = reverse("surveys:setup_calendar")
        return HttpResponseRedirect(f"{address}?year={form.instance.day.year}", status=303)
    today = local_day(timezone.now())
    year = day.day.year if day and day.pk else _year(request.GET.get("year", ""), today.year)
    context = {
        "year": year,
        "earlier": year - 1,
        "later": year + 1,
        "days": CalendarDay.objects.filter(day__year=year),
        "standing": day,
        "may_change": may_change,
    }
    return show(request, "calendar.html", "calendar", context, form=form if may_change else None)


def _year(typed: str, this: int) -> int:
    return int(typed) if typed.isdecimal() and 2000 <= int(typed) <= 2100 else this
