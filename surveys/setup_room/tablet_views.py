"""Tablets as a fleet: who is online, pair, move, revoke."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from surveys import audit
from surveys.accounts import tablets
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.models import Tablet
from surveys.setup_room import fleet
from surveys.setup_room.forms import MoveForm, PairForm
from surveys.setup_room.pages import may_administer, show


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """The fleet; sent, the device that shows the code is paired."""
    now = timezone.now()
    counters = fleet.counters_of(request.user, now=now)
    form = PairForm(request.POST or None, counters=counters, initial={"counter": request.GET.get("counter")})
    if request.method == "POST" and form.is_valid():
        try:
            tablet = tablets.pair(**form.cleaned_data, now=now)
        except tablets.PairingRefused:
            form.add_error("code", _("Không có máy nào đang hiện mã này. Mã chỉ dùng được 30 phút."))
        else:
            _write_down(request, Action.TABLET_PAIRED, tablet)
            messages.success(request, _("Đã ghép máy với %(counter)s.") % {"counter": tablet.counter})
            return _back()
    rows = fleet.fleet_of(request.user, now=now)
    held = [each for each in rows if each.tablet]
    context = {
        "now": now,
        "fleet": [(each, MoveForm(counters, each)) for each in rows],
        "address": request.build_absolute_uri(reverse("surveys:tablet")),
        "online": sum(each.is_online for each in held),
        "lost": sum(not each.is_online for each in held),
        "bare": len(rows) - len(held),
    }
    return show(request, "tablets.html", "tablets", context, form=form)


@require_POST
@may_administer
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Stand the device at another counter."""
    tablet = _tablet(request, pk)
    counters = fleet.counters_of(request.user, now=timezone.now())
    counter = (
        counters.filter(pk=request.POST["counter"]).first()
        if request.POST.get("counter", "").isdecimal()
        else None
    )
    if counter is None:
        messages.error(request, _("Xin chọn quầy để chuyển máy đến."))
    else:
        tablets.move(tablet=tablet, counter=counter)
        tablet.refresh_from_db()
        _write_down(request, Action.TABLET_MOVED, tablet)
        messages.success(request, _("Đã chuyển máy đến %(counter)s.") % {"counter": counter})
    return _back()


@require_POST
@may_administer
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the device off: it shows nothing more from its next request on."""
    tablet = _tablet(request, pk)
    tablets.revoke(tablet=tablet, now=timezone.now())
    _write_down(request, Action.TABLET_REVOKED, tablet)
    messages.success(request, _("Đã gỡ máy của %(counter)s.") % {"counter": tablet.counter})
    return _back()


def _tablet(request: StaffRequest, pk: int) -> Tablet:
    standing = Tablet.objects.visible_to(request.user).filter(
        paired_at__isnull=False, revoked_at__isnull=True
    )
    return get_object_or_404(standing.select_related("counter", "office"), pk=pk)


def _write_down(request: StaffRequest, action: Action, tablet: Tablet) -> None:
    audit.record(
        action=action,
        now=timezone.now(),
        actor=request.user,
        office=tablet.office,
        subject=str(tablet),
        counter=str(tablet.counter),
    )


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("surveys:setup_tablets"), status=303)
