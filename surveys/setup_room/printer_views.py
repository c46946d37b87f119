"""Printers: what is wrong with each, a test slip, and the page that its address opens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import printing
from surveys.accounts.requests import StaffRequest
from surveys.customer.decorators import customer_page
from surveys.customer.rendering import page
from surveys.models import Counter
from surveys.setup_room import printers
from surveys.setup_room.pages import may_administer, show


@require_safe
@may_administer
def index(request: StaffRequest) -> HttpResponse:
    """The counters with printed slips, and the queues that CUPS has."""
    rows = printers.printers_of(printers.open_counters(request.user, now=timezone.now()))
    context = {"printers": rows, "queues": printing.queues(), "keeps": printing.job_files_kept()}
    return show(request, "printers.html", "printers", context)


@require_POST
@may_administer
def test(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a test slip to the counter's printer."""
    counters = Counter.objects.visible_to(request.user).filter(closed_on__isnull=True)
    counter = get_object_or_404(counters.select_related("office"), pk=pk)
    try:
        printers.print_test(counter=counter, by=request.user, now=timezone.now())
    except printing.PrinterProblem as problem:
        messages.error(
            request, _("%(counter)s: %(trouble)s") % {"counter": counter, "trouble": problem.trouble.label}
        )
    else:
        words = _(
            "Đã gửi phiếu thử đến máy in của %(counter)s. Phiếu ra giấy thì quét mã trên phiếu và bấm xác nhận."
        )
        messages.success(request, words % {"counter": counter})
    return HttpResponseRedirect(reverse("surveys:setup_printers"), status=303)


@customer_page("GET", "POST")
def came_out(request: HttpRequest, token: str) -> HttpResponse:
    """What the test slip's address opens; its button says that the slip is on paper, and that a telephone reaches this server."""
    counter = printers.counter_of(token)
    if counter is None:
        return page("surveys/public/print_test.html", {"counter": None}, status=410)
    if request.method == "POST":
        printers.confirm(token=token, counter=counter, now=timezone.now())
    return page("surveys/public/print_test.html", {"counter": counter, "confirmed": request.method == "POST"})
