"""Counters with their keys and ways of handing out, and the procedures that the keys start."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import printing
from surveys.accounts.requests import StaffRequest
from surveys.admin.base import keeps_shared_rows
from surveys.models import Counter
from surveys.periods import local_day
from surveys.setup_room import counters
from surveys.setup_room.forms import CounterForm
from surveys.setup_room.pages import may_administer, page_of, show


@require_safe
@may_administer
def index(request: StaffRequest) -> HttpResponse:
    """Counters of the subtree, open ones first."""
    tellers = Count("tellers", filter=Q(tellers__is_active=True), distinct=True)
    rows = (
        Counter.objects.visible_to(request.user)
        .select_related("office")
        .annotate(staff=tellers, laid=Count("keys", distinct=True))
    )
    page = page_of(request, rows.order_by("closed_on", "office__path", "code"))
    return show(request, "counters.html", "counters", {"page": page, "query": ""})


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Counter.objects.visible_to(request.user), pk=pk))


@require_safe
@may_administer
def procedures(request: StaffRequest) -> HttpResponse:
    """What is in force today, with its limit and legal basis, and at how many counters a key starts it."""
    rows = counters.procedures_in_use(request.user, on=local_day(timezone.now()))
    context = {"procedures": rows, "may_change": keeps_shared_rows(request.user)}
    return show(request, "procedures.html", "procedures", context)


def _edit(request: StaffRequest, counter: Counter | None) -> HttpResponse:
    initial = {} if counter else {"office": request.user.office_id}
    form = CounterForm(request.POST or None, instance=counter, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        counters.save(
            counter=form.instance,
            keys=form.keys,
            fields=form.changed_data,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Đã lưu %(name)s.") % {"name": form.instance.name})
        return HttpResponseRedirect(reverse("surveys:setup_counters"), status=303)
    return show(
        request, "counter.html", "counters", {"counter": counter, "printer": _printer(counter)}, form=form
    )


def _printer(counter: Counter | None) -> str:
    """What the queue of the counter's printer says now; '' for a counter without one."""
    if counter is None or not counter.printer:
        return ""
    try:
        printing.look(counter.printer)
    except printing.PrinterProblem as problem:
        return str(problem.trouble.label)
    return _("Máy in sẵn sàng.")
