"""Who enters the counting room of which office and period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports import closing
from surveys.accounts.requests import StaffRequest
from surveys.choices import Role
from surveys.models import Office
from surveys.periods import NotAPeriod, Period, local_day, parse_period

InRoom = Callable[..., HttpResponseBase]


def room_page(*methods: str, acting: bool = False) -> Callable[[InRoom], InRoom]:
    """Give the view office and period. Whoever counts there may act; who may read its figures may look.

    A stranger's office and a period that is none are a 404, a role without a place in the room is a 403. Never stored.
    """

    def decorate(view: InRoom) -> InRoom:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, office: str, period: str, **kwargs) -> HttpResponseBase:
            now = timezone.now()
            found = _office_or_404(request, office, now)
            if acting and not request.user.counts_for(found, local_day(now)):
                raise PermissionDenied
            return view(request, found, _period_or_404(found, period), now, **kwargs)

        return answer

    return decorate


def offices_for(request: StaffRequest, now: datetime) -> list[Office]:
    """The boxes one counts: the own one and those lent; for leadership and inspectors the own one to look at."""
    counted = set(Office.objects.counted_by(request.user, local_day(now)))
    own = request.user.sealing_office
    if own and _may_look(request, own, now):
        counted.add(own)
    return sorted(counted, key=lambda office: office.path)


def takes_documents(request: StaffRequest, office: Office) -> bool:
    """Whether this person may carry the minutes away; of a lent box one counts without its figures' right."""
    figures = request.user.has_perm("surveys.view_figures")
    return figures and Office.objects.with_figures_for(request.user).filter(pk=office.pk).exists()


def _may_look(request: StaffRequest, office: Office, now: datetime) -> bool:
    if request.user.counts_for(office, local_day(now)):
        return True
    watches = request.user.has_role(Role.LEADERSHIP) or request.user.has_role(Role.INSPECTOR)
    return watches and Office.objects.with_figures_for(request.user).filter(pk=office.pk).exists()


def _office_or_404(request: StaffRequest, code: str, now: datetime) -> Office:
    found = get_object_or_404(Office.objects.sealing(), code=code)
    if _may_look(request, found, now):
        return found
    roles = (Role.COUNTING, Role.LEADERSHIP, Role.INSPECTOR)
    if any(request.user.has_role(role) for role in roles):
        raise Http404
    raise PermissionDenied


def _period_or_404(office: Office, text: str) -> Period:
    try:
        period = parse_period(text)
    except NotAPeriod as error:
        raise Http404 from error
    if period not in closing.periods_of(office):
        raise Http404
    return period
