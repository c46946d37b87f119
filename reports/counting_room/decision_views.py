"""What two decide beside the seal, damaged rows and comments; and who counts for a small office."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.transaction import atomic
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports.counting_room import decisions
from reports.counting_room.access import room_page
from reports.counting_room.forms import AppointForm, ProposalForm, ReasonForm
from reports.counting_room.messages import sentence_of
from reports.models import Proposal, ProposalKind
from surveys import audit
from surveys.accounts import credential_resets
from surveys.accounts.holders import leads_until
from surveys.accounts.requests import StaffRequest
from surveys.accounts.two_persons import ActRefused
from surveys.audit import Action
from surveys.box.jobs import MixerBusy
from surveys.choices import GRANTED_ROLES, Role
from surveys.fields import FindForm
from surveys.models import Delegation, Office, User, period_named
from surveys.periods import Period, is_calendar, local_day, parse_period
from surveys.vietnamese import fold


@room_page("POST")
def damaged(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """An inspector proposes to record the damaged rows of a box."""
    if not decisions.may_propose(request.user, ProposalKind.DAMAGED, office):
        raise PermissionDenied
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
        return _to_room(office, period)
    propose(request, kind=ProposalKind.DAMAGED, office=office, period=period, now=now, **form.cleaned_data)
    return _to_room(office, period)


@room_page("GET", "HEAD", "POST")
def comments(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """The words of a period's released ballots, for masking and erasing; every reading is written down."""
    here = HttpResponseRedirect(reverse("reports:counting_comments", args=[office.code, period]), status=303)
    if not decisions.may_propose(request.user, ProposalKind.MASK, office):
        raise PermissionDenied
    if request.method == "POST":
        form = ProposalForm(request.POST)
        if form.is_valid():
            propose(request, office=office, period=period, now=now, **form.cleaned_data)
        else:
            messages.error(request, str(next(iter(form.errors.values()))[0]))
        return here
    found = decisions.comments_of(office=office, period=period, user=request.user, now=now)
    typed = request.GET.get("q", "").strip()[:80]
    found = [ballot for ballot in found if all(word in fold(ballot.words) for word in fold(typed).split())]
    kinds = [ProposalKind.MASK, ProposalKind.REDACT]
    proposals = Proposal.objects.of(office).in_period(period).filter(kind__in=kinds)
    waiting = {each.ballot: each for each in proposals.filter(decided_at=None).select_related("first")}
    context = {
        "office": office,
        "office_name": office.short_name,
        "period": period,
        "comments": [replace(each, proposal=waiting.get(each.pk)) for each in found],
        "typed": typed,
        "find": FindForm(_("Tìm trong góp ý"), typed, like=_("Tìm trong góp ý, gõ không dấu được")),
        "reason": ReasonForm()["reason"],
        "decided": proposals.filter(decided_at__isnull=False).select_related("first", "second"),
    }
    return render(request, "reports/counting/comments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """The second person looks, agrees or refuses. Whoever could not decide it anyhow does not learn that it exists."""
    now = timezone.now()
    proposal = get_object_or_404(Proposal.objects.select_related("office", "first", "second"), pk=pk)
    if not decisions.may_decide(request.user, proposal, now=now):
        raise Http404
    if request.method != "POST":
        return _proposed(request, proposal)
    accept = request.POST.get("accept") == "yes"
    try:
        decisions.decide(proposal=proposal, user=request.user, accept=accept, now=now)
    except (ActRefused, MixerBusy) as fact:
        messages.error(request, sentence_of(fact))
    else:
        messages.success(
            request, _("Đã quyết định: đồng ý.") if accept else _("Đã quyết định: không đồng ý.")
        )
    if proposal.kind == ProposalKind.DAMAGED and is_calendar(proposal.period):
        return _to_room(proposal.office, parse_period(proposal.period))
    return HttpResponseRedirect(reverse("reports:counting_decide", args=[pk]), status=303)


def _proposed(request: StaffRequest, proposal: Proposal) -> HttpResponse:
    """What was proposed: a comment among the others of its period, damaged rows on a page of their own."""
    if proposal.kind != ProposalKind.DAMAGED:
        there = reverse("reports:counting_comments", args=[proposal.office.code, proposal.period])
        return HttpResponseRedirect(there, status=303)
    context = {
        "office_name": proposal.office.short_name,
        "proposal": proposal,
        "period": period_named(proposal.period),
    }
    return render(request, "reports/counting/proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def team(request: StaffRequest, office: str) -> HttpResponse:
    """Who counts, leads and inspects for an office; its leadership, or its parent's, appoints for some days, on somebody's word."""
    now = timezone.now()
    found = _appointing(request, office)
    until = leads_until(request.user, on=local_day(now))
    form = AppointForm(request.POST or None, office=found, until=until)
    if request.method == "POST" and form.is_valid():
        if credential_resets.bars_signing(request.user, now=now):
            form.add_error("delegate", credential_resets.BARRED)
        elif form.cleaned_data["delegate"] == request.user:
            form.add_error("delegate", _("Không thể tự cử chính mình."))
        else:
            act = _appoint(request, found, form.cleaned_data, now)
            messages.success(request, _("Đã cử. In giấy cử này để ký và lưu."))
            return HttpResponseRedirect(
                reverse("reports:counting_act", args=[found.code, act.pk]), status=303
            )
    context = {
        "office": found,
        "office_name": found.short_name,
        "form": form,
        "today": local_day(now),
        "own": found.staff.filter(groups__name=Role.COUNTING, is_active=True).order_by(
            "last_name", "first_name"
        ),
        "lent": _acts(found).order_by("-valid_to", "pk"),
    }
    return render(request, "reports/counting/team.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@atomic
def revoke(request: StaffRequest, office: str, pk: int) -> HttpResponse:
    """Call an appointment back; what was signed meanwhile stands."""
    now = timezone.now()
    found = _appointing(request, office)
    lent = get_object_or_404(_acts(found), pk=pk)
    if credential_resets.bars_signing(request.user, now=now):
        messages.error(request, credential_resets.BARRED)
        return HttpResponseRedirect(reverse("reports:counting_team", args=[found.code]), status=303)
    if Delegation.objects.filter(pk=lent.pk, revoked_at__isnull=True).update(revoked_at=now):
        _audit(request, Action.TEAM_REVOKED, found, lent, now)
    messages.success(request, _("Đã thu hồi."))
    return HttpResponseRedirect(reverse("reports:counting_team", args=[found.code]), status=303)


@require_http_methods(["GET", "HEAD"])
@never_cache
def act(request: StaffRequest, office: str, pk: int) -> HttpResponse:
    """One appointment as a sheet to sign and to file."""
    found = _appointing(request, office)
    context = {
        "office": found,
        "office_name": found.short_name,
        "act": get_object_or_404(_acts(found), pk=pk),
    }
    return render(request, "reports/counting/act.html", context)


def _acts(office: Office) -> QuerySet[Delegation]:
    acts = Delegation.objects.of(office).filter(role__in=GRANTED_ROLES)
    return acts.select_related("delegate", "granted_by")


def _appointing(request: StaffRequest, code: str) -> Office:
    """The office, for the leadership of its own or of one above it."""
    if not request.user.has_perm("surveys.delegate"):
        raise PermissionDenied
    return get_object_or_404(_with_people(request.user), code=code)


def _with_people(user: User) -> QuerySet[Office]:
    """Offices where somebody may be appointed: those with a box, and head office."""
    return Office.objects.visible_to(user).filter(Q(seals=True) | Q(is_head=True))


@atomic
def _appoint(request: StaffRequest, office: Office, facts: dict, now: datetime) -> Delegation:
    lent = Delegation.objects.create(
        office=office,
        delegate=facts["delegate"],
        role=facts["role"],
        valid_from=facts["valid_from"],
        valid_to=facts["valid_to"],
        reason=facts["reason"],
        granted_by=request.user,
        granted_at=now,
    )
    _audit(request, Action.TEAM_APPOINTED, office, lent, now)
    return lent


def _audit(request: StaffRequest, action: Action, office: Office, lent: Delegation, now: datetime) -> None:
    subject = f"{lent.delegate.username}: {lent.get_role_display()}"
    audit.record(action=action, actor=request.user, office=office, subject=subject, now=now)


def propose(request: StaffRequest, *, kind: str, **facts: Any) -> None:
    """By whoever asks for the page, who is told what came of it."""
    try:
        decisions.propose(kind=ProposalKind(kind), user=request.user, **facts)
    except ActRefused as fact:
        messages.error(request, sentence_of(fact))
    else:
        messages.success(request, _("Đã ghi đề nghị. Cần một người khác quyết định."))


def _to_room(office: Office, period: Period) -> HttpResponse:
    return HttpResponseRedirect(reverse("reports:counting_room", args=[office.code, period]), status=303)
