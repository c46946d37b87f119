"""Sign, withdraw a signature, correct a sealed period."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reports import sealing
from reports.counting_room import progress
from reports.counting_room.access import room_page, takes_documents
from reports.counting_room.forms import ReasonForm, SignForm
from reports.counting_room.messages import sentence_of
from reports.counting_room.views import back_to_room, enter, log, room_of
from reports.documents import archive
from reports.models import Seal
from surveys.accounts.requests import StaffRequest
from surveys.accounts.sessions import logged_in_at, login_first
from surveys.accounts.two_persons import ActRefused, NoFirstSignature, is_fresh
from surveys.models import Office
from surveys.periods import Period


@room_page("GET", "HEAD", "POST", acting=True)
def sign(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """Both signatures: what will be fixed, beside who signs. Whoever comes here has just logged in."""
    when = logged_in_at(request)
    if not is_fresh(when, now=now):
        return login_first(request)
    if request.method != "POST":
        return _sign_page(request, office, period, now)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _sign_page(request, office, period, now, form=form, status=422)
    try:
        said = _sign(request, office, period, form.cleaned_data, now, when)
    except ActRefused as fact:
        return _sign_page(request, office, period, now, form=form, fact=fact)
    messages.success(request, said)
    return back_to_room(office, period)


@room_page("POST", acting=True)
def withdraw(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    first = sealing.open_signature(office)
    try:
        if first is None:
            raise NoFirstSignature
        sealing.withdraw(first=first, user=request.user, now=now)
    except ActRefused as fact:
        return room_of(request, office, period, now, fact=fact)
    messages.success(request, _("Đã rút chữ ký thứ nhất."))
    return back_to_room(office, period)


@room_page("POST", acting=True)
def correct(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """The reason first; then both sign the next version with it."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return room_of(request, office, period, now, reason_form=form, status=422)
    where = reverse("reports:counting_sign", args=[office.code, period])
    return HttpResponseRedirect(f"{where}?{urlencode(form.cleaned_data)}", status=303)


def _sign_page(
    request: StaffRequest,
    office: Office,
    period: Period,
    now: datetime,
    *,
    form: SignForm | None = None,
    fact: ActRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    entered = enter(office, period, now)
    reason = request.POST.get("reason", request.GET.get("reason", ""))
    shown = problem = None
    try:
        shown = _shown(entered, reason, request.user)
    except ActRefused as found:
        problem, fact = sentence_of(found), fact or found
    context = {
        "office_name": office.short_name,
        "room": entered,
        "takes_documents": takes_documents(request, office),
        "signed": entered.signed,
        "is_mine": bool(entered.signed and entered.signed.signer_id == request.user.pk),
        "reason": reason,
        "draft": shown,
        "form": form or SignForm(),
        "problem": sentence_of(fact) if fact else problem,
    }
    return render(request, "reports/counting/sign.html", context, status=409 if fact else status)


def _shown(entered: progress.Room, reason: str, user) -> sealing.Draft:
    """What will be fixed: the first signer's text while it waits, else the draft of now. Raises an `ActRefused`."""
    office, period = entered.office, entered.period
    if first := entered.signed:
        at = first.signed_at.replace(microsecond=0)
        return sealing.draft(office=office, period=period, reason=first.reason, sealed_at=at)
    sealing.check_ready(office, period, reason)
    return sealing.draft(office=office, period=period, reason=reason)


def _sign(
    request: StaffRequest, office: Office, period: Period, facts: dict, now: datetime, when: datetime | None
) -> str:
    by = {"user": request.user, "seen": facts["seen"], "now": now, "logged_in_at": when}
    first = sealing.open_signature(office)
    if first and first.period == str(period) and sealing.fate_of(first, now=now) is None:
        _keep_replaced_documents(Seal.objects.standing(office, period), now)
        seal = sealing.sign_second(first=first, **by)  # whose own papers the schedule makes
        return _("Đã niêm phong %(period)s, mã niêm phong %(code)s.") % {
            "period": period.label,
            "code": seal.code,
        }
    sealing.sign_first(office=office, period=period, reason=facts["reason"], **by)
    return _("Đã ký thứ nhất. Người thứ hai có 24 giờ để ký.")


def _keep_replaced_documents(seal: Seal | None, now: datetime) -> None:
    """Of the version that a correction replaces, where the schedule has not made them: they cannot be made afterwards."""
    try:
        if seal and not seal.kept.exists():
            archive.keep(seal=seal, now=now)
    except Exception:
        log.exception("papers of %s not kept", seal)
