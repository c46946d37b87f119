"""What a teller takes back or changes: an undone start or end, another procedure or customer of what runs."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.accounts.requests import StaffRequest
from surveys.counter import console as counter_console
from surveys.counter.forms import StartForm
from surveys.counter.messages import CONFLICTS, sentence_of
from surveys.counter.views import back, counter_page, role_of
from surveys.models import Counter, Transaction
from surveys.reference import errors
from surveys.slips import correcting


@counter_page("POST")
def undo(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    """What runs is removed, at any time; what ended within a minute runs on, and its slip's code is dead."""
    found = _find(request, counter, pk)
    now, framed = timezone.now(), None
    try:
        if found.finished_at is None:
            correcting.remove_start(transaction=found, by=request.user, now=now)
            messages.success(request, _("Đã hoàn tác: giao dịch ghi nhầm được xoá, chưa phát phiếu nào."))
        else:
            correcting.undo_end(transaction=found, by=request.user, now=now)
            framed = found
            said = _("Đã hoàn tác: giao dịch trở lại hàng đang xử lý, phiếu cũ không dùng được nữa.")
            messages.success(request, said)
    except errors.IssuingRefused as fact:
        messages.error(request, sentence_of(fact))
    return back(framed)


@counter_page("GET", "HEAD", "POST")
def change(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    found = _find(request, counter, pk)
    if request.method != "POST":
        return _page(request, counter, found, StartForm(counter))
    form = StartForm(counter, request.POST)
    if not form.is_valid():
        return _page(request, counter, found, form, status=422)
    facts = form.cleaned_data
    try:
        correcting.revise_running(transaction=found, by=request.user, now=timezone.now(), **facts)
    except errors.IssuingRefused as fact:
        status = 409 if isinstance(fact, CONFLICTS) else 422
        return _page(request, counter, found, form, problem=sentence_of(fact), status=status)
    messages.success(request, _("Đã sửa giao dịch: %(kind)s.") % {"kind": facts["procedure"].short_name})
    return back(found)


def _find(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> Transaction:
    rows = Transaction.objects.visible_to(request.user).at_counter(counter)
    return get_object_or_404(rows.select_related("procedure", "organisation"), pk=pk)


def _page(
    request: StaffRequest,
    counter: Counter,
    found: Transaction,
    form: StartForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    form.initial = {"organisation": found.organisation, "dossier": found.dossier}
    context = {
        "user_role": role_of(request, counter),
        "transaction": found,
        "form": form,
        "problem": problem,
        "choices": counter_console.choices_at(counter, now=timezone.now()),
    }
    return render(request, "surveys/counter/change.html", context, status=status)
